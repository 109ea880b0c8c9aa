"""The projects and command lines of `tests.measure.native`, a tool at a time."""

from __future__ import annotations

from tests.measure.native_cargo import CARGO
from tests.measure.native_cmake import CMAKE
from tests.measure.native_go import GO, MODULES
from tests.measure.native_make import MAKE

# Tool -> (files, what is run first and not traced, command lines).
CASES: dict[str, tuple[tuple[dict[str, str], str, tuple[str, ...]], ...]] = {
    "go": GO, "cargo": CARGO, "make": MAKE, "cmake": CMAKE,
}  # fmt: skip

__all__ = ["CASES", "MODULES"]
