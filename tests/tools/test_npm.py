"""npm, npx and the programs of lifecycle scripts."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

DEPENDENCIES = {"ms": "2.1.2"}
ROOT = {"name": "app", "version": "1.0.0", "dependencies": DEPENDENCIES}


def package(**fields) -> str:
    return json.dumps({**ROOT, **fields})


def lock(version=3, root=None, **packages) -> str:
    entry = {"name": "app", "version": "1.0.0", "dependencies": DEPENDENCIES, **(root or {})}
    places = {"": entry, "node_modules/ms": {"version": "2.1.2"}, **packages}
    text = {"name": "app", "version": "1.0.0", "lockfileVersion": version, "packages": places}
    return json.dumps(text, indent=2) + "\n"


def app(**files: str) -> dict[str, str]:
    """A small project in /app; None takes a file away."""
    base = {"package.json": package(), "package-lock.json": lock(), "src/index.js": "", "README.md": ""}
    base |= files
    return {f"/app/{name}": text for name, text in base.items() if text is not None}


def run(script, files, **given):
    given = {"image": "node:20", "env": {"PATH": "/usr/local/bin:/usr/bin:/bin"}, **given}
    return effects_of(script, {**app(), **{f"/app/{k}": v for k, v in files.items()}}, **given)


def own(paths, below="/app"):
    """The paths of the project, without those above and beside it."""
    return {p.removeprefix(below + "/") for p in paths if p.startswith(below + "/")}


WORKSPACES = {
    "package.json": package(workspaces=["packages/*"]),
    "package-lock.json": lock(root={"workspaces": ["packages/*"]}, **{"packages/x": {"name": "x"}}),
    "packages/x/package.json": json.dumps({"name": "x"}),
    "packages/x/src/a.js": "",
}
LINKED = {
    "package.json": package(dependencies={"ext": "file:./ext"}),
    "ext/package.json": json.dumps({"name": "ext", "bin": "cli.js"}),
    "ext/cli.js": "",
}
# Its program is yet to be built: no installer makes or links it (npm 8 and 10, yarn 1).
UNBUILT = {**LINKED, "ext/package.json": json.dumps({"name": "ext", "bin": "dist/cli.js"})}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("npm ci", {}, {"package.json", "package-lock.json"}),
        ("npm clean-install", {}, {"package.json", "package-lock.json"}),
        ("npm install", {}, {"package.json", "package-lock.json"}),
        ("npm i --omit=dev --no-audit --no-fund", {}, {"package.json", "package-lock.json"}),
        ("NODE_ENV=production npm i --production", {}, {"package.json", "package-lock.json"}),
        ("npm ci", {".npmrc": "fund=false"}, {"package.json", "package-lock.json", ".npmrc"}),
        ("npm ci", {"yarn.lock": ""}, {"package.json", "package-lock.json", "yarn.lock"}),
        ("npm ci", {"npm-shrinkwrap.json": lock()}, {"package.json", "package-lock.json", "npm-shrinkwrap.json"}),
        ("npm ci", {".npmrc": "cafile=ca.pem", "ca.pem": ""}, {"package.json", "package-lock.json", ".npmrc", "ca.pem"}),
        ("npm ci", WORKSPACES, {"package.json", "package-lock.json", "packages/x/package.json"}),
        ("cd packages/x && npm ci", WORKSPACES, {"package.json", "package-lock.json", "packages/x/package.json"}),
        ("npm ci", LINKED, {"package.json", "package-lock.json", "ext/**", "ext/package.json", "ext/cli.js"}),
        ("npm ci", {"package.json": package(dependencies={"t": "file:t.tgz"}), "t.tgz": ""}, {"package.json", "package-lock.json", "t.tgz"}),
        ("npm ci", {"package.json": package(overrides={"a": {"b": "file:./b.tgz"}}), "b.tgz": ""}, {"package.json", "package-lock.json", "b.tgz"}),
        ("npm run hello", {"package.json": package(scripts={"hello": "echo hello"})}, {"package.json"}),
        ("npm run hello", {"package.json": package(scripts={"prehello": "cat src/index.js", "hello": "echo"})}, {"package.json", "src/index.js"}),
        ("npm i -g pnpm@9", {}, set()),
        ("npm cache clean --force", {}, set()),
        ("npm prune --omit=dev", {}, {"package.json", "package-lock.json"}),
        ("npm --prefix web ci", {"web/package.json": package(), "web/package-lock.json": lock()}, {"web/package.json", "web/package-lock.json"}),
    ],
)  # fmt: skip
def test_reads_exactly_these(script, files, reads):
    """These files of the project are read, and nothing about the command is in doubt."""
    effects = run(script, files)

    assert (None, reads) == (effects.doubt, {p for p in own(effects.reads) if p != "node_modules/**"})


def test_absent_files_are_probed():
    """A settings file or lock that does not exist today may come tomorrow."""
    probed = own(run("npm ci", {}).probes)

    assert {".npmrc", "yarn.lock", "npm-shrinkwrap.json", "binding.gyp"} <= probed


@pytest.mark.parametrize(
    ("hook", "reads"),
    [
        ("preinstall", True), ("install", True), ("postinstall", True), ("prepublish", True),
        ("preprepare", True), ("prepare", True), ("postprepare", True), ("dependencies", True),
        ("prepack", False), ("build", False), ("test", False), ("prebuild", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("script", ["npm ci", "npm install", "npm install --production"])
def test_lifecycle_scripts_of_the_root_run(hook, reads, script):
    """An install runs these scripts of the root and no others (npm 7 to 12)."""
    files = {"package.json": package(scripts={hook: "cat src/index.js"})}

    assert reads is ("src/index.js" in own(run(script, files).reads))


@pytest.mark.parametrize(
    ("script", "hook", "reads"),
    [
        ("npm ci --ignore-scripts", "postinstall", False),
        ("npm ci --ignore-scripts=false", "postinstall", True),
        ("npm_config_ignore_scripts=true npm ci", "postinstall", False),
        ("npm install left-pad", "postinstall", False),
        ("npm install left-pad", "dependencies", True),
        ("npm rebuild", "postinstall", True),
        ("npm prune --omit=dev", "postinstall", False),
        ("npm install -g left-pad", "postinstall", False),
    ],
)
def test_flags_decide_about_scripts(script, hook, reads):
    """Whether the root's scripts run depends on the command."""
    files = {"package.json": package(scripts={hook: "cat src/index.js"})}

    assert reads is ("src/index.js" in own(run(script, files).reads))


