"""The Methods page: every measure's agreement with human labels beside it, or that there is none."""

from __future__ import annotations

import pytest

from dashboard.numbers import count
from dashboard.pages.methods import _checked
from pipeline.measures import Measure, all_measures
from pipeline.validity import NOTED, agreements


@pytest.mark.parametrize("measure", all_measures(), ids=lambda measure: measure.name)
def test_a_measure_shows_its_agreement_with_n_and_interval(measure: Measure) -> None:
    shown = str(_checked(measure.declaration))
    known = agreements()
    for task in measure.declaration.evaluated_by:
        assert f"parallax evaluate {task}" in shown
        if task in known:
            assert f"{known[task].value:.2f}" in shown
            assert repr(f"n {count(known[task].n)}")[1:-1] in shown  # a component is shown as its repr
            assert known[task].low is None or f"({known[task].low:.2f} – {known[task].high:.2f})" in shown
        else:
            assert "a file of your own labels" in shown
    for one in NOTED:
        told = one.what[1:] in shown and f"{one.value:.2f}" in shown and one.source in shown
        assert told == (one.task in measure.declaration.evaluated_by)
    if not measure.declaration.evaluated_by:
        assert "No labelled texts" in shown
