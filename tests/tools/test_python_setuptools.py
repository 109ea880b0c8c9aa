"""What setuptools takes from a project, and what it leaves there (measured: tests/measure)."""

from __future__ import annotations

import pytest

from optimizer.effects.model import covers
from tests.effects.machine import effects_of

SYSTEM = '[build-system]\nrequires=["setuptools", "wheel"]\nbuild-backend="setuptools.build_meta"\n'
OLDER = '[build-system]\nrequires=["setuptools"]\n'
NAMED = SYSTEM + '[project]\nname="demo"\nversion="1"\nreadme="README.md"\n'
COMMON = dict.fromkeys("README.md LICENSE CHANGES.rst docs/a.md docs/conf.py tests/__init__.py tests/test_a.py " "tests/conftest.py tests/unit/test_b.py Dockerfile requirements.txt scripts/run.sh Makefile".split(), "")
FLAT = {
    "demo/__init__.py": "import os\n__version__ = '1.0'\n",
    "demo/data.json": "{}",
    "demo/sub/__init__.py": "",
    "demo/ns/y.py": "",
    "demo/tests/__init__.py": "",
}
SRC = {f"src/{name}": text for name, text in FLAT.items()}
# Listed in SOURCES.txt, whatever the project says.
ALWAYS = {"LICENSE", "README.md", "tests/test_a.py"}
STANDARD = {"pyproject.toml", *ALWAYS}
SCRIPT = {"setup.py", "pyproject.toml", *ALWAYS}
IMPORTS = "import os, re, glob, io\nfrom pathlib import Path\nfrom setuptools import setup, find_packages\n"


def pyproject(more: str, packages: dict[str, str] | None = None, **files: str) -> dict[str, str]:
    """A project of pyproject.toml alone."""
    return {**COMMON, **(packages or FLAT), "pyproject.toml": NAMED + more, **files}


def script(text: str, packages: dict[str, str] | None = None, **files: str) -> dict[str, str]:
    """A project of setup.py."""
    own = {"setup.py": IMPORTS + text, "pyproject.toml": OLDER}
    return {**COMMON, **(packages or FLAT), **own, **files}


def of(files: dict[str, str], line: str = "pip install .", **given):
    """The effects of an install, and the files of the project that matter to it."""
    effects = effects_of(line, {f"/app/{n}": t for n, t in files.items()}, **given)
    seen = effects.reads | effects.probes
    return effects, {n for n in files if any(covers(p, f"/app/{n}") for p in seen)}


