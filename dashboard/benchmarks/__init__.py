"""One benchmark of the dashboard a module, found by itself; `pipeline/bench.py` says what a module has."""
