"""Hold dfopt's answers for tsc, esbuild, webpack, rollup and vite against the real tools: by hand, with strace.

    python -m tests.measure.builders --path /path/to/node_modules/.bin [--remove] [--looks] [--only WORD] TOOL...

TOOL is a name of `CASES`; how answers are held says `comparing.py`. Last run without a miss with tsc 5.9.3 (of
it, by what it opened and left; of half the lines also by removal and by what it looked for),
esbuild 0.8.57, 0.12.29, 0.14.54, 0.17.19, 0.21.5 and 0.28.2, webpack 5.113.0 (webpack-cli 7.3.1), rollup
4.68.8, vite 5.4.21 and 8.4.0. tsc 4.9.5 refuses a list in `extends`, and then writes beside the sources.
"""

from __future__ import annotations

from tests.measure.builders_cases import CASES, COMMON
from tests.measure.comparing import Case, asking, compare_all, programs

# A folder is listed to know which names it has: what may have another ending is looked for by name.
HARMLESS = r"listed .*"


def main() -> None:
    """Run the cases of the named tools."""
    asked = asking(__doc__, CASES).parse_args()
    cases = [
        Case(COMMON | files, lines, setup, fails=None, harmless=HARMLESS)
        for tool in asked.tools
        for files, setup, lines in CASES[tool]
    ]
    compare_all(cases, {"PATH": programs(asked)}, asked)


if __name__ == "__main__":
    main()
