"""svelte-kit sync, before the project's settings are there and after."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

PACKAGE = {"/app/package.json": '{"name":"a"}'}


def run(script, **files):
    named = {f"/app/{k.replace('__', '/').replace('_', '.')}": v for k, v in files.items()}
    return effects_of(script, {**PACKAGE, **named}, env={"PATH": "/usr/bin:/bin"})


@pytest.mark.parametrize(
    ("files", "reads"),
    [
        ({}, {"package.json"}),
        ({"tsconfig_json": "{}"}, {"package.json", "tsconfig.json"}),
        ({"_env": "", "_env_local": ""}, {"package.json", ".env", ".env.local"}),
        ({"src__app_html": "", "README_md": ""}, {"package.json", "src/**"}),
        ({"static__a_png": ""}, {"package.json", "static/**"}),
        ({"pnpm-workspace_yaml": ""}, {"package.json", "pnpm-workspace.yaml"}),
    ],
)
def test_without_settings(files, reads):
    """It looks for them, and reads src where that is there."""
    done = run("svelte-kit sync", **files)
    own = {p.removeprefix("/app/") for p in done.reads}
    assert done.doubt is None
    assert own - {".svelte-kit/**", "node_modules/**"} == reads
    assert {"/app/svelte.config.js", "/app/vite.config.ts", "/app/src", "/app/static"} <= done.probes
    assert "/app/.svelte-kit/**" in done.writes


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ("svelte-kit sync", {"svelte_config_js": ""}),
        ("svelte-kit sync", {"svelte_config_ts": ""}),
        ("svelte-kit sync", {"vite_config_js": ""}),
        ("svelte-kit sync", {"vite_config_mts": ""}),
        ("svelte-kit sync", {"postcss_config_cjs": ""}),
        ("svelte-kit sync", {"_postcssrc": ""}),
        ("svelte-kit sync", {"_postcssrc_json": "{}"}),
        ("svelte-kit sync --mode x", {}),
        ('svelte-kit sync "$(cat x)"', {}),
        ("svelte-kit build", {}),
        ("svelte-kit", {}),
    ],
)
def test_not_known(script, files):
    """Settings are programs; other commands build."""
    assert run(script, **files).doubt


def test_settings_that_a_run_has_made():
    """They may be there."""
    done = effects_of("svelte-kit sync", PACKAGE, unknown=("/app/**",), env={"PATH": "/usr/bin"})
    assert done.doubt
