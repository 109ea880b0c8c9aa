"""The model says of each named scenario what buildah was seen to do, up to a few known cases."""

from __future__ import annotations

import json

import pytest

from tests.builds.playing import predict, steps_of
from tests.cache.recorded import BUILDAH, REFUSED
from tests.cache.scenarios import SCENARIOS

PLAYED = {builder: json.loads(file.read_text()) for builder, file in BUILDAH.items()}
BY_MARK = {scenario.mark: scenario for scenario in SCENARIOS}
EACH = [
    (builder, name)
    for builder, played in PLAYED.items()
    for name, (_, seen) in played.items()
    if seen != REFUSED
]
_ALWAYS = frozenset({"buildah-1.28", "buildah"})
# What the model is wrong about, on which versions, and why. But for the last two and the times it
# takes for new what is found.
_NAMES = {
    # A mode is that of the file as it lands, without setuid; that of the folder itself is in none.
    "change: its mode, setuid",
    "change: its mode below --chmod",
    "change: the mode of the folder itself",
    "stage, changed: the mode of the folder that is the source",
    "COPY: --chmod that changes nothing",
    "stage, copied: the mode that it has",
    "stage, changed: the mode of a file below --chmod",
    # The digest is of what is unpacked, without times.
    "change: an archive that ADD unpacks, packed anew",
    "stage, changed: an archive that ADD unpacks, packed anew",
    # A name is in the digest, not in the model's key of what a stage holds.
    "stages: a file of a stage instead of the context's",
    "stages: a file of the context instead of a stage's",
    # A file that was overwritten has another digest: here the model takes for found what is new.
    "stage, copied: a file is overwritten by itself",
    "stage, changed: a file that another one hides",
}
_NEWER = {
    # Times are in the digest of a mount (1.39; no more in 1.44): each folder of a scenario is new.
    "RUN: bind of a folder: a file beside it changes",
    "RUN: bind of a folder, rw: a file beside it changes",
    # What is mounted and does not count is not looked for.
    "RUN: bind of a source that is not there",
    # The pattern is not one below the source (so until 1.44).
    "versions: COPY --exclude, what is excluded",
}
KNOWN = {**dict.fromkeys(_NAMES, _ALWAYS), **dict.fromkeys(_NEWER, frozenset({"buildah"}))}


@pytest.mark.parametrize(("builder", "name"), EACH)
def test_the_model_agrees(builder, name):
    mark, seen = PLAYED[builder][name]
    scenario = BY_MARK[mark]
    predicted = steps_of(predict(scenario.builds(), builder), scenario)
    agreed = predicted == seen or (
        len(predicted) == len(seen)
        and all(model in {"?", real} for model, real in zip(predicted, seen, strict=True))
    )
    assert agreed != (builder in KNOWN.get(name, ())), f"{predicted} is not {seen}"


def test_each_scenario_was_played_for_real():
    """On the buildah of Debian 12; on a newer one what may differ there."""
    played = {name: mark for name, (mark, _) in PLAYED["buildah-1.28"].items()}

    assert {s.name: s.mark for s in SCENARIOS if "20" in s.builders} == played
    assert 50 <= len(PLAYED["buildah"])


def test_what_is_not_known_is_rare():
    """As with BuildKit."""
    said = [predict(BY_MARK[PLAYED[b][name][0]].builds(), b)[-1] for b, name in EACH]
    assert sum(list(each.values()).count(None) for each in said) <= 60
