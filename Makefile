# The two commands that matter: `make site` and `make test`. Both set up .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up

.PHONY: site serve test check bench clean docs samples schema

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

# Writes docs/problems.md out of the problem codes (builder/kebao/rules/codes); a test compares the two.
docs: $(STAMP)
	$(BIN)/python scripts/make_problem_docs.py

# Makes the sample's binary materials that are missing from their descriptions (see scripts/README.md).
samples: $(STAMP)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[samples]'
	$(BIN)/python scripts/make_sample_materials.py

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[site,media,test,check]'
	touch $(STAMP)

# How long a check of 10,000 resources takes (see tests/bench); not part of `make test`.
bench: $(STAMP)
	$(BIN)/python -m tests.bench.bench_check

clean:
	rm -rf $(VENV) site schemas .kebao .mypy_cache .ruff_cache .pytest_cache .hypothesis
