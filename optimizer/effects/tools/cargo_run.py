"""A run of cargo: its project, what it observes, where it keeps what it fetches and what it builds."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from optimizer.effects.model import NONE, CacheDir, Effects, tree, unknown
from optimizer.effects.tool import Command, clean, known
from optimizer.effects.tools.cargo_config import ELSEWHERE, cargo_home
from optimizer.effects.tools.cargo_project import Project, find, lock
from optimizer.effects.tools.git_variables import GIT_VARIABLES
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options

VARIABLES = words(
    "CARGO* RUST* HOME PATH TMPDIR SSH_* SSL_CERT_* NETRC LANG LC_* http_proxy https_proxy no_proxy all_proxy "
    "HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY HTTP_TIMEOUT TERM USER PWD"
) | GIT_VARIABLES


@dataclass(frozen=True)
class Run:
    """One run of cargo: how it was called, what stands behind the subcommand, its project."""

    command: Command
    options: Options

    @property
    def project(self) -> Project:
        """What cargo finds."""
        # `cargo install --path` takes the settings of that folder (measured with cargo 1.95).
        installed = self.options.last("--path")
        configured = self.command.path(installed) if installed else ""
        return find(self.command, self.options.last("--manifest-path"), configured)

    @property
    def locked(self) -> bool:
        """Whether Cargo.lock must not be written."""
        return self.options.has("--locked", "--frozen")


def base(command: Command) -> Effects:
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


def locking(run: Run, project: Project) -> Effects:
    """What becomes of Cargo.lock."""
    if run.locked:
        return NONE
    conditions = lock(run.command, project)
    return Effects(conditional=conditions, unpinned=any(c.violated for c in conditions))


def target(run: Run, project: Project) -> Effects:
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
        text = run.command.machine.text(path) or ""
        if path.endswith((".cargo/config", ".cargo/config.toml")) and ELSEWHERE.search(text):
            return unknown(f"{path} changes where or how cargo builds")
    more = [run.command.path(v) for v in run.options.values("--out-dir", "--artifact-dir")]
    written = frozenset(map(tree, (place, *more)))
    return Effects(reads=frozenset({tree(place)}), writes=written, generated=frozenset({place}))
