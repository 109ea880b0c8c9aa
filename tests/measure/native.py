"""Hold dfopt's answers for go, cargo, make and cmake against the real tools: by hand, with strace.

    python -m tests.measure.native [--path /path/to/bin] [--remove] [--looks] [--only WORD] TOOL...

TOOL is a name of `CASES`. What a command opened of the project must be among what dfopt says is read
or probed, what it left there among what may be written; `--looks` prints what else it listed, looked for or
changed, to be judged by eye. With `--remove` it runs again without each file that dfopt says is not read, and
must end the same. Modules come from a proxy of files and crates from a folder: nothing is fetched.
Last run without a miss with make 4.3, cmake 3.25.1 and 4.4.5, go 1.19.8 (cgo by gcc 12) and cargo
1.65.0 and 1.95.0.
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
