"""mvn: fetches what the poms name; gradle and its kin run the project's own programs.

`dependency:go-offline` and its kin read the poms alone (Maven 3.9's documentation, "Introduction to
the POM"; not measured). Anything bound to the lifecycle runs plugins that may do anything.
"""

from __future__ import annotations

import posixpath
import re

from optimizer.effects.model import NONE, CacheDir, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.looking import look, whole_tree, words
from optimizer.effects.tools.options import split

_FLAGS = words(
    "-B --batch-mode -q --quiet -X --debug --verbose -e --errors -ntp --no-transfer-progress -U --update-snapshots -o --offline "
    "-am --also-make -amd --also-make-dependents -fae -ff -fn --fail-at-end --fail-fast --fail-never -N --non-recursive -V "
    "--show-version -nsu --no-snapshot-updates -C -c -llr -v --version -h --help"
)
_VALUED = words(
    "-f --file -s --settings -gs --global-settings -P --activate-profiles -pl --projects -T --threads -rf --resume-from -l --log-file -D --define -t --toolchains -b --builder --color"
)
_RESOLVES = re.compile(
    r"^(?:org\.apache\.maven\.plugins:maven-)?dependency(?:-plugin)?(?::\d[\w.-]*)?:(go-offline|resolve|resolve-plugins|tree|list|purge-local-repository)$"
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_MODULE = re.compile(r"<module>\s*([^<]+?)\s*</module>")
_PARENT = re.compile(r"<parent>(.*?)</parent>", re.DOTALL)
_RELATIVE = re.compile(r"<relativePath>\s*([^<]*?)\s*</relativePath>|(<relativePath\s*/>)")
_NAMED = re.compile(
    r"<(?:systemPath|exists|missing)>\s*([^<]+?)\s*</|<url>\s*file:(?://)?([^<]+?)\s*</url>"
)
_BASE = re.compile(r"^\$\{(?:project\.)?basedir\}/?|^/?\$\{(?:project\.)?basedir\}/?")
_VARIABLES = words(
    "MAVEN_* M2_HOME JAVA_* HOME PATH http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY LANG LC_* USER"
)
_MOST = 500


def effects(command: Command) -> Effects:
    """What a mvn command does."""
    plain = tuple(w for w in command.arguments if not w.startswith("-D"))
    options = split(plain, _FLAGS, _VALUED)
    if options.has("-v", "--version", "-h", "--help"):
        return Effects(variables=_VARIABLES, seconds=0.5)
    strange = next((o for o in options.operands if not known(o) or not _RESOLVES.match(o)), None)
    if strange is not None or not options.operands:
        return unknown(
            f"mvn {strange or ''} runs the plugins of the pom, which may read and write anything".replace(
                "\0", "?"
            ).replace("mvn  ", "mvn ")
        )
    if options.unknown or not known(command.cwd, *plain):
        return unknown(f"mvn's option {options.unknown} is not known".replace("\0", "?"))
    defined = [w.removeprefix("-D") for w in command.arguments if w.startswith("-D")]
    moved = next(
        (
            d
            for d in defined
            if d.startswith(("maven.repo.local", "output", "maven.multi")) or "dir" in d.lower()
        ),
        None,
    )
    if moved:
        return unknown(f"-D{moved} moves what mvn reads or writes".replace("\0", "?"))
    start = command.path(options.last("-f", "--file") or "pom.xml")
    if not start.endswith(".xml"):
        start = posixpath.join(start, "pom.xml")
    named = [
        command.path(v)
        for v in options.values(
            "-s", "--settings", "-gs", "--global-settings", "-t", "--toolchains"
        )
    ]
    return _poms(command, start) | _places(command, named)


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


def _poms(command: Command, start: str) -> Effects:
    """The closure of modules and parents, and `.mvn` above them."""
    done, queue, seen = NONE, [start], set[str]()
    folder = posixpath.dirname(start)
    while True:
        inner = posixpath.join(folder, ".mvn")
        found = look(command.machine, inner)
        done |= found | whole_tree(*found.reads)
        if found.reads or folder == "/":
            break
        folder = posixpath.dirname(folder)
    if "/.mvn" in str(done.reads) and any(
        "maven.config" in f
        for r in done.reads
        for f in command.machine.walk(r.removesuffix("/**"))
    ):
        done = done.in_doubt("the options in .mvn/maven.config are not modelled")
    while queue and len(seen) < _MOST:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        done |= look(command.machine, path)
        text = command.machine.text(path)
        if text is None:
            if path == start or command.machine.kind(path) is not Kind.ABSENT:
                done = done.in_doubt(f"{path} is not known")
            continue
        more, inner_effects = _pom(command, path, _COMMENT.sub("", text))
        done |= inner_effects
        queue += more
    return done


def _pom(command: Command, path: str, text: str) -> tuple[list[str], Effects]:
    folder, done = posixpath.dirname(path), NONE
    queue = []
    for module in _MODULE.findall(text):
        place = command.path(module, folder)
        done = done.in_doubt(f"{path} names the module {module}") if "${" in module else done
        queue.append(place if place.endswith(".xml") else posixpath.join(place, "pom.xml"))
    parent = _PARENT.search(text)
    if parent:
        relative = _RELATIVE.search(parent.group(1))
        named = (relative.group(1) or "") if relative else "../pom.xml"
        if named:
            place = command.path(named, folder)
            queue.append(place if place.endswith(".xml") else posixpath.join(place, "pom.xml"))
    for one, other in _NAMED.findall(text):
        place = _BASE.sub("", one or other)
        if "${" in place:
            done = done.in_doubt(f"{path} names {one or other}, which is not resolved")
        else:
            found = look(command.machine, command.path(place, folder))
            done |= found | whole_tree(*found.reads)
    return queue, done


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
        "dependency:go-offline, dependency:resolve: poms, modules, parents, .mvn; the lifecycle is a doubt",
    ),
    *map(_own_program, ("build.gradle", "build.sbt", "project.clj", "build.xml")),
)
