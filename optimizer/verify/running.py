"""Programs that run long: watched line by line, and ended when dfopt is."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from optimizer.cache.buildlog import COLOUR

# How long a builder may take to put away what it was working on.
_PATIENCE = 30
_LAST_LINES = 20


class FailedError(Exception):
    """A program failed or took too long.

    Attributes:
        lines: The last that it said.
    """

    def __init__(self, message: str, lines: list[str]) -> None:
        super().__init__(message)
        self.lines = lines


@contextlib.contextmanager
def started(
    words: list[str], env: Mapping[str, str], stderr: int = subprocess.DEVNULL,
    *, inside_out: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:  # fmt: skip
    """A program that has ended when the block has, however that ends.

    It stands in a session of its own: a Ctrl-C in the terminal reaches dfopt alone, which then
    ends the program in its own order; `inside_out`, what it has started first.
    """
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env={**os.environ, **env},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _stop(process, inside_out=inside_out)
        if process.stdout is not None:
            process.stdout.close()


def _stop(process: subprocess.Popen[bytes], *, inside_out: bool) -> None:
    """Ask a program and what it started to stop, and make them if they do not.

    Podman that is asked itself (4.3) ends at once, and leaves its working container and in it the
    RUN that goes on. If the RUN fails it puts away both.
    """
    children = _children(process.pid) if inside_out and process.poll() is None else []
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
    if children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, kind)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)


def _children(process: int) -> list[int]:
    """What a process has started, as far as Linux tells."""
    found = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in thread.read_text().split()]
    return found


def watch(
    words: list[str], env: Mapping[str, str], timeout: float, tell: Callable[[str], None],
    *, inside_out: bool = False,
) -> None:  # fmt: skip
    """Run a program, and hand over each line that it says; `inside_out` as for `started`.

    Raises:
        FailedError: It exits with anything but 0, or has not ended after `timeout` seconds.
    """
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with started(words, env, subprocess.STDOUT, inside_out=inside_out) as process:
        late = threading.Event()

        def stop() -> None:
            late.set()
            _stop(process, inside_out=inside_out)

        timer = threading.Timer(timeout, stop)
        timer.daemon = True
        timer.start()
        try:
            for line in _lines(process.stdout):
                last.append(line)
                tell(line)
            code = process.wait()
        finally:
            timer.cancel()
    if late.is_set():
        raise FailedError(f"took longer than {timeout:g} s", list(last))
    if code != 0:
        raise FailedError(f"exit code {code}", list(last))


def _lines(stream: IO[bytes] | None) -> Iterator[str]:
    for line in stream or ():
        # The classic builder sets what a step writes to its standard error in red, and the end of
        # that stands before the next step's own line.
        text = COLOUR.sub("", line.decode("utf-8", "replace")).rstrip()
        if text:
            yield text


def answer(words: list[str], env: Mapping[str, str], timeout: float = 120) -> bytes:
    """What a short program says on its standard output.

    Raises:
        FailedError: It cannot be started, fails, or does not answer.
    """
    try:
        with _undisturbed():
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=timeout,
                env={**os.environ, **env},
                start_new_session=True,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FailedError(str(error), []) from None
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        raise FailedError(f"exit code {done.returncode}", lines[-_LAST_LINES:])
    return done.stdout


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let a signal wait until the block has ended.

    A daemon that is asked for a container makes it, also if whoever asked is gone. So a short
    question is never broken off: after the answer it is known what is there to be put away.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals do not come here
        return
    waiting: list[int] = []
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.signal(kind, lambda kind, _: waiting.append(kind)) for kind in kinds}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
        if waiting:
            signal.raise_signal(signal.Signals(waiting[0]))
