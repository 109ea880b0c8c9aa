"""yarn 1 and yarn 2 to 4, pnpm, corepack."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

ROOT = {"name": "app", "version": "1.0.0", "dependencies": {"ms": "^2.1.2"}}
CLASSIC = '# yarn lockfile v1\n\n\nms@^2.1.2:\n  version "2.1.2"\n  resolved "x"\n'
MODERN = """__metadata:
  version: 8

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  dependencies:
    ms: "npm:^2.1.2"
  languageName: unknown

"ms@npm:^2.1.2":
  version: 2.1.2
"""
PNPM = """lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      ms:
        specifier: ^2.1.2
        version: 2.1.2
"""
LOCKS = {"classic": {"yarn.lock": CLASSIC}, "modern": {"yarn.lock": MODERN, ".yarnrc.yml": "nodeLinker: node-modules\n"}, "pnpm": {"pnpm-lock.yaml": PNPM}}
TOOL = {"classic": "yarn", "modern": "yarn", "pnpm": "pnpm"}


def package(**fields) -> str:
    return json.dumps({**ROOT, **fields})


def run(kind, script, files=None, **given):
    every = {"package.json": package(), "src/index.js": "", "README.md": "", **LOCKS[kind], **(files or {})}
    return effects_of(script, {f"/app/{k}": v for k, v in every.items() if v is not None}, **given)


def own(paths):
    """The paths of the project, without those above and beside it."""
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")}


MEMBERS = {"packages/x/package.json": json.dumps({"name": "x"}), "packages/x/src/a.js": ""}
YARN_WORKSPACES = {**MEMBERS, "package.json": package(workspaces=["packages/*"])}
PNPM_WORKSPACES = {**MEMBERS, "pnpm-workspace.yaml": "packages:\n  - packages/*\n"}


@pytest.mark.parametrize(
    ("kind", "script", "files", "reads"),
    [
        ("classic", "yarn", {}, {"package.json", "yarn.lock"}),
        ("classic", "yarn install --frozen-lockfile --production", {}, {"package.json", "yarn.lock"}),
        ("classic", "yarn --cwd /app", {".yarnrc": "", ".npmrc": ""}, {"package.json", "yarn.lock", ".yarnrc", ".npmrc"}),
        ("classic", "yarn", {".yarnrc": 'yarn-path ".yarn/releases/yarn-1.22.19.js"', ".yarn/releases/yarn-1.22.19.js": ""}, {"package.json", "yarn.lock", ".yarnrc", ".yarn/releases/yarn-1.22.19.js"}),
        ("classic", "yarn", {".yarnrc": "yarn-offline-mirror ./mirror", "mirror/a.tgz": ""}, {"package.json", "yarn.lock", ".yarnrc", "mirror/**"}),
        ("classic", "yarn", YARN_WORKSPACES, {"package.json", "yarn.lock", "packages/x/package.json"}),
        ("classic", "cd packages/x && yarn", YARN_WORKSPACES, {"package.json", "yarn.lock", "packages/x/package.json"}),
        ("classic", "yarn hello", {"package.json": package(scripts={"prehello": "cat README.md", "hello": "echo"})}, {"package.json", "README.md"}),
        ("classic", "yarn run hello", {"package.json": package(scripts={"hello": "cat src/index.js"})}, {"package.json", "src/index.js"}),
        ("classic", "yarn workspace x run go", {**YARN_WORKSPACES, "packages/x/package.json": json.dumps({"name": "x", "scripts": {"go": "cat src/a.js"}})}, {"package.json", "packages/x/package.json", "packages/x/src/a.js"}),
        ("classic", "yarn global add serve", {}, set()),
        ("modern", "yarn install --immutable", {}, {"package.json", "yarn.lock", ".yarnrc.yml"}),
        ("modern", "yarn", {".yarnrc.yml": "yarnPath: .yarn/releases/yarn-4.1.0.cjs", ".yarn/releases/yarn-4.1.0.cjs": ""}, {"package.json", "yarn.lock", ".yarnrc.yml", ".yarn/releases/yarn-4.1.0.cjs"}),
        ("modern", "node .yarn/releases/yarn-4.1.0.cjs install", {".yarnrc.yml": "yarnPath: .yarn/releases/yarn-4.1.0.cjs", ".yarn/releases/yarn-4.1.0.cjs": ""}, {"package.json", "yarn.lock", ".yarnrc.yml", ".yarn/releases/yarn-4.1.0.cjs"}),
        ("modern", "yarn", {".yarn/cache/ms.zip": "", ".pnp.cjs": ""}, {"package.json", "yarn.lock", ".yarnrc.yml", ".yarn/cache/**", ".pnp.cjs"}),
        ("modern", "yarn", {".yarnrc.yml": "plugins:\n  - path: .yarn/plugins/@yarnpkg/plugin-typescript.cjs\n    spec: x", ".yarn/plugins/@yarnpkg/plugin-typescript.cjs": ""}, {"package.json", "yarn.lock", ".yarnrc.yml", ".yarn/plugins/@yarnpkg/plugin-typescript.cjs"}),
        ("modern", "yarn", {"package.json": package(resolutions={"ms": "patch:ms@npm%3A2.1.2#~/patches/ms.patch"}), "patches/ms.patch": ""}, {"package.json", "yarn.lock", ".yarnrc.yml", "patches/ms.patch"}),
        ("modern", "yarn workspaces focus --production", {}, {"package.json", "yarn.lock", ".yarnrc.yml"}),
        ("pnpm", "pnpm install --frozen-lockfile", {}, {"package.json", "pnpm-lock.yaml"}),
        ("pnpm", "pnpm i --prod", {".npmrc": "hoist=true"}, {"package.json", "pnpm-lock.yaml", ".npmrc"}),
        ("pnpm", "pnpm i", PNPM_WORKSPACES, {"package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "packages/x/package.json"}),
        ("pnpm", "pnpm --filter x install", PNPM_WORKSPACES, {"package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", "packages/x/package.json"}),
        ("pnpm", "pnpm i", {".pnpmfile.cjs": "module.exports = {hooks: {readPackage(p) {return p}}}"}, {"package.json", "pnpm-lock.yaml", ".pnpmfile.cjs"}),
        ("pnpm", "pnpm i", {"package.json": package(pnpm={"patchedDependencies": {"ms@2.1.2": "patches/ms.patch"}}), "patches/ms.patch": ""}, {"package.json", "pnpm-lock.yaml", "patches/ms.patch"}),
        ("pnpm", "pnpm fetch", {"package.json": None}, {"pnpm-lock.yaml"}),
        ("pnpm", "pnpm fetch --prod", {}, {"package.json", "pnpm-lock.yaml"}),
        ("pnpm", "pnpm hello", {"package.json": package(scripts={"hello": "cat src/index.js"})}, {"package.json", "src/index.js"}),
        ("pnpm", "pnpm -r run go", {**PNPM_WORKSPACES, "packages/x/package.json": json.dumps({"name": "x", "scripts": {"go": "cat src/a.js"}})}, {"package.json", "pnpm-workspace.yaml", "packages/x/package.json", "packages/x/src/a.js"}),
        ("pnpm", "pnpm go", {**PNPM_WORKSPACES, "package.json": package(scripts={"go": "pnpm -r go"}), "packages/x/package.json": json.dumps({"name": "x", "scripts": {"go": "cat src/a.js"}})}, {"package.json", "pnpm-workspace.yaml", "packages/x/package.json", "packages/x/src/a.js"}),
        ("pnpm", "pnpm add -g turbo", {}, {"package.json"}),
    ],
)  # fmt: skip
def test_reads_exactly_these(kind, script, files, reads):
    """These files of the project are read, and nothing about the command is in doubt."""
    effects = run(kind, script, files)

    assert (None, reads - {"package.json"}) == (effects.doubt, own(effects.reads) - {"package.json", "node_modules/**"})
    assert "package.json" not in reads or "/app/package.json" in effects.reads


@pytest.mark.parametrize(
    ("kind", "runs"),
    [
        ("classic", {"preinstall", "install", "postinstall", "prepublish", "prepare"}),
        ("modern", {"preinstall", "install", "postinstall"}),
        ("pnpm", {"preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare", "pnpm:devPreinstall"}),
    ],
)
@pytest.mark.parametrize("hook", ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare", "pnpm:devPreinstall", "build"])
def test_lifecycle_scripts_of_the_root_run(kind, runs, hook):
    """Each installer runs its own choice of the root's scripts."""
    files = {"package.json": package(scripts={hook: "cat src/index.js"})}

    assert (hook in runs) is ("src/index.js" in own(run(kind, f"{TOOL[kind]} install", files).reads))


