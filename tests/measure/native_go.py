"""Projects of Go for `tests.measure.native`."""

from __future__ import annotations

# Module -> its files, as a proxy has them.
MODULES = {
    "example.com/dep@v1.0.0": {"go.mod": "module example.com/dep\n\ngo 1.18\n", "dep.go": "package dep\n\nconst Name = 1\n"},
    "example.com/cmd@v1.0.0": {"go.mod": "module example.com/cmd\n\ngo 1.18\n", "main.go": "package main\n\nfunc main() {}\n"},
}  # fmt: skip
REST = {"README.md": "", "LICENSE": "", "docs/a.md": "", ".env": "A=1\n", "Dockerfile": "", "../beside.txt": ""}
MODULE = "module example.com/app\n\ngo 1.18\n"
MAIN = 'package main\n\nimport (\n\t_ "embed"\n\t"example.com/app/internal/x"\n)\n\n//go:embed static/index.html\nvar page string\n\n//go:generate touch made.txt\n\nfunc main() { println(page, x.X) }\n'
PLAIN = {
    **REST, "go.mod": MODULE, "main.go": MAIN, "internal/x/x.go": "package x\n\nconst X = 1\n",
    "static/index.html": "<p>", "static/more.html": "", "testdata/in.txt": "", "main_windows.go": "package main\n",
    "extra.go": "//go:build extra\n\npackage main\n\nvar Extra = 1\n", "cmd/tool/main.go": "package main\n\nfunc main() {}\n",
    "main_test.go": 'package main\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestA(t *testing.T) {\n\tif _, err := os.ReadFile("testdata/in.txt"); err != nil {\n\t\tt.Fatal(err)\n\t}\n}\n',
    "nested/go.mod": "module example.com/nested\n\ngo 1.18\n", "nested/n.go": "package nested\n", "other.mod": MODULE,
}  # fmt: skip
CHECKOUT = {"../.git/HEAD": "ref: refs/heads/main\n", "../.git/config": "[core]\n\tbare = false\n", "../.git/objects/info/packs": "", "../.git/refs/heads/.keep": "", "../.gitignore": "*.log\n"}
USES = 'package main\n\nimport "example.com/dep"\n\nfunc main() { println(dep.Name) }\n'
DEPENDS = {**REST, "go.mod": MODULE + "\nrequire example.com/dep v1.0.0\n", "main.go": USES}
LIB = {"go.mod": "module example.com/dep\n\ngo 1.18\n", "dep.go": "package dep\n\nconst Name = 2\n", "notes.txt": ""}
BESIDE = {f"../dep/{name}": text for name, text in LIB.items()}
REPLACED = {**DEPENDS, "go.mod": DEPENDS["go.mod"] + "\nreplace example.com/dep => ../dep\n", **BESIDE}
WITHIN = {**DEPENDS, "go.mod": DEPENDS["go.mod"] + "\nreplace (\n\texample.com/dep v1.0.0 => ./dep\n)\n", **{f"dep/{n}": t for n, t in LIB.items()}}
WORK = {**DEPENDS, **BESIDE, "go.work": "go 1.18\n\nuse (\n\t.\n\t../dep\n)\n"}
ABOVE = {**DEPENDS, **BESIDE, "../go.work": "go 1.18\n\nuse ./app\nuse ./dep\n"}
WORK_REPLACES = {**DEPENDS, **BESIDE, "go.work": "go 1.18\n\nuse .\n\nreplace example.com/dep => ../dep\n"}
NATIVE = {
    **REST, "go.mod": MODULE, "a.c": '#include "a.h"\n#include "more.inc"\nint a(void) { return A + B; }\n', "a.h": "#define A 1\nint a(void);\n",
    "more.inc": '#include "../out/b.h"\n', "../out/b.h": '#include "c.h"\n', "../out/c.h": "#define B 2\n", "../inc/d.h": "#define D 3\n", "../inc/e.h": "#define E 4\n",
    "main.go": 'package main\n\n// #cgo CFLAGS: -I${SRCDIR}/../inc\n// #include "a.h"\n// #include <d.h>\nimport "C"\n\nfunc main() { println(C.a() + C.D) }\n',
}  # fmt: skip
PATHS = {**REST, "go.mod": MODULE, "../inc/d.h": "#define D 3\n", "../pc/foo.pc": "Name: foo\nDescription: x\nVersion: 1\nCflags: -DD=3\n", "cc.sh": '#!/bin/sh\ntouch "$TOLD"\nexec gcc "$@"\n', "main.go": 'package main\n\n// #include <d.h>\nimport "C"\n\nfunc main() { println(C.D) }\n'}
PACKAGED = {**PATHS, "main.go": 'package main\n\n// #cgo pkg-config: foo\nimport "C"\n\nfunc main() { println(C.D) }\n'}
FETCH = ("go mod download", "go mod verify", "go mod graph", "go list -m all", "go build", "go vet ./...", "go mod tidy", "go mod vendor", "go test -c", "go list -deps ./...")

