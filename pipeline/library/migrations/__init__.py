"""Alembic's steps from an empty database to the current tables; `engine.py` runs them."""
