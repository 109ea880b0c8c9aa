"""Hold dfopt's answers for pip against the real one: run by hand, with strace.

    python -m tests.measure.pip --path /path/to/venv/bin [--remove] [--looks] [--only WORD] requirements commands

Each case is run by the pip of that virtual environment; how answers are held says `comparing.py`. Run
without a miss, before looks and listings counted, with pip 20.3.4 and 23.0.1 (Python 3.8), 23.2.1 and 26.3
(Python 3.11); not since.
"""

from __future__ import annotations

from tests.measure.comparing import Case, asking, compare_all, programs

OPTIONS = " --no-deps --no-build-isolation --prefix ./out"
SETUP = "from setuptools import setup\nsetup(name='a')\n"
LIBS = {
    "libs/a/setup.py": SETUP,
    "libs/a/a.py": "",
    "req/libs/a/setup.py": SETUP,
    "a/setup.py": SETUP,
    "six-1.16.0-py2.py3-none-any.whl": "x",
    "pyproject.toml": "[dependency-groups]\ndev = []\n",
    "conf": "[install]\nrequirement = req/x.txt\n",
    "nope.egg-info/PKG-INFO": "Metadata-Version: 2.1\nName: nope\nVersion: 1\n",
    "w/y-1-py3-none-any.whl": "",
    "req/w/x-1-py3-none-any.whl": "",
    "simple/nope/index.html": "x",
    **{
        f"{folder}{name}.txt": ""
        for folder in ("", "req/")
        for name in ("c", "x", "more", "b", "more x")
    },
}
# What stands in req/r.txt, for `pip install -r req/r.txt`.
TEXTS = (
    "-e ./libs/a\n", "./libs/a\n", "file:libs/a\n", "file:./libs/a\n", "a @ file:libs/a\n",
    "libs/a ; python_version > '3'\n", "-e libs/a[x]\n", "-e a\n", "-rmore.txt\n",
    "--requirement=more.txt --constraint c.txt\n", '-r "more x.txt"\n', "-r \\\n  more.txt\n",
    "-r ${HERE}.txt\n", "-r file:req/more.txt\n", "-r ../more.txt # x\n", "-c ../more.txt\n",
    "-f w\n--no-index\n", "-f w\n--no-index\nnope\n", "-i simple\nnope\n",
    "--extra-index-url file:///nowhere\n-i ./simple\nnope\n", "\ufeff-r more.txt\n",
    "six==1.16.0 -r more.txt\n", "-r more.txt # a \\\n-r b.txt\n", "# a \\\n-r b.txt\n",
)  # fmt: skip
# Other commands, over the same files.
LINES = (
    "pip install six-1.16.0-py2.py3-none-any.whl", "pip install libs/a", "pip install libs/a/",
    "pip install file:libs/a", "pip install -e libs/a", "pip install a",
    "pip install --no-index -f . six", "PIP_CONSTRAINT=req/c.txt pip install --no-index nope",
    "PIP_REQUIREMENT=req/x.txt pip install --no-index", "PIP_CONFIG_FILE=conf pip install --no-index",
    "PYTHONPATH=. pip install --no-index nope", "python -m pip install --no-index nope",
    "pip install --group dev --no-index", "pip download -d d --no-index ./libs/a",
    "pip wheel -w d --no-index --no-build-isolation ./libs/a", "pip uninstall -y -r req/x.txt",
    "pip freeze -r req/x.txt",
)  # fmt: skip


CASES = {
    "requirements": [({**LIBS, "req/r.txt": text}, ("pip install -r req/r.txt",)) for text in TEXTS],
    "commands": [({**LIBS, "req/r.txt": ""}, LINES)],
}

# The options name `out`; Python lists the folders that it imports from; pip asks whether an address is a file, and rustc for its version, which has settings.
HARMLESS = r"(looked for|listed|wrote) out(/.*)?|listed libs/a|looked for (file:.*|(\.\./)*rust-toolchain(\.toml)?)"


def main() -> None:
    """Run the cases that are named."""
    asked = asking(__doc__, CASES).parse_args()
    env = {"PATH": programs(asked), "HERE": "more", "VIRTUAL_ENV": ""}
    cases = [
        Case(files, tuple(line + OPTIONS if " install " in line else line for line in lines), fails=None, harmless=HARMLESS)
        for named in asked.tools
        for files, lines in CASES[named]
    ]
    compare_all(cases, env, asked, {"HERE": "more"})


if __name__ == "__main__":
    main()
