"""pip's command line: all options of every command, of pip 10 to 26.

Generated from the option parsers of pip 10.0.1, 18.1, 19.3.1, 20.2.4, 20.3.4, 21.0.1, 21.3.1,
22.3.1, 23.3.2, 24.3.1, 25.3 and 26.3 (`commands_dict`, `parser.option_list_all`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from optimizer.effects.tool import ANY, Command, known
from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options, split

VALUED = words(
    "--abi --algorithm --all-releases --build --build-constraint --build-dir "
    "--build-directory --build-option --cache-dir --cert --client-cert --config-settings "
    "--config-setting --constraint --default-timeout --dest --destination-dir "
    "--destination-directory --editable --editor --exclude --exists-action --extra-index-url "
    "--find-links --format --global-option --group --implementation --index --index-url "
    "--install-option --keyring-provider --local-log --log --log-file --no-binary "
    "--only-binary --only-final --output --path --platform --prefix --progress-bar --proxy "
    "--pypi-url --python --python-version --refresh-package --report --requirement "
    "--requirements-from-script --resume-retries --retries --root --root-user-action "
    "--skip-requirements-regex --source --source-dir --source-directory --src --target "
    "--timeout --trusted-host --unstable-feature --upgrade-strategy --uploaded-prior-to "
    "--use-deprecated --use-feature --wheel-dir -C -a -b -c -d -e -f -i -o -r -t -w "
)
FLAGS = words(
    "--all --bash --break-system-packages --check-build-dependencies --compile --debug "
    "--disable-pip-version-check --dry-run --exclude-editable --files --fish "
    "--force-reinstall --global --help --ignore-installed --ignore-requires-python "
    "--include-editable --isolated --json --local --no-build-isolation --no-cache-dir "
    "--no-clean --no-color --no-compile --no-dependencies --no-deps --no-index --no-input "
    "--no-proxy-env --no-python-version-warning --no-require-hashes --no-use-pep517 --no-user "
    "--no-verify --no-warn-conflicts --no-warn-script-location --not-required "
    "--only-dependencies --only-deps --outdated --powershell --pre --prefer-binary "
    "--process-dependency-links --quiet --require-hashes --require-venv --require-virtualenv "
    "--site --upgrade --uptodate --use-pep517 --user --venv --verbose --version --yes --zsh "
    "-I -U -V -h -l -p -q -u -v -y -z "
)
# Several names of one option -> the name that the rest of dfopt uses.
NAMES = {
    "-r": "--requirement", "-c": "--constraint", "-e": "--editable", "-f": "--find-links",
    "-i": "--index-url", "--pypi-url": "--index-url", "-t": "--target", "-d": "--dest",
    "--destination-dir": "--dest", "--destination-directory": "--dest", "-w": "--wheel-dir",
    "--source": "--src", "--source-dir": "--src", "--source-directory": "--src",
    "--log-file": "--log", "--local-log": "--log", "-o": "--output",
    "--build-dir": "--build", "--build-directory": "--build", "-b": "--build",
    "--require-virtualenv": "--require-venv",
}  # fmt: skip
_VARIABLE = re.compile(r"^PIP_([A-Z0-9_]+)$")
# Options of which several values may stand in one variable or line (`action="append"`).
_MANY = frozenset(
    {"--requirement", "--constraint", "--editable", "--find-links", "--extra-index-url"}
)
# PIP_NO_CACHE_DIR=0 turns the cache off as well, PIP_NO_BUILD_ISOLATION=0 the isolation, and 1 leaves
# it on (pip's own cmdoptions.py, and `store_false` in configuration.py): any value counts.
_EITHER_WAY = frozenset({"--no-cache-dir", "--no-build-isolation"})
_OFF = frozenset({"", "0", "no", "off", "false", "f", "n"})


def parse(arguments: tuple[str, ...]) -> Options:
    """Take pip's command line apart; the options have their usual names."""
    found = split(tuple(map(whole, arguments)), FLAGS, VALUED)
    given = tuple((NAMES.get(name, name), value) for name, value in found.given)
    return Options(found.operands, given, found.unknown)


def whole(word: str) -> str:
    """A long option that was cut short: `--no-cache` (optparse takes any clear beginning)."""
    name, equals, value = word.partition("=")
    if not name.startswith("--") or name == "--" or name in VALUED or name in FLAGS:
        return word
    longer = [o for o in VALUED | FLAGS if o.startswith(name)]
    return longer[0] + equals + value if len(longer) == 1 else word


def from_environment(command: Command) -> Iterator[tuple[str, str]]:
    """`PIP_FIND_LINKS=/wheels` is `--find-links /wheels`."""
    for variable, value in sorted(command.env.items()):
        if m := _VARIABLE.match(variable):
            yield from setting(m[1].lower(), value)


def setting(name: str, value: str) -> Iterator[tuple[str, str]]:
    """A variable's or a configuration file's name and value as options."""
    option = "--" + name.replace("_", "-")
    option = NAMES.get(option, option)
    if option in FLAGS:
        if not known(value) or value.lower() not in _OFF or option in _EITHER_WAY:
            yield option, ""
    elif option in _MANY and ANY not in value:
        for each in value.split():
            yield option, each
    elif option in VALUED:
        yield option, value
