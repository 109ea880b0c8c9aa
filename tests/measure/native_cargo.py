"""Projects of cargo for `tests.measure.native`."""

from __future__ import annotations

REST = {"README.md": "readme\n", "LICENSE": "", "docs/a.md": "", ".env": "A=1\n", "Dockerfile": "", "../beside.txt": "beside\n"}
MAIN = 'fn main() { println!("hello"); }\n'
LIBRARY = "pub fn name() -> u32 { 1 }\n"


def crate(name: str, more: str = "") -> str:
    """A manifest."""
    return f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n{more}'


def at(folder: str, files: dict[str, str]) -> dict[str, str]:
    """The files in a folder."""
    return {f"{folder}/{name}": text for name, text in files.items()}


LOCK = "cargo generate-lockfile --offline"
DEP = {"Cargo.toml": crate("dep"), "src/lib.rs": LIBRARY, "notes.txt": "", "tests/t.rs": ""}
USES = 'fn main() { println!("{}", dep::name()); }\n'
PLAIN = {
    **REST, "Cargo.toml": crate("app"), "src/main.rs": 'mod sub;\nfn main() { println!("{}{}", include_str!("../README.md"), sub::X); }\n', "src/sub.rs": "pub const X: u32 = 1;\n",
    "tests/t.rs": '#[test]\nfn a() { std::fs::read_to_string("README.md").unwrap(); }\n', "examples/e.rs": MAIN, "benches/b.rs": MAIN, "src/bin/more.rs": MAIN, "data.json": "",
}  # fmt: skip
PATH = {**REST, "Cargo.toml": crate("app", '[dependencies]\ndep = { path = "../dep" }\n'), "src/main.rs": USES, **at("../dep", DEP)}
WORKSPACE = {
    **REST, "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nexclude = ["crates/old"]\nresolver = "2"\n[workspace.package]\nversion = "0.1.0"\n[workspace.dependencies]\ndep = { path = "../dep" }\n',
    "crates/a/Cargo.toml": '[package]\nname = "a"\nversion.workspace = true\nedition = "2021"\n[dependencies]\ndep.workspace = true\nb = { path = "../b" }\n', "crates/a/src/main.rs": USES,
    **at("crates/b", {**DEP, "Cargo.toml": crate("b")}), **at("crates/old", {**DEP, "Cargo.toml": crate("old")}), **at("../dep", DEP),
}  # fmt: skip
VENDORED = {
    **REST, "Cargo.toml": crate("app", '[dependencies]\ndep = "0.1"\n'), "src/main.rs": USES, ".cargo/config.toml": '[source.crates-io]\nreplace-with = "kept"\n[source.kept]\ndirectory = "vendor"\n',
    **at("vendor/dep", {**DEP, ".cargo-checksum.json": '{"files":{},"package":null}'}),
}  # fmt: skip
BESIDE = {**{n: t for n, t in VENDORED.items() if not n.startswith("vendor")}, ".cargo/config.toml": VENDORED[".cargo/config.toml"].replace('"vendor"', '"../kept"'), **at("../kept/dep", {**DEP, ".cargo-checksum.json": '{"files":{},"package":null}'})}
ABOVE = {**{n: t for n, t in BESIDE.items() if not n.startswith(".cargo")}, "../.cargo/config.toml": VENDORED[".cargo/config.toml"].replace('"vendor"', '"kept"')}
REGISTRY = {**VENDORED}
PATCHED = {**VENDORED, "Cargo.toml": VENDORED["Cargo.toml"] + '[patch.crates-io]\ndep = { path = "../dep" }\n', **at("../dep", DEP)}
CONFIG_PATCH = {**VENDORED, ".cargo/config.toml": VENDORED[".cargo/config.toml"] + '[patch.crates-io]\ndep = { path = "../dep" }\n', **at("../dep", DEP)}
OVERRIDDEN = {**VENDORED, ".cargo/config.toml": 'paths = ["../dep"]\n' + VENDORED[".cargo/config.toml"], **at("../dep", DEP)}
REACHING = {
    **REST, "Cargo.toml": crate("app", '[[bin]]\nname = "app"\npath = "../code/main.rs"\n'), "../code/main.rs": 'mod inner;\nfn main() { println!("{}", inner::X); }\n', "../code/inner.rs": 'pub const X: &str = include_str!("../beside.txt");\n',
}  # fmt: skip
MOD = {**REST, "Cargo.toml": crate("app"), "src/main.rs": '#[path = "../../code/mod.rs"]\nmod code;\nfn main() { println!("{}", code::inner::X); }\n', "../code/mod.rs": "pub mod inner;\n", "../code/inner.rs": 'pub const X: &str = include_str!("data/x.txt");\n', "../code/data/x.txt": ""}
INCLUDED = {**REST, "Cargo.toml": crate("app"), "src/main.rs": 'include!("../../code/gen.rs");\nfn main() { println!("{}", X); }\n', "../code/gen.rs": 'const X: &str = include_str!("../code/x.txt");\n', "../code/x.txt": ""}
MANIFEST_DIR = {**REST, "Cargo.toml": crate("app"), "src/main.rs": 'fn main() { println!("{}", include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../beside.txt"))); }\n'}
VARIABLE = {**REST, "Cargo.toml": crate("app"), "src/main.rs": 'fn main() { println!("{}", include_str!(env!("BESIDE"))); }\n', ".cargo/config.toml": '[env]\nBESIDE = { value = "../beside.txt", relative = true }\n'}
SCRIPT = {**REST, "Cargo.toml": crate("app"), "src/main.rs": MAIN, "build.rs": 'fn main() { println!("cargo:rerun-if-changed=../beside.txt"); std::fs::read_to_string("../beside.txt").unwrap(); }\n'}
FLAGS = {**REST, "Cargo.toml": crate("app"), "src/main.rs": MAIN, ".cargo/config.toml": '[build]\nrustflags = ["-C", "link-arg=@../flags.txt"]\n', "../flags.txt": "-Wl,--build-id\n"}
LINKER = {**FLAGS, ".cargo/config.toml": '[target.x86_64-unknown-linux-gnu]\nlinker = "../cc.sh"\n', "../cc.sh": '#!/bin/sh\ntouch /tmp/none; exec cc "$@"\n'}
NAMED = {**REST, "Cargo.toml": crate("app", '[lib]\npath = "src/lib.rs"\n[dependencies]\ndep = { path = "../dep" }\n'), "src/lib.rs": LIBRARY, **at("../dep", {**DEP, "Cargo.toml": crate("dep", '[lib]\npath = "src/lib.rs"\n')})}
TOOL = {**REST, **at("tool", {"Cargo.toml": crate("tool"), "src/main.rs": MAIN, ".cargo/config.toml": '[env]\nX = "1"\n', "rust-toolchain.toml": ""}), "Cargo.toml": crate("app"), "src/main.rs": MAIN}
METADATA = {**REST, "Cargo.toml": crate("app", 'readme = "README.md"\nlicense-file = "LICENSE"\ndescription = "x"\n[features]\nmore = []\n[profile.release]\nlto = true\n'), "src/lib.rs": '#![doc = include_str!("../README.md")]\n'}
MEMBER = {**REST, "Cargo.toml": crate("app", 'workspace = ".."\n'), "src/main.rs": MAIN, "../Cargo.toml": '[workspace]\nmembers = ["app", "dep"]\n', **at("../dep", DEP)}
DEEP = {**REST, "Cargo.toml": '[workspace]\nmembers = ["a"]\n', **at("a", {"Cargo.toml": crate("a", '[dependencies]\nb = { path = "b" }\n'), "src/lib.rs": "", "b/Cargo.toml": crate("b", '[target."cfg(unix)".dev-dependencies]\ndep = { path = "../../../dep" }\n'), "b/src/lib.rs": ""}), **at("../dep", DEP)}
ALL = ("cargo fetch --offline", "cargo build --offline", "cargo check --offline --locked", "cargo metadata --offline --format-version 1", "cargo tree --offline")

