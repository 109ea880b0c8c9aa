"""Hold dfopt's answers for go, cargo, make and cmake against the real tools: by hand, with strace.

    python -m tests.measure.native [--path /path/to/bin] [--remove] [--looks] [--only WORD] TOOL...

TOOL is a name of `CASES`; how answers are held says `comparing.py`, what is harmless `native_cases.py`.
Modules come from a proxy of files and crates from a folder: nothing is fetched. Last run without a miss with
make 4.3, go 1.19 (119 of 133 lines), cmake 3.25.1 (some 85 of 100) and cargo 1.65.0 (some 50 of 135, all
of `cargo fetch`), some looks held harmless after the run; before looks and listings counted, with cmake
4.4.5 and cargo 1.95.0 too, and all lines.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

from tests.measure.comparing import Case, asking, compare_all, programs
from tests.measure.native_cases import CASES, HARMLESS, MODULES

# What of the caller's environment would reach the tools.
_OWN = ("GO", "CGO", "CARGO", "RUST", "CMAKE", "MAKE", "CC", "CXX")


def proxy(root: Path) -> str:
    """A module proxy of files, with the modules that the cases ask for."""
    for name, files in MODULES.items():
        path, _, version = name.partition("@")
        folder = root / path / "@v"
        folder.mkdir(parents=True)
        (folder / "list").write_text(f"{version}\n")
        (folder / f"{version}.info").write_text(f'{{"Version":"{version}","Time":"2024-01-01T00:00:00Z"}}')
        (folder / f"{version}.mod").write_text(files["go.mod"])
        with zipfile.ZipFile(folder / f"{version}.zip", "w") as archive:
            for file, text in files.items():
                archive.writestr(f"{name}/{file}", text)
    return root.as_uri()


def main() -> None:
    """Run the cases of the named tools."""
    asked = asking(__doc__, CASES).parse_args()
    for name in [n for n in os.environ if n.startswith(_OWN)]:
        del os.environ[name]
    with tempfile.TemporaryDirectory() as home:
        go = {"GOSUMDB": "off", "GOPROXY": proxy(Path(home) / "proxy"), "GOFLAGS": "-modcacherw", "GOTOOLCHAIN": "local"}
        cases = [Case(files, lines, setup, harmless=HARMLESS.get(tool, "")) for tool in asked.tools for files, setup, lines in CASES[tool]]
        compare_all(cases, {"PATH": programs(asked), "HOME": home, **go}, asked, go)


if __name__ == "__main__":
    main()