@pytest.mark.parametrize(("kind", "workspaces"), [("classic", YARN_WORKSPACES), ("modern", YARN_WORKSPACES), ("pnpm", PNPM_WORKSPACES)])
@pytest.mark.parametrize(("hook", "runs"), [("postinstall", True), ("build", False)])
def test_lifecycle_scripts_of_workspaces_run(kind, workspaces, hook, runs):
    """A workspace's own install scripts run as well."""
    member = json.dumps({"name": "x", "scripts": {hook: "cat src/a.js"}})
    effects = run(kind, f"{TOOL[kind]} install", {**workspaces, "packages/x/package.json": member})

    assert runs is ("packages/x/src/a.js" in own(effects.reads))


@pytest.mark.parametrize(
    ("kind", "script", "hook", "runs"),
    [
        ("classic", "yarn --ignore-scripts", "postinstall", False),
        ("classic", "yarn --production", "prepare", False),
        ("classic", "NODE_ENV=production yarn", "prepare", False),
        ("classic", "NODE_ENV=production yarn --production=false", "prepare", True),
        ("classic", "yarn --production", "postinstall", True),
        ("modern", "yarn install --mode=skip-build", "postinstall", False),
        ("pnpm", "pnpm i --ignore-scripts", "postinstall", False),
        ("pnpm", "pnpm i --prod", "prepare", True),
        ("pnpm", "pnpm fetch", "postinstall", False),
    ],
)
def test_flags_decide_about_scripts(kind, script, hook, runs):
    """Whether the root's scripts run depends on the command."""
    files = {"package.json": package(scripts={hook: "cat src/index.js"})}

    assert runs is ("src/index.js" in own(run(kind, script, files).reads))


