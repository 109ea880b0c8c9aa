"""`mvn dependency:go-offline`, which does a part of `mvn package` ahead of it.

    COPY . .                      COPY pom.xml ./
    RUN mvn package           ->  RUN mvn dependency:go-offline
                                  COPY . .
                                  RUN mvn package

Measured with Maven 3.8 and maven-dependency-plugin 3.5: the trees after `mvn package`, and after
the two, differ by files of the local repository that only the two leave, and in nothing else. It
fetches the plugins of all lifecycles (clean, site and deploy, too) and those of reports, and what
tests need. Of several modules one may need another that is not built yet: `dependency:resolve` fails
by that; go-offline of 3.5 does not, but which version of the plugin runs is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from optimizer.effects.model import Effects, Paths
from optimizer.effects.tool import Command
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.maven_lifecycle import PHASES
from optimizer.effects.tools.options import Options

GO_OFFLINE = "dependency:go-offline"
FETCH, BUILD = 40.0, 20.0
# With these a build fetches nothing, or less than all, or writes a log.
_OTHERWISE = words(
    "-o --offline -l --log-file -pl --projects -am --also-make -amd --also-make-dependents -rf --resume-from -N --non-recursive "
    "-h --help -v --version"
)
# A mirror need not have the plugins that a build does without.
_LESS = re.compile(r"<(?:mirrors?|offline)\b")


@dataclass(frozen=True)
class Build:
    """A call of mvn.

    Attributes:
        command: The call.
        options: Its options and goals.
        texts: The texts of its poms by path, without comments.
        folders: Those of its modules.
        settings: The texts of its settings.
        repository: Where Maven keeps what it fetches.
        goods: What it provides: the artifacts of its pom.
    """

    command: Command
    options: Options
    texts: Mapping[str, str]
    folders: Collection[str]
    settings: tuple[str, ...]
    repository: Paths
    goods: str


def go_offline(build: Build) -> Command | None:
    """The command that does a part of a build ahead; None if it may fail where the build does not."""
    goals, arguments = build.options.operands, build.command.arguments
    carried = [word for word in arguments if word not in goals]
    if (
        not any(PHASES.get(goal) for goal in goals)
        or build.options.unknown
        or build.options.has(*_OTHERWISE)
        or len(carried) + len(goals) != len(arguments)
        or len(build.folders) != 1
        or any("<reporting>" in text for text in build.texts.values())
        or any(map(_LESS.search, build.settings))
    ):
        return None
    return build.command.with_words(build.command.program, *carried, GO_OFFLINE)


def offered(done: Effects, part: Effects, ahead: Command, build: Build) -> Effects:
    """What a build does, with that part; also one of which no more is known than the part."""
    if done.doubt is not None:
        done = replace(part | done, seconds=FETCH + BUILD)
    return offer(
        done, build.command, (GO_OFFLINE,), build.goods, carried=ahead.arguments[:-1],
        into=build.repository, leaves=build.repository, more="plugins and libraries that the build does not need",
        seconds=FETCH, variables=("*",),
    )  # fmt: skip
