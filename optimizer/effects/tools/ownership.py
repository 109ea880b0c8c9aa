"""chmod, chown, setcap: programs that change what files are to whom."""

from __future__ import annotations

from dataclasses import replace

from optimizer.effects.model import NONE, Conditional, Effects, unknown
from optimizer.effects.tool import Command, Kind, Tool
from optimizer.effects.tools.modes import given
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import below, places, read
from optimizer.effects.tools.syntax import by_options, parse, syntax

_MODES = syntax(
    "-R -v -c -f -h -H -L -P --recursive --verbose --changes --quiet --silent "
    "--no-dereference --preserve-root --no-preserve-root",
    "--reference --from",
)


def _chmod(command: Command) -> Effects:
    """`chmod -x file` has a mode that looks like an option."""
    words = tuple(_mode(word) for word in command.arguments)
    options = parse(command.with_words(command.program, *words), _MODES)
    if isinstance(options, Effects):
        return options
    done = _owned(command, options)
    if options.has("-R", "--recursive", "--reference") or not options.operands:
        return done
    kept = frozenset(p for p in done.metadata if _has_mode(command, p, options.operands[0]))
    stays = frozenset(Conditional(path, "modes-as-committed") for path in kept)
    return replace(done, metadata=done.metadata - kept, conditional=done.conditional | stays)


def _has_mode(command: Command, path: str, text: str) -> bool:
    """Whether a file of the context, reached by no link, has the mode already that it is given."""
    machine, above = command.machine, path
    while above := above.rpartition("/")[0]:
        if machine.kind(above) is Kind.LINK:
            return False
    mode = machine.mode(path) if machine.kind(path) is Kind.FILE else None
    return mode is not None and given(mode, text) == mode


def _mode(word: str) -> str:
    looks_so = word[:1] == "-" and len(word) > 1 and set(word[1:]) <= set("rwxXstugo,+=-")
    return f"a{word}" if looks_so else word


def _owned(command: Command, options: Options) -> Effects:
    """chmod, chown, chgrp: what is named gets a mode or an owner; with -R all below it."""
    words = options.operands if options.has("--reference") else options.operands[1:]
    seen = read(command, options.values("--reference"))
    recursive = options.has("-R", "--recursive")
    return seen | _accounts(command, options) | _changes_modes(command, words, recursive=recursive)


def _accounts(command: Command, options: Options) -> Effects:
    """A name is looked up in the image's own accounts; a number is not."""
    if command.name == "chmod" or not options.operands:
        return NONE
    names = options.operands[0].replace(":", "").replace(".", "")
    return NONE if names.isdigit() else Effects(reads=frozenset({"/etc/passwd", "/etc/group"}))


def _setcap(command: Command, options: Options) -> Effects:
    """Capabilities and attributes are part of a file's metadata."""
    words = options.operands if options.has("-r") else options.operands[1:]
    return _changes_modes(command, words, recursive=False)


def _changes_modes(command: Command, words: tuple[str, ...], *, recursive: bool) -> Effects:
    named = places(command, words)
    if "/**" in named:
        return unknown(f"it is not known what {command.name} changes")
    if not recursive:
        return Effects(probes=named, metadata=named)
    every = frozenset(below(path) for path in named)
    return Effects(reads=every, metadata=every)


OWNERSHIP_TOOLS: tuple[Tool, ...] = (
    Tool("chmod", ("chmod",), _chmod, "changes modes"),
    Tool("chown", ("chown", "chgrp"), by_options(_MODES, _owned), "changes owners"),
    Tool(
        "setcap",
        ("setcap", "setfattr"),
        by_options(syntax("-q -v -r -n"), _setcap),
        "changes capabilities",
    ),
)
