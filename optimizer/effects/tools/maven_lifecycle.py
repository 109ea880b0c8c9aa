"""What a build by Maven runs: well-known plugins below the folders of the modules, or a doubt.

`mvn package` and its kin run the plugins that the packaging binds to the lifecycle (Maven's
documentation, "Introduction to the Build Lifecycle") and those of the poms. Measured with Maven
3.8 under strace: compiler, resources, surefire without tests, jar, and install of a project of
two modules look at nothing outside of the modules' folders but the poms, `.mvn` above them, and
META-INF in the working directory, and write `target` and the local repository.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

from optimizer.effects.tool import Command, Kind
from optimizer.effects.tools.looking import words

# The phases of the lifecycles up to `install`, with whether tests have run by then.
PHASES: Mapping[str, bool] = {
    **dict.fromkeys(
        words(
            "pre-clean clean post-clean validate initialize generate-sources process-sources generate-resources "
            "process-resources compile process-classes generate-test-sources process-test-sources "
            "generate-test-resources process-test-resources test-compile process-test-classes"
        ),
        False,
    ),
    **dict.fromkeys(
        words(
            "test prepare-package package pre-integration-test integration-test post-integration-test verify install"
        ),
        True,
    ),
}
_CORE = words(
    "clean compiler dependency deploy enforcer failsafe install jar javadoc resources shade source surefire war"
)
_PLUGINS = frozenset(f"org.apache.maven.plugins:maven-{name}-plugin" for name in _CORE) | {
    "org.springframework.boot:spring-boot-maven-plugin"
}
_BOOT_GOALS = words("repackage build-info")
# Parents that are found in no folder of the project: they bind none but plugins of the list.
_PARENTS = frozenset({"org.springframework.boot:spring-boot-starter-parent"})
_PACKAGINGS = words("jar war pom")

_TAG = r"<{0}\b[^>]*>\s*(.*?)\s*</{0}>"
_PLUGIN = re.compile(_TAG.format("plugin"), re.DOTALL)
_PROFILE = re.compile(_TAG.format("profile"), re.DOTALL)
_PARENT = re.compile(_TAG.format("parent"), re.DOTALL)
_ID = re.compile(_TAG.format("id"))
_MANAGED = re.compile(r"<(pluginManagement|reporting)>.*?</\1>", re.DOTALL)
_PACKAGING = re.compile(_TAG.format("packaging"))
_GOAL = re.compile(_TAG.format("goal"))
# What of a pom may name other artifacts than itself.
_INNER = re.compile(
    r"<(dependencyManagement|dependencies|build|profiles|reporting|licenses|organization)>.*?</\1>",
    re.DOTALL,
)
_VALUE = re.compile(r">\s*([^<>]*?)\s*<", re.DOTALL)
_COORDINATES = re.compile(
    r"<(groupId|artifactId|version|name|description|relativePath|module|subproject|id|url|connection|developerConnection|email|organizationUrl)>[^<]*</\1>"
)
# More than is read here: entities, code of one's own in a plugin, what is told of tests.
_STRANGE = re.compile(
    r"<!(?:DOCTYPE|ENTITY)|<extensions>|<dependenciesToScan>|<suiteXmlFiles>|<annotationProcessors?>|"
    r"<executable>|<testSourceDirectory>|evaluateBeanshell|modelVersion>4\.1"
)
_ELSEWHERE = re.compile(
    r"(?:^|[/=:,;\s])\.\.(?:/|$)|^(?:/|~|[A-Za-z]:\\)|(?:^|[=:,;@\s])/\w|file:|"
    r"\$\{(?:env\.|user\.|session\.|settings\.|maven\.(?:multi|home|repo)|(?:project|pom)\.parent\.|java\.io|sys\.)"
)


def elsewhere(text: str) -> str:
    """A value in a part of a pom that may be a path out of the module's folder; "" if there is none."""
    rest = _COORDINATES.sub("", text)
    return next((v for v in _VALUE.findall(rest) if _ELSEWHERE.search(v)), "")


def parent_missing(poms: Mapping[str, str]) -> str:
    """A parent of which nothing is known; "" if there is none."""
    for path, text in sorted(poms.items()):
        parent = _PARENT.search(text)
        if parent and not _parent_known(path, parent.group(1), poms):
            return f"{path} has a parent that is not there, {_coordinates(parent.group(1))}"
    return ""


def of_plugin(text: str, artifact: str) -> str:
    """What a pom says of a plugin."""
    return "".join(p for p in _PLUGIN.findall(text) if f">{artifact}<" in re.sub(r"\s", "", p))


