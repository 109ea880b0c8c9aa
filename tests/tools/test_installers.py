"""Scripts of well-known addresses that are piped into a shell."""

from __future__ import annotations

import pytest

from optimizer.effects.tools.installers import ASSUMPTION
from tests.effects.machine import effects_of

NODESOURCE = "https://deb.nodesource.com/setup_22.x"
NVM = "https://raw.githubusercontent.com/nvm-sh/nvm/v0.40.3/install.sh"
RUST = {"rust-toolchain", "rust-toolchain.toml"}
PNPM = {"package.json", ".npmrc", "pnpm-workspace.yaml"}
VERSIONS = {".nvmrc", ".npmrc", "package.json", "node_modules"}
PROJECT = dict.fromkeys(
    ("/app/package.json", "/app/.npmrc", "/app/src/a.js", "/app/run.sh"), "echo\n"
)


def own(paths):
    """The paths of the project."""
    return {p.removeprefix("/app/") for p in paths if p.startswith("/app/")}


@pytest.mark.parametrize(
    ("script", "looked_at", "written"),
    [
        (f"curl -fsSL {NODESOURCE} | bash -", set(), "/etc/apt/**"),
        (f"curl -sL {NODESOURCE} | sudo -E bash -", set(), "/etc/apt/**"),
        (f"wget -qO- {NODESOURCE} | bash", set(), "/etc/apt/**"),
        ("curl https://sh.rustup.rs -sSf | sh -s -- -y", RUST, "/root/.cargo/**"),
        ("CARGO_HOME=/opt/c; export CARGO_HOME; curl -sSf https://sh.rustup.rs | sh -s -- -y", RUST, "/opt/c/**"),
        ('sh -c "$(curl -fsSL https://sh.rustup.rs)" -- -y', RUST, "/root/.rustup/**"),
        ("curl -LsSf https://astral.sh/uv/0.5.1/install.sh | sh", set(), "/root/.local/**"),
        ("curl -fsSL https://bun.sh/install | bash -s bun-v1.3.0", {"bunfig.toml", "package.json", ".npmrc"}, "/root/.bun/**"),
        ("wget -qO- https://get.pnpm.io/install.sh | ENV=$HOME/.bashrc sh -", PNPM, "/root/.local/share/pnpm/**"),
        ("curl -fsSL https://get.docker.com | sh", set(), "/usr/**"),
        ("curl -fsSL https://deno.land/install.sh | sh", {"deno.json", "deno.jsonc", "deno.lock", "package.json", ".npmrc"}, "/root/.deno/**"),
        (f"curl -o- {NVM} | bash", VERSIONS, "/root/.nvm/**"),
        ("nvm install 20", VERSIONS, "/root/.nvm/**"),
        ("export NVM_DIR=/opt/nvm && . /opt/nvm/nvm.sh && nvm install 20 && nvm use 20", VERSIONS, "/opt/nvm/**"),
        ("curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer", set(), "/usr/local/bin/composer"),
    ],
)  # fmt: skip
def test_what_an_installer_looks_at(script, looked_at, written):
    """It looks at these files of the project and no other, and fills a place of its own."""
    effects = effects_of(script, PROJECT)

    assert (None, looked_at) == (effects.doubt, own(effects.reads | effects.probes))
    assert written in effects.writes
    assert effects.network


def test_poetry_is_installed_by_a_python_that_searches_the_working_directory():
    """`python3 -` would import a module of the project that is called as one of its own."""
    effects = effects_of("curl -sSL https://install.python-poetry.org | python3 -", PROJECT)
    shadowed = effects_of(
        "curl -sSL https://install.python-poetry.org | python3 -", {"/app/argparse.py": ""}
    )

    assert effects.doubt is None
    assert "/app/argparse.py**" in effects.probes
    assert "argparse.py stands before" in (shadowed.doubt or "")


def test_it_rests_on_an_assumption():
    """What stands behind the address tomorrow is not known today."""
    effects = effects_of(f"curl -sL {NODESOURCE} | bash", PROJECT)

    assert {ASSUMPTION} == {c.assumption for c in effects.conditional}
    assert effects.unpinned


@pytest.mark.parametrize(
    ("script", "doubt"),
    [
        ("curl -sSL https://example.org/install.sh | sh", "example.org"),
        ("curl -sSL https://deb.nodesource.com.example.org/setup_22.x | sh", "example.org"),
        ('curl -sSL "$WHERE" | sh', "a shell that reads a script which is not known"),
        ("curl -sSf https://sh.rustup.rs | sed s/a/b/ | sh", "script which is not known"),
        ("cat run.sh - | curl -sSf https://sh.rustup.rs file:///app/run.sh | sh", "not known"),
        ("{ cat run.sh; curl -sSf https://sh.rustup.rs; } | sh", "script which is not known"),
        ("curl -sS https://getcomposer.org/installer | php -- --cafile=own.pem", "--cafile"),
        ("curl -sS https://getcomposer.org/installer | php -d auto_prepend_file=a.php", "a.php"),
        ("nvm install 20 --save", "nvm install 20 --save"),
        ("nvm exec 20 ./run.sh", "nvm exec 20"),
        ("curl -sSf https://sh.rustup.rs | python3 own.py", "own.py"),
    ],
)
def test_doubts(script, doubt):
    """A script of another address, or one that was changed on the way, is not known."""
    assert doubt in (effects_of(script, PROJECT, env={"WHERE": "\0"}).doubt or "")


@pytest.mark.parametrize(
    "line",
    [
        "curl -fsSL https://deb.nodesource.com/setup_20.x -o setup.sh && bash setup.sh",
        "wget -qO /tmp/setup.sh https://deb.nodesource.com/setup_20.x && sh /tmp/setup.sh",
        "curl -fsSL https://deb.nodesource.com/setup_20.x > setup.sh && chmod +x setup.sh && bash setup.sh",
        "curl -sSL -o install.py https://install.python-poetry.org && python3 install.py --version 1.8.3",
        "wget -O c.php https://getcomposer.org/installer && php c.php --quiet --filename=/usr/local/bin/composer && rm c.php",
    ],
)
def test_a_script_that_is_kept_in_a_file(line):
    """What was fetched into a file is the same script as if it were piped."""
    assert effects_of(line).doubt is None


@pytest.mark.parametrize(
    "line",
    [
        "curl -fsSL https://example.org/x -o setup.sh && bash setup.sh",
        "curl -C - https://deb.nodesource.com/setup_20.x -o setup.sh && bash setup.sh",
        "curl https://deb.nodesource.com/setup_20.x -o setup.sh && echo x >> setup.sh && bash setup.sh",
        "curl https://deb.nodesource.com/setup_20.x -o a.sh && cat a.sh b.sh > setup.sh && bash setup.sh",
        "wget -O c.php https://getcomposer.org/installer && sed -i s/a/b/ c.php && php c.php",
    ],
)
def test_a_script_that_is_changed_or_not_known(line):
    """A file that was added to, or another script, is a doubt."""
    assert effects_of(line, {"/app/b.sh": "make"}).doubt is not None


def test_an_older_file_may_stay():
    """An empty answer leaves what stood there."""
    line = "curl https://deb.nodesource.com/setup_20.x -o setup.sh && bash setup.sh"

    assert effects_of(line, {"/app/setup.sh": "make"}).doubt is not None
