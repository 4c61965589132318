"""Options that commands have in common, said once."""

import typer

CORPUS = typer.Option(..., "--corpus", help="A name under corpora/, or a folder with a corpus.toml.")
STORE = typer.Option(None, "--store", help="Where library, vectors and snapshots live.")
JSON = typer.Option(False, "--json", help="Print one JSON document.")
