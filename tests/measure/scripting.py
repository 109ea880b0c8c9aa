"""Hold dfopt's answers for composer, bundler, pipenv and mix against the real ones: by hand, with strace.

    python -m tests.measure.scripting [--path /path/to/venv/bin] [--remove] [--looks] [--only WORD] TOOL...

TOOL is a name of `CASES`; `--path` is for a pipenv of a virtual environment. How answers are held says
`comparing.py`; nothing of a project comes from the network, but for what builds a package of Python, and
hex. A line of pipenv takes half a minute. Last run without a miss with composer 2.5.5 (70 of 74 lines),
bundler 2.3.15 (Ruby 3.1.2; the first 60 of 98) and mix 1.14.0 (12 of 30); of pipenv 2026.10.3
the lines with PIPENV_PIPFILE alone, where misses were held harmless after the run.
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