@pytest.mark.parametrize(
    ("kind", "script", "files", "doubt"),
    [
        ("classic", "yarn frobnicate", {}, "frobnicate"),
        ("classic", "yarn install --frobnicate", {}, "--frobnicate is not a flag"),
        ("classic", "yarn build", {"package.json": package(scripts={"build": "vite build"})}, "vite reads"),
        ("classic", "yarn link", {}, "not modelled"),
        ("classic", "yarn", {".yarnrc": "--modules-folder lib"}, "--modules-folder"),
        ("classic", "yarn", {"binding.gyp": "{}"}, "binding.gyp"),
        ("classic", "yarn", {"package.json": "["}, "not a JSON object"),
        ("modern", "yarn", {".yarnrc.yml": "plugins:\n  - .yarn/plugins/own.cjs", ".yarn/plugins/own.cjs": ""}, "plugin own.cjs"),
        ("modern", "yarn", {".yarnrc.yml": "a: [b"}, "not valid YAML"),
        ("modern", "yarn", {".yarnrc.yml": "lockfileFilename: x.lock"}, "lockfileFilename"),
        ("modern", "yarn", {"package.json": package(dependencies={"a": "exec:./make.js"})}, "a program of the project makes"),
        ("pnpm", "pnpm frobnicate", {}, "frobnicate"),
        ("pnpm", "pnpm install --frobnicate", {}, "--frobnicate is not a flag"),
        ("pnpm", "pnpm i", {".pnpmfile.cjs": "require('fs').readFileSync('x')"}, ".pnpmfile.cjs"),
        ("pnpm", "pnpm i", {"pnpm-workspace.yaml": "a: [b"}, "pnpm-workspace.yaml is not known"),
        ("pnpm", "pnpm i", {"package.yaml": "name: a"}, "package.yaml"),
        ("pnpm", "pnpm build", {"package.json": package(scripts={"build": "tsc"})}, "tsconfig.json is not known"),
        ("pnpm", "pnpm link", {}, "not modelled"),
        ("pnpm", "pnpm i", {".npmrc": "shared-workspace-lockfile=false"}, "shared-workspace-lockfile"),
        ("pnpm", "pnpm exec rimraf x", {**PNPM_WORKSPACES, "packages/x/package.json": json.dumps({"name": "x", "bin": {"rimraf": "a"}})}, "own package x"),
        ("classic", "yarn rimraf x", {**YARN_WORKSPACES, "packages/x/package.json": json.dumps({"name": "x", "bin": {"rimraf": "a"}})}, "own package x"),
        ("classic", "yarn set version berry && yarn", {}, "content of /app/"),
    ],
)  # fmt: skip
def test_says_what_it_does_not_know(kind, script, files, doubt):
    """What is not known is said in words."""
    assert doubt in (run(kind, script, files).doubt or "")


