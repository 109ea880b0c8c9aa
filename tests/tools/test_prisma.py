"""prisma and node."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of

CLIENT = 'generator client {\n  provider = "prisma-client-js"\n}\n'
SCHEMA = CLIENT + 'datasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n'
PACKAGE = json.dumps({"name": "app", "dependencies": {"prisma": "6"}})


def with_output(output: str, provider: str = "prisma-client") -> str:
    return f'generator client {{\n  provider = "{provider}"\n  output = {output}\n}}\n'


def run(script, files, **given):
    every = {"package.json": PACKAGE, "src/a.ts": "", **files}
    paths = {f"/app/{name}": text for name, text in every.items()}
    return effects_of(script, paths, unknown=["/app/node_modules/**"], **given)


def own(paths):
    """The paths of the project, without node_modules and what is read by npx."""
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")} - {"node_modules/**", "package.json"}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("npx prisma generate", {"prisma/schema.prisma": SCHEMA}, {"prisma/schema.prisma"}),
        ("npx prisma@6 generate --no-hints", {"prisma/schema.prisma": SCHEMA}, {"prisma/schema.prisma"}),
        ("yarn prisma generate", {"prisma/schema.prisma": SCHEMA}, {"prisma/schema.prisma"}),
        ("node_modules/.bin/prisma generate", {"schema.prisma": SCHEMA}, {"schema.prisma"}),
        ("npx prisma generate", {"schema.prisma": SCHEMA, "prisma/schema.prisma": SCHEMA}, {"schema.prisma"}),
        ("npx prisma generate --schema=db/s.prisma", {"db/s.prisma": SCHEMA}, {"db/s.prisma"}),
        ("npx prisma generate --schema db", {"db/a.prisma": SCHEMA, "db/b.prisma": ""}, {"db/**"}),
        ("npx prisma generate", {"prisma/schema/a.prisma": SCHEMA}, {"prisma/schema/**"}),
        ("npx prisma generate", {"package.json": json.dumps({"name": "a", "prisma": {"schema": "db/s.prisma"}}), "db/s.prisma": SCHEMA}, {"db/s.prisma"}),
        ("npx prisma generate", {"prisma/schema.prisma": SCHEMA, ".env": "A=1"}, {"prisma/schema.prisma", ".env"}),
        ("npx prisma generate", {"prisma/schema.prisma": SCHEMA, "prisma/.env": "A=1"}, {"prisma/schema.prisma", "prisma/.env"}),
        ("npx prisma generate", {"prisma.config.ts": 'import "dotenv/config";\nexport default defineConfig({ schema: "db/s.prisma" })', "db/s.prisma": SCHEMA}, {"prisma.config.ts", "db/s.prisma"}),
        ("npx prisma generate", {"prisma.config.ts": 'import path from "node:path"\nexport default { schema: path.join("db", "s.prisma") }', "db/s.prisma": SCHEMA}, {"prisma.config.ts", "db/s.prisma"}),
        ("cd db && npx prisma generate", {"db/schema.prisma": SCHEMA}, {"db/schema.prisma"}),
        ("npx prisma generate", {"prisma/schema.prisma": with_output('"../src/gen"'), "tsconfig.json": "{}"}, {"prisma/schema.prisma", "tsconfig.json"}),
        ("npx prisma --version", {"prisma/schema.prisma": SCHEMA}, set()),
    ],
)  # fmt: skip
def test_reads_exactly_these(script, files, reads):
    """These files of the project are read, and nothing about the command is in doubt."""
    effects = run(script, files)

    assert (None, reads) == (effects.doubt, own(effects.reads))


@pytest.mark.parametrize(
    ("schema", "writes"),
    [
        (SCHEMA, {"node_modules/**"}),
        (with_output('"../src/gen"'), {"node_modules/**", "src/gen/**"}),
        (with_output('"./gen"'), {"node_modules/**", "prisma/gen/**"}),
        ('// generator x {\n// provider = "x"\n// }\n' + SCHEMA, {"node_modules/**"}),
    ],
)
def test_writes_its_clients(schema, writes):
    """A client goes into node_modules, or where the generator's output leads from the schema."""
    effects = run("npx prisma generate", {"prisma/schema.prisma": schema})

    assert (None, writes) == (effects.doubt, {p.removeprefix("/app/") for p in effects.writes if p.startswith("/app/")})


def test_observes_the_variables_that_the_schema_names():
    """`env("DATABASE_URL")` in a schema is a variable of the step."""
    assert "DATABASE_URL" in run("npx prisma generate", {"prisma/schema.prisma": SCHEMA}).variables


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("npx prisma generate", {}, "no prisma schema was found"),
        ("npx prisma generate --frobnicate", {"schema.prisma": SCHEMA}, "--frobnicate"),
        ("npx prisma generate --watch", {"schema.prisma": SCHEMA}, "--watch"),
        ("npx prisma generate", {"schema.prisma": with_output('"x"', "prisma-erd-generator")}, "prisma-erd-generator"),
        ("npx prisma generate", {"schema.prisma": with_output('env("OUT")')}, "named by a variable"),
        ("npx prisma generate", {"schema.prisma": SCHEMA, "prisma.config.ts": 'import x from "./settings"'}, "./settings"),
        ("npx prisma generate", {"schema.prisma": SCHEMA, "prisma.config.ts": "export default { schema: where() }"}, "does not read"),
        ("npx prisma migrate deploy", {"schema.prisma": SCHEMA}, "database"),
        ("npx prisma db seed", {"schema.prisma": SCHEMA}, "seed"),
        ("npx prisma studio", {"schema.prisma": SCHEMA}, "not modelled"),
    ],
)  # fmt: skip
def test_says_what_it_does_not_know(script, files, doubt):
    """What is not known is said in words."""
    assert doubt in (run(script, files).doubt or "")


def test_a_client_needs_node_modules():
    """Without node_modules prisma installs itself and changes package.json."""
    assert "node_modules" in (effects_of("prisma generate", {"/app/schema.prisma": SCHEMA}).doubt or "")


@pytest.mark.parametrize(
    ("script", "reads", "doubt"),
    [
        ("node --version", set(), ""),
        ("node -e 'console.log(process.version)'", set(), ""),
        ("node -p \"require('./package.json').version\"", {"package.json"}, ""),
        ("node -p \"require('os').cpus().length\"", set(), ""),
        ("node --check src/a.ts", {"src/a.ts"}, ""),
        ("node -e \"require('fs').writeFileSync('x', '')\"", set(), "does not follow"),
        ("node -e \"require('./a')\"", set(), "does not follow"),
        ("node -e 'import(\"./a.mjs\")'", set(), "does not follow"),
        ("node src/a.ts", set(), "src/a.ts, a program"),
        ("node -r ./hook.js --version", set(), "-r loads"),
        ("node", set(), "not known"),
        ("node node_modules/.bin/rimraf dist", set(), ""),
        ("node node_modules/.bin/tsc", set(), "tsconfig.json is not known"),
    ],
)
def test_node(script, reads, doubt):
    """Only one-liners and programs that dfopt knows are followed."""
    effects = run(script, {})
    found = {p.removeprefix("/app/") for p in effects.reads if p.startswith("/app/")} - {"node_modules/**"}

    assert (reads, doubt) == (found, doubt if doubt and doubt in (effects.doubt or "") else effects.doubt or "")