@pytest.mark.parametrize(("hook", "reads"), [("preinstall", True), ("install", True), ("postinstall", True), ("prepare", True), ("prepublish", False)])
def test_lifecycle_scripts_of_workspaces_run(hook, reads):
    """A workspace's own install scripts run, in its folder."""
    member = json.dumps({"name": "x", "scripts": {hook: "cat src/a.js"}})
    effects = run("npm ci", {**WORKSPACES, "packages/x/package.json": member})

    assert reads is ("packages/x/src/a.js" in own(effects.reads))


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("npm frobnicate", {}, "npm frobnicate is not a command"),
        ("npm ci --frobnicate", {}, "--frobnicate is not a flag"),
        ("npm link", {}, "npm link"),
        ("npm ci", {"package.json": "{"}, "is not a JSON object"),
        ("npm ci", {"binding.gyp": "{}"}, "binding.gyp"),
        ("npm ci", {"package.json": package(scripts={"postinstall": "node setup.js"})}, "setup.js"),
        ("npm ci", {"package.json": package(scripts={"prepare": "tsc"})}, "tsconfig.json is not known"),
        ("npm ci", {"package.json": package(scripts={"prepare": "frobnicate"})}, "frobnicate"),
        ("npm run build", {"package.json": package(scripts={"build": "next build"})}, "next reads"),
        ("npm run gone", {}, "has no script gone"),
        ("npm start", {"server.js": ""}, "server.js"),
        ("npm ci", {".npm-extension.cjs": ""}, ".npm-extension.cjs"),
        ("npm ci", {".npmrc": "script-shell=/bin/fish", "package.json": package(scripts={"prepare": "x"})}, "/bin/fish"),
        ("npx tsc", {}, "tsconfig.json is not known"),
        ("npx lefthook run pre-commit", {}, "lefthook run pre-commit is not modelled"),
        ("npx husky add x", {}, "husky add x is not modelled"),
        ("npx rimraf --impl=native x", {}, "rimraf --impl=native is not known"),
        ("npx concurrently --frob x", {}, "concurrently --frob"),
        ("npx run-s gone", {}, "has no script gone"),
        ("npx patch-package ms", {}, "makes or changes a patch"),
        ("cd $(date +%d) && semantic-ui-css-patch", {}, "not known"),
        ("npx @semantic-ui-react/css-patches", {}, "not a command that dfopt knows"),
        ("npx ./tool", {}, "address or a folder"),
        ("npm install $(curl x)", {}, "not known"),
        ("npm version patch", {}, "git commit"),
        ("npm install -g .", {}, "npm install -g of a folder"),
    ],
)  # fmt: skip
def test_says_what_it_does_not_know(script, files, doubt):
    """What is not known is said in words."""
    assert doubt in (run(script, files, env={}).doubt or "")


