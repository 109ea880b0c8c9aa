"""What real BuildKits (Docker 20.10.24's, and 0.32.2) and buildahs were seen to do.

See tests/builds/record.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.cache.histories import Build, history

# Builder -> where it stands what it was seen to do with the random histories.
FILES = {
    "20": Path(__file__).parent / "recorded.json",
    "32": Path(__file__).parent / "recorded-newer.json",
}
# Builder -> where it stands what it was seen to do: name of a scenario -> its mark, and the steps.
PLAYED = {
    "20": Path(__file__).parent / "scenarios" / "played.json",
    "32": Path(__file__).parent / "scenarios" / "played-newer.json",
}
# The same of buildah, 1.28.2 and 1.39.3; REFUSED is what it does not build.
BUILDAH = {
    "buildah-1.28": Path(__file__).parent / "scenarios" / "played-buildah-1.28.json",
    "buildah": Path(__file__).parent / "scenarios" / "played-buildah.json",
}
REFUSED = "refused"
# Name of an example -> its mark, what it was rewritten to, and what was seen.
COURSES = Path(__file__).parent / "courses.json"


def recordings(builder: str = "20") -> Mapping[str, Any]:
    """Seed -> what was seen of its history, and the mark of the history that it was."""
    file = FILES[builder]
    return json.loads(file.read_text()) if file.exists() else {}


def mark(seed: int) -> str:
    """A history's own mark: another one means that the recording is of another history."""
    return mark_of(history(seed))


def mark_of(builds: tuple[Build, ...]) -> str:
    """A mark that is another one for other builds."""
    return hashlib.sha256(repr(builds).encode()).hexdigest()[:12]


def written(found: Mapping[str, Any]) -> str:
    """A recording as it stands in its file: a line each."""
    lines = (f"{json.dumps(key)}: {json.dumps(what)}" for key, what in found.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"
