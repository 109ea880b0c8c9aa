"""go: modules, workspaces, builds."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

MODULE = "module example.org/team/app/v2\n\ngo 1.21\n\nrequire example.org/dep v1.2.0\n"
SUMS = "example.org/dep v1.2.0 h1:x=\nexample.org/dep v1.2.0/go.mod h1:y=\n"
APP = {"go.mod": MODULE, "go.sum": SUMS, "main.go": "package main\n", "README.md": ""}
NATIVE = 'package main\n\n// #cgo CFLAGS: -I${SRCDIR}/../include\n// #include "../native/a.h"\nimport "C"\n'


def run(script, files=None, **given):
    placed = {**APP, **(files or {})}
    return effects_of(
        script,
        {n if n.startswith("/") else f"/app/{n}": t for n, t in placed.items() if t is not None},
        **given,
    )


def own(paths):
    """The paths outside of go's own folders."""
    return {p for p in paths if not p.startswith(("/root/", "/tmp/", "/go/"))}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("go mod download", {}, {"/app/go.mod", "/app/go.sum"}),
        ("go mod download -x", {}, {"/app/go.mod", "/app/go.sum"}),
        ("go mod verify", {}, {"/app/go.mod", "/app/go.sum"}),
        ("go mod download", {"go.mod": MODULE + "replace example.org/dep => ../dep\n", "/dep/go.mod": "module d"}, {"/app/go.mod", "/app/go.sum", "/dep/go.mod"}),
        ("go mod download", {"go.mod": MODULE + "replace (\n\ta => ./a // here\n)\n", "a/go.mod": ""}, {"/app/go.mod", "/app/go.sum", "/app/a/go.mod"}),
        ("go mod download", {"/go.work": "go 1.21\nuse (\n\t./app\n\t./common\n)\n", "/common/go.mod": "module l"}, {"/go.work", "/app/go.mod", "/app/go.sum", "/common/go.mod"}),
        ("GOWORK=off go mod download", {"/go.work": "use ./lib", "/lib/go.mod": ""}, {"/app/go.mod", "/app/go.sum"}),
        ("go -C web mod download", {"web/go.mod": "module w"}, {"/app/web/go.mod"}),
        ("cd cmd && go mod download", {"cmd/main.go": ""}, {"/app/go.mod", "/app/go.sum"}),
        ("go install example.org/tool@v1.0.0", {}, set()),
        ("go version", {}, {"/app/go.mod", "/app/go.sum"}),
    ],
)  # fmt: skip
def test_reads_exactly_these(script, files, reads):
    """What does not compile reads manifests alone."""
    effects = run(script, files)

    assert (None, reads) == (effects.doubt, own(effects.reads))


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("go build", {}, "/app/**"),
        ("go build ./...", {"go.mod": MODULE + "replace a => ../a\n", "/a/go.mod": ""}, "/a/**"),
        ("go build .", {"/go.work": "use (\n./app\n./lib\n)\n", "/lib/go.mod": "module l\n"}, "/lib/**"),
        ("go vet ./...", {}, "/app/**"),
        ("go mod tidy", {}, "/app/**"),
        ("go mod vendor", {}, "/app/**"),
        # The checkout around a module is stamped into the program.
        ("go build", {"/.git/HEAD": ""}, "/**"),
        ("go build", {"main.go": NATIVE, "/native/a.h": ""}, "/native/a.h/**"),
        ("go build", {"main.go": NATIVE, "/include/b.h": ""}, "/include/**"),
        ("CGO_CFLAGS='-I/opt/x' go build", {}, "/opt/x/**"),
        ("go build", {"a.c": '#include "a.inc"\n', "a.inc": '#include "../native/a.h"\n', "/native/a.h": '#include "b.h"\n', "/native/b.h": ""}, "/native/b.h/**"),
        ("go build", {"main.go": NATIVE, "/include/b.h": '#include "../deep/c.h"\n', "/deep/c.h": ""}, "/deep/c.h/**"),
        ("CPATH=/inc go build", {"/inc/b.h": ""}, "/inc/**"),
        ("PKG_CONFIG_PATH=/pc go vet", {}, "/pc/**"),
        ("go doc .", {}, "/app/**"),
        ("go build -pgo=../p.pprof", {"/p.pprof": ""}, "/p.pprof"),
    ],
)  # fmt: skip
def test_a_build_reads_this_too(script, files, reads):
    """A build reads the whole module and all that it reaches."""
    effects = run(script, files)

    assert effects.doubt is None
    assert reads in effects.reads