GO = (
    (PLAIN, "", ("go build", "go build ./...", "go build -o bin/app .", "go build -o bin/ ./...", "go build -o ../out/app .", "go build main.go", "go build -tags extra ./cmd/...", "go build -tags=extra .",
        "go build -trimpath -buildvcs=false -ldflags '-s -w -X main.V=1' -o app .", "CGO_ENABLED=0 GOOS=windows go build -o app.exe .", "go build ./cmd/tool", "cd cmd/tool && go build", "cd nested && go build ./...",
        "go build -modfile=other.mod", "GOFLAGS=-tags=extra go build", "go vet ./...", "go list ./...", "go list -json .", "go list -m", "go list -f '{{.Dir}}' ./cmd/...", "go test ./...", "go test -c -o t.bin", "go test -run TestA .",
        "GOBIN=$PWD/bin go install ./...", "go install ./cmd/tool", "go install example.com/cmd@v1.0.0", "go generate ./...", "go run .", "go run ./cmd/tool", "go mod tidy", "go mod download", "go mod verify", "go mod vendor", "go mod edit -json", "go mod edit -go=1.17", "go mod why example.com/dep",
        "go fmt ./...", "go clean", "go env GOPATH", "go version", "go doc .", "go get example.com/dep@v1.0.0", "go clean -cache", "go build -buildmode=c-archive -o lib.a ./cmd/tool", "cd nested && go mod download")),
    ({**PLAIN, **CHECKOUT}, "", ("go build", "go build -buildvcs=false", "go build -o out/tool ./cmd/tool", "go install")),
    (DEPENDS, "go mod tidy", (*FETCH, "go mod download all", "GOFLAGS=-mod=mod go build", "GOPROXY=off go list -m", "GO111MODULE=on go build -o app", "go get -d ./...", "go install")),
    (DEPENDS, "", ("go mod download", "go mod tidy", "go build -mod=mod", "go get -d ./...", "go list -mod=mod ./...", "go vet -mod=mod .")),
    (DEPENDS, "go mod tidy && go mod vendor", ("go build", "go build -mod=vendor", "GOFLAGS=-mod=vendor go build", "go build -mod=mod", "go vet ./...", "go list ./...", "go mod download", "go mod vendor", "go test -c")),
    (REPLACED, "", FETCH),
    (WITHIN, "", FETCH),
    (WORK, "", ("go mod download", "go mod graph", "go list -m all", "go build", "go vet ./...", "GOWORK=off go build -mod=mod", "go work sync", "go work edit -json", "go work use ../dep", "go env GOWORK", "go install")),
    (ABOVE, "", ("go mod download", "go build", "go list ./...", "GOWORK=$PWD/../go.work go build")),
    (WORK_REPLACES, "", ("go mod download", "go build", "go list -m all")),
    (NATIVE, "", ("go build", "go build ./...", "CGO_ENABLED=1 go vet ./...", "CGO_CFLAGS=-I../inc go build", "go list -compiled ./...")),
    (PATHS, "", ("CPATH=$PWD/../inc go build", "C_INCLUDE_PATH=$PWD/../inc go build", "CGO_CFLAGS=-I$PWD/../inc go build", "chmod +x cc.sh && CC=$PWD/cc.sh CPATH=$PWD/../inc TOLD=$PWD/told go build", "CPATH=$PWD/../inc GOENV=$PWD/../env go build")),
    (PACKAGED, "", ("PKG_CONFIG_PATH=$PWD/../pc go build",)),
    (REST, "", ("go mod init example.com/new", "go version", "go env -json", "go work init")),
)  # fmt: skip
