"""Every folder built for real: the same image before and after, and the promised reuse."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.builds.folders import build_cases
from tests.builds.images import build, configuration, differences, reused, tree
from tests.builds.laying import change, stands, written


@pytest.mark.parametrize(
    "case", [c for c in build_cases() if c.expected.get("build", True)], ids=lambda c: c.name
)
def test_same_image_and_reused(case, tmp_path, daemon):
    """Both images are the same; after a change, the rewritten file reuses what it promises."""
    before = case.lay_out(tmp_path / "before")
    contexts = (before, shutil.copytree(before, tmp_path / "after", symlinks=True))
    result = case.rewrite(before)
    for also in result.also:
        (contexts[1] / also.path).write_text(also.after)
    texts = [
        written(tmp_path, name, text)
        for name, text in (("original", result.before), ("rewritten", result.after))
    ]
    if not result.changed:
        build(daemon, texts[0], contexts[0])  # the trap is one: the build succeeds
        return

    def image(text: Path, context: Path, *, fresh: bool = False):
        name, _ = build(daemon, text, context, fresh=fresh)
        return tree(daemon, name), configuration(daemon, name)

    with ThreadPoolExecutor(2) as both:
        (trees, configurations) = zip(*both.map(image, texts, contexts), strict=True)
    found = differences(*trees)

    assert {p: what for p, what in found.items() if stands(case, p)} == {}
    assert configurations[0] == configurations[1]

    if unstable := case.expected.get("unstable", ()):
        again, _ = image(texts[0], contexts[0], fresh=True)
        moving = differences(trees[0], again)
        assert [p for p in unstable if not any(fnmatch(path, p) for path in moving)] == []

    pieces, needed = (case.expected.get(name, ()) for name in ("reused", "again"))
    if pieces or needed:
        arguments = [change(case, context) for context in contexts]
        said = [build(daemon, *given)[1] for given in zip(texts, contexts, arguments, strict=True)]
        assert {p: [reused(s, p) for s in said] for p in pieces} == {
            p: [[False], [True]] for p in pieces
        }
        assert {p: [reused(s, p) for s in said] for p in needed} == {
            p: [[False], [False]] for p in needed
        }
