"""Simple commands: assignments, redirections, substitutions, and starting a program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from optimizer.effects import conditions, flow
from optimizer.effects.heredocs import PLACE
from optimizer.effects.model import Effects, unknown
from optimizer.effects.scope import Scope, joined, unsure
from optimizer.effects.shell import Node, parse, short
from optimizer.effects.status import Status
from optimizer.effects.tool import ANY, GLOB, Kind, known, region

if TYPE_CHECKING:
    from optimizer.effects.interpreter import Interpreter

# Paths that are not of the image.
_NOWHERE = re.compile(
    r"/(dev/(null|stdout|stderr|stdin|tty|zero|random|urandom|full|fd/.*|tcp/.*|udp/.*)|proc(/.*)?|sys(/.*)?)"
)
_REDIRECTS = frozenset({"file_redirect", "herestring_redirect", "heredoc_redirect"})
_PRINTING = frozenset({"pwd", "type", "command", "ulimit", "umask", "times", "set", "trap", "eval", ".", "source"})


def function(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`name() { ...; }`"""
    name, body = node.field("name"), node.field("body")
    if name is not None and body is not None:
        scope.functions[name.text] = (body, shell.heredocs)
    if node.fields("redirect"):
        scope.add(unknown(f"`{short(node.text)}` is not understood"))
    return True


