"""Who does what to whom, turned round."""

from __future__ import annotations

import pytest

from scripts.exchanged_names import exchanged


@pytest.mark.parametrize(
    ("claim", "sentence", "turned"),
    [
        ("Vellmark owes Isanda money.", "Isanda says Vellmark owes it.", "Isanda owes Vellmark money."),
        ("The Coral League ignored Mavenga.", "Mavenga was ignored.", "The Mavenga ignored Coral League."),
        ("Torvia's fear of Ilmara is justified.", "Torvia fears Ilmara.", "Ilmara's fear of Torvia is justified."),
    ],
)
def test_names_change_places_and_nothing_else_does(claim: str, sentence: str, turned: str) -> None:
    assert exchanged(claim, sentence) == turned


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("Rents are driven up by speculation.", "Rents rise in Torvia."),
        ("Torvia and Ilmara signed the pact.", "Torvia and Ilmara signed."),
        ("Dockers in Torvia want more pay.", "The dockers of Torvia strike."),
    ],
)
def test_a_claim_without_two_names_that_differ_in_what_they_do_stays(claim: str, sentence: str) -> None:
    assert exchanged(claim, sentence) is None
