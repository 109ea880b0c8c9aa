"""prisma: generates a client from a schema; measured with 4.16, 5.22, 6.19 and 7.10."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from optimizer.effects.model import NONE, Effects, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools.node_package import Project, in_folder, look
from optimizer.effects.tools.node_scripts import NODE_VARIABLES
from optimizer.effects.tools.node_words import Grammar, Words, parse
from optimizer.effects.tools.prisma_schema import ENV_CALL, Schema, find_schema

_GRAMMAR = Grammar(
    values=frozenset(
        ["schema", "config", "generator", "name", "to-migration", "url", "from-schema-datamodel"]
    ),
    switches=frozenset(
        [
            "data-proxy",
            "accelerate",
            "no-engine",
            "no-hints",
            "allow-no-models",
            "require-models",
            "skip-seed",
            "skip-generate",
            "accept-data-loss",
            "force-reset",
            "create-only",
            "force",
            "check",
            "json",
            "help",
            "version",
            "telemetry-information",
            "sql",
            "watch",
            "engine",
            "hints",
            "postinstall",
        ]
    ),
    short={"h": "help", "v": "version", "f": "force"},
)
_OWN_GENERATORS = frozenset({"prisma-client-js", "prisma-client"})
_GENERATOR = re.compile(r"^\s*generator\s+\w+\s*\{(.*?)^\s*\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"""^\s*(\w+)\s*=\s*(?:env\(\s*)?"((?:[^"\\]|\\.)*)"(\s*\))?""", re.MULTILINE)

_CONNECTS = "it works on a database"
_VERBS = {
    ("generate",): "",
    ("validate",): "",
    ("format",): "prisma format rewrites the schema",
    ("migrate", "deploy"): _CONNECTS,
    ("db", "push"): _CONNECTS,
    ("migrate", "dev"): "prisma migrate dev writes migrations and runs the seed",
    ("migrate", "reset"): "prisma migrate reset runs the seed",
    ("db", "seed"): "prisma db seed runs the project's own program",
}


def effects(command: Command) -> Effects:
    """What a prisma command does."""
    words = parse(command.arguments, _GRAMMAR)
    if words.unknown or not known(*words.words, command.cwd):
        return unknown(f"prisma {words.unknown or ' '.join(words.words)} is not known")
    if not words.words or words.on("version") or words.on("help") or words.words[0] == "version":
        return Effects(variables=NODE_VARIABLES, seconds=1.0)
    for verb, why in _VERBS.items():
        if words.words[: len(verb)] == verb:
            done = generate(command, words)
            return done if not why else done.in_doubt(why)
    return unknown(f"prisma {' '.join(words.words[:2])} is not modelled")


def generate(command: Command, words: Words) -> Effects:
    """`prisma generate`: reads the schema, `.env` and settings; writes the clients."""
    found = find_schema(command, words)
    if isinstance(found, Effects):
        return found
    if not found.files:
        return found.effects.in_doubt(f"no prisma schema was found from {command.cwd}")
    modules = _modules(command)
    if not modules.writes:
        modules = modules.in_doubt(
            "there is no node_modules that prisma could write its client into"
        )
    if words.on("sql") or words.on("watch"):
        modules = modules.in_doubt("prisma generate --sql and --watch go beyond the schema")
    return _environment(command, found) | modules | _outputs(command, found)


def client_postinstall(command: Command, project: Project) -> Effects:
    """The postinstall of @prisma/client (up to 6): generates, where it finds a schema.

    It starts from INIT_CWD and from the package root; with workspaces the schema may be theirs.
    """
    asked = [p.dependencies().get("@prisma/client", "") for p in project.packages]
    if all(re.match(r"[\^~>=v]*([7-9]|\d\d)\b", spec) for spec in asked if spec) and any(asked):
        return NONE  # 7.10 has no postinstall any more
    done = NONE
    for folder in dict.fromkeys(
        (command.cwd, *(p.folder for p in (project.root, *project.members)))
    ):
        here = replace(command, cwd=folder)
        found = find_schema(here, Words({}, ("generate",)))
        if isinstance(found, Effects):
            done |= found
        elif found.files:
            done |= (_environment(here, found) | _outputs(here, found)).maybe()
        else:
            done |= found.effects
    return done


def _environment(command: Command, found: Schema) -> Effects:
    """What every run on a schema reads beside it: `.env` files, and the variables it names."""
    places = (
        posixpath.join(command.cwd, ".env"),
        posixpath.join(found.folder, ".env"),
        posixpath.join(command.cwd, "prisma/.env"),
    )
    engines = frozenset({posixpath.join(command.home(), ".cache/**"), "/tmp/**"})
    return (
        found.effects
        | look(command.machine, *places)
        | Effects(
            writes=engines,
            variables=NODE_VARIABLES
            | {"PRISMA_*", "DATABASE_URL", "DEBUG"}
            | set(ENV_CALL.findall(found.text)),
            network=True,
            seconds=5.0,
        )
    )


def _outputs(command: Command, found: Schema) -> Effects:
    """Where the generators write; one that is not prisma's own is a program that dfopt does not know."""
    done = _modules(command)
    for body in _GENERATOR.findall(_without_comments(found.text)):
        fields = {name: (value, end) for name, value, end in _FIELD.findall(body)}
        provider = fields.get("provider", ("", ""))[0]
        if provider not in _OWN_GENERATORS:
            done = done.in_doubt(f"the prisma generator {provider} is not one that dfopt knows")
        if "output" in fields:
            value, from_env = fields["output"]
            if from_env:
                return done.in_doubt("a prisma generator's output is named by a variable")
            # Relative to the schema's folder (5 to 7, measured).
            done |= _into(command, posixpath.normpath(posixpath.join(found.folder, value)))
    return done


def _into(command: Command, output: str) -> Effects:
    """A client outside node_modules: prisma 7 looks for a tsconfig.json and package.json above it."""
    folder = output
    places: list[str] = []
    while folder != "/":
        places += in_folder(folder, ("tsconfig.json", "package.json"))
        folder = posixpath.dirname(folder)
    there = command.machine.kind(output) is not Kind.ABSENT
    old = (
        Effects(reads=frozenset({tree(output)})) if there else Effects(probes=frozenset({output}))
    )
    return look(command.machine, *places) | old | Effects(writes=frozenset({tree(output)}))


def _modules(command: Command) -> Effects:
    """The node_modules above a folder: prisma and its engines are read, the client is put there."""
    folder = command.cwd
    found: set[str] = set()
    absent: set[str] = set()
    while True:
        place = posixpath.join(folder, "node_modules")
        (absent if command.machine.kind(place) is Kind.ABSENT else found).add(place)
        if folder == "/":
            break
        folder = posixpath.dirname(folder)
    held = frozenset(map(tree, found))
    return Effects(reads=held, writes=held, probes=frozenset(absent))


def _without_comments(text: str) -> str:
    return re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


PRISMA = Tool(
    "prisma",
    ("prisma", "prisma2"),
    effects,
    "generate: schema file or folder, settings, .env, outputs of its own generators",
)
