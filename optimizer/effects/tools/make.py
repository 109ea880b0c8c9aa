"""make: the recipes of a plain makefile are followed; any other makefile is a doubt."""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import dataclass, replace

from optimizer.effects.model import NONE, Effects, unknown
from optimizer.effects.tool import ANY, Command, Kind, Tool, known
from optimizer.effects.tools.cmake import configured
from optimizer.effects.tools.cmake import made as made_by_cmake
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.make_builtin import made_of
from optimizer.effects.tools.makefile import Makefile, NotPlainError, Rule, expand, read
from optimizer.effects.tools.options import split

_FLAGS = words(
    "-s --silent --quiet -k --keep-going -B --always-make -w --print-directory --no-print-directory -S -i --ignore-errors -r -R --no-builtin-rules --no-builtin-variables -O --output-sync"
)
_VALUED = words(
    "-C --directory -f --file --makefile -l --load-average --max-load -I --include-dir -o -W"
)
_JOBS = re.compile(r"^(-j|--jobs)(=?.*)$", re.DOTALL)
_NAMES = ("GNUmakefile", "makefile", "Makefile")
_MOST = 200
# Variables that say what is read, or where it is looked for (GNU make manual 4.4, "MAKEFILES", "VPATH").
_REACHING = words("MAKEFILES GNUMAKEFLAGS VPATH")


@dataclass(frozen=True)
class Run:
    """What is to be made: the order of the rules, and whether each of them surely runs."""

    rules: tuple[Rule, ...] = ()
    sure: bool = True
    seen: Effects = NONE


def effects(command: Command) -> Effects:
    """What a make command does."""
    options = split(_without_jobs(command.arguments), _FLAGS, _VALUED)
    if options.unknown:
        return unknown(f"make's option {options.unknown} is not modelled".replace(ANY, "?"))
    if not known(command.cwd, *options.operands, *(v for _, v in options.given)):
        return unknown("an argument of make is not known")
    handed = _handed_down(command)
    strange = options.has("-I", "--include-dir", "-o", "-W", "-i", "--ignore-errors")
    if handed is None or strange or any(command.env.get(name) for name in _REACHING):
        return unknown("an option of make is not modelled")
    for folder in options.values("-C", "--directory"):
        command = replace(command, cwd=command.path(folder))
    named = options.values("-f", "--file", "--makefile")
    if len(named) > 1:
        return unknown("make with several makefiles is not modelled")
    builtin = not options.has("-r", "-R", "--no-builtin-rules", "--no-builtin-variables")
    operands = (*handed, *options.operands)
    return _make(command, named[0] if named else None, operands, builtin=builtin)


def _handed_down(command: Command) -> tuple[str, ...] | None:
    """The variables that a make above has from its command line; None if it hands down more."""
    flags = command.env.get("MAKEFLAGS", "")
    if flags and not (flags.startswith("-- ") and known(flags)):
        return None
    return tuple(shlex.split(flags)[1:])


