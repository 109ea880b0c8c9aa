"""What buildah and podman of Debian 12 (1.28.2 and 4.3.1) say, and what is made of it."""

from __future__ import annotations

import json

import pytest

from optimizer.verify.builder import Builder
from optimizer.verify.steps import rules

SETTINGS = {"Env": ["A=1"], "Labels": {"a": "1"}}
HEALTH = {"Test": ["CMD", "true"]}
# `buildah inspect --type image`: Healthcheck, OnBuild and Shell are in Docker's form alone.
OF_BUILDAH = {"OCIv1": {"config": SETTINGS}, "Docker": {"config": {**SETTINGS, "OnBuild": ["RUN a"]}}}
# `podman image inspect`: the health check stands beside the rest.
OF_PODMAN = [{"Config": SETTINGS, "Healthcheck": HEALTH}]


@pytest.fixture
def saying(tmp_path):
    """A builder that says the same whatever it is asked."""

    def make(kind: str, text: str) -> Builder:
        (tmp_path / "said").write_text(text)
        program = tmp_path / kind
        program.write_text(f"#!/bin/sh\ncat {tmp_path}/said\n")
        program.chmod(0o755)
        return Builder(kind, str(program))

    return make


def test_the_configuration_of_an_image_in_buildah(saying):
    found = saying("buildah", json.dumps(OF_BUILDAH)).config("t")

    assert {**SETTINGS, "OnBuild": ["RUN a"]} == found


def test_the_configuration_of_an_image_in_podman(saying):
    assert {**SETTINGS, "Healthcheck": HEALTH} == saying("podman", json.dumps(OF_PODMAN)).config("t")


@pytest.mark.parametrize(
    ("kind", "said", "version", "builder"),
    [
        ("buildah", "buildah version 1.28.2 (image-spec 1.1.0-rc2)", (1, 28), "buildah-1.28"),
        ("buildah", "buildah version 1.39.3 (image-spec 1.1.0)", (1, 39), "buildah"),
        ("podman", "1.28.2", (1, 28), "buildah-1.28"),
        ("podman", "1.40.0", (1, 40), "buildah"),
        ("podman", "no such field", None, "buildah"),
        ("buildx", "buildx v0.12", None, "buildkit"),
        ("docker", "24", None, "buildkit-0.8"),
    ],
)
def test_by_whose_rules_it_caches(saying, kind, said, version, builder):
    """Podman builds with a buildah of its own."""
    found = saying(kind, said)

    assert (version, builder) == (found.buildah, rules(found))


def test_a_builder_that_does_not_answer_has_no_version():
    assert Builder("buildah", "/nonexistent").buildah is None
