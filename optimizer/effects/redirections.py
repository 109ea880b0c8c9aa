"""Redirections and substitutions: where a command's input comes from and its output goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimizer.effects import flow
from optimizer.effects.commands import REDIRECTS, simple
from optimizer.effects.heredocs import PLACE, as_string
from optimizer.effects.model import Effects, unknown
from optimizer.effects.scope import Scope, joined, unsure
from optimizer.effects.shell import Node, parse, short
from optimizer.effects.status import Status
from optimizer.effects.tool import ANY, Kind, known, marked, origin, program_of, region

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter

# Paths that are not of the image.
_NOWHERE = re.compile(
    r"/(dev/(null|stdout|stderr|stdin|tty|zero|random|urandom|full|fd/.*|tcp/.*|udp/.*)|proc(/.*)?|sys(/.*)?)"
)


@dataclass
class _Redirects:
    """What the redirections of one statement say.

    Attributes:
        outputs: (path, descriptor, whether it is appended to).
        extra: Words of the command that stand behind a redirection.
        stdin: What the command reads; None: as before.
        away: Whether standard output goes elsewhere.
        detached: Whether `&>` makes dash run the command behind its back.
    """

    outputs: list[tuple[str, str, bool]]
    extra: list[Node]
    stdin: str | None = None
    away: bool = False
    detached: bool = False


def redirected(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """A statement with redirections."""
    body, redirects = node.field("body"), node.fields("redirect")
    if body is None:
        return _with(_read(shell, redirects, scope), lambda: True, scope)
    return _attached(shell, body, redirects, scope)


def _attached(shell: Interpreter, body: Node, redirects: list[Node], scope: Scope) -> Status:
    """The grammar hangs the redirection of `a && b > f` on the list; it is b's alone."""
    below = flow.WITH_LAST.get(body.type)
    if below is not None:
        return below(shell, body, scope, lambda last, s: _attached(shell, last, redirects, s))
    if body.type == "redirected_statement":
        inner = body.field("body")
        if inner is not None:
            return _attached(shell, inner, [*body.fields("redirect"), *redirects], scope)
    found = _read(shell, redirects, scope)
    if body.type == "command":
        own = [n for n in body.named if n.type in REDIRECTS]
        found = _read(shell, [*own, *redirects], scope) if own else found
        return _with(found, lambda: simple(shell, body, found.extra, scope), scope)
    if found.extra:
        scope.add(unknown(f"`{short(body.text)}` is not understood"))
    found.stdin = None if found.stdin is None else ANY
    return _with(found, lambda: shell.run(body, scope), scope)


