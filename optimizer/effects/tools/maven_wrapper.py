"""mvnw: the script that Maven's wrapper puts into a project, which fetches a Maven and starts it.

After its text (versions 3.1 to 3.3, and its forerunner of takari); not measured. It looks for `.mvn`
from its own folder upwards, reads the settings there, fetches `.mvn/wrapper/maven-wrapper.jar` if
that is not there (or needs none), and keeps Maven itself in `~/.m2/wrapper`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from optimizer.effects.model import Effects, unknown
from optimizer.effects.tool import Command, Kind, Tool
from optimizer.effects.tools.looking import look, upwards, whole_tree
from optimizer.effects.tools.maven import effects as maven

_HEAD = re.compile(
    r"^# (?:Apache Maven Wrapper startup batch script|Maven2? Start Up Batch script)", re.MULTILINE
)
_STARTS = re.compile(r"org\.apache\.maven\.wrapper\.MavenWrapperMain|^exec_maven \"\$@\"", re.MULTILINE)
# MAVEN_CONFIG: the script hands it to Maven as arguments.
_ELSEWHERE = ("MAVEN_USER_HOME", "MAVEN_BASEDIR", "MAVEN_CONFIG", "JAVACMD")


def wrapped(text: str) -> bool:
    """Whether a script is Maven's wrapper."""
    return bool(_HEAD.search(text) and _STARTS.search(text))


def effects(command: Command) -> Effects:
    """What mvnw does: what mvn does, in the Maven that the project names."""
    if told := next((name for name in _ELSEWHERE if command.env.get(name)), ""):
        return unknown(f"{told} tells mvnw something else")
    folder = posixpath.dirname(command.path(command.program))
    above = [posixpath.join(place, ".mvn") for place in upwards(folder)]
    inner = next((p for p in above if command.machine.kind(p) is not Kind.ABSENT), above[0])
    seen = look(command.machine, *above) | whole_tree(inner)
    jar = posixpath.join(inner, "wrapper/maven-wrapper.jar")
    made = {jar} if command.machine.kind(jar) is not Kind.FILE else set[str]()
    done = maven(command)
    return replace(
        done,
        reads=done.reads | seen.reads,
        probes=done.probes | seen.probes,
        writes=done.writes | made,
        generated=done.generated | made,
    )


MVNW = Tool(
    "mvnw",
    ("mvnw",),
    effects,
    "a project's own script of Maven's wrapper: what mvn does, by the Maven that .mvn names",
    wrapped=wrapped,
)