def test_no_lock_for_ci():
    """`npm ci` without a lock fails; dfopt does not guess."""
    files = app(**{"package-lock.json": None})

    assert "needs a lock file" in (effects_of("npm ci", files).doubt or "")


def test_unknown_manifest():
    """A package.json that an earlier step wrote is not known."""
    effects = effects_of("npm ci", app(), unknown=["/app/package.json"])

    assert effects.doubt


def tagged(spec: str, name: str = "ms", **entry) -> dict[str, str]:
    """A package that is asked for by a word, and what the lock has of it."""
    asked = {"dependencies": {name: spec}}
    return {
        "package.json": package(**asked),
        "package-lock.json": lock(root=asked, **{"node_modules/ms": {"version": "2.1.2", **entry}}),
    }


@pytest.mark.parametrize(
    ("files", "violated"),
    [
        ({}, ""),
        ({"package-lock.json": lock(version=2)}, ""),
        ({"package-lock.json": lock(version=1)}, "version 1"),
        ({"package.json": package(dependencies={"ms": "^2.1.2"})}, "dependencies"),
        ({"package.json": package(version="1.0.1")}, "1.0.1"),
        ({"package.json": package(name="other")}, "other"),
        ({"package.json": package(license="MIT")}, "license"),
        ({"package.json": package(engines={"node": ">=18"})}, "engines"),
        ({"package.json": package(scripts={"postinstall": "true"})}, "scripts"),
        ({"package.json": package(description="new", keywords=["a"])}, ""),
        ({"package.json": package(bin="cli.js"), "package-lock.json": lock(root={"bin": {"app": "cli.js"}})}, ""),
        ({"package.json": package(devDependencies={"a": "1"})}, "devDependencies"),
        (WORKSPACES, ""),
        ({**WORKSPACES, "packages/y/package.json": json.dumps({"name": "y"})}, "no entry"),
        ({"package-lock.json": "{"}, "not known"),
        ({"package.json": json.dumps(ROOT, indent=2)}, ""),
        ({"package.json": json.dumps(ROOT, indent=4)}, "indents"),
        ({"package.json": json.dumps(ROOT, indent="\t")}, "indents"),
        ({"package.json": json.dumps(ROOT, indent=4), "package-lock.json": lock().replace("  ", "    ")}, ""),
        ({"package.json": json.dumps(ROOT, indent=2).replace("\n", "\r\n")}, "indents"),
        ({"package-lock.json": lock().replace("\n", "\r\n")}, "indents"),
        ({"package-lock.json": lock().replace("  ", "\t")}, "indents"),
        ({"package-lock.json": lock().strip()}, "line end"),
        (tagged("latest"), "asked for as latest"),
        (tagged("next-1"), "asked for as next-1"),
        (tagged("latest", resolved="https://example.org/ms.tgz"), ""),
        (tagged("latest", name="b"), ""),
        (tagged("x"), ""),
        (tagged("v2.1.2"), ""),
        (tagged("x.x"), ""),
        ({"package-lock.json": lock(**{"node_modules/ms": {"version": "2.1.2", "dependencies": {"b": "beta"}}, "node_modules/ms/node_modules/b": {"version": "1.0.0"}})}, "asked for as beta"),
    ],
)  # fmt: skip
def test_lock_in_sync(files, violated):
    """`npm install` leaves a lock as it is that repeats package.json; each difference was seen to rewrite it."""
    (found,) = run("npm install", files).conditional

    assert ("/app/package-lock.json", "lock-in-sync") == (found.path, found.assumption)
    assert (violated in found.violated) if violated else not found.violated


