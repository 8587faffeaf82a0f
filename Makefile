# A plain python3 is all that this needs; PYTHON=python3.13 picks another.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TRAINING := $(VENV)/.training

.PHONY: demo test check bench model pairs campaign conformance setup clean
.DEFAULT_GOAL := demo

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("astreinte needs Python 3.11 or later, this is " + sys.version.split()[0] + "; try make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

demo: setup ## the console on the loopback world
	@$(BIN)/astreinte demo

test: setup ## the tests
	@$(BIN)/pytest

check: setup ## linters, types, layers, tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

bench: $(TRAINING) ## speed and memory, as ratios in one run
	@$(BIN)/python -m tests.bench

model: $(TRAINING) ## fit the model that reads the mails to its labelled letters
	@$(BIN)/python -m tests.bench.intake_train

pairs: $(TRAINING) ## fit and print the weights by which a mail is held to report an incident again
	@$(BIN)/python -m tests.bench.intake_pairs

$(TRAINING): $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[train]'
	@touch $(TRAINING)

campaign: setup ## the long randomised campaigns
	@$(BIN)/pytest -m campaign --timeout=3600

conformance: setup ## make conformance KUBECONFIG=… NAMESPACE=…: the cluster that the product relies on
	@ASTREINTE_CONFORMANCE_KUBECONFIG='$(KUBECONFIG)' ASTREINTE_CONFORMANCE_NAMESPACE='$(NAMESPACE)' $(BIN)/pytest tests/conformance

clean:
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
