"""A file that a stage makes of some files alone: what takes it runs again if one of these is another."""

from __future__ import annotations

import pytest

from optimizer.cache.estimate import own_inputs
from optimizer.context.files import MemoryFiles
from optimizer.graph.plan import Given, make_plan
from tests.cache.test_replay import git, one_after_another, replayed

COOK = "COPY --from=planner /app/recipe.json recipe.json\nRUN cargo chef cook --recipe-path recipe.json\n"
CHEF = (
    "FROM rust:1 AS chef\nRUN cargo install cargo-chef\nWORKDIR /app\n"
    "FROM chef AS planner\nCOPY . .\nRUN cargo chef prepare --recipe-path recipe.json\n"
    "FROM chef AS builder\n" + COOK
)
FILES = {
    "Cargo.toml": '[package]\nname = "app"\nversion = "1.0.0"\n',
    "Cargo.lock": "version = 3\n",
    "src/main.rs": "fn main() {}\n",
    "README.md": "app\n",
    "notes.txt": "1\n",
}


@pytest.fixture
def project(tmp_path):
    """A git history with one commit."""
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, FILES)
    return tmp_path


def commit(root, texts):
    for name, text in texts.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "-q", "-m", "x")


def taken(root, text, rules=""):
    """The commits at which the file is copied anew, and those at which what takes it runs."""
    found = replayed(root, text, text, rules).before
    assert one_after_another(root, text, rules) == [row.built for row in found]
    copied, cooked = (row.built for row in found if row.text in COOK)
    return copied, cooked


@pytest.mark.parametrize(
    ("texts", "built"),
    [
        ({"src/main.rs": "fn main() { }\n"}, []),
        ({"README.md": "more\n", "notes.txt": "2\n"}, []),
        ({"notes/a.txt": "1\n"}, []),
        ({"Cargo.toml": FILES["Cargo.toml"] + "[dependencies]\n"}, [0]),
        ({"Cargo.lock": "version = 4\n"}, [0]),
        ({"lib/Cargo.toml": FILES["Cargo.toml"]}, [0]),
        ({"src/bin/tool.rs": "fn main() {}\n"}, [0]),
        ({"build.rs": "fn main() {}\n"}, [0]),
        ({".cargo/config.toml": "[build]\n"}, [0]),
        ({"rust-toolchain": "1.80\n"}, [0]),
    ],
)
def test_what_follows_from_some_files_is_another_only_with_these(project, texts, built):
    """A recipe of cargo-chef follows from manifests, lock, settings and the names of targets."""
    commit(project, texts)
    assert (built, built) == taken(project, CHEF)


@pytest.mark.parametrize(
    ("text", "built"),
    [
        (CHEF.replace("COPY . .", "COPY Cargo.toml ./\nCOPY src src"), []),
        (CHEF.replace("COPY . .\n", "COPY . .\nRUN rustup show\n"), [0]),
        (CHEF.replace("COPY . .", "COPY . .\nCOPY notes.txt /usr/local/cargo/bin/cargo-chef"), [0]),
        (CHEF.replace("COPY . .", "COPY . .\nCOPY notes.txt /opt/settings"), [0]),
        (CHEF.replace("RUN cargo chef p", "RUN cp src/main.rs Cargo.toml && cargo chef p"), [0]),
        (CHEF.replace("recipe.json\nFROM", "recipe.json && cat src/main.rs > recipe.json\nFROM"), [0]),
        (CHEF.replace("RUN cargo chef p", "RUN ./configure; cargo chef p"), [0]),
        (CHEF.replace("RUN cargo chef p", "RUN cd /app && cargo chef p"), []),
        (CHEF.replace("RUN cargo chef p", "RUN cargo install cargo-chef && cargo chef p"), [0]),
        (CHEF.replace("RUN cargo chef p", "RUN grep -q 2 notes.txt || cargo chef p"), [0]),
        (CHEF.replace("recipe.json\nFROM", "recipe.json\nCOPY src/main.rs recipe.json\nFROM"), [0]),
        (CHEF.replace("RUN cargo install", "COPY notes.txt /\nRUN cargo install"), []),
    ],
    ids=["two copies", "a RUN between", "the program", "a file elsewhere", "a manifest is written", "it is written again",
         "a program of the project", "cd", "its program is fetched", "a condition", "copied over", "above the last RUN"],
)  # fmt: skip
def test_only_where_nothing_else_has_to_do_with_it(project, text, built):
    """Whatever may change the file, or who makes it, counts."""
    commit(project, {"src/main.rs": "fn main() { }\n"})
    assert built == taken(project, text)[0]


def test_what_is_ignored_does_not_count(project):
    commit(project, {"src/bin/tool.rs": "fn main() {}\n"})
    assert ([], []) == taken(project, CHEF, "src/bin\n")


def test_behind_a_link_nothing_is_known(project):
    """What it leads to could be a manifest elsewhere."""
    (project / "lib").symlink_to("/opt/lib")
    commit(project, {"notes.txt": "2\n"})
    commit(project, {"notes.txt": "3\n"})
    assert [0, 1] == taken(project, CHEF)[0]


def test_the_estimate_knows_it_as_well():
    """The copy depends on what the file is made of, and on nothing else of the stage's copies."""
    files = MemoryFiles({path: text.encode() for path, text in FILES.items()})
    plan = make_plan(CHEF, Given(files))
    own = {step.instruction.text.strip(): paths for step, paths, _ in own_inputs(plan, None)}

    assert {"Cargo.toml", "Cargo.lock"} == own[COOK.split("\n", 1)[0]]
