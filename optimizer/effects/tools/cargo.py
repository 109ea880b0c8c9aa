"""cargo, rustup: fetch crates, build a workspace, install programs.

Measured with cargo 1.95 (cargo_project.py); subcommands and options after The Cargo Book 1.95.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, CacheDir, Derived, Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool, clean, exported, known
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.cargo_project import Project, cargo_home, find, lock, settings
from optimizer.effects.tools.git_variables import GIT_VARIABLES
from optimizer.effects.tools.looking import look, upwards, whole_tree, words
from optimizer.effects.tools.options import Options, counted, split
from optimizer.effects.tools.prior import scaled

VARIABLES = words(
    "CARGO* RUST* HOME PATH TMPDIR SSH_* SSL_CERT_* NETRC LANG LC_* http_proxy https_proxy no_proxy all_proxy "
    "HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY HTTP_TIMEOUT TERM USER PWD"
) | GIT_VARIABLES
_FLAGS = words(
    "-v -vv --verbose -q --quiet -r --release --locked --offline --frozen --workspace --all --lib --bins --examples "
    "--tests --benches --all-targets --all-features --no-default-features --keep-going --future-incompat-report "
    "--ignore-rust-version --build-plan --unit-graph -f --force --no-track --list --debug --no-deps --bin --fix "
    "--allow-dirty --version -V --help -h --aggressive -w --no-self-update --doc --no-fail-fast --test"
) - {"--bin"}
_VALUED = words(
    "-p --package --exclude --bin --example --bench -F --features --target --profile --target-dir --artifact-dir "
    "--out-dir --timings --manifest-path --message-format -j --jobs --color --config -Z --path --root --git --branch "
    "--tag --rev --index --registry --name --edition --recipe-path --lockfile-path --version --vers -C --toolchain "
    "-c --component --default-toolchain --vcs"
)
_HELLO = 'fn main() {\n    println!("Hello, world!");\n}\n'
_LITERAL = re.compile(r'"((?:\.\./|[^"\n]*/\.\./)[^"\n]*)"')
_INCLUDE = re.compile(r'(?:include(?:_str|_bytes)?!\s*\(|#\[path\s*=)\s*"(/[^"\n]*)"')

# Below a folder: what a recipe of cargo-chef holds, and the files that it names.
_RECIPE = r"(.*/)?Cargo\.toml|Cargo\.lock|\.cargo/.*|rust-toolchain(\.toml)?"
_TARGETS = r".*\.rs|(.*/)?README[^/]*"


@dataclass(frozen=True)
class Run:
    """One run of cargo: how it was called, what stands behind the subcommand, its project."""

    command: Command
    options: Options

    @property
    def project(self) -> Project:
        """What cargo finds."""
        return find(self.command, self.options.last("--manifest-path"))

    @property
    def locked(self) -> bool:
        """Whether Cargo.lock must not be written."""
        return self.options.has("--locked", "--frozen")


def _base(command: Command) -> Effects:
    """Cargo's own folders."""
    home = cargo_home(command)
    if not known(home):
        return unknown("the value of CARGO_HOME is not known")
    caches = tuple(
        CacheDir(clean(f"{home}/{n}"), ("CARGO_HOME", "HOME")) for n in ("registry", "git")
    )
    rustup = command.env.get("RUSTUP_HOME") or f"{command.home()}/.rustup"
    own = {tree(c.path) for c in caches} | {clean(f"{home}/.**"), tree(rustup)}
    return Effects(
        reads=frozenset(own), writes=frozenset({*own, "/tmp/rustc**", "/tmp/cc**", "/tmp/cargo**"}),
        variables=VARIABLES, caches=caches,
    )  # fmt: skip


def effects(command: Command) -> Effects:
    """What a cargo command does."""
    arguments = counted(command.arguments)
    if arguments[:1] and arguments[0].startswith("+"):
        arguments = arguments[1:]
    if not known(command.cwd, *arguments):
        return unknown("an argument of cargo is not known")
    # `--bin` has a value in a build, and none where a crate is made.
    new = any(a in {"new", "init"} for a in arguments[:3])
    options = split(arguments, _FLAGS | ({"--bin"} if new else set()), _VALUED)
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