CARET = {"dependencies": {"ms": "^2.1.2"}}


def again(indent: int | None = 2, end: str = "\n", **fields) -> str:
    return json.dumps({**ROOT, **CARET, **fields}, indent=indent) + end


@pytest.mark.parametrize(
    ("script", "manifest", "given", "kept"),
    [
        ("npm install ms", again(), {}, True),
        ("npm i ms --no-audit --legacy-peer-deps", again(), {}, True),
        ("npm install ms", again(end=""), {}, True),
        ("npm install ms", again(dependencies={"ms": "~2.1.2"}), {}, True),
        ("npm install ms", again(dependencies={}, devDependencies={"ms": "^2.1.2"}), {}, False),  # an empty table
        ("npm install ms", again(dependencies={"ms": "^2.1.0"}), {}, False),
        ("npm install ms", again(dependencies={"ms": "2.1.2"}), {}, False),
        ("npm install ms", again(dependencies={"ms": "latest"}), {}, False),
        ("npm install ms", again(dependencies={"ms": "^2.1.2", "a": "1"}), {}, False),  # not sorted
        ("npm install ms", again(devDependencies={"ms": "^2.1.2"}), {}, False),
        ("npm install ms", again(peerDependencies={"ms": "^2.1.2"}), {}, False),
        ("npm install ms", again(bundledDependencies=["ms"]), {}, False),
        ("npm install ms", again(files=["a"]).replace('[\n    "a"\n  ]', '["a"]'), {}, False),
        ("npm install ms@2", again(), {}, False),
        ("npm install ms debug", again(), {}, False),
        ("npm install --save-exact ms", again(), {}, False),
        ("npm install ms", again(), {".npmrc": "save-exact=true"}, False),
        ("npm install ms", again(), {"package-lock.json": None}, False),
        ("npm install ms", again(), {"image": "node:14"}, False),
        ("npm install ms", again(), {"image": "debian"}, False),
    ],
)  # fmt: skip
def test_a_package_that_is_asked_for_already(script, manifest, given, kept):
    """npm saves `^` and the version that it has installed (7.24, 8.19, 10.9 and 11.19)."""
    locked = lock(root=CARET)
    image = {"image": given["image"]} if "image" in given else {}
    files = {"package.json": manifest, "package-lock.json": locked} | {k: v for k, v in given.items() if k != "image"}
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    found = effects_of(script, app(**files), **{"image": "node:20", "env": path, **image})

    assert kept is ("package.json" not in own(found.writes))
    assert kept is (not found.unpinned)
    if kept:
        assert {c.path for c in found.conditional} == {"/app/package.json", "/app/package-lock.json"}


@pytest.mark.parametrize(
    ("script", "files", "writes"),
    [
        ("npm ci", {}, {"node_modules/**"}),
        ("npm install", {}, {"node_modules/**"}),
        # npm 8 to 12 rewrite a yarn.lock that they find, even `npm ci`.
        ("npm ci", {"yarn.lock": ""}, {"node_modules/**", "yarn.lock"}),
        ("npm install ms", {}, {"node_modules/**", "package.json", "package-lock.json"}),
        ("npm install --no-save ms", {}, {"node_modules/**"}),
        ("npm ci", LINKED, {"node_modules/**", "ext/node_modules/**", "ext/cli.js"}),
        ("npm ci", UNBUILT, {"node_modules/**", "ext/node_modules/**"}),
        ("npm pkg set a=b", {}, {"package.json"}),
        ("npm pkg get name", {}, set()),
        ("npm config set fund false --location=project", {}, {".npmrc"}),
        ("npm run clean", {"package.json": package(scripts={"clean": "rimraf dist"})}, {"dist/**"}),
    ],
)
def test_writes_exactly_these(script, files, writes):
    """These paths of the project may be changed."""
    effects = run(script, files)

    assert (None, writes) == (effects.doubt, own(effects.writes))


def test_without_a_lock_one_is_made():
    """`npm install` creates the lock, and what it fetches is not pinned."""
    effects = effects_of("npm install", app(**{"package-lock.json": None}))

    assert "package-lock.json" in own(effects.writes)
    assert effects.unpinned


