# The two commands that matter: `make site` and `make test`. Both set up .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up

.PHONY: site serve test check bench bench-build bench-media bench-search bench-mirror demo-mirror clean docs samples schema

site: $(STAMP)
	$(BIN)/kebao build --out site

serve: $(STAMP)
	$(BIN)/kebao serve

test: $(STAMP)
	$(BIN)/ruff check builder plugins tests scripts
	$(BIN)/ruff format --check builder plugins tests scripts
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

check: test

# What editors complete and check with (see "In your editor" in the manual); .vscode/settings.json refers to it.
schema: $(STAMP)
	$(BIN)/kebao schema

# Writes docs/problems.md out of the problem codes (builder/kebao/rules/codes), and the list of the interface texts that
# pages need out of site_config/locales/zh.yml; tests compare them.
docs: $(STAMP)
	$(BIN)/python scripts/make_problem_docs.py
	$(BIN)/python scripts/make_interface_texts.py

# Makes the sample's binary materials that are missing from their descriptions (see scripts/README.md).
samples: $(STAMP)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[samples]'
	$(BIN)/python scripts/make_sample_materials.py

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[site,media,cluster,mirror-publish,test,check]'
	touch $(STAMP)

# How long a check of 10,000 resources takes, and of 400 attachments; the search index of 10,000 pages, its size and what
# it finds (see tests/bench); not part of `make test`.
bench: $(STAMP)
	$(BIN)/python -m tests.bench.bench_check
	$(BIN)/python -m tests.bench.bench_build
	$(BIN)/python -m tests.bench.bench_attachments
	$(BIN)/python -m tests.bench.bench_editions 200 10
	$(BIN)/python -m tests.bench.bench_search
	$(BIN)/python -m tests.bench.bench_catalog
	$(BIN)/python -m tests.bench.bench_weight site

# Building beside MkDocs with Material (with jieba), Hugo, Eleventy and Zensical, which are installed into environments of
# their own (Hugo by hand: `apt install hugo`); hours, and some gigabytes in the folder for temporary files:
# `make bench-build BENCH="--json figures.json"`; minutes: `BENCH="--sizes 1000 --runs 1 --only mkdocs hugo --kebao cold"`.
bench-build: $(STAMP)
	$(BIN)/python -m tests.bench.bench_build --sizes 300 1000 3000 10000 --runs 3 --peers .kebao/cache/rivals $(BENCH)

# Two gigabytes of videos, in bundles five times as much: `make bench-media BENCH="--folder FOLDER"`.
bench-media: $(STAMP)
	$(BIN)/python -m tests.bench.bench_media $(BENCH)

# Searching in Chromium beside Material's search and Pagefind, which are installed into an environment of their own;
# real text: `make bench-search BENCH="--corpus FOLDER"`.
bench-search: $(STAMP)
	$(BIN)/python -m tests.bench.bench_search_browser --rivals .kebao/cache/rivals $(BENCH)

# A county's server, three schools and three releases of the sample, played with the real commands; needs `make site`:
# `make demo-mirror DEMO="--lang en"`.
demo-mirror: $(STAMP)
	$(BIN)/python scripts/demo_mirror.py $(DEMO)

# Mirroring beside rsync: requests, bytes, a gigabyte, a slow line, 100,000 files; needs `make site`, nginx and rsync, and
# minutes: `make bench-mirror BENCH="--only delta"`.
bench-mirror: $(STAMP)
	PYTHONPATH=scripts $(BIN)/python -m tests.bench.bench_mirror $(BENCH)

clean:
	rm -rf $(VENV) site schemas .kebao .mypy_cache .ruff_cache .pytest_cache .hypothesis