@pytest.mark.parametrize(
    ("kind", "files", "violated"),
    [
        ("classic", {}, ""),
        ("classic", {"package.json": package(dependencies={"ms": "^2.1.3"})}, "ms@^2.1.3"),
        ("classic", {"package.json": package(dependencies={})}, "nothing asks for"),
        ("classic", {"package.json": package(dependencies={"ms": "^2.1.2", "y": "link:./y"})}, ""),
        ("classic", {"package.json": package(packageManager="yarn@1.22.22"), "yarn.lock": MODERN}, "yarn 2 or later"),
        ("modern", {}, ""),
        ("modern", {"package.json": package(dependencies={"ms": "^2.1.3"})}, "ms of"),
        ("modern", {"package.json": package(devDependencies={"a": "1"})}, "a of"),
        ("modern", {"package.json": package(name="other")}, ""),
        ("modern", YARN_WORKSPACES, "no entry for /app/packages/x/package.json"),
        ("modern", {"package.json": package(packageManager="yarn@4.1.0"), "yarn.lock": CLASSIC}, "yarn 1"),
        ("pnpm", {}, ""),
        ("pnpm", {"package.json": package(dependencies={"ms": "^2.1.3"})}, "ms of"),
        ("pnpm", {"package.json": package(devDependencies={"a": "1"})}, "a of"),
        ("pnpm", PNPM_WORKSPACES, ""),
        ("pnpm", {"pnpm-lock.yaml": "lockfileVersion: 5.4\nspecifiers:\n  ms: ^2.1.2\n"}, ""),
        ("pnpm", {"pnpm-lock.yaml": "a: [b"}, "not known"),
    ],
)  # fmt: skip
def test_lock_in_sync(kind, files, violated):
    """An install leaves a lock as it is that says the same as package.json."""
    found = {c.path: c for c in run(kind, f"{TOOL[kind]} install", files).conditional}
    lock = found["/app/pnpm-lock.yaml" if kind == "pnpm" else "/app/yarn.lock"]

    assert (violated in lock.violated) if violated else not lock.violated


@pytest.mark.parametrize(
    ("kind", "script", "files", "writes"),
    [
        ("classic", "yarn --frozen-lockfile", {}, {"node_modules/**"}),
        ("classic", "yarn", {"yarn.lock": None}, {"node_modules/**", "yarn.lock"}),
        ("classic", "yarn add ms", {}, {"node_modules/**", "yarn.lock", "package.json"}),
        ("classic", "yarn", {**YARN_WORKSPACES, "packages/x/package.json": json.dumps({"name": "x", "bin": "cli.js"}), "packages/x/cli.js": ""}, {"node_modules/**", "packages/x/node_modules/**", "packages/x/cli.js"}),
        ("pnpm", "pnpm i --frozen-lockfile", {}, {"node_modules/**", ".pnpm-store/**"}),
        ("pnpm", "pnpm i", {"pnpm-lock.yaml": None}, {"node_modules/**", ".pnpm-store/**", "pnpm-lock.yaml"}),
        ("pnpm", "pnpm --filter x deploy out", PNPM_WORKSPACES, {"node_modules/**", "packages/x/node_modules/**", ".pnpm-store/**", "out/**"}),
    ],
)  # fmt: skip
def test_writes_exactly_these(kind, script, files, writes):
    """These paths of the project may be changed."""
    effects = run(kind, script, files)

    assert (None, writes) == (effects.doubt, own(effects.writes))


def test_plug_n_play_is_written():
    """Without a nodeLinker, yarn 2 and later write their loader beside package.json."""
    written = own(run("modern", "yarn --immutable", {".yarnrc.yml": "enableTelemetry: 0"}).writes)

    assert {".pnp.cjs", ".pnp.loader.mjs", ".yarn/install-state.gz", ".yarn/unplugged/**", ".yarn/cache/**"} <= written


