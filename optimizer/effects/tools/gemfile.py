"""Gemfiles: Ruby code, of which plain statements are read and all else is a doubt.

Measured with bundler 2.3 under strace: `bundle install` reads the Gemfile and its lock,
`.bundle/config`, `vendor/cache`, and the gemspecs of gems by path with what these read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, Effects, Paths, tree
from optimizer.effects.tool import Command
from optimizer.effects.tools.looking import look, whole_tree

_STRING = r"""(?:"[^"#\n]*"|'[^'\n]*')"""
_HERE = re.compile(
    rf"""File\.(?:expand_path|join)\(\s*(?:__dir__|File\.dirname\(__FILE__\))\s*,\s*({_STRING})\s*\)"""
    rf"""|File\.expand_path\(\s*({_STRING})\s*,\s*__dir__\s*\)"""
)
_READS = re.compile(
    rf"""(?:File|IO|Pathname)\.(?:read|readlines|exist\?|exists\?|file\?|readable\?)\(?\s*({_STRING})\s*\)?"""
    rf"""|\bfile:\s*({_STRING})|:file\s*=>\s*({_STRING})"""
)
# A name for a file: `version = File.expand_path(".ruby-version", __dir__)`.
_NAMED = re.compile(rf"^\s*(\w+)\s*=\s*({_STRING})[ \t]*$", re.MULTILINE)
_GIT_SOURCE = re.compile(r"^git_source\(.*?(?:\}|^end)\s*$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(rf"""(?:\bpath:|["':]path["']?\s*=>|^\s*path)\s*\(?\s*({_STRING})""", re.MULTILINE)
# Gems, and repositories of git, that lie on this machine.
_INDEX = re.compile(r"""^\s*source\b\s*\(?\s*["']file://(/[^"'#\n]*)["']""", re.MULTILINE)
_CLONED = re.compile(rf"""(?:\bgit:|:git\s*=>|^\s*git)\s*\(?\s*({_STRING})""", re.MULTILINE)
_EVAL = re.compile(rf"""^\s*eval_gemfile\s*\(?\s*({_STRING})""", re.MULTILINE)
_SPEC = re.compile(r"^\s*gemspec\b(.*)$", re.MULTILINE)
# `Bundler.load_gemspec` reads what `gemspec` reads.
_LOADED = re.compile(rf"\bBundler\.load_gemspec\(?\s*({_STRING})\s*\)?")
_OWN_NAME = re.compile(r"\bFile\.basename\(\s*__FILE__\s*\)")
# What may give a gem a source that `local.NAME` can replace.
_FROM_GIT = re.compile(r"git|bitbucket|gist|\btype:|:type\b")
_GEM = re.compile(rf"""^\s*gem\s*\(?\s*({_STRING})""", re.MULTILINE)
# What remains once strings are taken out: constants and calls that reach elsewhere.
_CONSTANT = re.compile(r"(?<![\w:])(?!ENV\b|RUBY_|Gem\b|Integer\b|String\b)[A-Z]\w*")
# `require: false` and `:require => false` are options of a gem.
_CALL = re.compile(
    r"(?<!:)\b(?:require|require_relative|load|eval|instance_eval|class_eval|system|exec|spawn|open|send|public_send|__send__|"
    r"plugin|__dir__|__FILE__|binding|install_if|git_source|lambda|proc|method|define_method)\b(?!:|\s*=>)|`|%x|#\{"
)
# A method of the Gemfile's own is read as if its lines stood there, whoever calls it.
_METHOD = re.compile(r"\bdef\s+[a-z_]\w*[?!]?(?=[\s(]|$)", re.MULTILINE)
# Of Ruby's own library; to load these reads nothing of the project.
_LIBRARY = re.compile(
    r"""^\s*require\s*\(?\s*["'](?:base64|benchmark|bigdecimal|date|erb|etc|json|logger|ostruct|pathname|rbconfig|set|time|uri|yaml)["']\s*\)?[ \t]*$""",
    re.MULTILINE,
)
_DEEPEST = 10
_BIN = re.compile(rf"\.bindir\s*=\s*({_STRING}(?=\s*$)|.*)", re.MULTILINE)
_EXECUTABLE = 0o111


@dataclass(frozen=True)
class Gemfile:
    """What a Gemfile names.

    Attributes:
        effects: Its reads, with a doubt if it is more than plain statements.
        gems: The names of its gems.
        git: Whether some may come from git.
        folders: Where gems by path are.
    """

    effects: Effects
    gems: frozenset[str] = frozenset()
    git: bool = False
    folders: frozenset[str] = frozenset()

    def __or__(self, other: Gemfile) -> Gemfile:
        """This with another one that it includes."""
        return Gemfile(
            self.effects | other.effects, self.gems | other.gems, self.git or other.git,
            self.folders | other.folders,
        )  # fmt: skip


def read(command: Command, path: str, depth: int = 0) -> Gemfile:
    """A Gemfile of the image, with those that it includes."""
    seen = look(command.machine, path)
    text = command.machine.text(path)
    if text is None or depth > _DEEPEST:
        return Gemfile(seen.in_doubt(f"{path} is not known"))
    folder, name = posixpath.dirname(path), posixpath.basename(path)
    text = _HERE.sub(lambda m: next(g for g in m.groups() if g), _without_comments(text))
    git = _FROM_GIT.search(text) is not None
    text = _LIBRARY.sub("", _OWN_NAME.sub(f"'{name}'", _named(_GIT_SOURCE.sub("", text))))
    for word in _LOADED.findall(text):
        seen |= gem(command, posixpath.dirname(command.path(word[1:-1], folder)))
    text = _METHOD.sub("", _LOADED.sub("''", text))
    for found in _READS.findall(text):
        seen |= look(command.machine, command.path(_word(found), folder))
    folders = {command.path(word[1:-1], folder) for word in _PATH.findall(text)}
    seen |= whole_tree(*map(command.path, _INDEX.findall(text)))
    for word in _CLONED.findall(text):
        where = word[1:-1].removeprefix("file://")
        if "://" not in where and not re.match(r"[\w.-]+@", where):
            seen |= whole_tree(command.path(where), command.path(where, folder))
    for rest in _SPEC.findall(text):
        inner = re.search(rf"path:?\s*(?:=>)?\s*({_STRING})", rest)
        folders.add(command.path(inner.group(1)[1:-1] if inner else ".", folder))
    for place in sorted(folders):
        seen |= gem(command, place)
    names = frozenset(word[1:-1] for word in _GEM.findall(text))
    done = Gemfile(seen, names, git, frozenset(folders))
    for word in _EVAL.findall(text):
        done |= read(command, command.path(word[1:-1], folder), depth + 1)
    strange = _strange(text)
    if strange:
        why = f"{path} is code that is not read ({strange})"
        return replace(done, effects=done.effects.in_doubt(why))
    return done


def _named(text: str) -> str:
    """The text with the names of files put in where a file is asked for, if they have one value."""
    for name, value in _NAMED.findall(text):
        # Whatever else changes it: `=`, `+=`, `||=`, `<<`.
        if len(re.findall(rf"\b{name}\s*(?:[+|&]*=(?![=~>])|<<)", text)) == 1:
            asked = re.compile(rf"(\b(?:File|IO|Pathname)\.\w+\??\(?\s*){name}\b")
            text = asked.sub(rf"\g<1>{value}", text)
    return text


def _without_comments(text: str) -> str:
    return re.sub(rf"({_STRING})|#(?!\{{)[^\n]*", lambda m: m.group(1) or "", text)


def _word(groups: tuple[str, ...]) -> str:
    return next(g for g in groups if g)[1:-1]


def _strange(text: str) -> str:
    """The first thing in a Gemfile that is more than a plain statement."""
    rest = re.sub(_STRING, "''", _READS.sub("''", text))
    found = _CALL.search(rest) or _CONSTANT.search(rest)
    if found:
        return found.group().strip()
    # `eval_gemfile` and `path` with anything but a string.
    odd = re.search(
        r"^\s*(?:eval_gemfile|path)\b(?!\s*\(?\s*'')|\bpath:(?!\s*'')|:path\b(?!\s*=>\s*'')",
        rest,
        re.MULTILINE,
    )
    odd = odd or re.search(rf"""["']path["'](?!\s*=>\s*{_STRING})""", text)
    return odd.group().strip() if odd else ""


def gem(command: Command, folder: str) -> Effects:
    """A gem by path: its gemspec lists its files, so all of its folder is read."""
    done = whole_tree(folder)
    for path in command.machine.walk(folder):
        if not path.endswith(".gemspec"):
            continue
        text = command.machine.text(path) or ""
        if ".." in text.replace("...", ""):
            done = done.in_doubt(f"{path} may reach out of its folder")
        if "git" in text:
            done |= _checkout(command, folder)
    return done


def executables(command: Command, folders: Iterable[str]) -> Paths:
    """Programs of gems by path that an install lets be run (rubygems, `Installer#generate_bin`)."""
    specs = [p for f in folders for p in command.machine.walk(f) if p.endswith(".gemspec")]
    found: set[str] = set()
    for spec in specs:
        text, folder = _without_comments(command.machine.text(spec) or ""), posixpath.dirname(spec)
        named = _BIN.findall(text) or ["'bin'"]
        if not all(re.fullmatch(_STRING, word) for word in named):
            found.add(tree(folder))
            continue
        for place in (command.path(word[1:-1], folder) for word in named):
            programs = command.machine.walk(place)
            found |= {p for p in programs if not _runs(command.machine.mode(p))}
    return frozenset(found)


def _runs(mode: int | None) -> bool:
    return mode is not None and mode & _EXECUTABLE == _EXECUTABLE


def _checkout(command: Command, folder: str) -> Effects:
    """`git ls-files` in a gemspec looks at the repository around it."""
    done = NONE
    while True:
        path = posixpath.join(folder, ".git")
        found = look(command.machine, path)
        done |= found | whole_tree(*found.reads)
        if found.reads or folder == "/":
            return done
        folder = posixpath.dirname(folder)
