"""mvn: fetches what the poms name, and builds with well-known plugins; gradle and its kin run the project's own programs.

Measured with Maven 3.8 and maven-dependency-plugin 3.5 under strace: its goals read the poms, of
modules and of parents, and `.mvn` above them; `resolve` leaves markers in `target`,
`copy-dependencies` copies into `target/dependency` or `-DoutputDirectory`. What the lifecycle
does is in maven_lifecycle.py.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.effects.model import NONE, CacheDir, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.looking import look, upwards, whole_tree, words
from optimizer.effects.tools.maven_lifecycle import (
    PHASES,
    doubt,
    elsewhere,
    of_plugin,
    parent_missing,
)
from optimizer.effects.tools.options import Options, split

_FLAGS = words(
    "-B --batch-mode -q --quiet -X --debug --verbose -e --errors -ntp --no-transfer-progress -U --update-snapshots -o --offline "
    "-am --also-make -amd --also-make-dependents -fae -ff -fn --fail-at-end --fail-fast --fail-never -N --non-recursive -V "
    "--show-version -nsu --no-snapshot-updates -C -c -llr -v --version -h --help"
)
_VALUED = words(
    "-f --file -s --settings -gs --global-settings -P --activate-profiles -pl --projects -T --threads -rf --resume-from -l --log-file -D --define -t --toolchains -b --builder --color"
)
_DEPENDENCY = re.compile(
    r"^(?:org\.apache\.maven\.plugins:maven-)?dependency(?:-plugin)?(?::\d[\w.-]*)?:"
    r"(go-offline|resolve|resolve-plugins|tree|list|purge-local-repository|copy|copy-dependencies|get|sources|build-classpath|unpack|unpack-dependencies)$"
)
# Those that need no pom, and those that write into the project.
_ALONE = words("get copy unpack")
_WRITING = words("resolve sources copy copy-dependencies unpack unpack-dependencies")
_OUTPUTS = ("dependency", "dependency-maven-plugin-markers")
_BUILDING = re.compile(r"^spring-boot:(?:repackage|build-info)$")
_OUTPUT = re.compile(r"^(?:outputDirectory|outputFile|mdep\.outputFile)=(.+)$")
_ACTIVATING = re.compile(r"<(?:activeProfile|properties)>")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MODULE = re.compile(r"<(module|subproject)>\s*([^<]+?)\s*</\1>")
_PARENT = re.compile(r"<parent>(.*?)</parent>", re.DOTALL)
_RELATIVE = re.compile(r"<relativePath>\s*([^<]*?)\s*</relativePath>|(<relativePath\s*/>)")
_NAMED = re.compile(
    r"<(?:systemPath|exists|missing)>\s*([^<]+?)\s*</|<url>\s*file:(?://)?([^<]+?)\s*</url>"
)
_BASE = re.compile(r"^\$\{(?:project\.)?basedir\}/?|^/?\$\{(?:project\.)?basedir\}/?")
_VARIABLES = words(
    "MAVEN_* M2_HOME JAVA_* HOME PATH http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY LANG LC_* USER"
)
# Where a plugin that is told so may write out of `target`.
_WRITES_ELSEWHERE = re.compile(
    r"<(?!profile|relativePath)\w*(?:directory|dir|folder|file|path|output\w*|destination|dest|location)>", re.IGNORECASE
)
_MOST = 500


@dataclass(frozen=True)
class Poms:
    """The poms of a project.

    Attributes:
        effects: What reading them reads.
        texts: Path -> text, without comments.
        folders: Where the modules are.
    """

    effects: Effects
    texts: Mapping[str, str]
    folders: frozenset[str]


def effects(command: Command) -> Effects:
    """What a mvn command does."""
    plain = tuple(w for w in command.arguments if not w.startswith("-D"))
    options = split(plain, _FLAGS, _VALUED)
    if options.has("-v", "--version", "-h", "--help"):
        return Effects(variables=_VARIABLES, seconds=0.5)
    goals = options.operands
    strange = next((o for o in goals if not known(o) or not _known_goal(o)), None)
    if strange is not None or not goals:
        return unknown(
            f"mvn {strange or ''} runs the plugins of the pom, which may read and write anything".replace(
                "\0", "?"
            ).replace("mvn  ", "mvn ")
        )
    if options.unknown or not known(command.cwd, *plain):
        return unknown(f"mvn's option {options.unknown} is not known".replace("\0", "?"))
    why = _told_elsewhere(command)
    if why:
        return unknown(why)
    start = command.path(options.last("-f", "--file") or "pom.xml")
    if not start.endswith(".xml"):
        start = posixpath.join(start, "pom.xml")
    named = [
        command.path(v)
        for v in options.values(
            "-s", "--settings", "-gs", "--global-settings", "-t", "--toolchains"
        )
    ]
    direct = [found.group(1) for found in map(_DEPENDENCY.match, goals) if found]
    none = command.machine.kind(start) is Kind.ABSENT and set(direct) <= _ALONE
    poms = _poms(command, start, optional=none and len(direct) == len(goals))
    done = poms.effects | _places(command, named)
    if len(direct) < len(goals):
        done |= _built(command, goals, options, named, poms)
    return done | _direct(command, direct, poms)


def _known_goal(word: str) -> bool:
    return bool(word in PHASES or _DEPENDENCY.match(word) or _BUILDING.match(word))


def _told_elsewhere(command: Command) -> str:
    """What of the command line or the environment moves what mvn reads or writes."""
    java = command.env.get("MAVEN_OPTS", "")
    if command.env.get("MAVEN_ARGS") or not known(java) or re.search(r"-D(?:maven|user)\.|agent", java):
        return "what MAVEN_OPTS or MAVEN_ARGS tells mvn is not modelled"
    for defined in (w.removeprefix("-D") for w in command.arguments if w.startswith("-D")):
        name, _, value = defined.partition("=")
        output = _OUTPUT.match(defined)
        moves = name.startswith(("maven.repo.local", "output", "maven.multi")) or "dir" in name.lower()
        if not known(name) or (output and not known(value)) or (moves and not output):
            return f"-D{defined} moves what mvn reads or writes".replace("\0", "?")
    return ""


def _built(
    command: Command, goals: tuple[str, ...], options: Options, named: list[str], poms: Poms
) -> Effects:
    """A build: all below the folders of the modules is read, and what their plugins write is there."""
    profiles = frozenset(
        name.lstrip("!?+-") for v in options.values("-P", "--activate-profiles") for name in v.split(",")
    )
    values = [w for w in command.arguments if w.startswith("-D") and (not known(w) or "/" in w)]
    if values:
        return unknown(f"{values[0]} may name a path".replace("\0", "?"))
    for path in (*named, f"{command.home()}/.m2/settings.xml"):
        if _ACTIVATING.search(command.machine.text(path) or ""):
            return unknown(f"{path} chooses what mvn runs")
    why = doubt(command, goals, poms.texts, profiles)
    if why:
        return unknown(f"mvn {goals[0]}: {why}")
    # Lombok looks for its settings from each source up to the root.
    above = {f"{f}/lombok.config" for folder in poms.folders for f in upwards(folder)}
    plain = not any(_WRITES_ELSEWHERE.search(text) for text in poms.texts.values())
    targets = frozenset(posixpath.join(f, "target") for f in poms.folders)
    return (
        look(command.machine, *above)
        | whole_tree(*poms.folders, command.path("META-INF"))
        | Effects(
            lists=frozenset({command.cwd}),
            writes=frozenset(map(tree, targets if plain else poms.folders)),
            generated=targets,
            variables=frozenset({"*"}),
            seconds=20.0,
        )
    )


def _direct(command: Command, goals: list[str], poms: Poms) -> Effects:
    """What goals of maven-dependency-plugin write into the project, or where they are told to."""
    told = [m.group(1) for w in command.arguments if (m := _OUTPUT.match(w.removeprefix("-D")))]
    written: set[str] = set()
    if set(goals) & _WRITING:
        missing = parent_missing(poms.texts)
        if missing:
            return unknown(f"mvn dependency:{goals[0]}: {missing}")
        written |= {posixpath.join(f, "target", p) for f in poms.folders for p in _OUTPUTS}
    for path, text in sorted(poms.texts.items()):
        own = of_plugin(text, "maven-dependency-plugin")
        if elsewhere(own):
            return unknown(f"{path} names {elsewhere(own)}, which may stand elsewhere")
        if goals and ("<configuration>" in own or "<directory>" in text):
            written |= poms.folders
    written |= {command.path(t, folder) for t in told for folder in poms.folders}
    places = frozenset(map(tree, written))
    above = {f for w in written for f in upwards(posixpath.dirname(w))}
    made = {f for f in above if command.machine.kind(f) is Kind.ABSENT}
    return Effects(reads=places, writes=places | made)


def _places(command: Command, named: list[str]) -> Effects:
    """The local repository and the settings."""
    home = command.home()
    folders = {f"{home}/.m2", command.env.get("MAVEN_CONFIG", f"{home}/.m2")}
    if not known(*folders):
        return unknown("the value of MAVEN_CONFIG is not known")
    for path in (*named, *(f"{f}/settings.xml" for f in folders)):
        if "<localRepository>" in (command.machine.text(path) or ""):
            return unknown(f"{path} moves the local repository")
    own = frozenset(map(tree, folders))
    return look(command.machine, *named, f"{home}/.mavenrc") | Effects(
        reads=own, writes=own | {"/tmp/**"}, variables=_VARIABLES, network=True, unpinned=True, seconds=40.0,
        caches=tuple(CacheDir(f"{f}/repository", ("HOME", "MAVEN_CONFIG")) for f in sorted(folders)),
    )  # fmt: skip


def _poms(command: Command, start: str, *, optional: bool) -> Poms:
    """The closure of modules and parents, and `.mvn` above them."""
    done, queue, seen = NONE, [start], dict[str, str]()
    modules = {start}
    folder = posixpath.dirname(start)
    while True:
        inner = posixpath.join(folder, ".mvn")
        found = look(command.machine, inner)
        done |= found | whole_tree(*found.reads)
        if found.reads or folder == "/":
            break
        folder = posixpath.dirname(folder)
    for name in ("maven.config", "extensions.xml"):
        if any(f.endswith(f"/.mvn/{name}") for f in command.machine.walk(inner)):
            done = done.in_doubt(f"what .mvn/{name} tells is not modelled")
    while queue and len(seen) < _MOST:
        path = queue.pop()
        if path in seen:
            continue
        seen[path] = ""
        done |= look(command.machine, path)
        text = command.machine.text(path)
        if text is None:
            if (path == start and not optional) or command.machine.kind(path) is not Kind.ABSENT:
                done = done.in_doubt(f"{path} is not known")
            continue
        seen[path] = _COMMENT.sub("", text)
        inner_modules, parents, inner_effects = _pom(command, path, seen[path])
        done |= inner_effects
        if path in modules:
            modules |= set(inner_modules)
        queue += (*inner_modules, *parents)
    texts = {path: text for path, text in seen.items() if text}
    return Poms(done, texts, frozenset(posixpath.dirname(m) for m in modules))


def _pom(command: Command, path: str, text: str) -> tuple[list[str], list[str], Effects]:
    """The modules and the parents that a pom names, and what it reads."""
    folder, done = posixpath.dirname(path), NONE
    queue, parents = list[str](), list[str]()
    for _, module in _MODULE.findall(text):
        place = command.path(module, folder)
        done = done.in_doubt(f"{path} names the module {module}") if "${" in module else done
        queue.append(place if place.endswith(".xml") else posixpath.join(place, "pom.xml"))
    parent = _PARENT.search(text)
    if parent:
        relative = _RELATIVE.search(parent.group(1))
        named = (relative.group(1) or "") if relative else "../pom.xml"
        if named:
            place = command.path(named, folder)
            parents.append(place if place.endswith(".xml") else posixpath.join(place, "pom.xml"))
    for one, other in _NAMED.findall(text):
        place = _BASE.sub("", one or other)
        if "${" in place:
            done = done.in_doubt(f"{path} names {one or other}, which is not resolved")
        else:
            found = look(command.machine, command.path(place, folder))
            done |= found | whole_tree(*found.reads)
    return queue, parents, done


def _own_program(what: str) -> Tool:
    """A build tool whose build file is a program."""

    def answer(command: Command) -> Effects:
        if command.arguments in {("--version",), ("-v",), ("-version",)}:
            return Effects(variables=_VARIABLES, seconds=0.5)
        return unknown(f"{command.name} runs {what}, which is the project's own program")

    names = {
        "build.gradle": ("gradle",),
        "build.sbt": ("sbt",),
        "project.clj": ("lein",),
        "build.xml": ("ant",),
    }[what]
    return Tool(names[0], names, answer, f"{what} is the project's own program: a doubt")


MAVEN_TOOLS: tuple[Tool, ...] = (
    Tool(
        "mvn",
        ("mvn",),
        effects,
        "dependency:go-offline, copy-dependencies ...: poms, modules, parents, .mvn; phases up to install, with well-known plugins and without tests",
    ),
    *map(_own_program, ("build.gradle", "build.sbt", "project.clj", "build.xml")),
)
