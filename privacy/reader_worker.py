"""The second reader's process: JSON texts in, one a line; the spans of persons out. Runs where spaCy is, imports nothing of ours."""

from __future__ import annotations

import json
import sys

MODEL = "fr_core_news_md"
UNUSED = ("tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer")


def main() -> int:
    """Answer until the input ends; nothing of a text is kept or written elsewhere."""
    import spacy

    model = spacy.load(MODEL, exclude=list(UNUSED))
    _say("ready")
    for line in sys.stdin:
        found = model(json.loads(line))
        _say([[one.start_char, one.end_char] for one in found.ents if one.label_ == "PER"])
    return 0


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
