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

# A folder is listed to know which names it has: what is taken by a pattern is listed for dfopt too.
# make has rules for sources that RCS and SCCS keep; cargo asks the compiler, keeps what it said, and
# knows of every crate which readme it has, which `cargo metadata` alone tells; where `.git` may be it asks
# also whether the folder is a bare repository, and above the project where the sources' repository is.
# Of manifests that name their targets it looks for others too, which no fetch needs: a run without tells.
# `go install` of a version looks at a go.mod and ignores it, as go env, clean and mod edit do with vendor;
# cmake looks for itself, make lists the folders of sources, gcc looks for precompiled headers (those that
# are there dfopt reads).
HARMLESS = {
    "go": r"looked for (go\.mod|vendor)",
    "cmake": r"looked for cmake|listed \.\./src|looked for .*\.gch",
    "make": r"listed .*|looked for (.*/)?(RCS|SCCS)",
    "cargo": r"looked for (.*/)?(README(\.md|\.txt)?|rustc|\.rustc_info\.json|HEAD|commondir)|looked for (\.\./)+\.git"
    r"|(listed|looked for) (.*/)?(benches|examples|tests|src/bin|build\.rs|src/(lib|main)\.rs)",
}

__all__ = ["CASES", "HARMLESS", "MODULES"]