@pytest.mark.parametrize("setting", ["package-lock=false", " package-lock = false"])
def test_package_lock_may_be_switched_off(setting):
    """With `package-lock=false` no lock is written."""
    effects = effects_of("npm install", app(**{"package-lock.json": None, ".npmrc": setting}))

    assert own(effects.writes) == {"node_modules/**"}


@pytest.mark.parametrize(
    ("files", "hidden"),
    [({}, True), ({"node_modules/a/index.js": ""}, True), (WORKSPACES, False)],
)
def test_ci_starts_afresh(files, hidden):
    """`npm ci` removes node_modules first; links in it lead to files that it does not write."""
    effects = run("npm ci", files)

    assert hidden is ("/app/node_modules/**" in effects.surely_writes)
    assert "/app/node_modules" in effects.generated


def test_install_keeps_what_was_there():
    """`npm install` reads a node_modules that came with the context."""
    effects = run("npm install", {"node_modules/a/index.js": ""})

    assert "/app/node_modules/**" in effects.reads
    assert not effects.surely_writes


@pytest.mark.parametrize(
    ("dependency", "files", "reads"),
    [
        ("@prisma/client", {"prisma/schema.prisma": ""}, "prisma/schema.prisma"),
        ("husky", {".git/HEAD": ""}, ".git/**"),
        ("puppeteer", {".puppeteerrc.cjs": ""}, ".puppeteerrc.cjs"),
        ("bcrypt", {"prisma/schema.prisma": ""}, None),
    ],
)
def test_dependencies_that_look_at_the_project(dependency, files, reads):
    """Some dependencies read the project when they are installed."""
    locked = lock(**{f"node_modules/{dependency}": {"hasInstallScript": True}})
    found = own(run("npm ci", {**files, "package-lock.json": locked}).reads)

    assert {"package.json", "package-lock.json"} | ({reads} if reads else set()) == found


@pytest.mark.parametrize(
    ("spec", "reads"), [("^6.2.0", True), ("5", True), ("latest", True), ("^7.1.0", False), ("10.0.0", False)]
)
def test_prisma_generates_at_its_install_up_to_6(spec, reads):
    """The client's postinstall is gone in 7; a range that is not plain may still have it."""
    manifest = package(dependencies={"@prisma/client": spec})
    locked = lock(**{"node_modules/@prisma/client": {"hasInstallScript": True}})
    files = {"package.json": manifest, "package-lock.json": locked, "prisma/schema.prisma": ""}

    assert reads is ("prisma/schema.prisma" in own(run("npm ci", files).reads))


@pytest.mark.parametrize(
    ("script", "reads"),
    [
        ("husky", set()), ("husky install", set()), ("husky || true", set()), ("is-ci || husky install", set()),
        ("cross-env A=1 cat src/index.js", {"src/index.js"}), ("run-s show", {"src/index.js"}), ("run-p 'sh*'", {"src/index.js"}),
        ("concurrently 'cat src/index.js' 'npm:show'", {"src/index.js"}), ("npx only-allow npm", set()), ("rimraf dist", set()),
        ("patch-package", {"patches/**"}), ("simple-git-hooks", set()), ("semantic-ui-css-patch", set()),
    ],
)  # fmt: skip
def test_programs_of_lifecycle_scripts(script, reads):
    """Small programs that stand in lifecycle scripts are followed."""
    files = {"package.json": package(scripts={"prepare": script, "show": "cat src/index.js"}), "patches/ms+2.1.2.patch": ""}
    effects = run("npm ci", files)

    assert (None, {"package.json", "package-lock.json"} | reads) == (effects.doubt, own(effects.reads))


def test_style_sheets_are_mended_in_node_modules():
    """semantic-ui-css-patch writes into one of five packages, and asks for nothing else."""
    effects = run("semantic-ui-css-patch", {"node_modules/ms/index.js": ""})

    assert "node_modules/semantic-ui-css/**" in own(effects.writes)
    assert {p.split("/")[0] for p in own(effects.writes | effects.reads | effects.probes)} == {"node_modules"}


PATCH = "--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-1\n+2\n"


