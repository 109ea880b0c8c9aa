"""Small programs that stand in lifecycle scripts: they come from node_modules/.bin.

Those that read a project's sources are named, so that the report can say which one it is.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable
from dataclasses import replace

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Kind, Tool, known, region
from optimizer.effects.tools.git_variables import GIT_VARIABLES
from optimizer.effects.tools.node_installed import git_hooks, repository
from optimizer.effects.tools.node_package import Project
from optimizer.effects.tools.node_run import nearest, run_named
from optimizer.effects.tools.node_scripts import after


def modules(command: Command) -> Effects:
    """What a program of node_modules reads of itself: the node_modules around it."""
    folder, found = command.cwd, set()
    while True:
        place = posixpath.join(folder, "node_modules")
        if command.machine.kind(place) is not Kind.ABSENT:
            found.add(tree(place))
        if folder == "/":
            return Effects(reads=frozenset(found), seconds=0.5)
        folder = posixpath.dirname(folder)


def husky(command: Command) -> Effects:
    """Husky 5 to 9 set git's hooks path; without a repository they do nothing (8.0, 9.1 measured)."""
    if command.arguments not in {(), ("install",)} and not _plain_folder(command):
        return unknown(f"husky {' '.join(command.arguments)} is not modelled")
    start = modules(command) | Effects(
        variables=frozenset({"HUSKY", "HUSKY_*", "PATH", "HOME"}) | GIT_VARIABLES
    )
    done = repository(command, command.cwd)
    if done.writes:
        folder = command.arguments[-1] if _plain_folder(command) else ".husky"
        held = frozenset({tree(command.path(folder))})
        done |= Effects(reads=held, writes=held)
    return start | done


def _plain_folder(command: Command) -> bool:
    """`husky install config/husky`, `husky .config/husky`."""
    words = command.arguments
    own = words[1:] if words[:1] == ("install",) else words
    return (
        len(own) == 1
        and known(*own)
        and not own[0].startswith("-")
        and own[0] not in {"add", "set", "init", "uninstall"}
    )


def rimraf(command: Command) -> Effects:
    """Removes its paths; version 4 and later take patterns only with --glob, which reads the same here."""
    flags = {w for w in command.arguments if w.startswith("-")} - {
        "--glob",
        "-g",
        "--no-glob",
        "-G",
        "-v",
        "--verbose",
        "--preserve-root",
    }
    if flags:
        return unknown(f"rimraf {min(flags)} is not known")
    done = modules(command)
    for word in (w for w in command.arguments if not w.startswith("-")):
        plain = known(word) and not re.search(r"[*?\[\]{}()!]", word)
        if plain:
            gone = frozenset({tree(command.path(word))})
            done |= Effects(writes=gone, surely_writes=gone, deletes=gone)
        elif ANY in word:
            return unknown("what rimraf removes is not known")
        else:
            place = command.path(re.split(r"[*?\[\]{}()!]", word)[0] + GLOB)
            done |= Effects(
                writes=frozenset({region(place)}), lists=frozenset({posixpath.dirname(place)})
            )
    return done


def cross_env(command: Command) -> Effects:
    """`cross-env A=1 B=2 program words`."""
    env, words = dict(command.env), list(command.arguments)
    while words and (m := re.match(r"^(\w+)=(.*)$", words[0], re.DOTALL)):
        env[m[1]] = m[2]
        words.pop(0)
    start = modules(command)
    if not words:
        return start
    inner = replace(command, env=env)
    if command.name == "cross-env-shell":
        return start | command.machine.run(" ".join(words), inner)
    return start | command.machine.call(inner.with_words(words[0], *words[1:]))


def many_scripts(command: Command) -> Effects:
    """`run-s clean build:*`, `run-p`, `npm-run-all`: scripts of the package around, by pattern."""
    quiet = {
        "-l",
        "-s",
        "-p",
        "-n",
        "-c",
        "--silent",
        "--print-label",
        "--print-name",
        "--serial",
        "--sequential",
        "--parallel",
        "--continue-on-error",
        "--aggregate-output",
    }
    names = [w for w in command.arguments if w not in quiet]
    package, seen = nearest(command)
    start = modules(command) | seen
    if package is None or any(n.startswith("-") or not known(n) or "{" in n for n in names):
        return start | unknown(f"{command.name} {' '.join(names)} is not understood")
    done = start
    for name in names:
        pattern, *words = name.split()
        chosen = [s for s in package.scripts if _script_matches(s, pattern)]
        if not chosen:
            return done.in_doubt(f"{package.file} has no script {pattern}")
        for script in chosen:
            done |= run_named(
                after(command, done), Project(package), package, script, tuple(words)
            )
    return done


def _script_matches(script: str, pattern: str) -> bool:
    """`:` separates the parts, `*` is one part and `**` any number (npm-run-all, minimatch)."""
    if "*" not in pattern:
        return script == pattern
    if "**" in pattern:
        return fnmatch.fnmatchcase(script, pattern.replace("**", "*"))
    return script.count(":") == pattern.count(":") and fnmatch.fnmatchcase(script, pattern)


