"""Makes privacy/data/centerface.onnx from the published file: its pictures may have any size. Needs the package onnx.

    python tools/centerface.py centerface_bnmerged.onnx privacy/data/centerface.onnx

Only declared shapes change and weights that no node uses go: the hashes of both files are in privacy/data/LICENCE.md.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import onnx

PUBLISHED = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
PICTURE = "input.1"


def main(published: Path, ours: Path) -> int:
    """Write our file and print its hash; 1 when the published one is another than we know."""
    if hashlib.sha256(published.read_bytes()).hexdigest() != PUBLISHED:
        sys.stderr.write(f"{published}: not the file that was published; nothing was written\n")
        return 1
    model = onnx.load(str(published))
    weights = {one.name for one in model.graph.initializer}
    inputs = [one for one in model.graph.input if one.name not in weights]
    for one in (*inputs, *model.graph.output):
        size = one.type.tensor_type.shape.dim
        size[0].dim_param, size[2].dim_param, size[3].dim_param = "n", f"h_{one.name}", f"w_{one.name}"
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    used = {name for node in model.graph.node for name in node.input}
    kept = [one for one in model.graph.initializer if one.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    onnx.save(model, str(ours))
    sys.stdout.write(hashlib.sha256(ours.read_bytes()).hexdigest() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