def doubt(
    command: Command, goals: Iterable[str], poms: Mapping[str, str], profiles: frozenset[str]
) -> str:
    """Why a build is not known to do no more than the plugins of the list do; "" if it is.

    Args:
        command: The call of mvn.
        goals: What it is asked for: phases, and goals of the list.
        poms: Path -> text of the poms of the modules and of their parents, without comments.
        profiles: What profiles the call asks for.
    """
    for path, text in sorted(poms.items()):
        why = _pom(text, profiles)
        if why:
            return f"{path} {why}"
    missing = parent_missing(poms)
    if missing:
        return missing
    own = _processor(command, map(posixpath.dirname, poms))
    if own:
        return f"{own} is the project's own program, which javac runs"
    if not any(PHASES.get(goal) for goal in goals):
        return ""
    return _tests(command, poms)


def _pom(text: str, profiles: frozenset[str]) -> str:
    """What in a pom is not known."""
    strange = _STRANGE.search(text)
    if strange:
        return f"has a {strange.group().strip('<>!')}, which is not read"
    other = elsewhere(text)
    if other:
        return f"names {other}, which may stand elsewhere"
    text = _PROFILE.sub(lambda m: m.group() if _active(m.group(1), profiles) else "", text)
    packaging = _PACKAGING.search(text)
    if packaging and packaging.group(1) not in _PACKAGINGS:
        return f"has the packaging {packaging.group(1)}"
    for plugin in _PLUGIN.findall(text):
        if "<dependencies>" in plugin:
            return f"adds code to {_coordinates(plugin)}"
    for plugin in _PLUGIN.findall(_MANAGED.sub("", text)):
        name = _coordinates(plugin)
        if name not in _PLUGINS:
            return f"runs {name}, which may read and write anything"
    for plugin in _PLUGIN.findall(text):
        if "spring-boot" in plugin and set(_GOAL.findall(plugin)) - _BOOT_GOALS:
            return "runs the project by spring-boot-maven-plugin"
    return ""


def _active(profile: str, profiles: frozenset[str]) -> bool:
    """Whether a profile may be active: it is asked for, or what activates it may hold."""
    name = _ID.search(profile)
    return "<activation>" in profile or name is None or name.group(1) in profiles


def _parent_known(path: str, parent: str, poms: Mapping[str, str]) -> bool:
    """Whether a parent's pom is read, or is one of the list."""
    if _coordinates(parent) in _PARENTS:
        return True
    relative = re.search(r"<relativePath>\s*([^<]*?)\s*</relativePath>|<relativePath\s*/>", parent)
    named = "../pom.xml" if relative is None else relative.group(1) or ""
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
    found = poms.get(place) or poms.get(posixpath.join(place, "pom.xml"))
    # Maven takes it only if it is the one that is asked for.
    return bool(named) and found is not None and _own(found) == tuple(
        _field(parent, name) for name in ("groupId", "artifactId", "version")
    )


def _own(text: str) -> tuple[str, ...]:
    """A pom's group, artifact and version."""
    above = _PARENT.search(text)
    inherited = above.group(1) if above else ""
    top = _INNER.sub("", _PARENT.sub("", text))
    return (
        _field(top, "groupId") or _field(inherited, "groupId"),
        _field(top, "artifactId"),
        _field(top, "version") or _field(inherited, "version"),
    )


def _coordinates(text: str) -> str:
    """The group and the artifact of a plugin, or of a parent."""
    return f"{_field(text, 'groupId') or 'org.apache.maven.plugins'}:{_field(text, 'artifactId')}"


def _field(text: str, name: str) -> str:
    return next(iter(_fields(text, name)), "")


def _fields(text: str, name: str) -> list[str]:
    return re.findall(rf"<{name}>\s*([^<]*?)\s*</{name}>", text)


def _tests(command: Command, poms: Mapping[str, str]) -> str:
    """Which tests of the project the build may run."""
    left_out = not any(re.search(r"<skip\w*>", text) for text in poms.values())
    if left_out and _skipped(command):
        return ""
    for folder in sorted(set(map(posixpath.dirname, poms))):
        # What earlier steps may have left below `target` was compiled from `src/test`.
        for below, fine in (("src/test", ()), ("target/test-classes", (Kind.UNKNOWN,))):
            place = posixpath.join(folder, below)
            if command.machine.kind(place) not in (Kind.ABSENT, *fine):
                return f"{place} may hold tests of the project, which the build runs"
    return ""


def _skipped(command: Command) -> bool:
    """Whether the call leaves out the tests."""
    given = {
        name: value or "true"
        for name, _, value in (w[2:].partition("=") for w in command.arguments if w[:2] == "-D")
    }
    return any(given.get(name) == "true" for name in ("skipTests", "maven.test.skip"))


def _processor(command: Command, folders: Iterable[str]) -> str:
    """A service of the project that javac would run; "" if there is none."""
    return next(
        (
            path
            for folder in folders
            for path in command.machine.walk(folder)
            if "/META-INF/services/" in path and path.endswith((".Processor", ".source.util.Plugin"))
        ),
        "",
    )
