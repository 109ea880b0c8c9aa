"""cargo-chef: what a recipe names is all that cooking it writes."""

from __future__ import annotations

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.graph.plan import Given, make_plan

FILES = {
    "Cargo.toml": '[package]\nname = "app"\nversion = "0.1.0"\n',
    "Cargo.lock": 'version = 3\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
    "src/main.rs": "fn main() {}\n",
    "src/web.rs": "",
    "src/bin/tool/main.rs": "",
    "tests/it.rs": "",
    "README.md": "",
}
MEMBER = {"Cargo.toml": '[workspace]\nmembers = ["a"]\n', "a/Cargo.toml": '[package]\nname = "a"\n', "a/src/lib.rs": ""}
PREPARE = "cargo chef prepare --recipe-path recipe.json"


def steps(files, prepare=PREPARE, between="", before="COPY . ."):
    text = f"""
FROM rust:1 AS planner
WORKDIR /plan
{before}
RUN {prepare}
FROM rust:1
WORKDIR /app
COPY --from=planner /plan/recipe.json recipe.json
{between}
RUN cargo chef cook --release --recipe-path recipe.json
COPY . .
RUN cargo build --release
"""
    files = {name: content for name, content in {**FILES, **files}.items() if content is not None}
    *_, cook, _, build = make_plan(text, Given(MemoryFiles(files))).stages[-1].steps
    assert cook.effects.doubt is None
    return {p.removeprefix("/app/") for p in cook.effects.writes if p.startswith("/app/")}, build.effects.why


OWN = {
    *("Cargo.toml", "Cargo.lock", "src/main.rs", "src/bin/tool/main.rs", "tests/it.rs", "target/**"),
}


@pytest.mark.parametrize(
    ("files", "writes"),
    [
        ({}, OWN),
        ({".cargo/config": "[net]\n"}, OWN | {".cargo/config.toml"}),
        ({"rust-toolchain.toml": "[toolchain]\n"}, OWN | {"rust-toolchain.toml"}),
        (
            {"Cargo.toml": FILES["Cargo.toml"] + '[lib]\npath = "code/l.rs"\n[[bin]]\nname = "x"\npath = "x.rs"\n'},
            OWN | {"code/l.rs", "x.rs"},
        ),
        (MEMBER, OWN | {"a/Cargo.toml", "a/src/lib.rs"}),
    ],
)
def test_what_is_cooked(files, writes):
    """Manifests, targets, the lock and settings; the build behind the sources is then known."""
    assert steps(files) == (writes, None)


@pytest.mark.parametrize(
    ("files", "given"),
    [
        ({"Cargo.toml": "[package"}, {}),
        ({".cargo/config.toml": '[build]\ntarget-dir = "out"\n'}, {}),
        ({"Cargo.toml": '[workspace]\nmembers = ["../plan/a", "../b"]\n'}, {}),
        ({}, {"between": "RUN echo > recipe.json"}),
        ({}, {"between": "COPY README.md recipe.json"}),
        ({}, {"prepare": f"frob; {PREPARE}"}),
        ({}, {"prepare": f"truncate -s 1 src/x.rs; {PREPARE}"}),
        ({}, {"prepare": f"{PREPARE} && sed -i s/a/b/ recipe.json"}),
        ({}, {"prepare": "cargo chef prepare --recipe-path other.json"}),
    ],
)
def test_what_may_be_cooked(files, given):
    """Where the recipe is not known, anything of the folder."""
    writes, _ = steps(files, **given)

    assert "**" in writes


@pytest.mark.parametrize(
    ("files", "between", "doubt"),
    [
        ({"build.rs": ""}, "", "/app/build.rs is the project's own program"),
        ({"Cargo.toml": FILES["Cargo.toml"] + 'build = "gen.rs"\n'}, "", "/app/gen.rs is the project's own program"),
        ({}, "RUN frob", "whether there is a /app/Cargo.toml"),
    ],
)
def test_programs_of_the_project(files, between, doubt):
    """A build script is one, and what hides whether there is one is named."""
    found = steps(files, between=between)[1] or ""

    assert doubt in found or (between and "may have written it" in found)