FIND = "[tool.setuptools.packages.find]\n"
DYNAMIC = (
    '[project]\nname="demo"\ndynamic=["version","readme","dependencies"]\n[tool.setuptools]\n'
    'packages=["demo"]\n[tool.setuptools.dynamic]\nversion={attr="demo.__version__"}\n'
    'readme={file=["README.md","CHANGES.rst"]}\ndependencies={file=["requirements.txt"]}\n'
)
READ = """
here = os.path.abspath(os.path.dirname(__file__))
def read(*parts):
    with open(os.path.join(here, *parts), encoding="utf-8") as file:
        return file.read()
version = re.search("__version__ = '(.+)'", read("demo", "__init__.py")).group(1)
required = []
for line in io.open("requirements.txt"):
    if not line.startswith("#"):
        required.append(line.strip())
try:
    changes = Path(__file__).resolve().parent.joinpath("CHANGES.rst").read_text()
except OSError:
    changes = ""
if __name__ == "__main__":
    setup(
        name="demo", version=version, install_requires=required, extras_require={"x": ["six"]},
        long_description=read("README.md") + changes, packages=find_packages(include=["demo*"]),
    )
"""
CONFIGURATION = """
[metadata]
name = demo
version = attr: demo.__version__
long_description = file: README.md, CHANGES.rst
license_files = LICENSE
[options]
packages = find:
install_requires = six
[options.packages.find]
exclude =
    tests*
[options.package_data]
demo = *.json
[flake8]
max-line-length = 99
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (pyproject(""), STANDARD | FLAT.keys()),
        (pyproject("", SRC), STANDARD | SRC.keys()),
        (pyproject("", {"one.py": ""}), STANDARD | {"one.py"}),
        (pyproject("", {"src/one.py": ""}), STANDARD | {"src/one.py"}),
        (pyproject('[tool.setuptools]\npackages=["demo.sub"]\n'), STANDARD | {"demo/sub/__init__.py"}),
        (pyproject('[tool.setuptools]\npy-modules=["scripts.one"]\n', **{"scripts/one.py": ""}), STANDARD | {"scripts/one.py"}),
        (pyproject(FIND + 'include=["demo*"]\n'), STANDARD | FLAT.keys()),
        (pyproject(FIND + 'where=["src"]\n', SRC), STANDARD | SRC.keys()),
        (pyproject(FIND + 'include=["demo.sub"]\nnamespaces=false\n'), STANDARD | {"demo/__init__.py", "demo/sub/__init__.py"}),
        # Nobody leaves out the tests: they are a package.
        (pyproject(FIND + "namespaces=false\n"), STANDARD | FLAT.keys() | {n for n in COMMON if n.startswith("tests/")}),
        # `tests` is left out by name, not what is below it.
        (script("setup(name='demo', packages=find_packages(exclude=['tests', 'demo', 'demo.*']))"), SCRIPT),
        (
            script("setup(name='demo', packages=find_packages(exclude=['tests', 'demo', 'demo.*']))", **{"tests/unit/__init__.py": ""}),
            SCRIPT | {"tests/__init__.py", "tests/unit/__init__.py", "tests/unit/test_b.py"},
        ),
        ({**pyproject(""), "pyproject.toml": SYSTEM + DYNAMIC}, STANDARD | FLAT.keys() | {"CHANGES.rst", "requirements.txt"}),
        (pyproject("", **{"MANIFEST.in": "include *.rst # a comment\nrecursive-include docs \\\n  *.md\nprune tests\n"}), STANDARD | FLAT.keys() | {"MANIFEST.in", "CHANGES.rst", "docs/a.md"}),
        (pyproject("", **{"MANIFEST.in": "graft scripts\nglobal-include conf*\n"}), STANDARD | FLAT.keys() | {"MANIFEST.in", "docs/conf.py", "scripts/run.sh", "tests/conftest.py"}),
        (script(READ), SCRIPT | FLAT.keys() | {"requirements.txt", "CHANGES.rst"}),
        (script("setup(name='demo', packages=['demo'], scripts=['scripts/run.sh'], data_files=[('x', ['CHANGES.rst'])])"), SCRIPT | FLAT.keys() | {"scripts/run.sh", "CHANGES.rst"}),
        (script("setup(name='demo', package_dir={'': 'src'}, packages=find_packages('src'))", SRC), SCRIPT | SRC.keys()),
        (script("setup(name='demo', packages=['demo', 'demo.docs'], package_dir={'demo.docs': 'docs'})"), SCRIPT | FLAT.keys() | {"docs/a.md", "docs/conf.py"}),
        (script("ns = {}\nexec(open('version.py').read(), ns)\nsetup(name='demo', version=ns['v'], packages=['demo'])", **{"version.py": "v = '1'\n"}), SCRIPT | FLAT.keys() | {"version.py"}),
        (script("print(os.listdir('docs'), glob.glob('scripts/*.sh'))\nsetup(name='demo', packages=['demo'])"), SCRIPT | FLAT.keys() | {"docs/a.md", "docs/conf.py", "scripts/run.sh"}),
        (script("args = dict(a=1) if os.path.exists('Makefile') else {}\nsetup(name='demo', packages=['demo'])"), SCRIPT | FLAT.keys() | {"Makefile"}),
        (script("given = {'name': 'demo', 'packages': ['demo']}\nsetup(**given)"), SCRIPT | FLAT.keys()),
        (script("setup()", **{"setup.cfg": CONFIGURATION, "demo/__init__.py": "__version__ = '1'\n"}), SCRIPT | FLAT.keys() | {"setup.cfg", "CHANGES.rst"}),
        ({**COMMON, **SRC, "pyproject.toml": SYSTEM, "setup.cfg": "[metadata]\nname=demo\n[options]\npackage_dir=\n  =src\npackages=find:\n[options.packages.find]\nwhere=src\n"}, STANDARD | SRC.keys() | {"setup.cfg"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("line", ["pip install .", "pip install -e .[x]", "uv pip install --system .", "pip wheel . -w /wheels"])  # fmt: skip
def test_taken(files, expected, line):
    """These files matter and no others; without the others it is all the same."""
    effects, seen = of(files, line)

    assert effects.doubt is None
    assert seen == expected
    assert of({n: t for n, t in files.items() if n in seen}, line)[0] == effects


@pytest.mark.parametrize(
    "files",
    [
        pyproject("", **{"other/x.py": ""}),  # two packages: setuptools itself refuses
        pyproject("", **{"demo-stubs/x.pyi": ""}),
        pyproject("", **{"build/lib/demo/old.py": ""}),  # what a former build left is built again
        pyproject("", **{"demo.egg-info/SOURCES.txt": ""}),
        pyproject("", **{"MANIFEST.in": "frobnicate x\n"}),
        pyproject("", **{"setup.cfg": "[build_ext]\ninplace=1\n"}),
        pyproject("", **{"setup.cfg": "[options]\nsetup_requires=pbr\n"}),
        pyproject('[tool.setuptools]\ncmdclass={x="demo.X"}\n'),
        pyproject('[tool.setuptools]\npackages=["demo","gone"]\n'),
        pyproject('[tool.setuptools.package-data]\ndemo=["../docs/*"]\n'),
        {**pyproject(""), "pyproject.toml": NAMED.replace('"wheel"', '"setuptools_scm"')},
        {**pyproject(""), "pyproject.toml": NAMED.replace("build_meta", "other")},
        # The package is imported to learn its version.
        {**pyproject("", **{"demo/__init__.py": "import os\n__version__ = os.name\n"}), "pyproject.toml": SYSTEM + DYNAMIC},
        script("import demo\nsetup(name='demo', packages=['demo'])"),
        script("from versioneer import get_version\nsetup(name='demo', packages=['demo'])"),
        script("class X: pass\nsetup(name='demo', packages=['demo'], cmdclass={'build': X})"),
        script("setup(name='demo', packages=['demo'], ext_modules=[1])"),
        script("setup(name='demo', packages=['demo'], use_scm_version=True)"),
        script("setup(name='demo', packages=['demo'], setup_requires=['cffi'])"),
        script("setup(name=open('name').read(), packages=['demo'])"),
        script("setup(name='demo', packages=[p for p in os.listdir('.')])"),
        script("for name in os.listdir('docs'):\n    open(os.path.join('docs', name))\nsetup(name='demo')"),
        script("open('out', 'w').write('x')\nsetup(name='demo', packages=['demo'])"),
        script("Path('out').write_text('x')\nsetup(name='demo', packages=['demo'])"),
        script("os.system('make')\nsetup(name='demo', packages=['demo'])"),
        script("os.environ['DIST_EXTRA_CONFIG'] = 'x.cfg'\nsetup(name='demo', packages=['demo'])"),
        script("exec(open('version.py').read())\nsetup(name='demo', packages=['demo'])", **{"version.py": "import os\n"}),
        script("packages = ['demo']\npackages.append(open('more').read())\nsetup(name='demo', packages=packages)"),
        script("path = 'a'\nfor x in range(3):\n    open(path)\n    path = path + 'b'\nsetup(name='demo')"),
        script("list(map(open, ['a', 'b']))\nsetup(name='demo', packages=['demo'])"),
        script("setup(name='demo', packages=['demo'], install_requires=['x @ file:///app/x'])"),
        script("setup(name='demo', packages=['demo'], install_requires=open('requirements.txt').read())", **{"requirements.txt": "x @ file:///app/x"}),
        script("if os.name == 'nt':\n    setup(name='demo')\nelse:\n    setup(name='demo', packages=['demo'])"),
        script("setup(name='demo', packages=['demo']"),
    ],
)  # fmt: skip
def test_whole(files):
    """What is not plain takes all of the folder."""
    effects, seen = of(files)

    assert effects.doubt or seen == files.keys()


@pytest.mark.parametrize(
    ("line", "where", "given"),
    [
        ("pip install --no-build-isolation .", "pyproject.toml", {}),
        ("UV_NO_BUILD_ISOLATION=1 uv pip install --system .", "pyproject.toml", {}),
        ("pip install .", "pyproject.toml", {"unknown": ["/app/x/**"]}),
        ("python setup.py install", "setup.py", {}),
        ("pip install .", "packaging.py", {}),
    ],
)
def test_other_ways(line, where, given):
    """Plugins that are installed, files that nobody knows, other commands: all of it counts."""
    text = "setup(name='demo', packages=['demo'])"
    files = script(text, **({} if where == "setup.py" else {where: OLDER}))

    effects, seen = of(files, line, **given)

    assert effects.doubt or seen == files.keys()


def test_a_plugin_may_list_the_repository():
    """Without a pyproject.toml an older pip builds with what is installed (setuptools_scm)."""
    files = script("setup(name='demo', packages=['demo'])", **{".git/HEAD": ""})
    del files["pyproject.toml"]

    assert of(files)[1] == {"setup.py", ".git/HEAD", *ALWAYS, *FLAT}
    assert of(files, "uv pip install --system .")[1] == {"setup.py", *ALWAYS, *FLAT}


@pytest.mark.parametrize(
    ("name", "folder"),
    [("demo", "demo.egg-info"), ("My.Demo-Pkg_x", "My.Demo_Pkg_x.egg-info")],
)
def test_left(name, folder):
    """It leaves `build` and a description, and a developer may have them as well."""
    effects, _ = of(script(f"setup(name='{name}', packages=['demo'])"))

    assert effects.generated == {"/app/build", f"/app/{folder}"}
    assert {f"/app/{folder}/**", "/app/build/**"} <= effects.writes
    assert not any(covers(w, "/app/demo/__init__.py") for w in effects.writes)
    assert of(pyproject(""), "pip install -e .")[0].generated == {"/app/demo.egg-info"}


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("python -m build", "/app/dist"),
        ("uv build", "/app/dist"),
        ("python -m build -o /out", "/out"),
        ("uv build --out-dir out", "/app/out"),
    ],
)
def test_archives(line, place):
    """Archives go to `dist`, or where somebody says."""
    effects, _ = of(pyproject(""), line)

    assert f"{place}/**" in effects.writes
    assert place in effects.generated


def test_many_tests_are_a_folder():
    """A COPY of many names is read by nobody: then it is the whole folder."""
    more = {f"tests/test_{letter}.py": "" for letter in "bcde"}

    assert of(pyproject("", **more))[1] >= more.keys() | {"tests/conftest.py", "tests/unit/test_b.py"}


def test_extras_are_a_pattern_of_the_shell():
    """`.[dev]` matches `.d`, `.e` and `.v`, not all that is hidden."""
    files = pyproject("", **{".gitignore": "", ".env": "", ".github/x.yml": ""})

    assert not of(files, "pip install .[dev]")[1] & {".gitignore", ".env", ".github/x.yml"}
    assert of({**files, ".d": ""}, "pip install .[dev]")[1] >= {".d"}


@pytest.mark.parametrize("folder", ["/usr/local/app", "/usr/local/src/app"])
def test_a_project_below_usr_local(folder):
    """It is no place where packages are installed."""
    files = {f"{folder}/{n}": t for n, t in pyproject("").items()}
    effects = effects_of("pip install .[dev]", files, cwd=folder)
    inside = [w for w in effects.writes if covers(w, f"{folder}/demo/__init__.py")]

    assert not inside
    assert not any(covers(r, f"{folder}/docs/a.md") for r in effects.reads)