def _fetch(run: Run) -> Effects:
    """`cargo fetch`: the manifests and the lock."""
    project = run.project
    fetched = replace(_base(run.command), network=True, seconds=20.0)
    lock = posixpath.join(project.root, "Cargo.lock")
    files = project.manifests if project.names_its_targets else project.files
    done = files | scaled(run.command.machine, lock, fetched) | _lock(run, project)
    return replace(done, provides=frozenset({_goods(project)}))


def _goods(project: Project) -> str:
    return f"crates of {project.root}/Cargo.lock"


_UNNAMED = "cargo looks for sources that no manifest names (`path` in [lib] and each [[bin]] would)"


def _fetched_ahead(run: Run, done: Effects) -> Effects:
    """A build, of which `cargo fetch` does a part ahead, where that needs no sources.

    It takes the crates for all platforms and for tests as well (The Cargo Book, "cargo fetch").
    """
    project, command = run.project, run.command
    goods = _goods(project)
    done = replace(done, provides=done.provides | {goods})
    text = command.machine.text(posixpath.join(project.root, "Cargo.lock")) or ""
    settled = "\nsource = " in text and not any(c.violated for c in lock(command, project))
    apart = run.options.has("--offline", "--frozen", "--lockfile-path") or any(
        re.search(r"source|offline|include|paths", command.machine.text(path) or "")
        for path in project.files.reads
        if path.endswith((".cargo/config", ".cargo/config.toml"))
    )
    if not settled or apart:
        return done
    manifest = run.options.last("--manifest-path")
    words = ("fetch", *(("--locked",) if run.locked else ()), *(("--manifest-path", manifest) if manifest else ()))
    cache = frozenset(tree(c.path) for c in done.caches)
    seconds = _fetch(run).seconds
    offered = offer(
        replace(done, seconds=done.seconds + seconds), command, words, goods, into=cache, leaves=cache,
        carried=tuple(a for a in command.arguments[:1] if a.startswith("+")),
        more="crates that the build does not need", seconds=seconds, variables=VARIABLES,
    )  # fmt: skip
    if project.names_its_targets:
        return offered
    return replace(done, ahead=tuple(replace(a, refused=a.refused or _UNNAMED) for a in offered.ahead))


def _lock(run: Run, project: Project) -> Effects:
    if run.locked:
        return NONE
    conditions = lock(run.command, project)
    return Effects(conditional=conditions, unpinned=any(c.violated for c in conditions))


def _target(run: Run, project: Project) -> Effects:
    """Where a build leaves its files."""
    folder = (
        run.options.last("--target-dir")
        or run.command.env.get("CARGO_TARGET_DIR")
        or run.command.env.get("CARGO_BUILD_TARGET_DIR")
    )
    place = run.command.path(folder) if folder else posixpath.join(project.root, "target")
    if not known(place):
        return unknown("where cargo builds is not known")
    for path in sorted(project.files.reads):
        if path.endswith((".cargo/config", ".cargo/config.toml")) and re.search(
            r"target-dir|build-dir|^\s*\[?env|include|runner|rustc",
            run.command.machine.text(path) or "",
            re.MULTILINE,
        ):
            return unknown(f"{path} changes where or how cargo builds")
    more = [run.command.path(v) for v in run.options.values("--out-dir", "--artifact-dir")]
    written = frozenset(map(tree, (place, *more)))
    return Effects(reads=frozenset({tree(place)}), writes=written, generated=frozenset({place}))


def _build(run: Run) -> Effects:
    """A build reads the crates; only what is the project's own program is not known."""
    project = run.project
    folders = {project.root, *project.crates}
    own = project.own_program
    done = project.files | whole_tree(*folders) | _reaching(run.command, folders)
    done |= replace(
        _base(run.command),
        network=not run.options.has("--offline", "--frozen"),
        variables=frozenset({"*"}),
        seconds=60.0,
    )
    if own:
        done = done.in_doubt(f"{own} is the project's own program, which the build runs")
    return _fetched_ahead(run, done | _target(run, project) | _lock(run, project))


def _reaching(command: Command, folders: set[str]) -> Effects:
    """Files outside of the crates that sources name: `include_str!`, `#[path]`, macros' folders."""
    found = set()
    for folder in folders:
        for file in command.machine.walk(folder):
            if not file.endswith(".rs"):
                continue
            text = command.machine.text(file) or ""
            found |= {clean(path) for path in _INCLUDE.findall(text)}
            # Macros take paths relative to the file or to the crate (rust-embed, sqlx::migrate).
            for path in _LITERAL.findall(text):
                found |= {command.path(path, base) for base in (posixpath.dirname(file), *folders)}
    outside = {
        p for p in found if p != "/" and not any(f"{p}/".startswith(f"{f}/") for f in folders)
    }
    there = look(command.machine, *outside)
    return there | whole_tree(*there.reads)