CARGO = (
    (PLAIN, LOCK, (*ALL, "cargo build --offline --release", "cargo build --offline --bins", "cargo build --offline --all-targets", "cargo build --offline --target-dir out", "CARGO_TARGET_DIR=../target cargo build --offline", "cargo build --offline --manifest-path ../app/Cargo.toml",
        "cargo test --offline", "cargo test --offline --no-run", "cargo run --offline --bin app", "cargo doc --offline --no-deps", "cargo rustc --offline --bin app -- -C debuginfo=0", "cargo clean --offline", "cargo update --offline", "cargo generate-lockfile --offline", "cargo vendor --offline", "cargo locate-project", "cargo pkgid --offline", "cargo verify-project", "cargo package --offline --allow-dirty", "cargo install --offline --path . --root out", "cargo install --offline --locked --path . --root ../out --bin app", "cargo new sub", "cargo init sub --lib", "cargo --version", "cargo read-manifest", "cargo build --offline --example e", "cargo bench --offline --no-run", "cd src && cargo build --offline", "cargo build --offline --config net.offline=true", "cargo fix --offline --allow-no-vcs")),
    (PLAIN, "", ("cargo build --offline", "cargo fetch --offline", "cargo metadata --offline --no-deps --format-version 1", "cargo install --offline --path .")),
    (PATH, LOCK, (*ALL, "cargo build --offline --release -p dep", "cargo vendor --offline out", "cargo doc --offline", "cargo install --offline --path ../dep/../app --root out", "cargo test --offline --workspace", "cd ../dep && cargo check --offline")),
    (WORKSPACE, LOCK, (*ALL, "cargo build --offline -p a", "cd crates/a && cargo build --offline", "cd crates/a && cargo fetch --offline", "cargo install --offline --path crates/a --root out", "cargo build --offline --workspace --exclude a", "cargo new crates/c", "cargo build --offline --manifest-path crates/b/Cargo.toml", "cd crates/old && cargo build --offline")),
    (MEMBER, "", ALL[:2]), (DEEP, LOCK, ALL), (NAMED, LOCK, ALL),
    *((files, LOCK, ALL) for files in (VENDORED, BESIDE, ABOVE, PATCHED, CONFIG_PATCH, OVERRIDDEN)),
    *((files, LOCK, ALL[:2]) for files in (REACHING, MOD, INCLUDED, MANIFEST_DIR, VARIABLE, SCRIPT, FLAGS)),
    (LINKER, LOCK, ("chmod +x ../cc.sh && cargo build --offline",)),
    (METADATA, LOCK, (*ALL, "cargo doc --offline", "cargo build --offline --release --features more", "cargo package --offline --allow-dirty --list", "cargo package --offline --allow-dirty")),
    (TOOL, LOCK, ("cargo install --offline --path tool --root out", "cargo build --offline --manifest-path tool/Cargo.toml", "cd tool && cargo build --offline")),
    (REST, "", ("cargo new made", "cargo init --name app", "cargo new --lib made --vcs none")),
)  # fmt: skip
