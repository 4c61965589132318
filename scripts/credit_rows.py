"""Writes what the networks of the built-in credit model learn, as word pieces.

    python scripts/credit_rows.py ROWS [--data FOLDER]

The first of three steps: `train_credit.py` says which. ROWS: the file to write, some 6 MB, of `pair_rows.Rows`.
Twenty minutes on a CPU.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from credit_examples import examples, nearness
from credit_material import LEARNT, SEED, Material, data_of, load
from credit_teaching import unlabelled
from pair_rows import Numbered, Rows

from pipeline.embed import TransformerEncoder, load_tokenizer, readable, transformer_folder

# So many passes of labelled rows are drawn, each under other wordings.
PASSES = 6


def pieces_of(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The texts as `Rows.pieces` and `Rows.ends` have them."""
    tokenizer = load_tokenizer(transformer_folder(), max_tokens=None)
    tokenizer.no_padding()
    encoded = tokenizer.encode_batch([readable(text) for text in texts], add_special_tokens=False)
    pieces = np.concatenate([np.array(e.ids, np.uint16) for e in encoded])
    return pieces, np.cumsum([len(e.ids) for e in encoded]).astype(np.int32)


def write_rows(material: Material, data: Path, path: Path) -> None:
    """Everything that the networks learn, and what they are checked on."""
    written = material.some(material.of_kind("written") | material.of_kind("running"))
    near = nearness(written)
    pairs = unlabelled(material, data, random.Random(SEED), TransformerEncoder())
    drawn = [examples(material, near, random.Random(SEED + number)) for number in range(PASSES)]
    number = Numbered()
    known = list(dict.fromkeys(pair.known for pair in pairs))
    place = {wording: claim for claim, wording in enumerate(known)}
    kept = np.flatnonzero((material.parts != LEARNT) & (material.of_kind("written") | material.of_kind("near")))
    arrays = {
        "known": [number(wording) for each in known for wording in each],
        "known_ends": np.cumsum([len(each) for each in known]),
        "pairs": [(place[pair.known], number(pair.text)) for pair in pairs],
        "draws": [
            (n, number(row.claim), number(row.text), row.label) for n, some in enumerate(drawn) for row in some
        ],
        "checks": [
            (material.parts[i], number(material.propositions[material.claims[i]].claim), number(material.texts[i]),
             material.labels[i])
            for i in kept
        ],
    }  # fmt: skip
    pieces, ends = pieces_of(number.texts)
    rows = Rows(pieces, ends, **{name: np.array(values, np.int32) for name, values in arrays.items()})
    rows.save(path)
    print(f"{len(pairs)} pairs of {len(known)} claims that nobody labelled, {len(rows.draws)} rows drawn, {path}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes what the networks of the built-in credit model learn.")
    parser.add_argument("rows", type=Path, help="the file to write")
    parser.add_argument("--data", type=Path, help="folder of evaluation data")
    options = parser.parse_args()
    data = data_of(parser, options.data)
    write_rows(load(data), data, options.rows)


if __name__ == "__main__":
    main()
