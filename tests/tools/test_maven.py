"""mvn, gradle and their kin."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

ROOT = "<project><modules><module>a</module></modules></project>"
MEMBER = "<project><parent><artifactId>root</artifactId></parent></project>"
APP = {"pom.xml": ROOT, "a/pom.xml": MEMBER, "a/src/A.java": ""}


def run(script, files=None):
    placed = {**APP, **(files or {})}
    return effects_of(script, {f"/app/{n}": t for n, t in placed.items() if t is not None})


def own(paths):
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("mvn dependency:go-offline", {}, {"pom.xml", "a/pom.xml"}),
        ("mvn -B -q -Pprod dependency:resolve dependency:resolve-plugins", {}, {"pom.xml", "a/pom.xml"}),
        ("mvn -f a/pom.xml dependency:go-offline", {}, {"pom.xml", "a/pom.xml"}),
        ("mvn dependency:go-offline -s settings.xml", {"settings.xml": ""}, {"pom.xml", "a/pom.xml", "settings.xml"}),
        ("mvn dependency:go-offline", {".mvn/jvm.config": ""}, {"pom.xml", "a/pom.xml", ".mvn", ".mvn/**"}),
        ("mvn dependency:go-offline", {"pom.xml": "<project><systemPath>${project.basedir}/lib/x.jar</systemPath></project>", "lib/x.jar": ""}, {"pom.xml", "lib/x.jar", "lib/x.jar/**"}),
        ("mvn dependency:go-offline", {"pom.xml": "<project><!-- <module>b</module> --></project>"}, {"pom.xml"}),
    ],
)  # fmt: skip
def test_reads_exactly_these(script, files, reads):
    """The offline goals read the poms, of modules and of parents."""
    effects = run(script, files)

    assert (None, reads) == (effects.doubt, own(effects.reads))


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("mvn package", {}, "mvn package runs the plugins"),
        ("mvn", {}, "runs the plugins"),
        ("mvn clean dependency:go-offline", {}, "mvn clean"),
        ("mvn dependency:go-offline -Dmaven.repo.local=/m", {}, "moves what mvn reads"),
        ("mvn dependency:go-offline", {"pom.xml": None}, "not known"),
        ("mvn dependency:go-offline", {"pom.xml": "<module>${x}</module>"}, "${x}"),
        ("mvn dependency:go-offline", {".mvn/maven.config": "-Dx"}, "maven.config"),
        ("mvn --frobnicate dependency:tree", {}, "--frobnicate"),
        ("gradle build", {}, "build.gradle, which is the project's own program"),
        ("sbt compile", {}, "build.sbt"),
        ("lein deps", {}, "project.clj"),
        ("ant", {}, "build.xml"),
    ],
)
def test_doubts(script, files, doubt):
    """The lifecycle, and build files that are programs, are doubts."""
    assert doubt in (run(script, files).doubt or "")
