"""Every folder built for real: the same image before and after, and the promised reuse."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.builds.folders import BuildCase, build_cases
from tests.builds.images import build, configuration, differences, reused, tree
from tests.builds.laying import change, stands, written


def named(case: BuildCase, path: str, key: str = "more") -> bool:
    """Whether a path may be in the rewritten image alone, or with `differs` be another there."""
    return any(fnmatch(path, pattern) for pattern in case.expected.get(key, ()))


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

    more = {p for p, (one, _) in found.items() if one is None and named(case, p)}
    other = {p for p, (one, _) in found.items() if one is not None and named(case, p, "differs")}
    assert {p: what for p, what in found.items() if stands(case, p) and p not in more | other} == {}
    assert [m for m in case.expected.get("more", ()) if not any(fnmatch(p, m) for p in more)] == []
    assert [m for m in case.expected.get("differs", ()) if not any(fnmatch(p, m) for p in other)] == []
    assert configurations[0] == configurations[1]

    if unstable := case.expected.get("unstable", ()):
        again, _ = image(texts[0], contexts[0], fresh=True)
        moving = differences(trees[0], again)
        assert [p for p in unstable if not any(fnmatch(path, p) for path in moving)] == []

    pieces, ahead, needed = (case.expected.get(key, ()) for key in ("reused", "ahead", "again"))
    if pieces or ahead or needed:
        arguments = [change(case, context) for context in contexts]
        said = [build(daemon, *given)[1] for given in zip(texts, contexts, arguments, strict=True)]
        assert {p: [reused(s, p) for s in said] for p in pieces} == {
            p: [[False], [True]] for p in pieces
        }
        assert {p: [reused(s, p) for s in said] for p in ahead} == {
            p: [[], [True]] for p in ahead
        }
        assert {p: [reused(s, p) for s in said] for p in needed} == {
            p: [[False], [False]] for p in needed
        }