def test_a_patch_changes_the_package_that_it_is_for():
    """So it leaves workspaces alone, to which links in node_modules lead."""
    patched = {"patches/ms+2.1.2.patch": PATCH.format("node_modules/ms/index.js")}
    files = {**WORKSPACES, "package.json": package(workspaces=["packages/*"], scripts={"postinstall": "patch-package"})}
    effects = run("npm ci", {**files, **patched})

    assert effects.doubt is None
    assert "/app/node_modules/ms/**" in effects.writes
    assert not [p for p in effects.writes if p.startswith("/app/packages/x/") and "node_modules" not in p]
    foreign = run("npx patch-package", {"patches/a.patch": PATCH.format("src/index.js")})
    assert "src/index.js, which is no package" in (foreign.doubt or "")


def test_a_workspace_may_bring_a_program_of_a_known_name():
    """A script that calls a program of the project's own packages is not what the table says."""
    member = json.dumps({"name": "x", "bin": {"rimraf": "src/a.js"}})
    files = {**WORKSPACES, "packages/x/package.json": member, "package.json": package(workspaces=["packages/*"], scripts={"prepare": "rimraf dist"})}

    assert "program of the project's own packages" in (run("npm ci", files).doubt or "")


def test_only_scripts_that_run_are_asked_for_such_programs():
    """A script that an install does not run may call what it likes; the root's own bin is not linked."""
    member = json.dumps({"name": "x", "bin": {"rimraf": "src/a.js"}, "scripts": {"test": "rimraf a"}})
    scripts = {"build": "rimraf dist", "hello": "husky"}
    manifest = package(workspaces=["packages/*"], scripts=scripts, bin={"husky": "README.md"})
    files = {**WORKSPACES, "packages/x/package.json": member, "package.json": manifest}

    assert run("npm ci", files).doubt is None
    assert run("npm run hello", files).doubt is None
    assert "program of the project's own packages" in (run("npm run build", files).doubt or "")


@pytest.mark.parametrize(
    ("workspaces", "found"),
    [
        (["packages/*"], {"packages/x", "packages/y"}), (["packages/*", "!packages/y"], {"packages/x"}), (["./packages/x"], {"packages/x"}),
        (["packages/**"], {"packages/x", "packages/y", "packages/deep/z"}), ({"packages": ["packages/y"]}, {"packages/y"}),
        (["packages/{x,y}"], {"packages/x", "packages/y"}), (["other/*"], set()),
    ],
)  # fmt: skip
def test_workspace_patterns(workspaces, found):
    """Workspaces are found in every notation."""
    members = {f"packages/{n}/package.json": json.dumps({"name": n}) for n in ("x", "y", "deep/z")}
    effects = run("npm ci", {**members, "package.json": package(workspaces=workspaces)})

    assert {f"{f}/node_modules" for f in found} == {g for g in own(effects.generated) if g != "node_modules"}


def test_what_stands_beside_workspaces_does_not_matter():
    """A file there, or a folder without a manifest; if it has another, it could be one of pnpm's."""
    beside = {"packages/tsconfig.json": "{}", "packages/docs/guide.md": ""}
    effects = run("npm ci", {**WORKSPACES, **beside})
    asked = effects.reads | effects.probes | effects.lists

    assert not any("tsconfig" in path or "docs" in path for path in own(asked))
    assert "package.yaml" in (run("npm ci", {**WORKSPACES, "packages/docs/package.yaml": ""}).doubt or "")


@pytest.mark.parametrize(
    ("written", "doubt"),
    [
        (["/app/packages/x/node_modules/**"], None),
        (["/app/packages/**"], "the content of /app/packages/x/package.json is not known"),
        (["/app/packages/x/package.json"], "the content of /app/packages/x/package.json is not known"),
    ],
)
def test_workspaces_after_an_earlier_step(written, doubt):
    """An earlier install leaves the workspaces known; what may have written manifests does not."""
    files = {f"/app/{name}": text for name, text in {**WORKSPACES, "README.md": ""}.items()}
    effects = effects_of("npm ci", files, unknown=written)

    assert doubt == effects.doubt
    assert "/app/packages/x/package.json" in effects.reads


