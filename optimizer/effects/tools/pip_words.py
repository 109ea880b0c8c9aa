"""The options of pip, by subcommand: from the option parsers of pip 20.3, 23.2, 24.3 and 25.3."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.effects.tools.options import Options, split


def _set(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).replace("/", " ").split())


# The first spelling of each option stands for all.
_SPELLINGS = (
    "-r/--requirement -c/--constraint -e/--editable -t/--target -C/--config-settings/--config-setting "
    "--src/--source/--source-dir/--source-directory -i/--index-url/--pypi-url -f/--find-links "
    "--log/--log-file/--local-log --timeout/--default-timeout -w/--wheel-dir "
    "-d/--dest/--destination-dir/--destination-directory -b/--build/--build-dir/--build-directory "
    "--no-deps/--no-dependencies -U/--upgrade -I/--ignore-installed -v/--verbose -q/--quiet "
    "-V/--version -h/--help -y/--yes --require-virtualenv/--require-venv"
)
ALIASES: Mapping[str, str] = {
    name: group.split("/", 1)[0] for group in _SPELLINGS.split() for name in group.split("/")
}
_VALUED = _set(
    "--python --log/--log-file/--local-log --keyring-provider --proxy --retries --resume-retries",
    "--timeout/--default-timeout --exists-action --trusted-host --cert --client-cert --cache-dir",
    "--use-feature --use-deprecated",
)
_FLAGS = _set(
    "-h/--help --debug --isolated --require-virtualenv/--require-venv -v/--verbose -V/--version",
    "-q/--quiet --no-input --no-cache-dir --disable-pip-version-check --no-color",
    "--no-python-version-warning",
)
_BUILD_VALUED = _set(
    "-r/--requirement -c/--constraint -e/--editable --build-constraint",
    "--src/--source/--source-dir/--source-directory --progress-bar --global-option --no-binary",
    "--only-binary -i/--index-url/--pypi-url --extra-index-url -f/--find-links",
    "-C/--config-settings/--config-setting -b/--build/--build-dir/--build-directory --group",
    "--platform --python-version --implementation --abi --uploaded-prior-to",
    "--all-releases --only-final --requirements-from-script",
)
_BUILD_FLAGS = _set(
    "--no-deps/--no-dependencies --prefer-binary --pre --require-hashes --no-build-isolation",
    "--use-pep517 --no-use-pep517 --check-build-dependencies --ignore-requires-python",
    "--no-clean --no-index",
)
# subcommand -> (options with a value, options without one), beside those of every subcommand
_SUBCOMMANDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "install": (
        _BUILD_VALUED
        | _set("-t/--target --root --prefix --upgrade-strategy --root-user-action --report")
        | _set("--install-option"),
        _BUILD_FLAGS
        | _set("--dry-run --user --no-user -U/--upgrade --force-reinstall -I/--ignore-installed")
        | _set("--break-system-packages --compile --no-compile --no-warn-script-location")
        | _set("--no-warn-conflicts"),
    ),
    "download": (
        _BUILD_VALUED | _set("-d/--dest/--destination-dir/--destination-directory"),
        _BUILD_FLAGS,
    ),
    "wheel": (
        _BUILD_VALUED | _set("-w/--wheel-dir --build-option"),
        _BUILD_FLAGS | {"--no-verify"},
    ),
    "uninstall": (
        _set("-r/--requirement --root-user-action"),
        _set("-y/--yes --break-system-packages"),
    ),
    "freeze": (
        _set("-r/--requirement --path --exclude"),
        _set("-l/--local --user --all --exclude-editable"),
    ),
    "list": (
        _set("--path --format --exclude -i/--index-url --extra-index-url -f/--find-links"),
        _set("-o/--outdated -u/--uptodate -e/--editable -l/--local --user --pre --not-required")
        | _set("--exclude-editable --include-editable --no-index"),
    ),
    "check": (frozenset(), frozenset()),
    "show": (frozenset(), _set("-f/--files")),
    "config": (_set("--editor"), _set("--global --user --site")),
    "cache": (_set("--format"), frozenset()),
    "help": (frozenset(), frozenset()),
    "debug": (_set("--platform --python-version --implementation --abi"), frozenset()),
    "index": (_BUILD_VALUED, _BUILD_FLAGS | {"--json"}),
    "hash": (_set("-a/--algorithm"), frozenset()),
}


def subcommand(arguments: tuple[str, ...]) -> tuple[Options, str, tuple[str, ...]]:
    """The options before the subcommand, its name ("" for none), and the words behind it."""
    skip = False
    for number, word in enumerate(arguments):
        if skip:
            skip = False
        elif not word.startswith("-"):
            return options("", arguments[:number]), word, arguments[number + 1 :]
        else:
            skip = word in _VALUED
    return options("", arguments), "", ()


def options(name: str, arguments: tuple[str, ...]) -> Options:
    """The words of a subcommand, each option under its first spelling."""
    valued, flags = _SUBCOMMANDS.get(name, (frozenset(), frozenset()))
    found = split(arguments, flags | _FLAGS, valued | _VALUED)
    given = tuple((ALIASES.get(option, option), value) for option, value in found.given)
    return Options(found.operands, given, found.unknown)


def known_subcommand(name: str) -> bool:
    """Whether the options of a subcommand are known."""
    return name in _SUBCOMMANDS


def valued(name: str, option: str) -> bool:
    """Whether an option of a subcommand takes a value."""
    return option in _SUBCOMMANDS.get(name, (frozenset(), frozenset()))[0] | _VALUED
