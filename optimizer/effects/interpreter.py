"""A shell script interpreted abstractly: every command's effects, in every branch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from optimizer.effects import conditions
from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.scope import Scope
from optimizer.effects.shell import Node, parse
from optimizer.effects.tool import ANY, GLOB, Command, Kind, Tool
from optimizer.effects.words import Words

# One run of a command by its words, in a scope; None: the status is not known.
Status = bool | None
_SEPARATORS = frozenset({";", "\n", "&", ";;", ";&", ";;&"})
_UNROLLED = 50
_DEEPEST = 12
_SHOWN = 60
# Paths that are not of the image.
_NOWHERE = re.compile(r"^/(dev/(null|stdout|stderr|stdin|tty|zero|random|urandom|full|fd/.*|tcp/.*)|proc/.*|sys/.*)$")


class Interpreter:
    """Runs a script in a scope; only the scope changes."""

    def __init__(self, tools: Mapping[str, Tool], caller: Callable[[Command], Effects], depth: int = 0) -> None:
        self.tools = tools
        self.caller = caller
        self.depth = depth
        self.words = Words(self._substitution)

    def script(self, text: str, scope: Scope) -> None:
        """Run a whole script."""
        if self.depth > _DEEPEST:
            scope.add(unknown("scripts call one another too deeply"))
            return
        root = parse(text)
        if root.broken:
            scope.add(unknown(f"the shell text is not understood: {_short(_broken(root))}"))
            return
        self.sequence(root.children, scope)

    def sequence(self, nodes: list[Node], scope: Scope) -> Status:
        """Commands one after the other; what failed before the last is not noticed."""
        status: Status = True
        for position, node in enumerate(nodes):
            if node.type in _SEPARATORS:
                continue
            if scope.ended:
                break
            background = position + 1 < len(nodes) and nodes[position + 1].type == "&"
            last = not any(n.type not in _SEPARATORS for n in nodes[position + 1 :])
            before = scope.effects
            scope.effects = NONE
            previous, scope.effects = before, before
            status = self.run(node, scope)
            if background or not (last or "e" in scope.options or _cannot_fail(node)):
                scope.effects = _unsure(previous, scope.effects)
        return status

    def run(self, node: Node, scope: Scope) -> Status:
        """One statement."""
        method = _STATEMENTS.get(node.type)
        if method is None:
            scope.add(unknown(f"`{_short(node.text)}` is not understood"))
            return None
        return method(self, node, scope)

    # Lists, pipes, groups

    def _list(self, node: Node, scope: Scope) -> Status:
        left, operator, right = node.children[0], node.children[1].type, node.children[2:]
        before = scope.effects
        status = self.run(left, scope)
        if operator == "&&":
            if status is False:
                return False
            return self.sequence(right, scope)
        if status is True:
            return True
        if status is None:
            scope.effects = _unsure(before, scope.effects)
        return self._maybe(lambda s: self.sequence(right, s), scope)

    def _pipeline(self, node: Node, scope: Scope) -> Status:
        parts = [c for c in node.children if c.type not in {"|", "|&"}]
        before, text = scope.effects, ""
        for part in parts[:-1]:
            child = scope.fork()
            self.run(part, child)
            scope.effects = child.effects
            text = self._output(part, scope) or ANY
        if "pipefail" not in scope.options:
            scope.effects = _unsure(before, scope.effects)
        child = scope.fork()
        child.variables["\0stdin"] = text
        status = self.run(parts[-1], child)
        scope.effects = child.effects
        scope.contents.update(child.contents)
        return status

    def _group(self, node: Node, scope: Scope) -> Status:
        return self.sequence([c for c in node.children if c.type not in {"{", "}", "do", "done"}], scope)

    def _subshell(self, node: Node, scope: Scope) -> Status:
        child = scope.fork()
        status = self.sequence([c for c in node.children if c.type not in {"(", ")"}], child)
        scope.effects, scope.contents = child.effects, child.contents
        return status

    def _negated(self, node: Node, scope: Scope) -> Status:
        status = self.run(node.named[-1], scope)
        return None if status is None else not status

    # Branches and loops

    def _maybe(self, body: Callable[[Scope], Status], scope: Scope) -> Status:
        """A body that may or may not run; the scope knows afterwards what is so in both."""
        child = scope.fork()
        before = child.effects
        body(child)
        self._join(scope, child, _unsure(before, child.effects))
        return None

    def _join(self, scope: Scope, child: Scope, effects: Effects) -> None:
        scope.effects = effects
        for name in child.variables.keys() | scope.variables.keys():
            if child.variables.get(name) != scope.variables.get(name):
                scope.variables[name] = ANY
                scope.own.add(name)
        if child.cwd != scope.cwd and not child.ended:
            scope.cwd = ANY
        scope.contents = {p: t for p, t in scope.contents.items() if child.contents.get(p) == t}
        scope.functions.update(child.functions)

    def _if(self, node: Node, scope: Scope) -> Status:
        arms: list[tuple[list[Node], list[Node]]] = []
        body, condition, other = _split_if(node.children)
        arms.append((condition, body))
        for each in other:
            body, condition, _ = _split_if(each.children)
            arms.append((condition, body))
        return self._arms(arms, scope)

    def _arms(self, arms: list[tuple[list[Node], list[Node]]], scope: Scope) -> Status:
        """The first arm whose condition holds; where that is not known, any of them."""
        if not arms:
            return True
        (condition, body), rest = arms[0], arms[1:]
        status = self.sequence(condition, scope) if condition else True
        if status is True:
            return self.sequence(body, scope)
        if status is False:
            return self._arms(rest, scope)
        self._maybe(lambda s: self.sequence(body, s), scope)
        return self._maybe(lambda s: self._arms(rest, s), scope)

    def _for(self, node: Node, scope: Scope) -> Status:
        variable, body = node.field("variable"), node.field("body")
        values = [w for n in node.fields("value") for w in self.words.expand(n, scope)]
        if variable is None or body is None:
            scope.add(unknown(f"`{_short(node.text)}` is not understood"))
            return None
        if values and len(values) <= _UNROLLED and not any(ANY in v or GLOB in v for v in values):
            for value in values:
                scope.assign(variable.text, value)
                self.run(body, scope)
            return None
        scope.assign(variable.text, ANY if len(values) != 1 else values[0])
        return self._loop(lambda s: self.run(body, s), node, scope)

    def _while(self, node: Node, scope: Scope) -> Status:
        body = node.field("body")
        condition = node.fields("condition")

        def once(child: Scope) -> Status:
            self.sequence(condition, child)
            return self.run(body, child) if body is not None else None

        return self._loop(once, node, scope)

    def _loop(self, body: Callable[[Scope], Status], node: Node, scope: Scope) -> Status:
        """Any number of times: whatever the body assigns is not known."""
        for name in re.findall(r"\b(\w+)\+?=|\bread\s+(?:-\w+\s+)*([\w ]+)", node.text):
            for each in " ".join(name).split():
                scope.assign(each, ANY)
        self._maybe(body, scope)
        return self._maybe(body, scope)

    def _case(self, node: Node, scope: Scope) -> Status:
        value = node.field("value")
        word = self.words.one(value, scope) if value is not None else ANY
        undecided = ANY in word
        for item in (c for c in node.children if c.type == "case_item"):
            patterns = [self.words.one(p, scope) for p in item.fields("value")]
            body = [c for c in item.children[1:] if c.type not in {")", "|", "("} and c.text not in {p.text for p in item.fields("value")}]
            match = None if undecided else conditions.any_match(word, patterns)
            if match is True:
                return self.sequence(body, scope)
            if match is None:
                self._maybe(lambda s, b=body: self.sequence(b, s), scope)  # type: ignore[misc]
        return None

    def _function(self, node: Node, scope: Scope) -> Status:
        name, body = node.field("name"), node.field("body")
        if name is not None and body is not None:
            scope.functions[name.text] = body
        return True

    # Simple commands

    def _assignment(self, node: Node, scope: Scope) -> Status:
        for each in [node] if node.type == "variable_assignment" else node.named:
            name, value = self._pair(each, scope)
            scope.assign(name, value)
        return True

    def _pair(self, node: Node, scope: Scope) -> tuple[str, str]:
        name, value = node.field("name"), node.field("value")
        if name is None or name.type != "variable_name":
            return (name.text.split("[")[0] if name is not None else "_"), ANY
        if "+=" in node.text.split(name.text, 1)[-1][:2]:
            return name.text, ANY
        if value is not None and value.type == "array":
            for each in value.named:
                self.words.expand(each, scope)
            return name.text, ANY
        return name.text, self.words.one(value, scope) if value is not None else ""

    def _declaration(self, node: Node, scope: Scope) -> Status:
        exported = node.children[0].type == "export"
        for each in node.named:
            if each.type == "variable_assignment":
                name, value = self._pair(each, scope)
                scope.assign(name, value, export=exported)
            elif each.type == "variable_name" and exported:
                scope.exported.add(each.text)
            elif each.type not in {"word", "variable_name"}:
                self.words.expand(each, scope)
        return True

    def _unset(self, node: Node, scope: Scope) -> Status:
        for each in node.named:
            scope.variables.pop(each.text, None)
            scope.own.add(each.text)
        return True

    def _test(self, node: Node, scope: Scope) -> Status:
        return conditions.holds(node, scope, self.words)

    def _redirected(self, node: Node, scope: Scope) -> Status:
        body = node.field("body")
        status: Status = True
        if body is not None:
            for each in node.fields("redirect"):
                if each.type == "heredoc_redirect":
                    scope.variables["\0stdin"] = self._heredoc(each, scope)
                elif each.type == "herestring_redirect":
                    scope.variables["\0stdin"] = self.words.one(each.named[0], scope)
            status = self.run(body, scope)
        output = self._output(body, scope) if body is not None else ""
        scope.variables.pop("\0stdin", None)
        for each in node.fields("redirect"):
            self._redirect(each, scope, output)
        for each in node.fields("redirect"):
            status = self._behind_heredoc(each, scope, status)
        return status

    def _behind_heredoc(self, node: Node, scope: Scope, status: Status) -> Status:
        """`cat <<EOF && next`: the grammar keeps what follows inside the redirection."""
        if node.type != "heredoc_redirect":
            return status
        for each in node.named:
            if each.type in {"file_redirect", "heredoc_start", "heredoc_body", "heredoc_end", "file_descriptor"}:
                if each.type == "file_redirect":
                    self._redirect(each, scope, None)
                continue
            if each.type == "pipeline" or node.field("right") is None:
                scope.add(unknown(f"`{_short(node.text)}` is not understood"))
                return None
        right = node.field("right")
        if right is None:
            return status
        operator = node.field("operator")
        if operator is not None and operator.text == "||":
            return self._maybe(lambda s: self.run(right, s), scope)
        return self.run(right, scope)

    def _heredoc(self, node: Node, scope: Scope) -> str:
        body = next((c for c in node.named if c.type == "heredoc_body"), None)
        start = next((c for c in node.named if c.type == "heredoc_start"), None)
        if body is None or start is None:
            return ANY
        if start.text[:1] in {"'", '"', "\\"}:
            return body.text
        return self.words.one(body, scope)

    def _redirect(self, node: Node, scope: Scope, output: str | None) -> None:
        if node.type in {"heredoc_redirect", "herestring_redirect"}:
            return
        operator = next((c.text for c in node.children if c.text and c.text[0] in "<>&"), ">")
        targets = node.fields("destination")
        if operator in {">&", "<&"} and (not targets or re.fullmatch(r"[\d-]+", targets[0].text)):
            return
        if not targets:
            return
        path = scope.path(self.words.one(targets[0], scope))
        for extra in targets[1:]:
            self.words.expand(extra, scope)
        if _NOWHERE.match(path):
            return
        if ANY in path:
            scope.add(unknown(f"the file of `{_short(node.text)}` is not known"))
        elif operator.startswith("<"):
            scope.add(Effects(reads=frozenset({path})))
        else:
            self._write(scope, path, output, append=operator == ">>")

    def _write(self, scope: Scope, path: str, output: str | None, *, append: bool) -> None:
        before = scope.machine.text(path) if append and scope.machine.kind(path) is Kind.FILE else ""
        if append:
            scope.add(Effects(reads=frozenset({path}), writes=frozenset({path})))
        else:
            scope.add(Effects(writes=frozenset({path}), surely_writes=frozenset({path})))
        if output is not None and ANY not in output and before is not None and not (append and scope.machine.kind(path) is Kind.UNKNOWN):
            scope.contents[path] = before + output

    def _output(self, node: Node, scope: Scope) -> str | None:
        """What a command prints, where that is simple to know."""
        if node.type in {"subshell", "compound_statement", "redirected_statement"}:
            return None
        if node.type != "command":
            return None
        name, *words = self._words(node, scope.fork())
        stdin = scope.variables.get("\0stdin")
        return conditions.printed(name, words, stdin, scope.machine, scope.path)

    def _substitution(self, node: Node, scope: Scope) -> str | None:
        inner = [c for c in node.named]
        child = scope.fork()
        self.sequence([c for c in node.children if c.type not in {"$(", ")", "`", "<(", ">("}], child)
        scope.effects = child.effects
        if len(inner) == 1 and inner[0].type == "command":
            if inner[0].text.strip() == "pwd":
                return scope.cwd
            return self._output(inner[0], child)
        return None

    def _words(self, node: Node, scope: Scope) -> list[str]:
        """The command's name and arguments after expansion."""
        found: list[str] = []
        for child in node.named:
            if child.type in {"variable_assignment", "file_redirect", "herestring_redirect", "heredoc_redirect"}:
                continue
            found += self.words.expand(child, scope)
        return found or [""]

    def _command(self, node: Node, scope: Scope) -> Status:
        extra = dict(self._pair(n, scope) for n in node.named if n.type == "variable_assignment")
        words = self._words(node, scope)
        for each in node.named:
            if each.type == "herestring_redirect":
                scope.variables["\0stdin"] = self.words.one(each.named[0], scope)
        name, arguments = words[0], tuple(words[1:])
        status = self.start(name, arguments, extra, scope)
        for each in node.named:
            if each.type == "file_redirect":
                self._redirect(each, scope, None)
        return status

    def start(self, name: str, arguments: tuple[str, ...], extra: Mapping[str, str], scope: Scope) -> Status:
        """Start a command by its words."""
        if not name:
            return True
        if ANY in name or GLOB in name:
            scope.add(unknown("the name of a command is not known"))
            return None
        if name in scope.functions:
            return self._call(scope.functions[name], arguments, scope)
        from optimizer.effects.builtins import STATEFUL  # noqa: PLC0415 - builtins run commands too

        builtin = STATEFUL.get(name)
        if builtin is not None:
            return builtin(self, arguments, scope)
        command = scope.started(name, arguments, extra)
        stdin = scope.variables.get("\0stdin")
        if stdin is not None and ANY not in stdin:
            command = replace(command, stdin=stdin)
        scope.add(self.caller(command))
        return None

    def _call(self, body: Node, arguments: tuple[str, ...], scope: Scope) -> Status:
        saved = {n: v for n, v in scope.variables.items() if n.isdigit() or n in "@*#"}
        with_positional(scope, arguments)
        self.depth += 1
        if self.depth > _DEEPEST:
            scope.add(unknown("a function calls itself"))
            return None
        status = self.run(body, scope)
        self.depth -= 1
        with_positional(scope, ())
        scope.variables.update(saved)
        scope.ended = False
        return status


