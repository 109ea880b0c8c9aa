"""cargo and rustup."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

APP = {
    "Cargo.toml": '[package]\nname = "app"\nversion = "0.1.0"\n\n[dependencies]\nserde = "1"\n',
    "Cargo.lock": '[[package]]\nname = "app"\n\n[[package]]\nname = "serde"\n',
    "src/main.rs": "fn main() {}\n",
}
WORKSPACE = {
    "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/old"]\n',
    "Cargo.lock": '[[package]]\nname = "a"\n\n[[package]]\nname = "b"\n',
    "crates/a/Cargo.toml": '[package]\nname = "a"\n\n[dependencies]\nb = { path = "../b" }\n',
    "crates/b/Cargo.toml": '[package]\nname = "b"\n',
    "crates/old/Cargo.toml": "[package",
    "crates/a/src/main.rs": "",
}


def run(script, files=None, **given):
    placed = {**APP, **(files or {})}
    return effects_of(
        script,
        {n if n.startswith("/") else f"/app/{n}": t for n, t in placed.items() if t is not None},
        **given,
    )


def own(paths):
    return {p for p in paths if not p.startswith(("/root/", "/tmp/"))}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("cargo fetch", {}, {"/app/Cargo.toml", "/app/Cargo.lock"}),
        ("cargo +nightly fetch --locked", {}, {"/app/Cargo.toml", "/app/Cargo.lock"}),
        ("cargo fetch", WORKSPACE, {"/app/Cargo.toml", "/app/Cargo.lock", "/app/crates/a/Cargo.toml", "/app/crates/b/Cargo.toml"}),
        ("cd crates/b && cargo fetch", WORKSPACE, {"/app/Cargo.toml", "/app/Cargo.lock", "/app/crates/a/Cargo.toml", "/app/crates/b/Cargo.toml"}),
        ("cargo fetch", {"Cargo.toml": APP["Cargo.toml"] + 'x = { path = "../x" }\n', "/x/Cargo.toml": '[package]\nname = "x"\n'}, {"/app/Cargo.toml", "/app/Cargo.lock", "/x/Cargo.toml"}),
        ("cargo fetch", {".cargo/config.toml": "", "/rust-toolchain": ""}, {"/app/Cargo.toml", "/app/Cargo.lock", "/app/.cargo/config.toml", "/rust-toolchain"}),
        ("cargo fetch", {".cargo/config.toml": '[source.kept]\ndirectory = "third"\n', "third/serde/Cargo.toml": ""}, {"/app/Cargo.toml", "/app/Cargo.lock", "/app/.cargo/config.toml", "/app/third/**"}),
        ("cargo fetch", {"/.cargo/config": 'paths = ["app/../dep"]\n', "/dep/Cargo.toml": '[package]\nname = "dep"\n'}, {"/app/Cargo.toml", "/app/Cargo.lock", "/.cargo/config", "/dep/**", "/dep/Cargo.toml"}),
        ("cargo tree", {".cargo/config.toml": '[patch.crates-io]\nserde = { path = "../serde" }\n', "/serde/Cargo.toml": '[package]\nname = "serde"\n'}, {"/app/Cargo.toml", "/app/Cargo.lock", "/app/.cargo/config.toml", "/serde/**", "/serde/Cargo.toml"}),
        ("cargo metadata --format-version 1", {}, {"/app/Cargo.toml", "/app/Cargo.lock"}),
        ("cd crates/old && cargo fetch", {**WORKSPACE, "crates/old/Cargo.toml": '[package]\nname = "old"\n', "crates/old/Cargo.lock": ""}, {"/app/Cargo.toml", "/app/crates/old/Cargo.toml", "/app/crates/old/Cargo.lock"}),
        ("cargo install ripgrep", {}, set()),
        ("rustup target add wasm32-unknown-unknown", {"rust-toolchain.toml": ""}, {"/app/rust-toolchain.toml"}),
    ],
)  # fmt: skip
def test_reads_exactly_these(script, files, reads):
    """Fetching reads manifests, the lock and settings."""
    effects = run(script, files)

    assert (None, reads) == (effects.doubt, own(effects.reads))


@pytest.mark.parametrize("kind", ["", " --bin", " --lib", " --vcs none", " --name other"])
def test_a_new_crate_is_known(kind):
    """A skeleton for the dependencies: no build script, nothing of the project but what is copied."""
    effects = run(f"cargo new{kind} /new && cd /new && cargo build --release")

    assert effects.doubt is None
    assert "/new/target/**" in effects.writes
    assert not any(p.startswith("/app") for p in effects.reads)


def test_targets_must_be_there():
    """A manifest that names no target needs src/main.rs or src/lib.rs."""
    assert {"/app/src/main.rs", "/app/src/lib.rs"} <= run("cargo fetch").probes


def test_targets_that_are_named_need_not_be_there():
    """Of a manifest that says where they are; a build still looks for others."""
    named = {"Cargo.toml": '[package]\nname = "app"\n[lib]\npath = "lib.rs"\n'}

    assert not {p for p in run("cargo fetch", named).probes if p.startswith("/app/src")}
    assert "/app/src/main.rs" in run("cargo build", named).probes


def test_a_crate_beside_the_project_may_have_a_workspace():
    """From which it inherits: it is sought above that crate too."""
    files = {
        "Cargo.toml": APP["Cargo.toml"] + 'x = { path = "/lib/x" }\n',
        "/lib/x/Cargo.toml": '[package]\nname = "x"\nversion.workspace = true\n',
        "/lib/Cargo.toml": '[workspace]\nmembers = ["x"]\n[workspace.package]\nversion = "1.0.0"\n',
    }
    named = {**files, "/lib/x/Cargo.toml": '[package]\nname = "x"\nworkspace = "../ws"\n', "/lib/ws/Cargo.toml": "[workspace]\n"}

    assert "/lib/Cargo.toml" in run("cargo fetch", files).reads
    assert "/lib/ws/Cargo.toml" in run("cargo fetch", named).reads


def test_metadata_tells_the_readme():
    """`cargo metadata` prints the readme that a crate has, which fetching does not ask for."""
    assert "/app/README.md" in run("cargo metadata").probes
    assert "/app/crates/b/README" in run("cargo metadata", WORKSPACE).probes
    assert "/app/README.md" not in run("cargo fetch").probes


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ('include_str!("../../shared/a.txt")', "/shared/a.txt"),
        ('#[folder = "../shared"]', "/shared/**"),
        ('include_bytes!("/shared/a.txt")', "/shared/a.txt"),
        ('"../assets/x"', "/app/**"),
    ],
)
def test_sources_reach_out(source, reads):
    """Macros take files from outside of the crate."""
    effects = run("cargo build", {"src/main.rs": source, "/shared/a.txt": ""})

    assert effects.doubt is None
    assert reads in effects.reads


@pytest.mark.parametrize(
    ("files", "reads"),
    [
        ({"src/main.rs": '#[path = "../../shared/mod.rs"]\nmod m;', "/shared/mod.rs": "mod a;", "/shared/a.rs": 'include_str!("../words/w")', "/words/w": ""}, "/words/w"),
        ({"Cargo.toml": '[package]\nname = "app"\n[[bin]]\nname = "app"\npath = "../code/main.rs"\n', "/code/main.rs": 'include_str!("../words/w")', "/words/w": ""}, "/code/**"),
        ({"Cargo.toml": '[package]\nname = "app"\n[lib]\npath = "../code/lib.rs"\n', "/code/lib.rs": 'include_str!("../words/w")', "/words/w": ""}, "/words/w"),
        ({".cargo/config.toml": '[build]\nrustflags = ["-C", "link-arg=@../flags"]\n', "/flags": ""}, "/flags/**"),
        ({".cargo/config.toml": '[build]\nrustflags = "-L../libs"\n', "/libs/a": ""}, "/libs/**"),
    ],
)  # fmt: skip
def test_what_is_reached_reaches_further(files, reads):
    """Sources outside of the crate name others; so do settings."""
    effects = run("cargo build", files)

    assert effects.doubt is None
    assert reads in effects.reads


def test_the_folder_of_the_manifest_is_where_a_path_starts():
    """`concat!(env!("CARGO_MANIFEST_DIR"), "/../words/w")`."""
    files = {"up/a/Cargo.toml": '[package]\nname = "a"\n', "up/a/src/lib.rs": '"/../words/w"', "up/words/w": ""}

    assert "/app/up/words/w" in run("cd up/a && cargo check", {**files, "Cargo.toml": None}).reads


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ("cargo build", {".cargo/config.toml": '[target.x]\nlinker = "cc.sh"\n'}),
        ("CARGO_TARGET_X_LINKER=/app/cc.sh cargo build", {}),
        ("RUSTC_WRAPPER=./cc.sh cargo check", {}),
    ],
)
def test_a_program_of_the_project_may_do_anything(script, files):
    """It stands between cargo and what it starts."""
    assert "cargo runs /app/cc.sh" in (run(script, {**files, "cc.sh": ""}).doubt or "")


def test_a_new_crate_in_a_workspace():
    """Cargo reads the other members, and looks for the targets of the crate above."""
    assert "/app/crates/b/Cargo.toml" in run("cargo new crates/c", WORKSPACE).reads
    assert "/app/src/main.rs" in run("cargo new sub", {"Cargo.toml": '[package]\nname = "app"\n[lib]\npath = "lib.rs"\n'}).probes


@pytest.mark.parametrize(
    ("script", "writes"),
    [
        ("cargo fetch", set()),
        ("cargo build --release", {"/app/target/**"}),
        ("CARGO_TARGET_DIR=/out cargo build", {"/out/**"}),
        ("cargo build --target-dir /out", {"/out/**"}),
        (
            "cargo install --path . --root /opt/x",
            {"/app/target/**", "/opt/x/bin/**", "/opt/x/.crates.toml", "/opt/x/.crates2.json"},
        ),
        ("cargo new --bin demo", {"/app/Cargo.toml", "/app/demo", "/app/demo/.**", "/app/demo/Cargo.toml", "/app/demo/src", "/app/demo/src/main.rs"}),
        ("cargo new --lib --name x /n", {"/n", "/n/.**", "/n/Cargo.toml", "/n/src", "/n/src/lib.rs"}),
        ("cargo new src", {"/app/Cargo.toml", "/app/src/**"}),
        ("cargo init --name x", {"/app/Cargo.toml", "/app/**"}),
        ("cargo chef prepare --recipe-path r.json", {"/app/r.json"}),
        ("cargo chef cook --release", {"/app/**", "/app/target/**"}),
        ("cargo update", {"/app/Cargo.lock"}),
    ],
)  # fmt: skip
def test_writes_exactly_these(script, writes):
    """A build leaves files in its target folder alone."""
    effects = run(script)

    assert (None, writes) == (effects.doubt, own(effects.writes))


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("cargo build", {"build.rs": ""}, "/app/build.rs is the project's own program"),
        (
            "cargo build",
            {"Cargo.toml": '[package]\nname = "a"\nbuild = "gen.rs"\n'},
            "/app/gen.rs",
        ),
        (
            "cargo build",
            {"Cargo.toml": '[package]\nname = "a"\n[lib]\nproc-macro = true\n'},
            "its macros",
        ),
        ("cargo build", {".cargo/config.toml": '[build]\ntarget-dir = "/x"\n'}, "changes where"),
        ("cargo build", {"Cargo.toml": None}, "no Cargo.toml"),
        ("cargo build", {"Cargo.toml": "[package"}, "cannot be read"),
        ("cargo build --config a=1", {}, "command line"),
        ("cargo build --frobnicate", {}, "--frobnicate"),
        ("cargo test", {}, "own tests"),
        ("cargo run", {}, "own program"),
        ("cargo leptos build", {}, "cargo leptos"),
        ("cargo fetch", {"Cargo.toml": '[workspace]\nmembers = ["x/**"]\n'}, "not modelled"),
    ],
)
def test_doubts(script, files, doubt):
    """The project's own programs, and unknown settings, are doubts."""
    assert doubt in (run(script, files).doubt or "")


@pytest.mark.parametrize(
    ("script", "files", "violated"),
    [
        ("cargo fetch", {}, ""),
        ("cargo fetch", {"Cargo.lock": None}, "there is no"),
        ("cargo build", {"Cargo.lock": '[[package]]\nname = "app"\n'}, "it lacks serde"),
        ("cargo fetch --locked", {}, None),
    ],
)
def test_lock_in_sync(script, files, violated):
    """Cargo.lock is written if it lacks a crate; never with `--locked`."""
    found = [c.violated for c in run(script, files).conditional]

    assert ([] if violated is None else [True]) == [
        (violated in f) if violated else not f for f in found
    ]


def test_the_dummy_program():
    """The usual trick: dependencies are built against an empty main, which is removed."""
    effects = run(
        "mkdir -p src && echo 'fn main() {}' > src/main.rs && cargo build --release && rm -rf src",
        {"src/main.rs": None},
    )

    assert effects.doubt is None
    assert "/app/target" in effects.generated
