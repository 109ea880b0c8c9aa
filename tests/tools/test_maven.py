"""mvn, gradle and their kin."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

ROOT = "<project><groupId>g</groupId><artifactId>root</artifactId><version>1</version><packaging>pom</packaging><modules><module>a</module></modules></project>"
PARENT = (
    "<parent><groupId>g</groupId><artifactId>root</artifactId><version>1</version>{}</parent>"
)
MEMBER = f"<project>{PARENT.format('')}<artifactId>a</artifactId></project>"
BOOT = "<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version><relativePath/></parent>"
BOOT_PLUGIN = "<build><plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId>{}</plugin></plugins></build>"
EXEC = "<plugins><plugin><groupId>org.codehaus.mojo</groupId><artifactId>exec-maven-plugin</artifactId></plugin></plugins>"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
MVNW = """#!/bin/sh
# Apache Maven Wrapper startup batch script, version 3.3.2
exec "$JAVACMD" org.apache.maven.wrapper.MavenWrapperMain "$@"
"""
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
        ("mvn -B -q -Pprod dependency:list dependency:resolve-plugins", {}, {"pom.xml", "a/pom.xml"}),
        ("mvn -f a/pom.xml dependency:go-offline", {}, {"pom.xml", "a/pom.xml"}),
        ("mvn dependency:go-offline -s settings.xml", {"settings.xml": ""}, {"pom.xml", "a/pom.xml", "settings.xml"}),
        ("mvn dependency:go-offline", {".mvn/jvm.config": ""}, {"pom.xml", "a/pom.xml", ".mvn", ".mvn/**"}),
        ("mvn dependency:go-offline", {"pom.xml": "<project><systemPath>${project.basedir}/lib/x.jar</systemPath></project>", "lib/x.jar": ""}, {"pom.xml", "lib/x.jar", "lib/x.jar/**"}),
        ("mvn dependency:get -Dartifact=g:a:1", {"pom.xml": None}, set()),
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
        ("mvn deploy", {}, "mvn deploy runs the plugins"),
        ("mvn exec:java", {}, "mvn exec:java runs the plugins"),
        ("mvn spring-boot:run", {}, "mvn spring-boot:run runs the plugins"),
        ("mvn", {}, "runs the plugins"),
        ("MAVEN_ARGS=-Pprod mvn package", {}, "MAVEN_ARGS"),
        ("MAVEN_OPTS=-Dmaven.repo.local=/m mvn package", {}, "MAVEN_OPTS"),
        ("mvn dependency:go-offline", {".mvn/extensions.xml": ""}, "extensions.xml"),
        ("mvn dependency:copy-dependencies", {"pom.xml": "<project><parent><artifactId>x</artifactId></parent></project>"}, "parent that is not there"),
        ("mvn dependency:copy-dependencies", {"pom.xml": "<plugin><artifactId>maven-dependency-plugin</artifactId><configuration><outputDirectory>/x</outputDirectory></configuration></plugin>"}, "names /x"),
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
)  # fmt: skip
def test_doubts(script, files, doubt):
    """Goals of plugins, settings that move things, and build files that are programs, are doubts."""
    assert doubt in (run(script, files).doubt or "")


OUTPUTS = {f"/app/a/target/{name}/**" for name in ("dependency", "dependency-maven-plugin-markers")}


@pytest.mark.parametrize(
    ("script", "files", "writes"),
    [
        ("mvn dependency:go-offline", {}, set()),
        ("mvn -f a dependency:resolve", {}, {"/app/a/target"} | OUTPUTS),
        ("mvn dependency:copy-dependencies -DoutputDirectory=lib -f a", {}, {"/app/a/target", "/app/a/lib/**"} | OUTPUTS),
        (f"mvn -f a {COPY} -DoutputDirectory=/out/lib", {}, {"/app/a/target", "/out", "/out/lib/**"} | OUTPUTS),
        ("mvn -f a dependency:copy-dependencies", {"a/pom.xml": MEMBER.replace("</p", "<plugin><artifactId>maven-dependency-plugin</artifactId></plugin></p")}, {"/app/a/target"} | OUTPUTS),
        ("mvn -f a dependency:copy-dependencies", {"a/pom.xml": MEMBER + "<plugin><artifactId>maven-dependency-plugin</artifactId><configuration><outputDirectory>lib</outputDirectory></configuration></plugin>"}, {"/app/a/target", "/app/a/**"} | OUTPUTS),
        ("mvn -f a dependency:copy-dependencies", {"a/pom.xml": MEMBER + "<directory>out</directory>"}, {"/app/a/target", "/app/a/**"} | OUTPUTS),
    ],
)  # fmt: skip
def test_writes(script, files, writes):
    """What the goals of maven-dependency-plugin leave in the project."""
    effects = run(script, files)

    assert (None, writes) == (
        effects.doubt,
        {p for p in effects.writes if not p.startswith(("/root/.m2", "/tmp/"))},
    )


@pytest.mark.parametrize(
    ("script", "files", "reads", "writes"),
    [
        ("mvn package", {}, {"/app/**", "/app/a/**"}, {"/app/target/**", "/app/a/target/**"}),
        ("mvn -B clean install -DskipTests", {"a/src/test/T.java": ""}, {"/app/**", "/app/a/**"}, {"/app/target/**", "/app/a/target/**"}),
        ("mvn compile", {"a/src/test/T.java": ""}, {"/app/**", "/app/a/**"}, {"/app/target/**", "/app/a/target/**"}),
        ("mvn -f a package", {}, {"/app/a/**"}, {"/app/a/target/**"}),
        ("mvn package spring-boot:repackage", {"pom.xml": f"<project>{BOOT}{BOOT_PLUGIN.format('')}</project>"}, {"/app/**"}, {"/app/target/**"}),
        ("mvn package", {"pom.xml": "<project><build><finalName>x</finalName><directory>out</directory></build></project>"}, {"/app/**"}, {"/app/**"}),
        ("mvn package", {"pom.xml": f"<project><profile><id>x</id>{EXEC}</profile></project>"}, {"/app/**"}, {"/app/target/**"}),
        ("mvn package", {"pom.xml": f"<project><pluginManagement>{EXEC}</pluginManagement></project>"}, {"/app/**"}, {"/app/target/**"}),
    ],
)  # fmt: skip
def test_builds(script, files, reads, writes):
    """Builds with well-known plugins read the folders of the modules, and write what they are told to."""
    effects = run(script, files)

    assert effects.doubt is None
    assert reads == {p for p in effects.reads if p.startswith("/app") and p.endswith("/**")} - {"/app/META-INF/**"}
    assert writes == {p for p in effects.writes if p.startswith("/app")}


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("mvn package", {"a/src/test/T.java": ""}, "/app/a/src/test may hold tests"),
        ("mvn package", {"a/target/test-classes/T.class": ""}, "test-classes may hold tests"),
        ("mvn package -DskipTests=false", {"a/src/test/T.java": ""}, "may hold tests"),
        ("mvn package -DskipTests", {"a/src/test/T.java": "", "a/pom.xml": MEMBER + "<skipTests>false</skipTests>"}, "may hold tests"),
        ("mvn package -Dx=../y", {}, "may name a path"),
        ("mvn package", {"pom.xml": f"<project><build>{EXEC}</build></project>"}, "runs org.codehaus.mojo:exec-maven-plugin"),
        ("mvn package -Px", {"pom.xml": f"<project><profile><id>x</id>{EXEC}</profile></project>"}, "runs org.codehaus"),
        ("mvn package", {"pom.xml": f"<project><profile><activation></activation><id>x</id>{EXEC}</profile></project>"}, "runs org.codehaus"),
        ("mvn package -s s.xml", {"s.xml": "<activeProfile>x</activeProfile>"}, "s.xml chooses"),
        ("mvn package", {"pom.xml": "<project><plugin><artifactId>maven-enforcer-plugin</artifactId><dependencies></dependencies></plugin></project>"}, "adds code to"),
        ("mvn package", {"pom.xml": "<project><plugin><artifactId>maven-antrun-plugin</artifactId></plugin></project>"}, "maven-antrun-plugin"),
        ("mvn package", {"pom.xml": f"<project>{BOOT}{BOOT_PLUGIN.format('<goal>process-aot</goal>')}</project>"}, "runs the project"),
        ("mvn package", {"pom.xml": "<project><build><extensions></extensions></build></project>"}, "extensions"),
        ("mvn package", {"pom.xml": "<!DOCTYPE x><project/>"}, "DOCTYPE"),
        ("mvn package", {"pom.xml": "<project><packaging>bundle</packaging></project>"}, "packaging bundle"),
        ("mvn package", {"pom.xml": "<project><resource><directory>../x</directory></resource></project>"}, "../x"),
        ("mvn package", {"pom.xml": "<project><directory>${user.home}</directory></project>"}, "user.home"),
        ("mvn package", {"pom.xml": "<project><directory>/x</directory></project>"}, "names /x"),
        ("mvn -f a package", {"a/pom.xml": MEMBER.replace("<version>1", "<version>2")}, "parent that is not there"),
        ("mvn -f a package", {"a/pom.xml": f"<project>{PARENT.format('<relativePath/>')}</project>"}, "parent that is not there"),
        ("mvn package", {"a/src/main/resources/META-INF/services/javax.annotation.processing.Processor": "x"}, "which javac runs"),
    ],
)  # fmt: skip
def test_builds_in_doubt(script, files, doubt):
    """Tests, other plugins, parents that are not there and paths that lead elsewhere are doubts."""
    assert doubt in (run(script, files).doubt or "")


@pytest.mark.parametrize("jar", [None, "PK"])
def test_mvnw_fetches_what_is_missing(jar):
    """The script reads `.mvn` and itself; a jar that is not there it puts there."""
    path = ".mvn/wrapper/maven-wrapper.jar"
    effects = run("a/mvnw -f a dependency:go-offline", {"a/mvnw": MVNW, path: jar, ".mvn/jvm.config": ""})

    assert effects.doubt is None
    assert own(effects.reads) >= {"a/mvnw", ".mvn/**", "pom.xml", "a/pom.xml"}
    assert own(effects.writes) == own(effects.generated) == ({path} if jar is None else set())


@pytest.mark.parametrize(
    ("script", "text", "doubt"),
    [
        ("./mvnw package", MVNW.replace("org.apache.maven", "org.example"), "not a command"),
        ("./mvnw package", MVNW.replace("Maven Wrapper", "Maven"), "not a command"),
        ("MAVEN_CONFIG=-Pprod ./mvnw package", MVNW, "MAVEN_CONFIG tells mvnw"),
        ("./mvnw exec:java", MVNW, "mvn exec:java runs the plugins"),
    ],
)
def test_another_mvnw_is_a_doubt(script, text, doubt):
    """Only the wrapper's own script is taken for it."""
    assert doubt in (run(script, {"mvnw": text}).doubt or "")