_QUIET_FLAGS = frozenset(
    "-k --kill-others --kill-others-on-fail -r --raw -g --group --no-color --hide".split()
)
_VALUE_FLAGS = frozenset(
    "-n --names -c --prefix-colors -p --prefix -m --max-processes -s --success".split()
)


def concurrently(command: Command) -> Effects:
    """Each word is a command of its own."""
    words = list(command.arguments)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in _VALUE_FLAGS and words:
            words.pop(0)
        elif word not in _QUIET_FLAGS:
            return unknown(f"concurrently {word} is not known")
    done = modules(command)
    for word in words:
        script = re.sub(r"^(npm|yarn|pnpm|bun):(\S+)", r"\1 run \2", word)
        if "*" in script or not known(script) or word.startswith("-"):
            return done | unknown(f"concurrently {word} is not understood")
        done |= command.machine.run(script, after(command, done))
    return done


def is_ci(command: Command) -> Effects:
    """Tells by the environment alone (`ci-info` knows some fifty variables)."""
    return modules(command) | Effects(variables=frozenset({"*"}))


def hooks(*names: str) -> Callable[[Command], Effects]:
    """Programs that install git hooks where there is a repository."""

    def answer(command: Command) -> Effects:
        if set(command.arguments) - {"install", "-f", "--force"}:
            return unknown(f"{command.name} {' '.join(command.arguments)} is not modelled")
        package, seen = nearest(command)
        if package is None:
            return seen.in_doubt("git hooks are installed outside a package")
        return modules(command) | seen | git_hooks(*names)(command, Project(package))

    return answer


def shx(command: Command) -> Effects:
    """`shx rm -rf dist`: the command of that name."""
    words = command.arguments
    return (
        modules(command) | command.machine.call(command.with_words(words[0], *words[1:]))
        if words
        else NONE
    )


def _quiet(command: Command) -> Effects:
    """Prints something, and changes nothing."""
    return modules(command) | Effects(variables=frozenset({"*"}))


def reads_sources(what: str) -> Callable[[Command], Effects]:
    """A program that is known to read the project's sources."""
    return lambda command: Effects(doubt=f"{command.name} {what}")


_SOURCES = (
    (
    "reads the project's sources",
    ("tsup tsdown vue-tsc svelte-package parcel swc babel "
     "next nuxt nuxi astro gatsby remix react-scripts vue-cli-service ng nest craco react-router vinxi expo quasar ember umi max father "
     "eslint prettier stylelint biome oxlint jest vitest mocha ava karma cypress c8 nyc tap storybook build-storybook "
     "tailwindcss postcss sass lessc typedoc vitepress vuepress docusaurus hexo eleventy graphql-codegen openapi-generator-cli "
     "microbundle unbuild pkgroll ncc copyfiles cpx cpy ncp svgo electron-builder electron-forge medusa strapi payload sequelize typeorm knex drizzle-kit "
     "tsc-alias resolve-tspaths rescript elm solc hardhat tree-sitter wrangler sls serverless"),
    ),
    ("runs a program of the project", "ts-node tsx ts-node-dev nodemon pm2 babel-node zx jiti bunx deno vite-node esno"),
    ("works on all packages of the workspace", "turbo nx rush wsrun wireit moon"),
    ("compiles native sources", "node-gyp node-gyp-build prebuild-install prebuild prebuildify node-pre-gyp cmake-js electron-rebuild napi neon"),
)  # fmt: skip

_LEFTHOOK = tuple(
    f"{dot}lefthook{local}.{end}"
    for dot in ("", ".")
    for local in ("", "-local")
    for end in ("yml", "yaml", "json", "toml")
)

NODE_BINS: tuple[Tool, ...] = (
    Tool("husky", ("husky",), husky, "git hooks: nothing happens where no .git was copied"),
    Tool("rimraf", ("rimraf",), rimraf, "removes its paths"),
    Tool("cross-env", ("cross-env", "cross-env-shell"), cross_env, "follows the program behind the variables"),
    Tool("npm-run-all", ("npm-run-all", "run-s", "run-p", "npm-run-all2"), many_scripts, "follows the scripts by pattern"),
    Tool("concurrently", ("concurrently", "conc"), concurrently, "follows every command"),
    Tool("is-ci", ("is-ci",), is_ci, "the environment alone"),
    Tool("only-allow", ("only-allow", "opencollective", "opencollective-postinstall", "check-node-version"), _quiet, "prints or refuses"),
    Tool("simple-git-hooks", ("simple-git-hooks",), hooks(*(f"{s}.{e}" for s in (".simple-git-hooks", "simple-git-hooks") for e in ("cjs", "js", "mjs", "json"))), "git hooks, where there is a repository"),
    Tool("lefthook", ("lefthook",), hooks(*_LEFTHOOK), "git hooks, where there is a repository"),
    Tool("shx", ("shx",), shx, "follows the command"),
    *(Tool(name, (name,), reads_sources(what)) for what, names in _SOURCES for name in names.split()),
)  # fmt: skip
