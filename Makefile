# The two commands that matter: `make site` and `make test`. Both set up .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up

.PHONY: site serve test check golden clean samples

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

# Makes the sample's binary materials that are missing from their descriptions (see scripts/README.md).
samples: $(STAMP)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[samples]'
	$(BIN)/python scripts/make_sample_materials.py

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[site,media,test,check]'
	touch $(STAMP)

clean:
	rm -rf $(VENV) site .kebao .mypy_cache .ruff_cache .pytest_cache .hypothesis
