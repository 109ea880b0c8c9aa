"""The command line of uv, by 0.4 to 0.13, and the variables that stand for some of its options."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from optimizer.effects.tool import Command
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options, split

_FLAGS = words(
    "-h --help -V --version -q --quiet -v --verbose -n --no-cache --no-cache-dir --offline "
    "--no-config --no-progress --native-tls --no-native-tls --no-python-downloads "
    "--managed-python --no-managed-python --no-color --isolated "
    "--frozen --locked --no-dev --dev --only-dev --all-extras --all-groups --no-default-groups "
    "--no-install-project --no-install-workspace --no-editable --inexact --exact --all-packages "
    "--active --no-active --dry-run --no-sources --compile-bytecode --compile "
    "--no-compile-bytecode --no-build --no-binary --no-build-isolation --reinstall -U --upgrade "
    "--refresh --no-index --require-hashes --verify-hashes --no-verify-hashes --no-deps --system "
    "--no-system --break-system-packages --strict --pre --user --no-header --no-annotate "
    "--generate-hashes --no-emit-project --no-hashes --no-emit-workspace --seed --clear "
    "--allow-existing --relocatable --system-site-packages --force --script --universal -y "
    "--no-install-local --check --only-emit-project --sdist --wheel --no-group-all --no-strip-extras"
)
_VALUED = words(
    "-r --requirement --requirements -c --constraint --constraints --override --overrides -b "
    "--build-constraint --build-constraints -e --editable -i --index-url --extra-index-url "
    "--index --default-index -f --find-links -p --python --extra --group --no-group --only-group "
    "--directory --project --config-file --cache-dir --link-mode --index-strategy "
    "--keyring-provider --resolution --prerelease --exclude-newer -C --config-setting "
    "--config-settings --no-build-package --no-binary-package --only-binary --package "
    "--no-install-package -P --upgrade-package --reinstall-package --refresh-package -o "
    "--output-file --format --color --python-preference --allow-insecure-host --target -t "
    "--prefix --prompt --with -w --from --trusted-host --torch-backend --python-platform "
    "--python-version --out-dir --fork-strategy --env-file --no-build-isolation-package "
    "--install-dir -d --no-emit-package --prune --extra-build-dependencies"
)
_RUN = words("--no-sync --no-project")
# Variables that stand for an option with a path, or for a flag that matters here.
_NAMED = {
    "UV_CONSTRAINT": "-c", "UV_OVERRIDE": "--override", "UV_BUILD_CONSTRAINT": "-b",
    "UV_FIND_LINKS": "-f", "UV_CONFIG_FILE": "--config-file",
    "UV_FROZEN": "--frozen", "UV_LOCKED": "--locked", "UV_SYSTEM_PYTHON": "--system",
}  # fmt: skip
BY_VARIABLE = frozenset(_NAMED.values())


def options(command: Command, arguments: tuple[str, ...]) -> Options:
    """A command line, behind what variables stand for."""
    return _behind_variables(command, split(arguments, _FLAGS, _VALUED))


def run_options(command: Command) -> tuple[Options, tuple[str, ...]]:
    """The options of `uv run`, and the words of the command that it runs."""
    rest, given = list(command.arguments[1:]), []
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        given.append(word)
        if word in _VALUED and rest:
            given.append(rest.pop(0))
    found = split(tuple(given), _FLAGS | _RUN, _VALUED)
    return _behind_variables(command, found), tuple(rest)


def _behind_variables(command: Command, found: Options) -> Options:
    return replace(found, given=(*_from_variables(command), *found.given))


def _from_variables(command: Command) -> Iterator[tuple[str, str]]:
    for variable, option in _NAMED.items():
        value = command.env.get(variable, "")
        if option in _FLAGS:
            if value not in {"", "0", "false"}:
                yield option, ""
        else:
            for each in value.split():
                yield option, each
