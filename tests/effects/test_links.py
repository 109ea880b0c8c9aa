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
        (RELATIVE, "/app/**", {"/app/**", "/app/apps/site/**"}),
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
