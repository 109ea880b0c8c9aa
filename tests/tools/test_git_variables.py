"""Which variables those observe that call git."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

FILES = {
    "/app/go.mod": "module m\n", "/app/composer.json": '{"name": "a/b"}', "/app/composer.lock": '{"packages": []}',
    "/app/Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\n', "/app/src/main.rs": "", "/app/Cargo.lock": "version = 3\n",
    "/app/requirements.txt": "flask==3.0\n", "/app/package.json": '{"name": "a"}',
    "/app/package-lock.json": '{"lockfileVersion": 3, "packages": {"": {"name": "a"}}}',
}  # fmt: skip


@pytest.mark.parametrize(
    "script",
    [
        "git clone https://example.org/a.git",
        "go mod download",
        "pip install --only-binary :all: -r requirements.txt",
        "composer install --no-scripts --no-plugins --no-autoloader",
        "cargo fetch --locked",
        "npm ci",
    ],
)
def test_what_git_reads_and_no_more(script):
    """The names that builds tell a commit by are not git's; its own, and its families', are."""
    effects = effects_of(script, FILES)
    own = "DIR SSH SSH_COMMAND TERMINAL_PROMPT CONFIG_KEY_0 TRACE2_EVENT SSL_NO_VERIFY LFS_SKIP_SMUDGE COMMITTER_NAME"
    others = "SHA SHA1 COMMIT COMMIT_SHA COMMIT_HASH REV REVISION REF BRANCH TAG HASH DESCRIBE VERSION URL"

    def seen(name: str) -> bool:
        return any(
            p == name or (p.endswith("*") and name.startswith(p[:-1])) for p in effects.variables
        )

    assert effects.doubt is None
    assert [n for n in own.split() if not seen(f"GIT_{n}")] == []
    assert [n for n in others.split() if seen(f"GIT_{n}")] == []
