"""cargo: the table of its subcommands, and those of a few lines.

Measured with cargo 1.95 (cargo_project.py); subcommands and options after The Cargo Book 1.95.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import replace

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.cargo_build import build, fetch
from optimizer.effects.tools.cargo_chef import cook, prepare
from optimizer.effects.tools.cargo_config import settings
from optimizer.effects.tools.cargo_install import install
from optimizer.effects.tools.cargo_new import new
from optimizer.effects.tools.cargo_run import VARIABLES, Run, base, target
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import counted, split

_READMES = words("README.md README.txt README")
_FLAGS = words(
    "-v -vv --verbose -q --quiet -r --release --locked --offline --frozen --workspace --all --lib --bins --examples "
    "--tests --benches --all-targets --all-features --no-default-features --keep-going --future-incompat-report "
    "--ignore-rust-version --build-plan --unit-graph -f --force --no-track --list --debug --no-deps --bin --fix "
    "--allow-dirty --version -V --help -h --aggressive -w --no-self-update --doc --no-fail-fast --test"
) - {"--bin"}
_VALUED = words(
    "-p --package --exclude --bin --example --bench -F --features --target --profile --format-version --target-dir --artifact-dir "
    "--out-dir --timings --manifest-path --message-format -j --jobs --color --config -Z --path --root --git --branch "
    "--tag --rev --index --registry --name --edition --recipe-path --lockfile-path --version --vers -C --toolchain "
    "-c --component --default-toolchain --vcs"
)


def effects(command: Command) -> Effects:
    """What a cargo command does."""
    arguments = counted(command.arguments)
    if arguments[:1] and arguments[0].startswith("+"):
        arguments = arguments[1:]
    if not known(command.cwd, *arguments):
        return unknown("an argument of cargo is not known")
    # `--bin` has a value in a build, and none where a crate is made.
    makes = any(a in {"new", "init"} for a in arguments[:3])
    options = split(arguments, _FLAGS | ({"--bin"} if makes else set()), _VALUED)
    if options.unknown:
        return unknown(f"cargo's option {options.unknown} is not known")
    if options.has("--config", "-Z", "-C"):
        return unknown("a setting on cargo's command line is not modelled")
    verb = options.operands[0] if options.operands else "help"
    if verb == "chef":
        verb = f"chef {options.operands[1] if len(options.operands) > 1 else ''}".strip()
    answer = _VERBS.get(verb)
    if answer is None:
        return unknown(_WHY.get(verb, f"cargo {verb} is not a command that dfopt knows"))
    return answer(Run(command, options))


def _clean(run: Run) -> Effects:
    return run.project.files | replace(
        target(run, run.project), generated=frozenset(), variables=VARIABLES, seconds=0.5
    )


def _update(run: Run) -> Effects:
    project = run.project
    path = frozenset({project.lock})
    return (
        project.files
        | replace(base(run.command), network=True, unpinned=True, seconds=5.0)
        | Effects(reads=path, writes=path)
    )


def _vendor(run: Run) -> Effects:
    named = run.options.operands[1:]
    folder = run.command.path(named[0] if named else "vendor")
    written = frozenset({tree(folder)})
    return fetch(run) | Effects(reads=written, writes=written, generated=frozenset({folder}))


def _quiet(run: Run) -> Effects:
    return settings(run.command, run.command.cwd) | Effects(variables=VARIABLES, seconds=0.2)


def _listing(run: Run) -> Effects:
    return replace(fetch(run), seconds=2.0)


def _metadata(run: Run) -> Effects:
    """`cargo metadata` prints also which readme a crate has (measured with cargo 1.65)."""
    readmes = {posixpath.join(folder, name) for folder in run.project.crates for name in _READMES}
    return _listing(run) | Effects(probes=frozenset(readmes))


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    "fetch": fetch,
    **dict.fromkeys(("build", "b", "check", "c", "rustc", "clippy", "doc", "d"), build),
    "install": install,
    **dict.fromkeys(("new", "init"), new),
    "clean": _clean,
    **dict.fromkeys(("update", "generate-lockfile"), _update),
    "vendor": _vendor,
    **dict.fromkeys(("tree", "verify-project", "locate-project", "pkgid"), _listing),
    "metadata": _metadata,
    "chef prepare": prepare,
    "chef cook": cook,
    **dict.fromkeys(("help", "version", "--version", "search"), _quiet),
}
_WHY = {
    "test": "cargo test runs the project's own tests",
    "bench": "cargo bench runs the project's own benchmarks",
    "run": "cargo run starts the project's own program",
    "fmt": "cargo fmt rewrites the sources",
}

CARGO = Tool(
    "cargo",
    ("cargo",),
    effects,
    "fetch, build, check, install, new, chef: workspaces, dependencies by path; build.rs is a doubt",
)