def with_positional(scope: Scope, arguments: Iterable[str]) -> None:
    """Set `$1`, `$2` ... `$@` and `$#`."""
    for name in [n for n in scope.variables if n.isdigit()]:
        del scope.variables[name]
    values = list(arguments)
    for number, value in enumerate(values, 1):
        scope.variables[str(number)] = value
    for number in range(len(values) + 1, 10):
        scope.variables[str(number)] = ""
    joined = " ".join(values)
    scope.variables |= {"@": joined, "*": joined, "#": str(len(values))}
    scope.own |= {"@", "*", "#"}


def _unsure(before: Effects, after: Effects) -> Effects:
    """Of what was added since, nothing is sure to be written."""
    return replace(
        after,
        surely_writes=after.surely_writes & before.surely_writes,
        deletes=after.deletes & before.deletes,
        makes=after.makes & before.makes,
    )


def _cannot_fail(node: Node) -> bool:
    """Commands that are only there for their effect on the shell, or print."""
    return node.type in {"variable_assignment", "function_definition"} or node.text.split()[:1] in (["cd"], ["export"], ["set"], ["echo"])


def _split_if(children: list[Node]) -> tuple[list[Node], list[Node], list[Node]]:
    """(body, condition, further arms) of an `if` or `elif`; an `else` has no condition."""
    body: list[Node] = []
    condition: list[Node] = []
    others: list[Node] = []
    seen_then = children[0].type == "else"
    for child in children:
        if child.type in {"if", "elif", "else", "fi"}:
            continue
        if child.type == "then":
            seen_then = True
        elif child.type in {"elif_clause", "else_clause"}:
            others.append(child)
        else:
            (body if seen_then else condition).append(child)
    return body, condition, others


