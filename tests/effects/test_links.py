"""Symbolic links that commands meet, carry away, and lay anew."""

from __future__ import annotations

from functools import reduce
from operator import or_

import pytest

from optimizer.effects.model import Effects, Link, carrying, elsewhere, through

RELATIVE = Link("/app/web", "/app/apps/site")
ABSOLUTE = Link("/usr/bin/poetry", "/opt/poetry/bin/poetry", absolute=True)
PACKAGE = Link("/app/node_modules/lib/", "/app/packages/lib")


@pytest.mark.parametrize(
    ("link", "path", "met"),
    [
        (RELATIVE, "/app/web", {"/app/web", "/app/apps/site"}),
        (RELATIVE, "/app/web/a.js", {"/app/web/a.js", "/app/apps/site/a.js"}),
        (RELATIVE, "/app/web/src/**", {"/app/web/src/**", "/app/apps/site/src/**"}),
        (RELATIVE, "/app/**", {"/app/**"}),
        (RELATIVE._replace(to="/srv/site"), "/app/**", {"/app/**", "/srv/site/**"}),
        (RELATIVE, "/app/website", {"/app/website"}),
        (RELATIVE._replace(to="/srv/**"), "/app/web/a.js", {"/app/web/a.js", "/srv/**"}),
        (RELATIVE._replace(at="/app/**"), "/app/x", {"/app/x", "/app/apps/site/**"}),
        (PACKAGE, "/app/node_modules/**", {"/app/node_modules/**"}),
        (PACKAGE, "/app/node_modules/lib/x", {"/app/node_modules/lib/x", "/app/packages/lib/x"}),
    ],
)
def test_who_reads_a_link_reads_what_it_leads_to(link: Link, path: str, met: set[str]) -> None:
    """On the way to a path, or below it; a package among installed ones only by its name."""
    assert through(Effects(reads=frozenset({path})), frozenset({link})).reads == met


def test_a_link_leads_on_by_its_text() -> None:
    """An absolute one leads where it did, a relative one as far from its new place."""
    assert list(elsewhere(ABSOLUTE, "/x/poetry")) == [ABSOLUTE._replace(at="/x/poetry")]
    assert Link("/srv/copy", "/srv/apps/site") in elsewhere(RELATIVE, "/srv/copy")


@pytest.mark.parametrize("link", [RELATIVE, ABSOLUTE])
def test_links_do_not_multiply(link: Link) -> None:
    """Who copies copies of a link has soon laid links to anywhere, no longer list of them."""
    steps = [
        Effects(
            reads=frozenset({link.at, *(f"/s{before}/d{n}/**" for before in range(step) for n in range(9))}),
            writes=frozenset(f"/s{step}/d{n}/**" for n in range(9)),
        )
        for step in range(12)
    ]  # fmt: skip
    done = reduce(or_, steps, Effects(links=frozenset({link})))
    last = carrying(steps[-1], done.links)
    assert {k.at for k in last.links} >= steps[-1].writes
    assert len(done.links) < 12 * 9 * 40
    if link.absolute:
        assert {k.to for k in done.links} == {link.to}


def test_who_lists_a_folder_behind_links_of_a_tree_may_read_all_of_it() -> None:
    """Which folder it is cannot be told."""
    somewhere = frozenset({RELATIVE._replace(at="/d/**", to="/app/src")})
    done = through(Effects(lists=frozenset({"/d/x"})), somewhere)
    assert done.lists == {"/d/x"}
    assert done.reads == {"/app/src/**"}


def test_who_is_led_to_many_places_may_be_led_anywhere() -> None:
    """Links into places where links stand: all ways through them would be without end."""
    names = [f"/l{n}" for n in range(40)]
    links = frozenset(Link(f"{at}/a", f"{to}/a{at}") for at in names for to in names if at != to)
    done = through(Effects(reads=frozenset(f"{name}/a" for name in names)), links)
    assert "/**" in done.reads
