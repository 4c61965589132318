# Parallax. `make` alone says what there is. Works with GNU make 3.81 and later, on Linux and macOS.
#
#   make run CORPUS=harbour-strike PORT=8060     another corpus, another port
#   make test ARGS="-k lock -x"                  arguments for pytest
#   make install PYTHON=/opt/python3.12          another Python (3.11 or later)

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# What draws charts in the browser, cut to what is drawn here.
CUT    := dashboard/build/plotly.js
CORPUS ?= ukraine-2022
HOST   ?= 127.0.0.1
PORT   ?= 8050
# Tests run in this many processes: two share the cores of a small machine without starving a browser.
WORKERS ?= 2
ARGS   ?=
# The first Python that is recent enough.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)

PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install run test check lint format gate bench soak serve refresh constraints docs clean

help: ## say what there is
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) $(CUT) ## make .venv/ and install Parallax in it, with exactly the versions of constraints.txt

# pip first, because older ones know no dependency groups; then torch alone, so that nothing widens its pin.
$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --upgrade pip
	$(PIP) install --constraint constraints.txt torch
	$(PIP) install --constraint constraints.txt --build-constraint constraints.txt --editable . --group dev
	@touch $(STAMP)

$(CUT): $(STAMP) scripts/cut_plotly.py dashboard/plotly_js.py
	$(BIN)/python scripts/cut_plotly.py

$(BIN)/python:
	@if ! $(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  echo 'Parallax needs Python 3.11 or later, and "$(or $(PYTHON),python3)" is not; install one and name it:' >&2; \
	  echo '  make install PYTHON=/path/to/python3.11' >&2; \
	  exit 1; \
	fi
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

run: install refresh serve ## the whole thing: install, read the demonstration corpus, open the dashboard

refresh: install ## bring CORPUS up to date (only what is new is done again)
	$(BIN)/parallax refresh --corpus $(CORPUS)

soak: install ## kill a refresh at 200 random moments, and see that nothing was harmed
	SOAK_KILLS=200 OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/faults/test_kill.py -k random $(ARGS)

serve: install ## the dashboard of CORPUS on HOST:PORT
	$(BIN)/parallax serve --corpus $(CORPUS) --host $(HOST) --port $(PORT)

test: install ## the whole test suite
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: lint ## lint, form and types
	$(BIN)/mypy

lint: install ## ruff: lint and form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: install ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

gate: install ## agreement with human labels against the floors of floors.toml, which only rise
	$(BIN)/python scripts/gate.py $(ARGS)

bench: install ## the benchmarks, as ratios measured side by side
	$(BIN)/parallax bench $(ARGS)

constraints: install ## write constraints.txt anew from what is installed, after a change of dependencies
	$(BIN)/python scripts/pin.py

docs: install ## write into README.md and docs/ what the code knows better (settings, agreement with labels)
	$(BIN)/python scripts/document.py

clean: ## remove what was made: .venv, caches, builds (never the store in .parallax/)
	rm -rf $(VENV) build dashboard/build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis test-results
	find pipeline dashboard tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
