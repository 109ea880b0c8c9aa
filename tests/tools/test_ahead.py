"""What tools offer to have done ahead of a RUN, and when they do not."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

GO = {
    "go.mod": "module example.com/app\n\ngo 1.22\n\nrequire example.com/dep v1.0.0\n",
    "go.sum": "example.com/dep v1.0.0 h1:x=\nexample.com/dep v1.0.0/go.mod h1:y=\n",
    "main.go": "package main\n",
}
UV = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n[build-system]\nbuild-backend = "hatchling.build"\n',
    "uv.lock": 'version = 1\n[[package]]\nname = "app"\nsource = { editable = "." }\n',
}
POETRY = {
    "pyproject.toml": '[tool.poetry]\nname = "app"\nversion = "1"\n',
    "poetry.lock": '[metadata]\nlock-version = "2.0"\n',
}
UNPACKAGED = {"pyproject.toml": '[project]\nname = "app"\nversion = "1"\n'}
WORKSPACE = {
    "pyproject.toml": UV["pyproject.toml"] + '[tool.uv.workspace]\nmembers = ["lib"]\n',
    "lib/pyproject.toml": UV["pyproject.toml"],
}



def _json(**fields):
    return json.dumps({"name": "app", "version": "1.0.0", **fields}, indent=2) + "\n"


def _locked(*places, **entry):
    one = {"version": "1.0.0", "resolved": "https://example.com/a.tgz", "integrity": "sha512-x", **entry}
    own = {"name": "app", "version": "1.0.0"}
    packages = {"": own, **dict.fromkeys(places, one)}
    return _json(lockfileVersion=3, requires=True, packages=packages)


A, LIB = "node_modules/a", "lib/node_modules/a"
UNBUILT, BUILDS = _json(), _json(scripts={"prepare": "vite build"})
MEMBERS = _json(workspaces=["lib"], scripts={"prepare": "vite build"})
NPM = {"package.json": BUILDS, "package-lock.json": _locked(A)}
NPM_MEMBERS = {
    "package.json": MEMBERS,
    "lib/package.json": '{"name":"lib","version":"1.0.0"}',
    "package-lock.json": _locked(A, LIB),
}
YARN = {"package.json": BUILDS, "yarn.lock": "# yarn lockfile v1\n"}
YARN_MEMBERS = {**YARN, "package.json": MEMBERS, "lib/package.json": '{"name":"lib","version":"1.0.0"}'}
BERRY = {
    "package.json": '{"name":"app","scripts":{"postinstall":"vite build"}}',
    "yarn.lock": '__metadata:\n  version: 8\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "app@workspace:."\n',
}
PNPM = {"package.json": BUILDS, "pnpm-lock.yaml": "lockfileVersion: '9.0'\nimporters:\n  .: {}\n"}
NPM_CACHED = "--ignore-scripts --logs-dir=node_modules && rm -rf node_modules"


def offered(script, files, **given):
    placed = {f"/app/{name}": text for name, text in files.items() if text is not None}
    return [each for each in effects_of(script, placed, **given).ahead if not each.refused]


@pytest.mark.parametrize(
    ("script", "files", "command"),
    [
        ("go build -o /srv .", GO, "go mod download"),
        ("go install ./...", GO, "go mod download"),
        ("/usr/bin/go build .", GO, "/usr/bin/go mod download"),
        ("go build ./a && go build ./b", GO, "go mod download"),
        ("mkdir -p /out && go build -mod=readonly -o /out/srv .", GO, "go mod download"),
        ("uv sync", UV, "uv sync --no-install-project"),
        ("uv -q sync --locked --extra web", UV, "uv -q sync --locked --extra web --no-install-project"),
        ("uv sync --frozen", UV | WORKSPACE, "uv sync --frozen --no-install-workspace"),
        ("poetry install", POETRY, "poetry install --no-root"),
        ("poetry install -n --only main -E web", POETRY, "poetry install -n --only main -E web --no-root"),
        ("npm ci", NPM, f"npm ci {NPM_CACHED}"),
        ("npm ci --unsafe-perm --omit=dev && npm run lint", NPM, f"npm ci --unsafe-perm --omit=dev {NPM_CACHED}"),
        ("npm ci && npm prune --omit=dev", NPM, f"npm ci {NPM_CACHED}"),
        ("npm ci", NPM_MEMBERS, f"npm ci {NPM_CACHED} lib/node_modules"),
        ("yarn --frozen-lockfile", YARN, "yarn --frozen-lockfile --ignore-scripts && rm -rf node_modules"),
        ("yarn && yarn lint", YARN, "yarn --ignore-scripts && rm -rf node_modules"),
        ("yarn install", YARN_MEMBERS, "yarn install --ignore-scripts && rm -rf node_modules lib/node_modules"),
        ("yarn install --immutable", BERRY, "yarn install --immutable --mode=skip-build"),
        ("yarn", BERRY, "yarn --mode=skip-build"),
        ("pnpm i --frozen-lockfile", PNPM, "pnpm fetch && rm -rf node_modules"),
        ("pnpm install --prod", PNPM, "pnpm fetch --prod && rm -rf node_modules"),
    ],
)  # fmt: skip
def test_a_part_is_offered(script, files, command):
    """With the options of the whole."""
    assert [command] == [each.shown for each in offered(script, files)]


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ("go mod download && go build .", GO),
        ("go get ./... && go build .", GO),
        ("go vet ./...", GO),
        ("go install example.com/tool@v1.2.3", GO),
        ("go build -mod=vendor .", GO),
        ("go build -mod=mod .", GO),
        ("go build -modfile=other.mod .", GO | {"other.mod": GO["go.mod"]}),
        ("go build -modcacherw .", GO),
        ("GOFLAGS=-mod=vendor go build .", GO),
        ("GO111MODULE=off go build .", GO),
        ("GOPROXY=off go build .", GO),
        ("go build .", GO | {"vendor/modules.txt": ""}),
        ("go build .", GO | {"go.work": "go 1.22\nuse .\n"}),
        ("go build .", GO | {"go.mod": "module example.com/app\n\ngo 1.22\n"}),
        ("go build .", GO | {"go.mod": None}),
        ("./configure && go build .", GO),
        ("go build . && go clean -modcache", GO),
        ("go build . && ls /root/go/pkg/mod", GO),
        ("grep -q x /etc/os-release || go build .", GO),
        ("for m in a b; do go build ./$m; done || true", GO),
        ("uv sync --no-install-project", UV),
        ("uv sync --only-dev", UV),
        ("uv sync --upgrade", UV),
        ("uv sync --reinstall", UV),
        ("uv sync --inexact", UV),
        ("uv sync --directory lib", UV),
        ("uv sync", UV | {"uv.lock": None}),
        ("uv sync", UV | UNPACKAGED),
        ("uv sync", UV | {"pyproject.toml": UV["pyproject.toml"] + "[tool.uv]\nno-build-isolation = true\n"}),
        ("uv sync", UV | {"uv.toml": 'no-build-isolation-package = ["app"]\n'}),
        ("UV_NO_BUILD_ISOLATION=1 uv sync", UV),
        ("uv sync && rm -rf /app/.venv/lib/x", UV),
        ("uv export -o r.txt", UV),
        ("poetry install --no-root", POETRY),
        ("poetry install --only-root", POETRY),
        ("poetry install --compile", POETRY),
        ("poetry install -C lib", POETRY),
        ("poetry install", POETRY | {"poetry.lock": None}),
        ("poetry install", POETRY | {"pyproject.toml": POETRY["pyproject.toml"] + "package-mode = false\n"}),
        ("poetry install && rm -rf /root/.cache/pypoetry", POETRY),
        ("poetry install", POETRY | {"pyproject.toml": POETRY["pyproject.toml"] + "[tool.poetry-dynamic-versioning]\nenable = true\n"}),
        ("poetry install", POETRY | {"pyproject.toml": POETRY["pyproject.toml"] + '[tool.poetry.requires-plugins]\nany = "*"\n'}),
        ("poetry update", POETRY),
        ("npm ci", NPM | {"package.json": UNBUILT}),
        ("npm ci --ignore-scripts", NPM),
        ("npm ci", NPM | {"package-lock.json": None}),
        ("npm install", NPM | {"package-lock.json": _json(lockfileVersion=3, packages={"": {"name": "other"}})}),
        ("npm ci", NPM | {"package-lock.json": _locked(A, resolved="git+ssh://git@example.com/a.git#0")}),
        ("npm ci", NPM_MEMBERS | {"package-lock.json": '{"lockfileVersion":1,"dependencies":{}}'}),
        ("npm ci", NPM_MEMBERS | {"package-lock.json": _locked(*(f"p{n}/{A}" for n in range(4)))}),
        ("npm ci", NPM | {"node_modules/a/index.js": ""}),
        ("npm ci --prefix lib", NPM_MEMBERS),
        ("npm ci -w lib", NPM_MEMBERS),
        ("cd lib && npm ci", NPM_MEMBERS),
        ("npm install left-pad", NPM),
        ("npm prune", NPM),
        ("npm cit", NPM),
        ("npm ci && npm cache clean --force", NPM),
        ("npm ci && rm -rf /root/.npm", NPM),
        ("yarn --frozen-lockfile", YARN | {"package.json": UNBUILT}),
        ("yarn", YARN | {"yarn.lock": None}),
        ("yarn --frozen-lockfile", YARN | {"yarn.lock": 'a@file:./a:\n  version "1"\n'}),
        ("yarn --frozen-lockfile", YARN | {".yarnrc": 'yarn-offline-mirror "./held"\n'}),
        ("yarn --frozen-lockfile --force", YARN),
        ("yarn --frozen-lockfile --flat", YARN),
        ("yarn --frozen-lockfile && yarn cache clean", YARN),
        ("yarn add left-pad", YARN),
        ("yarn install --mode=update-lockfile", BERRY),
        ("yarn", BERRY | {"yarn.lock": BERRY["yarn.lock"].replace("version: 8", "version: 4")}),
        ("yarn", BERRY | {"node_modules/a/index.js": ""}),
        ("yarn", BERRY | {".yarn/install-state.gz": ""}),
        ("yarn workspaces focus", BERRY),
        ("pnpm install --frozen-lockfile", PNPM | {"package.json": UNBUILT}),
        ("pnpm install --frozen-lockfile", PNPM | {"pnpm-lock.yaml": None}),
        ("pnpm install --frozen-lockfile --shamefully-hoist", PNPM),
        ("pnpm install --frozen-lockfile --filter app", PNPM),
        ("pnpm install --frozen-lockfile", PNPM | {".pnpmfile.cjs": "require('./src')"}),
        ("pnpm fetch && pnpm install", PNPM),
        ("pnpm install --lockfile-only", PNPM),
        ("pnpm add left-pad", PNPM),
    ],
)  # fmt: skip
def test_no_part_is_offered(script, files):
    """Where it is done already, is not the same, would be removed, or may not happen."""
    assert [] == offered(script, files)


@pytest.mark.parametrize(
    ("script", "files", "env", "leaves"),
    [
        ("go build .", GO, {}, True),
        ("uv sync", UV, {}, True),
        ("uv sync", UV, {"UV_NO_CACHE": "1"}, False),
        ("uv sync", UV, {"UV_NO_CACHE": "0"}, True),
        ("uv sync --no-cache", UV, {}, False),
        ("poetry install", POETRY, {}, True),
        ("poetry install", POETRY, {"PYTHONDONTWRITEBYTECODE": "1"}, False),
        ("poetry install", POETRY, {"POETRY_VIRTUALENVS_CREATE": "true"}, False),
        ("poetry install", POETRY, {"POETRY_VIRTUALENVS_CREATE": "false"}, True),
        ("npm ci", NPM, {}, False),
        ("npm ci", NPM | {"package-lock.json": _locked(A, resolved="")}, {}, True),
        ("npm ci", NPM | {"package-lock.json": _json(lockfileVersion=1, dependencies={})}, {}, True),
    ],
)
def test_what_a_part_may_leave(script, files, env, leaves):
    """Only where nothing more may be left is the image the same."""
    (part,) = offered(script, files, env=env)

    assert leaves == bool(part.leaves)
    assert part.more


@pytest.mark.parametrize(
    ("image", "commands"),
    [("node:20", [f"npm i --no-save {NPM_CACHED}"]), ("node:14", []), ("", [])],
)
def test_npm_saves_no_lock_ahead(image, commands):
    """As npm 7 and later keep to `--no-save`."""
    found = offered("npm i", NPM, image=image, env={"PATH": "/usr/local/bin:/bin"})

    assert commands == [each.shown for each in found]


def test_a_part_done_in_the_same_run_costs_once():
    """`go mod download && go build` is as dear as `go build` alone."""
    files = {f"/app/{name}": text for name, text in GO.items()}
    alone, both = (
        effects_of(s, files).seconds for s in ("go build .", "go mod download && go build .")
    )

    assert alone == both
