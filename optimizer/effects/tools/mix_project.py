"""mix.exs and config/config.exs: the code that every task of mix evaluates, as far as it is plain.

Measured (Elixir 1.14, traced and by taking files away): `deps.get` and `deps.compile` evaluate
mix.exs, `project/0` with what that calls, the mix.exs of dependencies by path, and config/config.exs
with what that imports. They do not evaluate config/runtime.exs, nor functions that are only named in
an alias or as a step of a release. Erlang looks for `*.beam` in the working directory.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from optimizer.effects.model import NONE, Effects, tree
from optimizer.effects.tool import ANY, Command, Kind, known
from optimizer.effects.tools.looking import look, whole_tree

_STRING = r'"[^"\n#]*"'
_COMMENT = re.compile(rf"({_STRING})|#(?!\{{)[^\n]*")
# A file by its plain name, or by its name beside the file itself.
_NAME = rf"(?:Path\.(?:join\(\s*__DIR__\s*,\s*({_STRING})\s*\)|expand\(\s*({_STRING})\s*(?:,\s*__DIR__\s*)?\))|({_STRING}))"
_FILE = re.compile(rf"File\.(?:read!?|exists\?|regular\?)\(\s*{_NAME}\s*\)")
_PIPED = re.compile(rf"({_STRING})\s*\|>\s*File\.(?:read!?|exists\?|regular\?)\(\s*\)")
_PATH = re.compile(rf"\bpath:\s*({_STRING})")
_COMPUTED = re.compile(
    r'\bpath:(?!\s*(?:\{|"[^"#]*"))|\bgit:(?!\s*"(?:https?://|git://|ssh://|git@|[^"#]*"))'
)
_GIT = re.compile(r'\bgit:\s*("(?!https?://|git://|ssh://|git@)[^"#]*")')
_APPS = re.compile(rf"\bapps_path:\s*({_STRING})")
_MOVES = re.compile(
    r'\b(deps_path|build_path|lockfile|config_path|archives):\s*("[^"]*")?'
)
# Modules and calls that reach beyond the text: files, programs, other code.
_CODE = re.compile(
    r"\b(?:File|Code|Path|IO|Port|Mix\.install|System\.(?:cmd|shell|find_executable)|Application\.app_dir)\b\.?\w*|__DIR__|(?<!\w):(?:os|file|filelib|code)\.\w+"
)
_CLOSING = re.compile(r"\s*(?:end\b|[\])}])")
_DEFINITION = re.compile(r"^([ \t]*)defp?\s+(\w+[?!]?)", re.MULTILINE)
# A list of atoms, texts and captures: steps of a release, or the tasks of an alias.
_CAPTURES = re.compile(r":\s*\[(?:\s*(?::\w+|\"[^\"]*\"|&\w+[?!]?/\d)\s*,?)+\s*\]")
_ENVIRONMENT = re.compile(r"#\{\s*(?:config_env\(\)|Mix\.env\(?\)?)\s*\}")
# Names that are computed, and files that other modules read.
_INDIRECT = re.compile(r'\bimport_config\b(?!\s*\(?\s*"[^"]*"\s*\)?\s*$)|\bConfig\.Reader\b|\bMix\.Config\.\w+', re.MULTILINE)
_IMPORT = re.compile(r'\bimport_config\s*\(?\s*"([^"]*)"')
# An application of an umbrella says where the umbrella keeps these.
_UMBRELLA = {
    "deps_path": '"../../deps"',
    "build_path": '"../../_build"',
    "lockfile": '"../../mix.lock"',
    "config_path": '"../../config/config.exs"',
}
# `if path = System.get_env("X") do ... else ... end`, over lines.
_ASKED = re.compile(
    rf"^([ \t]*)if(?: \w+ =)? System\.get_env\(({_STRING})\) do\n"
    r"((?:\1[ \t]+[^\n]*\n|[ \t]*\n)*)(?:\1else\n((?:\1[ \t]+[^\n]*\n|[ \t]*\n)*))?\1end$",
    re.MULTILINE,
)
# Variables that a shell or a builder may set by itself.
_GIVEN = re.compile(
    r"HOME|PATH|PWD|OLDPWD|HOSTNAME|TERM|SHLVL|SHELL|USER|_|BASH.*|SOURCE_DATE_EPOCH|(?i:.*_proxy)"
)
_DEEPEST = 8


def plain(text: str) -> str:
    """The text without its comments."""
    return _COMMENT.sub(lambda m: m.group(1) or "", text)


def evaluated(text: str) -> str:
    """The part of a mix.exs that loading it evaluates: the module, `project`, and what they name."""
    outside, functions = _parted(plain(text))
    reached, left = outside, dict(functions)
    roots = {"project", "application", "cli"}
    while True:
        seen = _CAPTURES.sub(": []", reached)
        called = [n for n in left if n in roots or re.search(rf"(?<![\w.&]){re.escape(n)}\b", seen)]
        captured = [n for n in left if re.search(rf"&{re.escape(n)}/", seen)]
        if not called and not captured:
            return reached
        reached += "".join(left.pop(name) for name in {*called, *captured})


def _parted(text: str) -> tuple[str, dict[str, str]]:
    """(what stands in the module itself, name -> the text of its functions), by indentation.

    A line that is neither the head of a function nor deeper than it belongs to the module.
    """
    outside: list[str] = []
    functions: dict[str, str] = {}
    name, indent = "", -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip())
        found = _DEFINITION.match(line)
        ends = bool(name and depth == indent and _CLOSING.match(line))
        if found:
            name, indent = found.group(2), depth
        elif line.strip() and depth <= indent and not ends:
            name = ""
        # The head names the function itself: only what follows it names others.
        body = line[found.end() :] if found else line
        if name:
            functions[name] = functions.get(name, "") + body + "\n"
        if not name or line.lstrip().startswith("@"):
            outside.append(line)
        name = "" if ends else name
    return "\n".join(outside) + "\n", functions


def mixfile(command: Command, path: str, verbs: frozenset[str], depth: int = 0) -> Effects:
    """What evaluating a mix.exs reads; a doubt if it is more than plain."""
    text = command.machine.text(path)
    done = look(command.machine, path)
    if text is None:
        return done.in_doubt(f"{path} is not known")
    if depth > _DEEPEST:
        return done.in_doubt(f"{path} stands behind too many dependencies by path")
    folder = posixpath.dirname(path)
    text = evaluated(_ASKED.sub(lambda m: _answered(m, command), plain(text)))
    done |= look(command.machine, *(command.path(w, folder) for w in _files(text)))
    rest = _PIPED.sub('""', _FILE.sub('""', text))
    if why := _beyond(rest, verbs, inner=depth > 0):
        return done.in_doubt(f"{path} is code that is not read ({why})")
    for word in (*_PATH.findall(rest), *_GIT.findall(rest)):
        done |= _dependency(command, command.path(word[1:-1], folder), verbs, depth)
    for word in _APPS.findall(rest):
        apps = command.path(word[1:-1], folder)
        done |= Effects(lists=frozenset({apps}))
        if "deps.compile" in verbs:
            # The applications are dependencies of the umbrella (measured: it compiles them).
            done |= whole_tree(apps)
        for name in command.machine.names(apps):
            inner = f"{apps}/{name}/mix.exs"
            if command.machine.kind(inner) is Kind.FILE:
                done |= mixfile(command, inner, verbs, depth + 1)
            else:
                done |= look(command.machine, inner)
    return done


def _answered(asked: re.Match[str], command: Command) -> str:
    """What is evaluated of an `if` about a variable: the rest, if that is surely not set."""
    name = asked[2][1:-1]
    unset = command.env_complete and name not in command.env and not _GIVEN.fullmatch(name)
    return (asked[4] or "") if unset and "put_env" not in asked.string else asked[0]


def _files(text: str) -> Iterator[str]:
    for groups in (*_FILE.findall(text), *_PIPED.findall(text)):
        words = [groups] if isinstance(groups, str) else groups
        yield next(w for w in words if w)[1:-1]


def _beyond(text: str, verbs: frozenset[str], *, inner: bool) -> str:
    """What in the text is more than plain; "" if nothing is."""
    if found := _CODE.search(text):
        return found.group()
    for found in _MOVES.finditer(text):
        if not inner or found.group(2) != _UMBRELLA.get(found.group(1)):
            return found.group(1)
    if found := _COMPUTED.search(text):
        return "a dependency by a path that is computed"
    for verb in sorted(verbs):
        if re.search(rf'"{re.escape(verb)}":|:"{re.escape(verb)}"', text):
            return f"an alias for {verb}"
    return ""


def _dependency(command: Command, folder: str, verbs: frozenset[str], depth: int) -> Effects:
    """A dependency by path: all of it, and what its own mix.exs reads."""
    done = whole_tree(folder)
    inner = posixpath.join(folder, "mix.exs")
    if command.machine.kind(inner) is Kind.ABSENT:
        return done
    done |= mixfile(command, inner, verbs, depth + 1)
    own = command.machine.text(inner) or ""
    if "compilers:" in own or "make_" in own:
        # Compilers of its own put what they make into the sources.
        done |= Effects(writes=frozenset({tree(folder)}))
    return done


def configuration(command: Command) -> Effects:
    """config/config.exs, and what it imports by plain names."""
    folder = command.path("config")
    top = posixpath.join(folder, "config.exs")
    environment = command.env.get("MIX_ENV") or ("dev" if command.env_complete else "")
    done, left, seen = NONE, [top], set[str]()
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen.add(path)
        done |= look(command.machine, path)
        if command.machine.kind(path) is Kind.ABSENT:
            continue
        text = command.machine.text(path)
        if text is None:
            return done.in_doubt(f"{path} is not known")
        text = plain(text)
        if why := _configured(text):
            return done.in_doubt(f"{path} is code that is not read ({why})")
        for written in _IMPORT.findall(text):
            name = _ENVIRONMENT.sub(lambda _: environment or ANY, written)
            if ("#{" in name or "*" in name) and (".." in name or name.startswith("/")):
                return done.in_doubt(f"{path} imports {written}")
            if "#{" in name or "*" in name or not known(name):
                return done | whole_tree(folder)
            left.append(command.path(name, posixpath.dirname(path)))
    return done


def _configured(text: str) -> str:
    if indirect := _INDIRECT.search(text):
        return indirect.group()
    found = _CODE.search(text)
    if not found:
        return ""
    # Paths that are only joined stay text: `Path.expand("../db", __DIR__)`.
    joined = re.match(r"Path\.(?:expand|join|dirname|basename)$|__DIR__$", found.group())
    reaches = re.search(r"\bFile\.|\bCode\.|System\.(?:cmd|shell)|Path\.wildcard", text)
    return "" if joined and not reaches else found.group()
