"""Parts of a command that may be done ahead of it, as its tool offers them (`Effects.ahead`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from optimizer.effects.model import Ahead, Effects, Paths
from optimizer.effects.tool import ANY, GLOB, Command


def offer(
    done: Effects, command: Command, words: tuple[str, ...], goods: str, *,
    carried: tuple[str, ...] = (), into: Paths, leaves: Paths, more: str, seconds: float, variables: Iterable[str],
    fed: tuple[str, ...] = (), differs: str = "",
) -> Effects:  # fmt: skip
    """What a command does, with a part that its program can do ahead, in the same place.

    Args:
        done: What the whole does.
        command: The whole.
        words: What the program is given for the part, behind
        carried: those of its arguments that the part has as well.
        goods: What it provides (`Ahead.goods`).
        into: Where it puts that.
        leaves: Where it may leave what the whole alone would not, and
        more: what that is, in words.
        seconds: What the part costs.
        variables: Those that matter to the part; `UV_*` is a prefix, `*` stands for all.
        fed: The command whose output the part reads, and
        differs: how what it provides is not what the whole would (`Ahead.differs`).
    """
    own = (command.program, *carried)
    words = (*own, *words)
    env = tuple(sorted((n, v) for n, v in command.env.items() if matters(n, variables)))
    unclear = any(mark in word for word in (*fed, *words, command.cwd, command.user) for mark in (ANY, GLOB))
    part = Ahead(
        words, own, command.cwd, command.user, env, goods, into, leaves, more, fed=fed, differs=differs,
        seconds=seconds, refused="what it is given is not known" if unclear else "",
    )  # fmt: skip
    return replace(done, ahead=(part,), provides=done.provides | {goods})


def matters(name: str, variables: Iterable[str]) -> bool:
    """Whether a variable is among these names and prefixes."""
    return any(
        name == each or (each.endswith("*") and name.startswith(each[:-1])) for each in variables
    )
