# Two commands: `make run` and `make test`. Both set up what they need; see README.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PORT ?= 8000
export ARGS COVERAGE

.PHONY: run test lint types requirements clean

run: $(VENV)/.run
	@$(BIN)/python -m local.run

test: $(VENV)/.dev
	@$(BIN)/python -m local.test

# What a change must pass besides the tests.
lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache

types: $(VENV)/.dev
	@KIP_LOCAL=1 DATABASE_URL=postgres://localhost/none REDIS_URL=redis://localhost $(BIN)/mypy cilegon_kip opd correspondence publications rankings requests_info local

# After a change of a .in file. No address of a package index is written into the result.
COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
requirements: $(VENV)/.dev
	@$(COMPILE) -o requirements.txt requirements.in
	@$(COMPILE) -o requirements-dev.txt requirements-dev.in

# Everything that `make run` and `make test` made, data included.
clean:
	@rm -rf $(VENV) var .coverage .coverage.*

$(VENV)/.run: requirements.txt
	@$(PYTHON) local/bootstrap.py $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt
	@$(PYTHON) local/bootstrap.py $(VENV) requirements-dev.txt
	@touch $(VENV)/.run $@
