"""The one door to git: every call goes through here, and none runs code or the network.

Without git, without a repository, or where git refuses one (another owner's, a broken one),
the answer is None, and whoever asks goes on without history.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

# `git rev-parse --local-env-vars` without the GIT_CONFIG ones: a hook of git sets them, and
# then git would look at the hook's repository whatever folder it is given.
_FOREIGN = frozenset(
    f"GIT_{name}"
    for name in (
        "ALTERNATE_OBJECT_DIRECTORIES",
        "COMMON_DIR",
        "DIR",
        "GRAFT_FILE",
        "IMPLICIT_WORK_TREE",
        "INDEX_FILE",
        "OBJECT_DIRECTORY",
        "PREFIX",
        "SHALLOW_FILE",
        "WORK_TREE",
    )
)
# A partial clone must not fetch what it lacks; nobody is asked for a password.
_QUIET = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
# A repository's own settings may name programs to run: a monitor of files, a verifier of
# signatures.
_SETTINGS = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "log.showSignature=false",
    "-c",
    "log.showRoot=true",
)
# Put before a subcommand, it makes a path a path, even with a `*` in it. (Not all take it:
# `check-ignore` refuses, and needs it least.)
LITERAL = "--literal-pathspecs"
_MISSING = frozenset({b"missing", b"ambiguous", b"excluded"})


def ask(folder: Path, *words: str, given: bytes | None = None) -> bytes | None:
    """What git answers in a folder; None if it fails or is not there."""
    done = answer(folder, *words, given=given)
    return done.stdout if done is not None and done.returncode == 0 else None


def answer(
    folder: Path, *words: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes] | None:
    """What git answers, with its exit code; None if it cannot be started there."""
    try:
        return subprocess.run(
            _command(folder, words),
            input=given or b"",
            capture_output=True,
            check=False,
            env=_env(),
        )
    except (OSError, ValueError):  # no git; a path with a NUL
        return None


def stream(folder: Path, *words: str) -> Iterator[str]:
    """What git answers, piece by piece between NULs, as it comes; git sets to work at once."""
    pieces = _streamed(folder, words)
    next(pieces, None)
    return pieces


def _streamed(folder: Path, words: tuple[str, ...]) -> Iterator[str]:
    """Nothing as soon as git is started, then the pieces."""
    try:
        process = subprocess.Popen(
            _command(folder, words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_env() | {"GIT_FLUSH": "0"},  # whole blocks, not a write for each commit
        )
    except (OSError, ValueError):
        return
    try:
        yield ""
        yield from _pieces(process)
    finally:
        _end(process)


def text(data: bytes) -> str:
    """A path or a text; bytes that are not UTF-8 survive as surrogates."""
    return data.decode("utf-8", "surrogateescape")


class Blobs:
    """The contents of a repository's objects, each asked for once; safe for many threads."""

    def __init__(self, repository: Path) -> None:
        self.repository = repository
        self._lock = threading.Lock()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._sizes: dict[str, int | None] = {}

    def size(self, name: str) -> int | None:
        """The size of an object; None if it is not there."""
        with self._lock:
            if name not in self._sizes:
                self._sizes[name] = self._head("--batch-check", name)
            return self._sizes[name]

    def read(self, name: str) -> bytes | None:
        """The content of an object, by id or as `commit:path`; None if it is not there."""
        with self._lock:
            size = self._head("--batch", name)
            if size is None:
                return None
            output = self._running["--batch"].stdout
            return output.read(size + 1)[:size] if output is not None else None

    def _head(self, mode: str, name: str) -> int | None:
        """Ask for an object: `<id> <type> <size>`, or `<name> missing`."""
        if "\n" in name:
            return None
        process = self._process(mode)
        if process is None or process.stdin is None or process.stdout is None:
            return None
        try:
            process.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
            process.stdin.flush()
        except BrokenPipeError:  # git has refused the repository
            return None
        head = process.stdout.readline().split()
        return None if not head or head[-1] in _MISSING else int(head[-1])

    def _process(self, mode: str) -> subprocess.Popen[bytes] | None:
        if mode not in self._running:
            try:
                process = subprocess.Popen(
                    _command(self.repository, ("cat-file", mode)),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=_env(),
                )
            except (OSError, ValueError):
                return None
            weakref.finalize(self, _end, process)
            self._running[mode] = process
        return self._running[mode]


def _command(folder: Path, words: tuple[str, ...]) -> list[str]:
    return ["git", "-C", str(folder), *_SETTINGS, *words]


def _env() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
    return kept | _QUIET


def _pieces(process: subprocess.Popen[bytes]) -> Iterator[str]:
    if process.stdout is None:
        return
    rest = b""
    while block := process.stdout.read(1 << 16):
        whole, end, rest = (rest + block).rpartition(b"\0")
        if end:
            yield from text(whole).split("\0")
    if rest:
        yield text(rest)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()