def _without_jobs(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The words without `-j 4`, `-j$(nproc)`: how many jobs run says nothing of what they do."""
    kept: list[str] = []
    skip = False
    for word in arguments:
        found = _JOBS.match(word)
        if skip and (word.isdigit() or word == ANY):
            skip = False
            continue
        skip = bool(found) and not found.group(2) if found else False
        if not found:
            kept.append(word)
    return tuple(kept)


def _make(
    command: Command, named: str | None, operands: tuple[str, ...], *, builtin: bool
) -> Effects:
    names = (named,) if named else _NAMES
    seen, path = NONE, ""
    for name in names:
        seen |= look(command.machine, command.path(name))
        if command.machine.kind(command.path(name)) is not Kind.ABSENT:
            path = command.path(name)
            break
    text = command.machine.text(path) if path else None
    if text is None and named is None and configured(command, command.cwd):
        return made_by_cmake(command, command.cwd, tuple(o for o in operands if "=" not in o))
    if text is None:
        return seen.in_doubt(f"the makefile in {command.cwd} is not known")
    given = dict(w.split("=", 1) for w in operands if "=" in w)
    given = {name.rstrip(":?+"): value for name, value in given.items()}
    env = {n: v for n, v in command.env.items() if not n.startswith(ANY)}
    try:
        made = read(text, given, env, builtin=builtin)
        seen |= _built_in(command, made, path)
        targets = [o for o in operands if "=" not in o] or [made.first]
        return seen | _recipes(command, made, targets, given)
    except NotPlainError as problem:
        return seen.in_doubt(f"{path} is not a plain makefile ({problem})".replace(ANY, "?"))


def _recipes(
    command: Command, made: Makefile, targets: list[str], given: dict[str, str]
) -> Effects:
    """The recipes of the targets and of what they need, in order."""
    run, done = Run(), set[str]()
    for target in targets:
        run = _plan(command, made, target, run, done)
    exported = {
        n: expand(made, made.variables[n], {}) for n in made.exported if n in made.variables
    }
    lines = [line for rule in run.rules for line in _lines(made, rule)]
    # A make below is handed the variables of the command line, which win there as well.
    flags = {"MAKEFLAGS": f"-- {shlex.join(f'{n}={v}' for n, v in given.items())}"} if given else {}
    env = {**command.env, **exported, **given, **flags}
    inner = replace(command, program="sh", arguments=(), env=env)
    found = command.machine.run(" &&\n".join(lines), inner) if lines else NONE
    return run.seen | (found if run.sure else found.maybe())


def _plan(command: Command, made: Makefile, target: str, run: Run, done: set[str]) -> Run:
    """The rules that a target leads to, those that it needs first."""
    if target in done or len(done) > _MOST:
        return run
    done.add(target)
    rule = made.rules.get(target)
    path = command.path(target)
    if rule is None:
        if command.machine.kind(path) is Kind.ABSENT:
            raise NotPlainError(f"no rule for {target}")
        # Its age says whether what needs it is made again.
        seen = look(command.machine, path) | _built_in(command, made, path)
        return replace(run, seen=run.seen | seen)
    for need in rule.needs:
        run = _plan(command, made, need, run, done)
    run = replace(run, rules=(*run.rules, rule))
    if not rule.recipe and target not in made.phony:
        run = replace(run, seen=run.seen | _built_in(command, made, path))
    if target in made.phony:
        return run
    there = command.machine.kind(path) is not Kind.ABSENT
    seen = Effects(probes=frozenset({path}), reads=frozenset({path} if there else ()))
    return replace(run, sure=run.sure and not there, seen=run.seen | seen)


def _built_in(command: Command, made: Makefile, path: str) -> Effects:
    """What make looks for to make a file without a recipe of; if that is there, the rule is not read."""
    looked = frozenset(made_of(path) if made.builtin else ())
    for source in sorted(looked):
        if command.machine.kind(source) is not Kind.ABSENT:
            raise NotPlainError(f"a built-in rule may make {path} of {source}")
    return Effects(probes=looked)


def _lines(made: Makefile, rule: Rule) -> list[str]:
    """The recipe as shell texts, one a line, each in a shell of its own."""
    found = []
    folder, name = posixpath.split(rule.target)
    automatic = {
        "@": rule.target, "<": rule.needs[0] if rule.needs else "", "^": " ".join(dict.fromkeys(rule.needs)),
        "+": " ".join(rule.needs), "@D": folder or ".", "@F": name,
    }  # fmt: skip
    for line in rule.recipe:
        text = line.strip()
        prefix = re.match(r"[@+\-\s]*", text)
        head = prefix.group() if prefix else ""
        script = expand(made, text[len(head) :], automatic).strip()
        if script and not script.startswith("#"):
            found.append(f"(\n{script}\n)" + (" || true" if "-" in head else ""))
    return [f"{{ {line}\n}}" for line in found]


MAKE = Tool(
    "make",
    ("make", "gmake"),
    effects,
    "plain makefiles (variables, explicit rules): the recipes are followed; any other is a doubt",
)
