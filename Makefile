# Bare `make` lists the targets. Set-up is tools/setup.py: plain Python, so it also runs without make.

PYTHON ?= python3
BIN := .venv/bin
NOTEBOOKS := $(shell find notebooks -name '*.ipynb' -size +0c -not -path '*/.*' | sort)
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder
STEP = @printf '\n== %s\n'

.DEFAULT_GOAL := help
.PHONY: help report test test-long faults mutants lab bench docs lock reset python

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

report: python ## set up, then make every report of the example edition
	@$(PYTHON) tools/setup.py report
	$(STEP) "reports"
	@$(BIN)/mma run

test: python ## set up, then every check that is quick: run it before each change
	@$(PYTHON) tools/setup.py test
	$(STEP) "ruff: faults"
	@$(BIN)/ruff check .
	$(STEP) "ruff: layout of the code"
	@$(BIN)/ruff format --check .
	$(STEP) "import rules"
	@$(BIN)/lint-imports --no-logo
	$(STEP) "types"
	@$(BIN)/basedpyright
ifneq ($(NOTEBOOKS),)
	$(STEP) "notebooks hold no output"
	@$(BIN)/nbstripout --verify --keep-id $(NOTEBOOKS)
endif
	$(STEP) "tests"
# tests start hundreds of processes: what one compiled, the next need not
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -m "not slow" $(SIDE_BY_SIDE)

test-long: python ## set up, then the tests that take long: kills, browsers, another district
	@$(PYTHON) tools/setup.py test
	@PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -m slow $(SIDE_BY_SIDE)

faults: python ## set up, then kill each command, or let it fail, at every call that writes: hours
	@$(PYTHON) tools/setup.py test
	@PYTHONDONTWRITEBYTECODE=1 $(BIN)/python tests/faults.py all

mutants: python ## set up, then plant faults in a copy of the package: do the tests notice? goes on, 40 minutes a time
	@$(PYTHON) tools/setup.py test
	@$(BIN)/python -m tools.mutants

lab: python ## set up, then explore the tables in JupyterLab
	@$(PYTHON) tools/setup.py all
	@$(BIN)/mma lab

bench: python ## set up, then time the stages
	@$(PYTHON) tools/setup.py all
	@for name in stages intake country rendering; do $(BIN)/python "benchmarks/$$name.py" || exit 1; done

docs: python ## set up, then build this documentation as a site, in docs/_build/html
	@$(PYTHON) tools/setup.py all
	@$(BIN)/sphinx-build -E -a -W -n --keep-going -q -c docs -d docs/_build/doctrees . docs/_build/html
	@echo "open docs/_build/html/docs/index.html"

lock: python ## renew the lock files after a change of pyproject.toml or package.json
	@$(PYTHON) tools/setup.py lock

reset: ## remove all that was installed or made: environment, processed data, reports
	rm -rf .venv node_modules docs/_build docs/api
	find data/processed reports -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +

# tools/setup.py says the rest; it needs a Python that can at least read it
python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 7))' 2>/dev/null || { \
	echo "set-up: '$(PYTHON)' is missing or far too old; install Python 3.11, 3.12 or 3.13" >&2; exit 1; }
