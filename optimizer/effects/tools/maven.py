"""mvn: fetches what the poms name, and builds with well-known plugins; gradle and its kin run the project's own programs.

Measured with Maven 3.8 and maven-dependency-plugin 3.5 under strace: its goals read the poms, of
modules and of parents, and `.mvn` above them; `resolve` leaves markers in `target`,
`copy-dependencies` copies into `target/dependency` or `-DoutputDirectory`. What the lifecycle
does is in maven_lifecycle.py.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from optimizer.effects.model import CacheDir, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.looking import look, upwards, whole_tree, words
from optimizer.effects.tools.maven_ahead import BUILD, FETCH, Build, go_offline, offered
from optimizer.effects.tools.maven_lifecycle import (
    PHASES,
    doubt,
    elsewhere,
    of_plugin,
    parent_missing,
)
from optimizer.effects.tools.maven_poms import Poms, gather
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
# Those behind which a build need not fetch again, or not much.
_FETCHING = words("go-offline resolve")
_OUTPUTS = ("dependency", "dependency-maven-plugin-markers")
_BUILDING = re.compile(r"^spring-boot:(?:repackage|build-info)$")
_OUTPUT = re.compile(r"^(?:outputDirectory|outputFile|mdep\.outputFile)=(.+)$")
_ACTIVATING = re.compile(r"<(?:activeProfile|properties)>")
_VARIABLES = words(
    "MAVEN_* M2_HOME JAVA_* HOME PATH http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY LANG LC_* USER"
)
# Where a plugin that is told so may write out of `target`.
_WRITES_ELSEWHERE = re.compile(
    r"<(?!profile|relativePath)\w*(?:directory|dir|folder|file|path|output\w*|destination|dest|location)>", re.IGNORECASE
)


def effects(command: Command) -> Effects:
    """What a mvn command does, and what of it may be done ahead."""
    plain = tuple(w for w in command.arguments if not w.startswith("-D"))
    options = split(plain, _FLAGS, _VALUED)
    if options.has("-v", "--version", "-h", "--help"):
        return Effects(variables=_VARIABLES, seconds=0.5)
    done = _done(command, plain, options)
    if not known(command.cwd, *plain):
        return done
    start = _start(command, options)
    poms = gather(command, start, optional=False)
    settings = [command.machine.text(p) or "" for p in (*_named(command, options), f"{command.home()}/.m2/settings.xml")]
    kept = frozenset(tree(f"{folder}/repository") for folder in _homes(command))
    build = Build(
        command, options, poms.texts, poms.folders, tuple(settings), kept, f"artifacts of {start}"
    )
    if {m.group(1) for m in map(_DEPENDENCY.match, options.operands) if m} & _FETCHING:
        done = replace(done, provides=done.provides | {build.goods})
    part = go_offline(build)
    fetched = effects(part) if part is not None else unknown("")
    return done if part is None or fetched.doubt is not None else offered(done, fetched, part, build)


def _done(command: Command, plain: tuple[str, ...], options: Options) -> Effects:
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
    start, named = _start(command, options), _named(command, options)
    direct = [found.group(1) for found in map(_DEPENDENCY.match, goals) if found]
    none = command.machine.kind(start) is Kind.ABSENT and set(direct) <= _ALONE
    poms = gather(command, start, optional=none and len(direct) == len(goals))
    done = poms.effects | _places(command, named)
    if len(direct) < len(goals):
        done |= _built(command, goals, options, named, poms)
    return done | _direct(command, direct, poms)


def _start(command: Command, options: Options) -> str:
    """The pom that a call begins with."""
    start = command.path(options.last("-f", "--file") or "pom.xml")
    return start if start.endswith(".xml") else posixpath.join(start, "pom.xml")


def _named(command: Command, options: Options) -> list[str]:
    """The settings that a call names."""
    names = ("-s", "--settings", "-gs", "--global-settings", "-t", "--toolchains")
    return [command.path(v) for v in options.values(*names)]


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
            seconds=BUILD,
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


def _homes(command: Command) -> frozenset[str]:
    """The folders that the local repository and the settings may be in."""
    home = command.home()
    return frozenset({f"{home}/.m2", command.env.get("MAVEN_CONFIG", f"{home}/.m2")})


def _places(command: Command, named: list[str]) -> Effects:
    """The local repository and the settings."""
    home, folders = command.home(), _homes(command)
    if not known(*folders):
        return unknown("the value of MAVEN_CONFIG is not known")
    for path in (*named, *(f"{f}/settings.xml" for f in folders)):
        if "<localRepository>" in (command.machine.text(path) or ""):
            return unknown(f"{path} moves the local repository")
    own = frozenset(map(tree, folders))
    return look(command.machine, *named, f"{home}/.mavenrc") | Effects(
        reads=own, writes=own | {"/tmp/**"}, variables=_VARIABLES, network=True, unpinned=True, seconds=FETCH,
        caches=tuple(CacheDir(f"{f}/repository", ("HOME", "MAVEN_CONFIG")) for f in sorted(folders)),
    )  # fmt: skip


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
