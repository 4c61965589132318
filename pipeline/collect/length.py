"""How long a text is, in any script."""

from __future__ import annotations

import re

# Chinese, Japanese, Korean syllables, Thai, Lao, Khmer, Burmese: written without blanks between words.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
CHARACTERS_A_WORD = 2  # in Chinese and Japanese a word has about two characters


def count_words(text: str) -> int:
    """Runs between blanks, and words' worth of the scripts that know no blanks."""
    return len(text.split()) + len(_UNSPACED.findall(text)) // CHARACTERS_A_WORD
