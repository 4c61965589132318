"""Makes pipeline/weights/frames_agreement.json: each frame's agreement with human labels, figures only.

    python scripts/measure_frames.py GOLD

GOLD is a file for `parallax evaluate frames`; the committed figures are from SemEval-2023 task 3's English
articles (303 texts, the first 101 of which one choice was made on). Pages grey a frame whose interval's
lower end is low, or that is not in the file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pipeline.embed import WEIGHTS
from pipeline.evaluate import read_rows
from pipeline.evaluate.frames import evaluate

# Fewer texts than this say nothing of a frame.
MINIMUM_TEXTS = 10


def main() -> None:
    figures = evaluate(read_rows(Path(sys.argv[1]))).detail["frames"]
    kept = {
        name: {"f1": round(f["f1"], 4), "low": f["interval"][0], "high": f["interval"][1], "n": f["n"]}
        for name, f in figures.items()
        if f["n"] >= MINIMUM_TEXTS
    }
    text = json.dumps(kept, indent=1, sort_keys=True) + "\n"
    (WEIGHTS / "frames_agreement.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
