"""Hold dfopt's answers for composer, bundler, pipenv and mix against the real ones: by hand, with strace.

    python -m tests.measure.scripting [--path /path/to/venv/bin] TOOL...

TOOL is a name of `CASES`; `--path` is for a pipenv of a virtual environment. How answers are held
says `held.py`; nothing of a project comes from the network, but for what builds a package of
Python. A line of pipenv takes half a minute. Run with composer 2.5.5, bundler 2.3.15 (Ruby 3.1.2)
and mix 1.14.0, and again the lines whose answers were mended since, most of them; of pipenv
2026.10.3 three lines of `install`, not yet again.
"""

from __future__ import annotations

import os
from pathlib import Path

from tests.measure.comparing import asking, compare_all, programs
from tests.measure.scripting_cases import CASES


def main() -> None:
    """Run the cases of the named tools."""
    asked = asking(__doc__, CASES).parse_args()
    env = {
        "PATH": programs(asked), "COMPOSER_ALLOW_SUPERUSER": "1",
        "COMPOSER_NO_INTERACTION": "1", "PIPENV_VENV_IN_PROJECT": "1", "PYTHONDONTWRITEBYTECODE": "1",
        "PIP_CONFIG_FILE": os.environ.get("PIP_CONFIG_FILE") or str(Path("~/.config/pip/pip.conf").expanduser()),
    }  # fmt: skip
    compare_all([case for tool in asked.tools for case in CASES[tool]], env, asked)


if __name__ == "__main__":
    main()