def _install(run: Run) -> Effects:
    """`cargo install`: a program into CARGO_HOME/bin, from the registry or from `--path`."""
    root = (
        run.options.last("--root")
        or run.command.env.get("CARGO_INSTALL_ROOT")
        or cargo_home(run.command)
    )
    if not known(root):
        return unknown("where cargo installs is not known")
    places = {run.command.path(f"{root}/{n}") for n in (".crates.toml", ".crates2.json")}
    target = Effects(
        writes=frozenset({*places, tree(run.command.path(f"{root}/bin")), "/tmp/cargo-install**"}),
        reads=frozenset(places),
    )
    folder = run.options.last("--path")
    if folder is not None:
        options = replace(
            run.options, given=(*run.options.given, ("--manifest-path", f"{folder}/Cargo.toml"))
        )
        built = _build(replace(run, options=options))
        # Without --locked the newest versions are taken, whatever Cargo.lock says.
        built = built if run.locked else replace(built, ahead=(), provides=frozenset())
        return built | target | Effects(unpinned=not run.locked)
    pinned = run.locked and (
        run.options.has("--version", "--vers", "--rev")
        or all("@" in o for o in run.options.operands[1:])
    )
    own = replace(
        _base(run.command),
        network=True,
        unpinned=not pinned,
        variables=frozenset({"*"}),
        seconds=60.0,
    )
    return settings(run.command, run.command.cwd) | own | target


def _new(run: Run) -> Effects:
    """`cargo new app`, `cargo init`: a skeleton, with a repository if there is none above."""
    named = run.options.operands[1:]
    folder = run.command.path(named[0] if named else ".")
    places = frozenset({folder})
    seen = look(
        run.command.machine,
        *(posixpath.join(p, n) for p in _up(folder) for n in (".git", ".hg", "Cargo.toml")),
    )
    # In a workspace the new crate is added to its members.
    workspace = frozenset(p for p in seen.reads if p.endswith("Cargo.toml"))
    made = _skeleton(run, folder) or Effects(writes=frozenset(map(tree, places)))
    return settings(run.command, run.command.cwd) | seen | made | Effects(
        reads=frozenset(map(tree, places)), writes=workspace, variables=VARIABLES, seconds=0.5,
    )  # fmt: skip


def _skeleton(run: Run, folder: str) -> Effects | None:
    """What stands in a folder that was empty; None if it may not have been (cargo 1.95 measured).

    The lines of the manifest differ from version to version, but not in what they ask for.
    """
    machine = run.command.machine
    if not machine.complete(folder) or machine.names(folder) or run.options.has("--script"):
        return None
    library = run.options.has("--lib")
    source, text = ("lib.rs", exported("")) if library else ("main.rs", _HELLO)
    name = run.options.last("--name") or posixpath.basename(folder)
    manifest = exported(f'[package]\nname = "{name}"\nversion = "0.1.0"\n')
    contents = ((f"{folder}/Cargo.toml", manifest), (f"{folder}/src/{source}", text))
    folders = frozenset({folder, f"{folder}/src"})
    # The repository, and what it ignores, go by the name of the version control.
    written = frozenset({path for path, _ in contents} | {f"{folder}/.**"})
    return Effects(writes=written | folders, makes=folders, contents=contents)


def _up(folder: str) -> list[str]:
    found = [folder]
    while found[-1] != "/":
        found.append(posixpath.dirname(found[-1]))
    return found


def _clean(run: Run) -> Effects:
    return run.project.files | replace(
        _target(run, run.project), generated=frozenset(), variables=VARIABLES, seconds=0.5
    )


def _update(run: Run) -> Effects:
    project = run.project
    path = frozenset({posixpath.join(project.root, "Cargo.lock")})
    return (
        project.files
        | replace(_base(run.command), network=True, unpinned=True, seconds=5.0)
        | Effects(reads=path, writes=path)
    )


def _vendor(run: Run) -> Effects:
    named = run.options.operands[1:]
    folder = run.command.path(named[0] if named else "vendor")
    written = frozenset({tree(folder)})
    return _fetch(run) | Effects(reads=written, writes=written, generated=frozenset({folder}))