@pytest.mark.parametrize("script", ["go build -buildvcs=false", "go mod download"])
def test_the_checkout_is_not_read(script):
    """Without stamping nobody looks for a repository."""
    effects = run(script, {"/.git/HEAD": ""})

    assert "/**" not in effects.reads


@pytest.mark.parametrize(
    ("script", "writes"),
    [
        ("go mod download", set()),
        ("go build", {"/app/app", "/app/app.exe"}),
        ("go build ./cmd/server", {"/app/server", "/app/server.exe"}),
        ("go build main.go", {"/app/main", "/app/main.exe"}),
        ("go build ./...", {"/app/**"}),
        ("go build -o bin/x ./cmd/x", {"/app/bin", "/app/bin/x"}),
        ("go build -o bin/ ./...", {"/app/bin/**"}),
        ("go build -o=/out/x .", {"/out", "/out/x"}),
        ("go mod vendor", {"/app/go.mod", "/app/go.sum", "/app/vendor/**"}),
        ("GOBIN=/opt/bin go install ./...", {"/opt/bin/**"}),
        ("go vet ./...", set()),
        ("go vet -mod=mod ./...", {"/app/go.mod", "/app/go.sum"}),
        ("GOFLAGS=-modcacherw go env -json", set()),
    ],
)
def test_writes_exactly_these(script, writes):
    """Beside its caches, go leaves what is asked for."""
    effects = run(script)

    assert (None, writes) == (effects.doubt, own(effects.writes))


@pytest.mark.parametrize(("script", "unknown"), [("go mod download", "/app/**"), ("go mod verify", "/app/go.mod"), ("go mod download", "/app/go.work")])
def test_a_download_of_a_module_that_is_not_known(script, unknown):
    """It may ask for a go.mod anywhere, and writes nothing but its own files beside those that it finds."""
    effects = run(script, {"go.mod": None} if unknown != "/app/go.work" else {}, unknown=[unknown])

    assert effects.doubt is None
    assert (effects.reads >= {"/**"}, effects.network, effects.unpinned) == (True, True, True)
    assert own(effects.writes) >= {"/app/go.mod", "/app/go.sum", "/app/go.work.sum"}
    assert {path.rpartition("/")[2] for path in own(effects.writes)} == {"go.mod", "go.sum", "go.work", "go.work.sum"}


@pytest.mark.parametrize(
    ("script", "files", "given", "doubt"),
    [
        ("go run .", {}, {}, "own program"),
        ("go generate ./...", {}, {}, "whatever commands"),
        ("go test ./...", {}, {}, "own tests"),
        ("go tool x", {}, {}, "not a command"),
        ("go build -overlay o.json", {}, {}, "-overlay"),
        ("go build -toolexec x", {}, {}, "-toolexec"),
        ("go build --frobnicate", {}, {}, "--frobnicate".removeprefix("-")),
        ('go build -o "$OUT" .', {}, {"env": {"OUT": "\0"}}, "not known"),
        ("go build", {"go.mod": None}, {"unknown": ["/app/**"]}, "whether there is a /app/go.mod is not known"),
        ("go mod tidy", {"go.mod": None}, {"unknown": ["/app/**"]}, "not known"),
        ("go mod download", {"go.mod": None}, {"unknown": ["/app/**"], "env": {"GOWORK": "\0"}}, "not known"),
        ("GOWORK=/w/go.work go mod download", {"go.mod": None}, {"unknown": ["/app/**"]}, "not known"),
        ("go mod download -modfile=b.mod", {"b.mod": None}, {"unknown": ["/app/**"]}, "not known"),
        ("go build", {"go.mod": None}, {}, "no go.mod"),
        ("go vet -vettool=x", {}, {}, "program of its own"),
        ("go build", {}, {"env": {"GOFLAGS": "\0"}}, "GOFLAGS"),
        ("go work sync", {}, {}, "go work sync"),
        ("go env -w GOPROXY=direct GOPATH=/x", {}, {}, "go env moves GOPATH"),
    ],
)  # fmt: skip
def test_doubts(script, files, given, doubt):
    """What is the project's own, or not known, is said."""
    assert doubt in (run(script, files, **given).doubt or "")


