# Two commands: `make run` and `make test`. Both set up what they need; see README.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint types coverage clean

run: $(VENV)/.run
	@$(BIN)/python -m local.run

test: $(VENV)/.dev
	@$(BIN)/python -m local.test

lint: $(VENV)/.dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

types: $(VENV)/.dev
	@KIP_LOCAL=1 DATABASE_URL=postgres://x/x REDIS_URL=redis://x $(BIN)/mypy cilegon_kip opd publications rankings local

$(VENV)/.run: requirements.txt
	@$(PYTHON) local/bootstrap.py $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt
	@$(PYTHON) local/bootstrap.py $(VENV) requirements-dev.txt
	@touch $(VENV)/.run $@
