"""The values of a script that is followed: expressions, calls, and what they open (see `python_setup`)."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Machine, clean
from optimizer.effects.tools.looking import look
from optimizer.effects.tools.python_static import constant
from optimizer.effects.tools.python_values import (
    ASKERS,
    ASKING,
    CHANGING,
    EASY,
    FINDERS,
    LISTERS,
    LISTING,
    METHODS,
    OPENERS,
    PATHS,
    PLAIN,
    READING,
    SAME,
    SETUPS,
    STAYING,
    UNKNOWN,
    Ref,
    Text,
    attribute,
    found,
    joined,
    one,
    part,
    same,
    spoil,
    stored,
)

_DEEPEST = 8


class UnreadError(Exception):
    """The script does something that is not followed."""


@dataclass
class Evaluation:
    """The state of a script that is being followed; statements are `python_setup`'s."""

    machine: Machine
    folder: str
    names: dict[str, Any] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    calls: list[dict[str, Any]] = field(default_factory=list)
    returned: list[Any] = field(default_factory=list)
    depth: int = 0

    def effects(self) -> Effects:
        """What it has looked at."""
        seen = look(self.machine, *sorted(self.opened))
        return seen | Effects(reads=frozenset(map(tree, self.listed)))

    def inside(self, value: Any) -> str:
        """The path that a value names, which is to lie in the project."""
        if not isinstance(value, str):
            raise UnreadError
        path = clean(posixpath.join(self.folder, value))
        if not (path + "/").startswith(self.folder.rstrip("/") + "/"):
            raise UnreadError
        return path

    def run(self, body: Iterable[ast.stmt]) -> None:
        """Follow statements, one after another."""
        raise NotImplementedError

    def bind(self, target: ast.expr, value: Any) -> None:
        """Give names a value."""
        if isinstance(target, ast.Name):
            self.names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self.bind(element, UNKNOWN)
        elif isinstance(target, ast.Subscript):
            holder = self.value(target.value)
            if isinstance(holder, Ref):
                raise UnreadError  # os.environ
            spoil(holder)
        else:
            raise UnreadError

    def value(self, node: ast.AST) -> Any:
        """The value of an expression, as far as it is followed."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self.named(node.id)
            case ast.Attribute():
                return attribute(self.value(node.value), node.attr)
            case ast.Call():
                return self.call(node)
            case ast.BinOp():
                return joined(node.op, self.value(node.left), self.value(node.right))
            case ast.JoinedStr():
                parts = [self.value(part) for part in node.values]
                return "".join(parts) if all(isinstance(p, str) for p in parts) else UNKNOWN
            case ast.FormattedValue():
                return self.value(node.value)
            case ast.List() | ast.Tuple() | ast.Set():
                return list(self.elements(node.elts))
            case ast.Dict():
                return self.table(node)
            case ast.Subscript():
                return part(self.value(node.value), self.value(node.slice))
            case ast.IfExp():
                self.value(node.test)
                one, other = self.value(node.body), self.value(node.orelse)
                return one if same(one, other) else UNKNOWN
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self.comprehension(node)
            case ast.Lambda():
                self.inner(node.args, UNKNOWN, node.body)
                return UNKNOWN
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp() | ast.Slice() | ast.Starred():
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.value(child)
                return UNKNOWN
        raise UnreadError

    def named(self, name: str) -> Any:
        """The value of a name."""
        if name in self.names:
            return self.names[name]
        if name == "__file__":
            return posixpath.join(self.folder, "setup.py")
        return "__main__" if name == "__name__" else Ref(name)

    def elements(self, nodes: Iterable[ast.expr]) -> Iterator[Any]:
        """Values one after another; those of a list that is unpacked in its place."""
        for node in nodes:
            if isinstance(node, ast.Starred):
                value = self.value(node.value)
                yield from value if isinstance(value, list) else [UNKNOWN]
            else:
                yield self.value(node)

    def table(self, node: ast.Dict) -> Any:
        """A dict of which every key is known."""
        found: dict[str, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name, content = None if key is None else self.value(key), self.value(value)
            if key is None and isinstance(content, dict):
                found |= content
            elif isinstance(name, str):
                found[name] = content
            else:
                spoil(found)
        return found

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Any:
        """Each part once, with its targets not known."""
        before = dict(self.names)
        for each in node.generators:
            self.value(each.iter)
            self.bind(each.target, UNKNOWN)
            for test in each.ifs:
                self.value(test)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for each_part in parts:
            self.value(each_part)
        self.names = before
        return UNKNOWN

    def inner(self, arguments: ast.arguments, value: Any, body: ast.expr) -> None:
        """A lambda, whatever it is given."""
        before = dict(self.names)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        self.names |= {a.arg: value for a in every}
        self.value(body)
        self.names = before

    def call(self, node: ast.Call) -> Any:
        """A call of something that is known."""
        words_ = list(self.elements(node.args))
        named: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named |= value
            else:
                raise UnreadError
        if any(isinstance(v, ast.FunctionDef) for v in (*words_, *named.values())):
            raise UnreadError
        function = self.value(node.func.value) if isinstance(node.func, ast.Attribute) else None
        if isinstance(node.func, ast.Attribute) and not isinstance(function, Ref):
            return self.method(function, node.func.attr, words_, named)
        target = self.value(node.func)
        if isinstance(target, ast.FunctionDef):
            return self.own(target, words_, named)
        if not isinstance(target, Ref):
            raise UnreadError
        return self.foreign(target.name, words_, named)

    def own(self, function: ast.FunctionDef, given: list[Any], named: dict[str, Any]) -> Any:
        """A function of the script."""
        arguments = function.args
        if self.depth >= _DEEPEST or arguments.posonlyargs or arguments.kwarg:
            raise UnreadError
        names = [a.arg for a in arguments.args]
        local: dict[str, Any] = {a.arg: UNKNOWN for a in (*arguments.args, *arguments.kwonlyargs)}
        defaults = zip(reversed(names), reversed(arguments.defaults), strict=False)
        local |= {n: d.value for n, d in defaults if isinstance(d, ast.Constant)}
        local |= dict(zip(names, given, strict=False))
        if arguments.vararg:
            local[arguments.vararg.arg] = given[len(names) :]
        outer = (self.names, self.returned)
        self.names, self.returned = {**self.names, **local, **named}, []
        self.depth += 1
        self.run(function.body)
        self.depth -= 1
        answers, (self.names, self.returned) = self.returned, outer
        return one(answers) if answers else None

    def foreign(self, name: str, given: list[Any], named: dict[str, Any]) -> Any:
        """A function of Python or of setuptools."""
        if name in OPENERS:
            return self.opening(named.get("file", given[0] if given else None), given[1:], named)
        if name in PATHS:
            parts = given or ["."]
            return posixpath.join(*parts) if all(isinstance(p, str) for p in parts) else UNKNOWN
        if name == "os.path.dirname":
            return posixpath.dirname(given[0]) if isinstance(given[0], str) else UNKNOWN
        if name in SAME:
            return given[0] if given else UNKNOWN
        if name in LISTERS:
            return self.listing(given[0] if given else ".")
        if name in ASKERS:
            self.opened.add(self.inside(given[0] if given else None))
            return UNKNOWN
        if name in SETUPS:
            self.calls.append({**named, **({"": UNKNOWN} if given else {})})
            return UNKNOWN
        if name in FINDERS:
            return found(given, named, namespaces=FINDERS[name])
        if name == "exec":
            return self.executed(given)
        if name not in PLAIN:
            raise UnreadError
        if name in {"list", "tuple", "sorted"} and given and isinstance(given[0], list):
            return list(given[0])
        return given[0] if name == "compile" and given else UNKNOWN

    def opening(self, path: Any, rest: list[Any], named: dict[str, Any]) -> Any:
        """A file that is opened to be read."""
        mode = named.get("mode", rest[0] if rest else "r")
        if not isinstance(mode, str) or set(mode) - set("rbtU"):
            raise UnreadError
        self.opened.add(self.inside(path))
        return Text(self.inside(path))

    def listing(self, place: Any) -> Any:
        """A folder, or what a pattern may match in it."""
        if not isinstance(place, str) or ".." in place:
            raise UnreadError
        path = place.partition("*")[0].partition("?")[0].partition("[")[0]
        self.listed.add(self.inside(path if path == place else posixpath.dirname(path)))
        return UNKNOWN

    def executed(self, given: list[Any]) -> Any:
        """`exec(open(...).read(), names)`: of a file that does nothing but give names values."""
        text = self.machine.text(given[0].path) if given and isinstance(given[0], Text) else None
        if text is None or not constant(text):
            raise UnreadError
        self.names |= dict.fromkeys(stored(ast.parse(text).body), UNKNOWN)
        for names in given[1:]:
            spoil(names)
        return UNKNOWN

    def method(self, base: Any, name: str, given: list[Any], named: dict[str, Any]) -> Any:
        """A method of a text, a path, a list, a file or of something that is not followed."""
        if name in CHANGING:
            spoil(base)
            return UNKNOWN
        if name in READING:
            return self.opening(
                base, given if name == "open" else [], named if name == "open" else {}
            )
        if name in ASKING:
            self.opened.add(self.inside(base))
            return UNKNOWN
        if name in LISTING:
            patterns = [p for p in given if not isinstance(p, str) or ".." in p or p[:1] == "/"]
            return self.listing(UNKNOWN if patterns else base)
        if name in STAYING and isinstance(base, str):
            return base
        if name == "joinpath" and all(isinstance(p, str) for p in (base, *given)):
            return posixpath.join(base, *given)
        if name not in METHODS:
            raise UnreadError
        if isinstance(base, Text):
            return base if name in {"read", "decode"} else UNKNOWN
        if name in EASY and all(isinstance(p, str) for p in (base, *given)):
            return getattr(base, name)(*given)
        return UNKNOWN