@pytest.mark.parametrize(
    ("name", "files", "env", "value"),
    [
        ("GOPATH", {}, {}, "/root/go"),
        ("GOPATH", {}, {"HOME": "/h"}, "/h/go"),
        ("GOPATH", {}, {"GOPATH": "/a:/b"}, "/a:/b"),
        ("GOCACHE", {}, {}, "/root/.cache/go-build"),
        ("GOCACHE", {}, {"XDG_CACHE_HOME": "/x"}, "/x/go-build"),
        ("GOBIN", {}, {}, ""),
        ("GOPATH", {"/root/.config/go/env": "GOPROXY=direct\nGOPATH=/own\n"}, {}, "/own"),
        ("GOPATH", {"/x/go/env": "GOPATH=/own\n"}, {"XDG_CONFIG_HOME": "/x"}, "/own"),
        ("GOPATH", {"/x/go/env": "GOPATH=/own\n"}, {"XDG_CONFIG_HOME": "/x", "GOENV": "off"}, "/root/go"),
        ("GOPATH", {"/root/go/VERSION": "go1.22"}, {}, None),
        ("GOPATH", {}, {"GOPATH": "\0"}, None),
        ("GOPATH", {}, {"GOPATH": "relative"}, None),
        ("GOCACHE", {}, {"XDG_CACHE_HOME": "x"}, None),
        ("GOMODCACHE", {}, {}, None),
        ("GOOS", {}, {}, None),
    ],
)  # fmt: skip
def test_says_where_things_are(name, files, env, value):
    """`$(go env GOPATH)`: the environment's, that of go's own file, the usual one; else not known."""
    found = dict(run(f"go env {name} > /out", files, env=env).contents)

    assert found.get("/out") == (None if value is None else value + "\n")


@pytest.mark.parametrize(
    ("files", "lacking"),
    [
        ({}, ""),
        ({"go.sum": ""}, "go.sum lacks a sum of example.org/dep"),
        ({"go.sum": "example.org/dep v1.2.0 h1:x=\n"}, "go.sum lacks"),
        ({"go.mod": MODULE.replace("go 1.21\n", "")}, "no go directive"),
        (
            {
                "go.mod": MODULE + "replace example.org/dep => ./dep\n",
                "go.sum": "",
                "dep/go.mod": "",
            },
            "",
        ),
    ],
)
def test_lock_in_sync(files, lacking):
    """`go mod download` writes go.mod and go.sum only if they lack something."""
    found = {c.path: c.violated for c in run("go mod download", files).conditional}

    assert set(found) == {"/app/go.mod", "/app/go.sum"}
    assert all((lacking in why) if lacking else not why for why in found.values())


@pytest.mark.parametrize(
    ("script", "unpinned"),
    [
        ("go install a.b/c@v1.2.3", False),
        ("go install a.b/c@latest", True),
        ("go get a.b/c", True),
        ("go mod download", False),
    ],
)
def test_unpinned(script, unpinned):
    """A whole version, or go.sum, fixes what is fetched."""
    assert unpinned is run(script).unpinned


@pytest.mark.parametrize("script", ["go build", "go vet ./...", "go list -m all"])
def test_a_workspace_keeps_sums_of_its_own(script):
    """What loads packages writes go.work.sum, if that lacks something."""
    files = {"go.work": "go 1.21\nuse .\n"}

    assert "/app/go.work.sum" in {c.path for c in run(script, files).conditional if c.violated}
    assert not [c for c in run(script, {**files, "go.work.sum": ""}).conditional if c.violated]


def test_a_compiler_of_the_project_may_do_anything():
    """CC may name a script."""
    script = "CC=/app/cc.sh go build"

    assert "go starts /app/cc.sh" in (run(script, {"cc.sh": ""}).doubt or "")
    assert run(f"CGO_ENABLED=0 {script}", {"cc.sh": ""}).doubt is None
