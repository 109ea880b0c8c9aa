"""Parts of a command that may be done ahead of it, as its tool offers them (`Effects.ahead`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from optimizer.effects.model import Ahead, Effects, Paths, tree
from optimizer.effects.tool import ANY, GLOB, Command


def offer(
    done: Effects, command: Command, words: tuple[str, ...], goods: str, *,
    carried: tuple[str, ...] = (), into: Paths, leaves: Paths, more: str, seconds: float, variables: Iterable[str],
    verb: tuple[str, ...] = (), told: tuple[str, ...] = (), then: tuple[str, ...] = (), inner: bool = False,
    fed: tuple[str, ...] = (), differs: str = "", kept: Paths | None = None,
) -> Effects:  # fmt: skip
    """What a command does, with a part that its program can do ahead, in the same place.

    Args:
        done: What the whole does.
        command: The whole.
        words: What the program is given for the part, behind
        carried: those of its arguments that the part has as well.
        goods: What it provides (`Ahead.goods`).
        verb: What the program is given first, in front of `carried`.
        told: What else of the whole's own words some of these words are made of.
        into: Where it puts that.
        leaves: Where it may leave what the whole alone would not, and
        more: what that is, in words.
        seconds: What the part costs.
        variables: Those that matter to the part; `UV_*` is a prefix, `*` stands for all.
        then: A command behind the part (`Ahead.then`).
        inner: Whether the layers would hold much twice (`Ahead.inner`).
        fed: The command whose output the part reads, and
        differs: how what it provides is not what the whole would (`Ahead.differs`).
        kept: Its downloads; None for all that the whole keeps as caches.
    """
    own = (command.program, *carried, *told)
    words = (command.program, *verb, *carried, *words)
    env = tuple(sorted((n, v) for n, v in command.env.items() if matters(n, variables)))
    given = (*fed, *words, *then, command.cwd, command.user)
    unclear = any(mark in word for word in given for mark in (ANY, GLOB))
    if kept is None:
        kept = frozenset(tree(cache.path) for cache in done.caches)
    part = Ahead(
        words, own, command.cwd, command.user, env, goods, into, leaves, more, kept=kept,
        fed=fed, differs=differs, seconds=seconds, then=then, inner=inner,
        refused="what it is given is not known" if unclear else "",
    )  # fmt: skip
    return replace(done, ahead=(part,), provides=done.provides | {goods})


def matters(name: str, variables: Iterable[str]) -> bool:
    """Whether a variable is among these names and prefixes."""
    return any(
        name == each or (each.endswith("*") and name.startswith(each[:-1])) for each in variables
    )