def test_deploy_reads_the_package():
    """`pnpm deploy` copies the files of the workspace's packages."""
    assert "packages/x/**" in own(run("pnpm", "pnpm --filter x deploy out", PNPM_WORKSPACES).reads)


@pytest.mark.parametrize(
    ("script", "reads", "network"),
    [
        ("corepack enable", set(), False),
        ("corepack enable pnpm", set(), False),
        ("corepack prepare pnpm@9.0.0 --activate", set(), True),
        ("corepack install", {"package.json"}, True),
        ("corepack prepare --activate", {"package.json"}, True),
    ],
)
def test_corepack(script, reads, network):
    """Without a version corepack reads package.json."""
    effects = run("pnpm", script, {"package.json": package(packageManager="pnpm@9.0.0")})

    assert (None, reads, network) == (effects.doubt, own(effects.reads), effects.network)


@pytest.mark.parametrize("script", ["corepack use pnpm@9", "corepack hydrate x.tgz", "corepack frobnicate"])
def test_corepack_in_doubt(script):
    """What changes package.json, or is not known, is in doubt."""
    assert run("pnpm", script).doubt


@pytest.mark.parametrize(
    ("files", "env", "assumed"),
    [
        ({}, {}, True),
        ({}, {"COREPACK_ENABLE_AUTO_PIN": "0"}, False),
        ({"package.json": package(packageManager="pnpm@9.0.0")}, {}, False),
    ],
)
def test_corepack_may_pin_itself(files, env, assumed):
    """A pnpm of corepack may write a `packageManager` field into a package.json without one."""
    found = run("pnpm", "pnpm i --frozen-lockfile", files, env=env).conditional

    assert assumed is any(c.path == "/app/package.json" for c in found)


PROGRAM = "#!/usr/bin/env node\n"


@pytest.mark.parametrize(
    ("cli", "changed"),
    [
        ((PROGRAM, 0o755), False),
        (("1", 0o755), False),
        ((PROGRAM, 0o644), True),
        ((PROGRAM, 0o775), True),
        ((PROGRAM, 0o744), True),
        ((PROGRAM, 0o4755), True),
        ((PROGRAM.replace("\n", "\r\n"), 0o755), True),
        (("1\r\n", 0o755), True),
    ],
)
@pytest.mark.parametrize("script", ["npm ci", "npm install", "yarn", "pnpm install"])
def test_programs_of_linked_packages(script, cli, changed):
    """A program of a workspace becomes one, unless it is: npm, yarn and pnpm set mode 755."""
    files = {
        "/app/package.json": package(workspaces=["packages/*"]),
        "/app/pnpm-workspace.yaml": "packages: ['packages/*']",
        "/app/package-lock.json": "{}",
        "/app/packages/x/package.json": json.dumps({"name": "x", "bin": "cli.js"}),
        "/app/packages/x/cli.js": cli,
    }
    done = effects_of(script, files)

    assert "/app/packages/x/cli.js" in done.reads
    assert changed == ("/app/packages/x/cli.js" in done.writes) == ("/app/packages/x/cli.js" in done.metadata)


@pytest.mark.parametrize(
    ("before", "changed"),
    [("chmod 700 packages/x/cli.js", True), ("chmod 755 packages/x/cli.js", False), ("echo > packages/x/cli.js", True), ("rm packages/x/cli.js", True), ("echo > packages/x/other.js", False)],
)  # fmt: skip
def test_programs_that_a_command_has_changed(before, changed):
    """The mode is known of what the context brought, as long as nothing has changed it."""
    files = {
        "/app/package.json": package(workspaces=["packages/*"]),
        "/app/package-lock.json": "{}",
        "/app/packages/x/package.json": json.dumps({"name": "x", "bin": "cli.js"}),
        "/app/packages/x/cli.js": (PROGRAM, 0o755),
    }
    alone, after = (effects_of(script, files) for script in (before, f"{before}; npm ci"))

    assert changed == ("/app/packages/x/cli.js" in alone.writes | alone.metadata) == ("/app/packages/x/cli.js" in after.metadata)