def _broken(node: Node) -> str:
    for child in node.children:
        if child.type in {"ERROR", "MISSING"}:
            return child.text or node.text
        if child.broken:
            return _broken(child)
    return node.text


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


_STATEMENTS: Mapping[str, Callable[[Interpreter, Node, Scope], Status]] = {
    "list": Interpreter._list,  # noqa: SLF001 - the table of this class
    "pipeline": Interpreter._pipeline,  # noqa: SLF001
    "compound_statement": Interpreter._group,  # noqa: SLF001
    "do_group": Interpreter._group,  # noqa: SLF001
    "subshell": Interpreter._subshell,  # noqa: SLF001
    "negated_command": Interpreter._negated,  # noqa: SLF001
    "if_statement": Interpreter._if,  # noqa: SLF001
    "for_statement": Interpreter._for,  # noqa: SLF001
    "while_statement": Interpreter._while,  # noqa: SLF001
    "case_statement": Interpreter._case,  # noqa: SLF001
    "function_definition": Interpreter._function,  # noqa: SLF001
    "variable_assignment": Interpreter._assignment,  # noqa: SLF001
    "variable_assignments": Interpreter._assignment,  # noqa: SLF001
    "declaration_command": Interpreter._declaration,  # noqa: SLF001
    "unset_command": Interpreter._unset,  # noqa: SLF001
    "test_command": Interpreter._test,  # noqa: SLF001
    "redirected_statement": Interpreter._redirected,  # noqa: SLF001
    "command": Interpreter._command,  # noqa: SLF001
}
