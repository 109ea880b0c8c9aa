"""What dfopt makes of some cases, laws or no laws; for a dfopt that is broken on purpose.

    python -m tests.builds.emitted NAME... > FILE

The laws ask what the rules ask, once more and in other words. Here they are silent: what comes
out is what somebody would have written who forgot the rule.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

from optimizer import pipeline
from optimizer.pipeline import settling
from tests.builds.folders import BuildCase, build_cases


def emitted(case: BuildCase) -> dict[str, Any]:
    """The text after the rewrite and the other files that go with it; or why there is none."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as silent:
        for module in (pipeline, settling):
            silent.enter_context(patch.object(module, "differences", lambda *_: iter(())))
        try:
            result = case.rewrite(case.lay_out(Path(name, "context")))
        except Exception as error:  # noqa: BLE001 - whatever a broken program does
            return {"error": repr(error)}
    return {"text": result.after, "also": {also.path: also.after for also in result.also}}


if __name__ == "__main__":
    found = {case.name: emitted(case) for case in build_cases() if case.name in sys.argv[1:]}
    json.dump(found, sys.stdout)