def command(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """A command with its words."""
    redirects = [n for n in node.named if n.type in REDIRECTS]
    if not redirects:
        return simple(shell, node, [], scope)
    found = _read(shell, redirects, scope)
    return _with(found, lambda: simple(shell, node, found.extra, scope), scope)


def _read(shell: Interpreter, nodes: Iterable[Node], scope: Scope) -> _Redirects:
    found = _Redirects([], [])
    for node in nodes:
        if node.type == "heredoc_redirect":
            scope.add(unknown(f"the heredoc in `{short(node.text)}` is not understood"))
        elif node.type == "herestring_redirect":
            found.stdin = " ".join(shell.words.one(n, scope) for n in node.named[-1:]) + "\n"
        else:
            _file(shell, node, scope, found)
    return found


def _file(shell: Interpreter, node: Node, scope: Scope, found: _Redirects) -> None:
    descriptor = node.field("descriptor")
    number = descriptor.text if descriptor is not None else ""
    operator = next((c.text for c in node.children if c.text[:1] in {"<", ">", "&"}), ">")
    targets = node.fields("destination")
    found.extra += targets[1:]
    if not targets or (operator in {">&", "<&"} and re.fullmatch(r"\d*-?", targets[0].text)):
        found.away = found.away or (operator == ">&" and number in {"", "1"})
        return
    word = shell.words.one(targets[0], scope)
    if word.startswith(PLACE):
        body = _heredoc(shell, word.removeprefix(PLACE), scope)
        found.stdin = body if number in {"", "0"} else found.stdin
        return
    path = scope.path(word)
    output = not operator.startswith("<") or operator == "<>"
    found.away = found.away or (output and number in {"", "1"})
    found.detached = found.detached or operator.startswith("&>")
    if ANY in path:
        scope.add(unknown(f"the file of `{short(node.text)}` is not known"))
    elif _NOWHERE.fullmatch(path):
        found.stdin = ANY if not output else found.stdin
    elif output:
        both = "both" if operator in {"&>", ">&", "&>>", "<>"} else number
        found.outputs.append((path, both, ">>" in operator or operator == "<>"))
    else:
        scope.add(Effects(reads=frozenset({region(path)})))
        text = scope.machine.text(path) if known(path) else None
        found.stdin = ANY if text is None else text


def _heredoc(shell: Interpreter, number: str, scope: Scope) -> str:
    if not number.isdecimal() or int(number) >= len(shell.heredocs):
        scope.add(unknown("a heredoc is not understood"))
        return ANY
    heredoc = shell.heredocs[int(number)]
    if heredoc.quoted or not re.search(r"[$`\\]", heredoc.body):
        return heredoc.body
    root = parse(f": {as_string(heredoc.body)}\n")
    words = root.named[0].named[1:] if not root.broken and len(root.named) == 1 else []
    if len(words) != 1 or words[0].type != "string":
        scope.add(unknown(f"the heredoc `{short(heredoc.body)}` is not understood"))
        return ANY
    return shell.words.one(words[0], scope)


def _with(found: _Redirects, body: Callable[[], Status], scope: Scope) -> Status:
    """Run a body with its redirections, and write the files."""
    before, stdin, output = scope.fork(), scope.stdin, scope.output
    scope.stdin = stdin if found.stdin is None else found.stdin
    scope.output = ""
    status = body()
    printed, scope.stdin = scope.output, stdin
    scope.output = output
    if found.detached:
        scope.become(joined([before, scope]))
    if not found.away:
        scope.prints(printed)
    sole = [o for o in found.outputs if o[1] in {"", "1", "both"}]
    for path, number, append in found.outputs:
        own_input = path in scope.effects.reads - before.effects.reads
        clear = len(sole) == 1 and number in {"", "1"} and not own_input and not found.detached
        sure = _write(scope, path, printed if clear else None, append=append)
        status = status if sure else None
    return status


def _write(scope: Scope, path: str, text: str | None, *, append: bool) -> bool:
    """Write a file; whether that surely succeeds."""
    where = region(path)
    if where != path:
        scope.add(Effects(probes=frozenset({where}), writes=frozenset({where})))
        return False
    kind, behind = scope.machine.kind(path), scope.may_be_link(path)
    before: str | None = ""
    if append:
        before = scope.machine.text(path) if kind is not Kind.ABSENT else ""
        scope.add(Effects(reads=frozenset({path}), writes=frozenset({path})))
    else:
        scope.add(Effects(writes=frozenset({path}), surely_writes=frozenset({path})))
    whole = text is not None and (ANY not in text or (not before and marked(text)))
    if text is not None and whole and before is not None and not behind:
        scope.contents[path] = before + text
    folder = scope.machine.kind(path.rpartition("/")[0] or "/")
    root = scope.command.user.split(":")[0] in {"root", "0"}
    return root and folder is Kind.DIRECTORY and kind in {Kind.FILE, Kind.ABSENT}


# "`a``b`" is two substitutions; the grammar sees one.
_BACKQUOTED_TWICE = re.compile(r"`(?:[^`\\]|\\.)*`.", re.DOTALL)


def _unescaped(node: Node, scope: Scope) -> list[Node]:
    """Between backquotes a backslash goes before anything is read (POSIX 2.6.3)."""
    text = node.text.strip()
    if not text.startswith("`") or not re.search(r"\\[$`\\\"]", text):
        return flow.inner(node)
    root = parse(re.sub(r"\\([$`\\])", r"\1", text[1:-1]))
    if root.broken or '\\"' in text:
        scope.add(unknown(f"`{short(text)}` is not understood"))  # `\"` depends on what is around
        return []
    return root.children


def substituted(shell: Interpreter, node: Node, scope: Scope) -> str | None:
    """`$(...)`: what it prints; whether it fails is seldom noticed."""
    before, child = scope.effects, scope.subshell()
    child.output, child.strict, child.tested = "", False, True
    if _BACKQUOTED_TWICE.match(node.text.strip()):
        scope.add(unknown(f"`{short(node.text)}` is not understood"))
        return None
    statements = _unescaped(node, child) if "\\" in node.text else flow.inner(node)
    if len(statements) == 1 and statements[0].type == "redirected_statement":
        only = statements[0]
        if only.field("body") is None:
            found = _read(shell, only.fields("redirect"), child)
            child.prints(found.stdin)  # $(< file)
            statements = []
    flow.sequence(shell, statements, child)
    scope.done_by(child)
    scope.effects = unsure(before, child.effects, [child])
    told = origin(child.output) or program_of(child.output)
    return None if ANY in child.output and not told else child.output