@pytest.mark.parametrize(
    ("script", "doubt"),
    [
        ({"prepare": "npm run hello"}, ""),
        ({"postinstall": "npx rimraf dist"}, ""),
        ({"postinstall": "npx playwright install chromium"}, ""),
        ({"postinstall": "npx vite build"}, "vite reads"),
    ],
)
def test_scripts_of_workspaces_run_before_package_json_is_saved(script, doubt):
    """`npm install NAME` saves it behind them; `dependencies` of the root runs after that."""
    scripts = {"hello": "echo hello", **script}
    files = {**WORKSPACES, "packages/x/package.json": json.dumps({"name": "x", "scripts": scripts})}
    done = run("npm install ms", files)

    assert doubt in (done.doubt or "") if doubt else done.doubt is None
    assert {"package.json", "package-lock.json"} <= own(done.writes)
    root = {**WORKSPACES, "package.json": package(workspaces=["packages/*"], scripts={"dependencies": "npm run hello", "hello": "echo"})}
    assert "package.json is not known" in (run("npm install ms", root).doubt or "")


@pytest.mark.parametrize(
    ("script", "writes"),
    [
        ("npx playwright install chromium", "/root/.cache/ms-playwright/**"),
        ("playwright install --with-deps", "/usr/lib/**"),
        ("playwright install-deps chromium firefox", "/usr/lib/**"),
        ("PLAYWRIGHT_BROWSERS_PATH=/browsers playwright install", "/browsers/**"),
        ("PLAYWRIGHT_BROWSERS_PATH=0 playwright install", "/app/node_modules/**"),
    ],
)
def test_browsers(script, writes):
    """`playwright install` takes nothing of the project."""
    done = run(script, {"playwright.config.ts": "", ".env": "", "tsconfig.json": ""})

    assert done.doubt is None
    assert writes in done.writes
    assert own(done.reads) <= {"package.json", "package-lock.json"}
    assert "PLAYWRIGHT_*" in done.variables or script.startswith("playwright install-deps")
    assert "*" not in done.variables


@pytest.mark.parametrize("script", ["playwright test", "playwright install --frob", "playwright", "playwright install $(frob)", "PLAYWRIGHT_BROWSERS_PATH=$(frob) playwright install"])  # fmt: skip
def test_other_work_of_playwright(script):
    """It reads the project, or that is not known."""
    assert run(script, {}, unknown=["/x"]).doubt


@pytest.mark.parametrize(
    ("scripts", "doubt"),
    [
        ({"preinstall": "echo 1 > a.sh", "postinstall": "sh a.sh"}, "a.sh"),
        ({"preinstall": "date > src/index.js", "prepare": "node -p 'require(\"./src/b.json\")'"}, ""),
        ({"preinstall": "date > a.sh; true", "prepare": "sh a.sh"}, "a.sh"),
        ({"preinstall": "npm pkg set x=1", "install": "npm run hello"}, "package.json is not known"),
    ],
)
def test_a_script_sees_what_those_before_it_did(scripts, doubt):
    """What one script writes is not what the next one finds in the context."""
    files = {"a.sh": "true", "src/b.json": "{}", "package.json": package(scripts={**scripts, "hello": "echo"})}
    done = run("npm ci", files)

    assert doubt in (done.doubt or "") if doubt else done.doubt is None


NGCC = "ngcc --properties es2015 browser module main --first-only --create-ivy-entry-points"


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        (NGCC, {}, {"package.json", "package-lock.json"}),
        (NGCC, {"tsconfig.json": '{"compilerOptions": {"baseUrl": "./"}}'}, {"package.json", "package-lock.json", "tsconfig.json"}),
        (
            "ngcc --tsconfig=a.json -l error",
            {"a.json": '{"extends": "./b"}', "b.json": "{}"},
            {"package.json", "package-lock.json", "a.json", "b.json"},
        ),
    ],
)  # fmt: skip
def test_ngcc(script, files, reads):
    """The sources are not asked for; node_modules is compiled in its place (10.2, 12.2)."""
    effects = run(script, files)

    assert effects.doubt is None
    assert own(effects.reads) == reads
    assert own(effects.writes) == {"node_modules/**"}


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("ngcc", {"ngcc.config.js": ""}, "ngcc.config.js"),
        ("ngcc", {"tsconfig.json": '{"compilerOptions": {"paths": {}}}'}, "sets paths"),
        ("ngcc", {"tsconfig.json": "{"}, "not known"),
        ("ngcc --use-program-dependencies", {}, "not modelled"),
        ("ngcc -s lib", {}, "not modelled"),
        ("ngcc $(curl x)", {}, "not known"),
    ],
)
def test_ngcc_that_is_led_elsewhere(script, files, doubt):
    """Its own settings, paths and the program's dependencies are not followed."""
    assert doubt in (run(script, files).doubt or "")
