"""`mix deps.compile`, which does a part of `mix compile` and `mix release` ahead of them.

    RUN mix deps.get              COPY mix.exs mix.lock ./
    COPY . .                      COPY config/config.exs config/prod.exs config/
    RUN mix compile           ->  RUN mix deps.get
                                  RUN mix deps.compile
                                  COPY . .
                                  RUN mix compile

Measured with Elixir 1.14, dependencies by path and by git: a later `mix compile` compiles none of
them again, and the trees differ in one file, `_build/prod/lib/APP/.mix/compile.elixir`, in which
mix notes what the project saw of a dependency by path.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from optimizer.effects.model import Effects, tree
from optimizer.effects.tool import Command
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.mix_project import plain

WHOLES = words("compile release")
_DEPENDENCIES = "deps.compile"
SECONDS, _REST = 40.0, 20.0
# An alias of a task, or a dependency with a compiler of its own; the applications of an umbrella.
_OTHERWISE = re.compile(r"\b(?:compile|release|loadpaths)\"?:\s*[\[\"&]|\"(?:deps\.\w+|compile\.all)\":|\bapps_path:")
_APP = re.compile(r"\bapp:\s*:(\w+)")


def goods(command: Command) -> str:
    """What `deps.compile` provides."""
    return f"compiled dependencies of {command.cwd}"


def dependencies(command: Command) -> Command | None:
    """The command that does a part of a build ahead; None if a build may be something else."""
    for number, word in enumerate(command.arguments):
        if word.removesuffix(",") in WHOLES:
            text = plain(command.machine.text(command.path("mix.exs")) or "")
            before = {w.removesuffix(",") for w in command.arguments[:number]}
            if _DEPENDENCIES in before or _OTHERWISE.search(text) or not _APP.search(text):
                return None
            return command.with_words(command.program, *command.arguments[:number], _DEPENDENCIES)
    return None


def offered(part: Effects, command: Command, ahead: Command, build: str) -> Effects:
    """What is known of a build: that part, where it puts that (`build`: the folder `_build`)."""
    app = _APP.search(plain(command.machine.text(command.path("mix.exs")) or ""))
    environment = command.env.get("MIX_ENV")
    inside = f"{environment}/lib/{app.group(1)}/.mix" if app and environment else ""
    return offer(
        replace(part, seconds=part.seconds + _REST), command, (_DEPENDENCIES,), goods(command),
        carried=ahead.arguments[:-1], into=frozenset({tree(build)}),
        leaves=frozenset({tree(posixpath.join(build, inside).rstrip("/"))}),
        more="another note of mix on what it has compiled", seconds=part.seconds, variables=("*",),
    )  # fmt: skip
