"""sed and awk: what they read, and what `-i` writes."""

from __future__ import annotations

import re
from dataclasses import replace

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import ANY, Command, Tool, known
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.paths import places, read, write
from optimizer.effects.tools.sed_picked import picked
from optimizer.effects.tools.sed_result import edited
from optimizer.effects.tools.sed_script import only_edits
from optimizer.effects.tools.syntax import not_known, parse, syntax

# GNU sed 4.9 and busybox.
_SED = syntax(
    "-n -E -r -s -u -z --quiet --silent --regexp-extended --separate --unbuffered --null-data "
    "--posix --debug --follow-symlinks",
    "-e -f -l --expression --file --line-length",
)
# Without `-i`: that is no option of these.
_PRINTING = syntax("-n -E -r --quiet --silent --regexp-extended", "-e --expression")
_SCRIPTS = frozenset({"-e", "--expression"})
_IN_PLACE = re.compile(r"-([nErsuz]*)i(.*)", re.DOTALL)


def _sed(command: Command) -> Effects:
    words, suffix = _without_in_place(command.arguments)
    options = parse(command.with_words(command.program, *words), _SED)
    if isinstance(options, Effects):
        return options
    inline = options.has("-e", "-f", "--expression", "--file")
    scripts = options.values("-e", "--expression") if inline else options.operands[:1]
    files = options.operands if inline else options.operands[1:]
    given = options.values("-f", "--file")
    texts = [*scripts, *(command.machine.text(command.path(g)) or ANY for g in given)]
    if not all(_harmless(text) for text in texts):
        return unknown("a sed script that may read or write other files")
    done = read(command, given) | _edited(command, files, suffix)
    plain = suffix == "" and not given and {name for name, _ in options.given} <= _SCRIPTS
    return replace(done, contents=_contents(command, files, scripts)) if plain else done


def _contents(
    command: Command, files: tuple[str, ...], scripts: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """The files that are edited in place, where the outcome is known."""
    if not known(command.cwd, *files, *scripts):
        return ()
    texts = [(path, command.machine.text(path)) for path in map(command.path, files)]
    made = [(path, edited(text, scripts)) for path, text in texts if text is not None]
    return tuple((path, text) for path, text in made if text is not None)


def _sed_prints(command: Command) -> str | None:
    """What sed prints, where its only script and its text are known."""
    options = parse(command, _PRINTING)
    if isinstance(options, Effects) or not known(command.cwd, *command.arguments):
        return None
    scripts, files = options.values("-e", "--expression"), options.operands
    if not scripts:
        scripts, files = files[:1], files[1:]
    if len(scripts) != 1 or len(files) > 1 or files == ("-",):
        return None
    text = command.machine.text(command.path(files[0])) if files else command.stdin
    if text is None:
        return None
    quiet = options.has("-n", "--quiet", "--silent")
    extended = options.has("-E", "-r", "--regexp-extended")
    plain = None if quiet or extended else edited(text, scripts)
    return plain if plain is not None else picked(text, scripts[0], quiet=quiet, extended=extended)


def _harmless(script: str) -> bool:
    """Unknown text is harmless in the middle of `s/.../.../`, as a part of old or new text."""
    if ANY not in script:
        return only_edits(script)
    inside = re.match(r"[\s\d,$]*s[^\w\s\\\0]", script) is not None and not script.endswith(ANY)
    return inside and only_edits(script.replace(ANY, "x"))


def _without_in_place(words: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """`-i`, `-i.bak`, `-Ei`, `--in-place=.bak` taken out; the suffix, None if it is not given."""
    kept: list[str] = []
    suffix: str | None = None
    for before, word in zip(("", *words), words, strict=False):
        found = None if before in {"-e", "-f"} else _IN_PLACE.fullmatch(word)
        if word.startswith("--in-place"):
            suffix = word.partition("=")[2]
        elif found and not word.startswith("--"):
            letters, suffix = found.groups()
            kept += [f"-{letters}"] if letters else []
        else:
            kept.append(word)
    return tuple(kept), suffix


def _edited(command: Command, files: tuple[str, ...], suffix: str | None) -> Effects:
    """Files are read; in place they are written, and with a suffix kept beside."""
    paths = places(command, files)
    if suffix is None:
        return Effects(reads=paths)
    if "*" in suffix or "/" in suffix or ANY in suffix:
        return unknown(f"{command.name} -i with a pattern for its copies")
    beside = [f"{file}{suffix}" for file in files] if suffix else []
    return Effects(reads=paths) | write(command, paths | places(command, beside), sure=False)


_AWK_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
_AWK_REGEX = re.compile(r"(^|[~(,{;!&|\n])\s*/(?:\\.|[^/\\\n])*/")
_AWK_OUTWARD = re.compile(
    r"\bsystem\s*\(|\bgetline\b|(?<!\|)\|(?!\|)|\bprintf?\b[^;}\n]*>|@\w+|\bENVIRON\b|\bARGV\b"
)


def _awk(command: Command) -> Effects:
    """An awk program may write files and start others: `print > "file"`, `system(...)`."""
    options = split(command.arguments, frozenset(), frozenset({"-F", "-v", "-f"}))
    if options.unknown:
        return not_known(command, options.unknown)
    given = options.values("-f")
    texts = [command.machine.text(command.path(g)) for g in given]
    programs = texts or list(options.operands[:1])
    if any(p is None or _outward(p) for p in programs):
        return unknown("an awk program that may write files or start programs")
    return _awk_reads(command, options, given)


def _outward(program: str) -> bool:
    """Unknown text counts as a value in the middle of a program, as in sed."""
    if program.startswith(ANY) or program.endswith(ANY):
        return True
    program = program.replace(ANY, "x")
    text = _AWK_REGEX.sub(r"\1", _AWK_STRING.sub('""', program))
    return _AWK_OUTWARD.search(text) is not None


def _awk_reads(command: Command, options: Options, given: tuple[str, ...]) -> Effects:
    files = options.operands if given else options.operands[1:]
    # `name=value` among the files assigns a variable.
    plain = [word for word in files if not re.match(r"[A-Za-z_]\w*=", word)]
    if any(word.startswith(ANY) for word in plain):
        return unknown("an argument of awk is not known")
    return read(command, (*plain, *given))


EDITOR_TOOLS: tuple[Tool, ...] = (
    Tool("sed", ("sed", "gsed"), _sed, "reads its files; -i writes them", prints=_sed_prints),
    Tool("awk", ("awk", "gawk", "mawk", "nawk"), _awk, "reads its files"),
)