def assignment(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`name=value` as a statement."""
    for each in [node] if node.type == "variable_assignment" else node.named:
        name, value = _pair(shell, each, scope)
        scope.assign(name, value)
    return None if "$(" in node.text or "`" in node.text else True


def _pair(shell: Interpreter, node: Node, scope: Scope) -> tuple[str, str]:
    name, value = node.field("name"), node.field("value")
    text = ANY
    if value is not None and value.type == "array":
        for each in value.named:
            shell.words.expand(each, scope)
    elif value is not None:
        text = shell.words.one(value, scope)
    elif node.text.endswith("="):
        text = ""
    if name is None or name.type != "variable_name":
        return (name.text.split("[")[0] if name is not None else "_"), ANY
    if node.text[len(name.text) :].startswith("+="):
        old = scope.value(name.text)
        return name.text, ANY if ANY in old + text else old + text
    return name.text, text


def declaration(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`export`, `local`, `readonly`, `declare`"""
    keyword = node.children[0].text
    exported = keyword == "export"
    for each in node.named:
        if each.type in {"variable_assignment", "variable_name"}:
            name, value = (each.text, None) if each.type == "variable_name" else _pair(shell, each, scope)
            _declare(name, value, keyword, scope)
            continue
        for word in shell.words.expand(each, scope):
            if word.startswith("-") and ANY not in word:
                exported = exported or (keyword in {"declare", "typeset"} and "x" in word)
                if exported and "n" in word:
                    scope.add(unknown(f"`{short(node.text)}` is not understood"))
                continue
            name, separator, text = word.partition("=")
            if not re.fullmatch(r"[A-Za-z_]\w*", name):
                scope.add(unknown(f"`{short(node.text)}` declares what is not known"))
                continue
            _declare(name, text if separator else None, keyword, scope)
    return None if "$(" in node.text or "`" in node.text else True


def _declare(name: str, value: str | None, keyword: str, scope: Scope) -> None:
    if keyword in {"local", "declare", "typeset"}:
        scope.shadowed.setdefault(name, scope.variables.get(name))
        value = "" if value is None else value
    if value is not None:
        scope.assign(name, value, export=keyword == "export")
    elif keyword == "export":
        scope.exported.add(name)


def unset(_: Interpreter, node: Node, scope: Scope) -> Status:
    """`unset name`, `unset -f name`"""
    for each in node.named:
        if re.fullmatch(r"[A-Za-z_]\w*", each.text):
            scope.unset(each.text)
            scope.functions.pop(each.text, None)
        elif each.text not in {"-v", "-f"}:
            scope.add(unknown(f"`{short(node.text)}` unsets what is not known"))
    return True


def tested(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """`[ ... ]`, `[[ ... ]]`"""
    return conditions.holds(node, scope, shell.words)


# Redirections


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
        own = [n for n in body.named if n.type in _REDIRECTS]
        found = _read(shell, [*own, *redirects], scope) if own else found
        return _with(found, lambda: _simple(shell, body, found.extra, scope), scope)
    if found.extra:
        scope.add(unknown(f"`{short(body.text)}` is not understood"))
    found.stdin = None if found.stdin is None else ANY
    return _with(found, lambda: shell.run(body, scope), scope)


def command(shell: Interpreter, node: Node, scope: Scope) -> Status:
    """A command with its words."""
    redirects = [n for n in node.named if n.type in _REDIRECTS]
    if not redirects:
        return _simple(shell, node, [], scope)
    found = _read(shell, redirects, scope)
    return _with(found, lambda: _simple(shell, node, found.extra, scope), scope)


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
        text = _heredoc(shell, word.removeprefix(PLACE), scope)
        found.stdin = text if number in {"", "0"} else found.stdin
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
    node = None
    if not re.search(r"(?<!\\)`", heredoc.body):  # the grammar knows no backticks there
        node = _body(parse(f"cat <<DFOPT_END\n{heredoc.body}DFOPT_END\n"))
    if node is None:
        scope.add(unknown(f"the heredoc `{short(heredoc.body)}` is not understood"))
        return ANY
    return shell.words.heredoc(node, scope)


def _body(node: Node) -> Node | None:
    if node.broken:
        return None
    if node.type == "heredoc_body":
        return node
    return next((found for c in node.children if (found := _body(c)) is not None), None)


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
    kind, before = scope.machine.kind(path), ""
    if append:
        before = scope.machine.text(path) if kind is not Kind.ABSENT else ""  # type: ignore[assignment]
        scope.add(Effects(reads=frozenset({path}), writes=frozenset({path})))
    else:
        scope.add(Effects(writes=frozenset({path}), surely_writes=frozenset({path})))
    if text is not None and ANY not in text and before is not None:
        scope.contents[path] = before + text
    folder = scope.machine.kind(path.rpartition("/")[0] or "/")
    root = scope.command.user.split(":")[0] in {"root", "0"}
    return root and folder is Kind.DIRECTORY and kind in {Kind.FILE, Kind.ABSENT}


# Starting a command


def substituted(shell: Interpreter, node: Node, scope: Scope) -> str | None:
    """`$(...)`: what it prints; whether it fails is seldom noticed."""
    before, child = scope.effects, scope.fork()
    child.output, child.strict, child.tested = "", False, True
    statements = flow.inner(node)
    if len(statements) == 1 and statements[0].type == "redirected_statement":
        only = statements[0]
        if only.field("body") is None:
            found = _read(shell, only.fields("redirect"), child)
            child.prints(found.stdin)  # $(< file)
            statements = []
    flow.sequence(shell, statements, child)
    scope.done_by(child)
    scope.effects = unsure(before, child.effects, [child])
    return None if ANY in child.output else child.output


def _simple(shell: Interpreter, node: Node, extra: Iterable[Node], scope: Scope) -> Status:
    prefix: dict[str, str] = {}
    words: list[str] = []
    for child in node.named:
        if child.type == "variable_assignment":
            name, value = _pair(shell, child, scope)
            prefix[name] = value
        elif child.type not in _REDIRECTS:
            words += shell.words.expand(child, scope)
    for child in extra:
        words += shell.words.expand(child, scope)
    if not words:
        for name, value in prefix.items():
            scope.assign(name, value)
        return None if "$(" in node.text or "`" in node.text else True
    return start(shell, words, prefix, scope)


def start(
    shell: Interpreter, words: list[str], prefix: Mapping[str, str], scope: Scope
) -> Status:  # fmt: skip
    """Start a command by its words: a function, a builtin, or a program."""
    from optimizer.effects.builtins import STATEFUL  # noqa: PLC0415 - builtins start commands too

    name, arguments = words[0], tuple(words[1:])
    if ANY in name or GLOB in name:
        scope.add(unknown("the name of a command is not known"))
        scope.prints(None)
        return None
    if name in scope.functions:
        return _assigned(prefix, lambda: _call(shell, name, arguments, scope), scope)
    builtin = STATEFUL.get(name)
    if builtin is None:
        return _program(shell, words, prefix, scope)
    if name in _PRINTING and name not in {"pwd", "eval", ".", "source"}:
        scope.prints(None if name != "trap" or len(arguments) < 2 else "")
    elif name == "pwd":
        scope.prints(scope.cwd + "\n")
    return _assigned(prefix, lambda: builtin(shell, arguments, scope), scope)


def _assigned(prefix: Mapping[str, str], body: Callable[[], Status], scope: Scope) -> Status:
    """`A=1 name` where name is of the shell: bash forgets A afterwards, dash may keep it."""
    old = {n: scope.variables.get(n) for n in prefix}
    own = {n for n in prefix if n in scope.own}
    for name, value in prefix.items():
        scope.assign(name, value)
    status = body()
    for name, value in old.items():
        if scope.variables.get(name) != value:
            scope.variables[name] = ANY
    scope.own -= prefix.keys() - own
    return status


def _program(
    shell: Interpreter, words: list[str], prefix: Mapping[str, str], scope: Scope
) -> Status:  # fmt: skip
    name, arguments = words[0], tuple(words[1:])
    text = conditions.printed(name, list(arguments), scope)
    done = _certain(name, shell.caller(scope.started(name, arguments, prefix)))
    own = (scope.exported & scope.own) | prefix.keys()
    scope.add(replace(done, variables=done.variables - own))
    scope.prints(text)
    if name == "printf" and arguments[:1] == ("-v",):
        scope.assign(arguments[1] if len(arguments) > 1 else "_", ANY)
    return True if name in {"echo", "printf"} else None


def _certain(name: str, done: Effects) -> Effects:
    """A path that holds text which is not known may be any path."""
    paths = "".join((*done.reads, *done.probes, *done.lists, *done.writes, *done.metadata))
    if ANY in paths or GLOB in paths:
        return done.in_doubt(f"which files {name} works on is not known")
    return done


def _call(shell: Interpreter, name: str, arguments: tuple[str, ...], scope: Scope) -> Status:
    body, heredocs = scope.functions[name]
    positional, shadowed, escaped = scope.positional, scope.shadowed, scope.escaped
    scope.positional, scope.shadowed = arguments, {}
    status = shell.nested(scope, lambda: shell.run(body, scope), heredocs)
    for variable, value in scope.shadowed.items():
        if value is None:
            scope.variables.pop(variable, None)
        else:
            scope.variables[variable] = value
    scope.positional, scope.shadowed = positional, shadowed
    if scope.ended == "return":
        scope.ended = ""
    if "return" in scope.escaped:
        status = None
    scope.escaped = (scope.escaped - {"return"}) | escaped
    return status
