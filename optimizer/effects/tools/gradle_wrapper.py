"""gradlew: the script that Gradle puts into a project, which fetches a Gradle and starts it.

    COPY . .                    COPY gradlew ./
    RUN ./gradlew build    ->   COPY gradle/wrapper/ gradle/wrapper/
                                RUN ./gradlew --version
                                COPY . .
                                RUN ./gradlew build

What a build needs beyond that only its own program, build.gradle, can tell; and `gradle dependencies`
fetches no jar (measured with Gradle 4.4 and a server of its own: poms only). `--version` runs nothing
of the project: measured with 4.4 under strace, it reads the script, the two files of gradle/wrapper
and gradle.properties, and looks for settings.gradle here and above; the trees after a build, and after
the two, are the same. Later versions were not measured, so Gradle's home counts as what may differ;
gradle-daemon-jvm.properties is one of 8.8 and later (docs.gradle.org, "Gradle Daemon JVM criteria").
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from optimizer.effects.model import Effects, Paths, tree, unknown
from optimizer.effects.tool import Command, Tool, known
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import look, upwards, words

_HEAD = re.compile(
    r"^#+\s+(?:Gradle|gradlew) start up script for (?:UN\*X|POSIX)", re.MULTILINE | re.IGNORECASE
)
_STARTS = ("org.gradle.wrapper.GradleWrapperMain", '-jar "$APP_HOME/gradle/wrapper/gradle-wrapper.jar"')
_VERSION = words("--version -v -version")
_SETTINGS = ("settings.gradle", "settings.gradle.kts", "settings.gradle.dcl")
# Where these say so, Gradle is kept in the project, or its home is elsewhere.
_ELSEWHERE = re.compile(r"^\s*\w+Base\s*=\s*PROJECT|gradle\.user\.home", re.MULTILINE)
_OTHER_HOME = re.compile(r"-g|--gradle-user-home|-Dgradle\.user\.home|--system-prop")
# What the script and a Java read; of others only the project's own program may know.
_VARIABLES = words(
    "GRADLE_* ORG_GRADLE_* JAVA_* JDK_JAVA_OPTIONS _JAVA_OPTIONS JAVACMD DEFAULT_JVM_OPTS MAX_FD CLASSPATH APP_* CDPATH "
    "ENV BASH_ENV HOME PATH PWD IFS LANG LC_* USER http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY"
)
_SECONDS = 15.0


def wrapped(text: str) -> bool:
    """Whether a script is Gradle's wrapper."""
    return bool(_HEAD.search(text)) and any(each in text for each in _STARTS)


def effects(command: Command) -> Effects:
    """What gradlew does; of a build no more is known than that Gradle is there then."""
    version = _version(command)
    if version.doubt is not None or _VERSION & set(command.arguments):
        return version if set(command.arguments) <= _VERSION else version | _build(command)
    if any(map(_OTHER_HOME.match, command.arguments)):
        return version | _build(command)
    kept = _kept(command)
    return offer(
        replace(version, seconds=version.seconds + 20.0), command, ("--version",), _goods(command),
        into=kept, leaves=kept, more="what Gradle keeps in its home of a run that builds nothing",
        seconds=_SECONDS, variables=_VARIABLES,
    ) | _build(command)  # fmt: skip


def _build(command: Command) -> Effects:
    return unknown(f"{command.name} runs build.gradle, which is the project's own program")


def _home(command: Command) -> str:
    return command.path(command.env.get("GRADLE_USER_HOME") or f"{command.home()}/.gradle")


def _kept(command: Command) -> Paths:
    """Where Gradle itself is put, and its libraries."""
    return frozenset(tree(command.path(name, _home(command))) for name in ("wrapper", "native"))


def _goods(command: Command) -> str:
    return f"Gradle of {posixpath.dirname(command.path(command.program))}"


def _version(command: Command) -> Effects:
    """`gradlew --version`."""
    folder, kept = posixpath.dirname(command.path(command.program)), _kept(command)
    wrapper = posixpath.join(folder, "gradle/wrapper")
    properties = [
        posixpath.join(p, "gradle.properties") for p in (folder, command.cwd, _home(command))
    ]
    above = (posixpath.join(p, n) for p in upwards(command.cwd) for n in _SETTINGS)
    telling = [f"{wrapper}/gradle-wrapper.properties", *properties]
    texts = [command.machine.text(p) or "" for p in telling]
    texts += [command.env.get(n, "") for n in ("GRADLE_OPTS", "JAVA_OPTS")]
    if not known(*kept, *texts) or any(map(_ELSEWHERE.search, texts)):
        return unknown("where gradlew puts Gradle is not known")
    seen = look(
        command.machine, *telling, f"{wrapper}/gradle-wrapper.jar", *above,
        posixpath.join(folder, "gradle/gradle-daemon-jvm.properties"),
    )  # fmt: skip
    return seen | Effects(
        reads=kept, writes=kept | {"/tmp/**"}, network=True, variables=_VARIABLES,
        provides=frozenset({_goods(command)}), seconds=_SECONDS,
    )  # fmt: skip


GRADLEW = Tool(
    "gradlew",
    ("gradlew",),
    effects,
    "a project's own script of Gradle's wrapper: what --version fetches; a build is a doubt",
    wrapped=wrapped,
)