def _prepare(run: Run) -> Effects:
    """`cargo chef prepare` looks at every manifest and target below the folder (cargo-chef 0.1).

    What it writes follows from the manifests, the lock, cargo's settings, the toolchain and the
    list of targets, which are found by their names (its src/skeleton/read.rs): that the versions of
    local crates are left out as well is not counted on.
    """
    recipe = run.command.path(run.options.last("--recipe-path") or "recipe.json")
    return settings(run.command, run.command.cwd) | Effects(
        reads=frozenset({tree(run.command.cwd)}),
        writes=frozenset({recipe}),
        variables=VARIABLES,
        seconds=1.0,
        derived=(Derived(recipe, run.command.cwd, _RECIPE, _TARGETS),),
    )


def _cook(run: Run) -> Effects:
    """`cargo chef cook` lays the recipe's skeleton over the folder and builds it."""
    recipe = run.command.path(run.options.last("--recipe-path") or "recipe.json")
    place = Project(run.command.cwd, {}, settings(run.command, run.command.cwd))
    here = frozenset({tree(run.command.cwd)})
    own = replace(_base(run.command), network=True, variables=frozenset({"*"}), seconds=60.0)
    cooked = Effects(reads=here | {recipe}, writes=here, provides=frozenset({_goods(place)}))
    return place.files | cooked | own | _target(run, place)


def _quiet(run: Run) -> Effects:
    return settings(run.command, run.command.cwd) | Effects(variables=VARIABLES, seconds=0.2)


def _metadata(run: Run) -> Effects:
    return replace(_fetch(run), seconds=2.0)


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    "fetch": _fetch,
    **dict.fromkeys(("build", "b", "check", "c", "rustc", "clippy", "doc", "d"), _build),
    "install": _install,
    **dict.fromkeys(("new", "init"), _new),
    "clean": _clean,
    **dict.fromkeys(("update", "generate-lockfile"), _update),
    "vendor": _vendor,
    **dict.fromkeys(("metadata", "tree", "verify-project", "locate-project", "pkgid"), _metadata),
    "chef prepare": _prepare,
    "chef cook": _cook,
    **dict.fromkeys(("help", "version", "--version", "search"), _quiet),
}
_WHY = {
    "test": "cargo test runs the project's own tests",
    "bench": "cargo bench runs the project's own benchmarks",
    "run": "cargo run starts the project's own program",
    "fmt": "cargo fmt rewrites the sources",
}


def _rustc(command: Command) -> Effects:
    """`rustc --version`: rustup's `rustc` looks for the folder's rust-toolchain (rustup's book, "Overrides")."""
    if not known(command.cwd) or not set(command.arguments) <= {
        "--version",
        "-V",
        "-vV",
        "--verbose",
    }:
        return unknown("rustc compiles what it is given")
    names = ("rust-toolchain", "rust-toolchain.toml")
    files = (posixpath.join(f, n) for f in upwards(command.cwd) for n in names)
    return look(command.machine, *files) | Effects(variables=frozenset({"*"}), seconds=0.1)


def _rustup(command: Command) -> Effects:
    """`rustup target add` and its kin change the toolchains, by the folder's rust-toolchain."""
    if not known(*command.arguments, command.cwd):
        return unknown("an argument of rustup is not known".replace(ANY, "?"))
    verb = next((a for a in command.arguments if not a.startswith("-")), "show")
    if verb not in words(
        "target component toolchain default update show install set self override which --version"
    ):
        return unknown(f"rustup {verb} is not modelled")
    home = cargo_home(command)
    if not known(home):
        return unknown("the value of CARGO_HOME is not known")
    fetches = verb not in {"show", "which", "set", "override"}
    return settings(command, command.cwd) | replace(
        _base(command), network=fetches, unpinned=fetches, seconds=15.0 if fetches else 0.2
    ) | Effects(writes=frozenset({tree(f"{home}/bin"), f"{home}/env"}))  # fmt: skip


CARGO_TOOLS: tuple[Tool, ...] = (
    Tool(
        "cargo",
        ("cargo",),
        effects,
        "fetch, build, check, install, new, chef: workspaces, dependencies by path; build.rs is a doubt",
    ),
    Tool("rustc", ("rustc",), _rustc, "--version; all else compiles what it is given"),
    Tool("rustup", ("rustup",), _rustup, "target, component, toolchain, default"),
)
