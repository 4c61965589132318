"""Parts of pages that show a comparison: pure functions from a finished analysis to components."""
