"""`cargo fetch` and `cargo build`, of which it may be a part that is done ahead."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from optimizer.effects.model import NONE, Effects, covers, tree
from optimizer.effects.tool import Command, Kind, clean
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.cargo_project import Project, lock
from optimizer.effects.tools.cargo_run import VARIABLES, Run, base, locking, target
from optimizer.effects.tools.looking import look, whole_tree
from optimizer.effects.tools.prior import scaled

_LITERAL = re.compile(r'"((?:\.\./|[^"\n]*/\.\./)[^"\n]*)"')
_INCLUDE = re.compile(r'(?:include(?:_str|_bytes)?!\s*\(|#\[path\s*=)\s*"(/[^"\n]*)"')


def fetch(run: Run) -> Effects:
    """`cargo fetch`: the manifests and the lock."""
    project = run.project
    fetched = replace(base(run.command), network=True, seconds=20.0)
    files = project.manifests if project.names_its_targets else project.files
    done = files | scaled(run.command.machine, project.lock, fetched) | locking(run, project)
    return replace(done, provides=frozenset({goods(project)}))


def build(run: Run) -> Effects:
    """A build reads the crates; only what is the project's own program is not known."""
    project = run.project
    folders = project.sources
    own = project.own_program
    done = project.files | whole_tree(*folders) | _reaching(run.command, folders)
    done |= replace(
        base(run.command),
        network=not run.options.has("--offline", "--frozen"),
        variables=frozenset({"*"}),
        seconds=60.0,
    )
    if own:
        hidden = own.endswith("/build.rs") and run.command.machine.kind(own) is Kind.UNKNOWN
        done = done.in_doubt(
            f"whether there is a {own} is not known"
            if hidden
            else f"{own} is the project's own program, which the build runs"
        )
    return _fetched_ahead(run, done | target(run, project) | locking(run, project))


def _reaching(command: Command, folders: frozenset[str]) -> Effects:
    """Files outside of the crates that sources name: `include_str!`, `#[path]`, macros' folders.

    A source that is reached names others: a module those beside it, so all below its folder is read.
    """
    queue, done, reads = sorted(folders), set(folders), NONE
    while queue:
        folder = queue.pop()
        for file in (f for f in command.machine.walk(folder) if f.endswith(".rs")):
            for path in _outside(command.machine.text(file) or "", file, folders):
                if path in done or any(covers(tree(f), path) for f in done):
                    continue
                seen = look(command.machine, path)
                reads |= seen | whole_tree(*seen.reads)
                below = posixpath.dirname(path) if path.endswith(".rs") and seen.reads else path
                if seen.reads and below != "/":
                    reads |= whole_tree(below)
                    done.add(below)
                    queue.append(below)
    return reads


def _outside(text: str, file: str, folders: frozenset[str]) -> Iterator[str]:
    """The paths that a source names, as seen from its folder and from the crates."""
    yield from (clean(path) for path in _INCLUDE.findall(text))
    # Macros take paths relative to the file or to the crate (rust-embed, sqlx::migrate), also behind
    # `env!("CARGO_MANIFEST_DIR")`.
    for path in _LITERAL.findall(text):
        for base in (posixpath.dirname(file), *sorted(folders)):
            found = clean(posixpath.join(base, path.lstrip("/") if path.startswith("/..") else path))
            if found != "/":
                yield found


_UNNAMED = "cargo looks for sources that no manifest names (`path` in [lib] and each [[bin]] would)"


def _fetched_ahead(run: Run, done: Effects) -> Effects:
    """A build, of which `cargo fetch` does a part ahead, where that needs no sources.

    It takes the crates for all platforms and for tests as well (The Cargo Book, "cargo fetch").
    """
    project, command = run.project, run.command
    crates = goods(project)
    done = replace(done, provides=done.provides | {crates})
    text = command.machine.text(project.lock) or ""
    settled = "\nsource = " in text and not any(c.violated for c in lock(command, project))
    apart = run.options.has("--offline", "--frozen", "--lockfile-path") or any(
        re.search(r"source|offline|include|paths", command.machine.text(path) or "")
        for path in project.files.reads
        if path.endswith((".cargo/config", ".cargo/config.toml"))
    )
    if not settled or apart:
        return done
    manifest = run.options.last("--manifest-path")
    locked = ("--locked",) if run.locked else ()
    words = ("fetch", *locked, *(("--manifest-path", manifest) if manifest else ()))
    cache = frozenset(tree(c.path) for c in done.caches)
    seconds = fetch(run).seconds
    offered = offer(
        replace(done, seconds=done.seconds + seconds), command, words, crates, into=cache, leaves=cache,
        carried=tuple(a for a in command.arguments[:1] if a.startswith("+")),
        more="crates that the build does not need", seconds=seconds, variables=VARIABLES,
    )  # fmt: skip
    if project.names_its_targets:
        return offered
    return replace(done, ahead=tuple(replace(a, refused=a.refused or _UNNAMED) for a in offered.ahead))


def goods(project: Project) -> str:
    """What a fetch provides."""
    return f"crates of {project.lock}"
