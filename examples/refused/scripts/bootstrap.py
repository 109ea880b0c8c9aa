#!/usr/bin/env python3
"""Write src/riddles.h from every file under words/: one riddle a file, its answer on the last line."""

import json
from pathlib import Path

root = Path(__file__).resolve().parent.parent
rows = []
for path in sorted((root / "words").glob("*.txt")):
    *question, answer = path.read_text("utf-8").splitlines()
    rows.append(f"    {{{json.dumps(' '.join(question))}, {json.dumps(answer)}}},\n")

(root / "src" / "riddles.h").write_text(
    "static const struct { const char *question, *answer; } riddles[] = {\n" + "".join(rows) + "};\n",
    "utf-8",
)
print(f"wrote {len(rows)} riddles")
