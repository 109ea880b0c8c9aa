"""composer: installs what composer.json and composer.lock name into vendor.

Measured with composer 2.5.5 under strace (packages by path): an install reads composer.json,
composer.lock, auth.json, the manifests of path packages, and asks git for the project's branch,
which it keeps in vendor/composer/installed.php; the autoloader reads `classmap` folders (they must
be there), and the folders of `psr-4` and `psr-0` only if it is optimized.
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from optimizer.effects.model import NONE, CacheDir, Effects, Link, tree, unknown
from optimizer.effects.tool import Command, Kind, Tool, known
from optimizer.effects.tools import composer_flex
from optimizer.effects.tools.composer_ahead import offered
from optimizer.effects.tools.git_variables import GIT_VARIABLES
from optimizer.effects.tools.looking import look, whole_tree, words
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.prior import scaled

VARIABLES = words(
    "COMPOSER* HOME PATH XDG_* TMPDIR PHP* SSH_* SSL_CERT_* http_proxy https_proxy no_proxy all_proxy HTTP_PROXY "
    "HTTPS_PROXY NO_PROXY CGI_HTTP_PROXY SHELL_VERBOSITY TERM COLUMNS CI LANG LC_* SYMFONY_*"
) | GIT_VARIABLES
_FLAGS = words(
    "-n --no-interaction -q --quiet -v -vv -vvv --verbose --ansi --no-ansi --profile --no-plugins --no-scripts --no-cache "
    "--prefer-source --prefer-dist --dry-run --download-only --dev --no-suggest --no-dev --no-autoloader --no-progress "
    "--no-install --audit -o --optimize-autoloader --optimize -a --classmap-authoritative --apcu-autoloader --apcu "
    "--ignore-platform-reqs -W -w --with-all-dependencies --with-dependencies --update-with-dependencies "
    "--update-with-all-dependencies --no-update --fixed --sort-packages --lock --prefer-stable --prefer-lowest -m "
    "--strict-psr --no-blocking --no-security-blocking --strict --no-check-publish --no-check-all --no-check-lock "
    "--with-deps --list -l -g --global --unset --json --no-audit --keep-vcs --remove-vcs --no-secure-http -V --version "
    "--gc --strict-ambiguous --bump-after-update --minimal-changes --locked"
)
_VALUED = words(
    "-d --working-dir --prefer-install --audit-format --apcu-autoloader-prefix --apcu-prefix --ignore-platform-req "
    "-s --stability --repository --repository-url --format -f"
)
# Run by `install` (getcomposer.org/doc/articles/scripts.md).
_EVENTS = {
    "install": "pre-install-cmd post-install-cmd",
    "update": "pre-update-cmd post-update-cmd",
    "dump-autoload": "",
}
_ALWAYS = (
    "pre-autoload-dump post-autoload-dump pre-operations-exec pre-package-install post-package-install "
    "pre-package-update post-package-update pre-package-uninstall post-package-uninstall init command "
    "pre-command-run pre-file-download post-file-download pre-pool-create"
)
# Seconds: a prior for the autoloader.
_DUMP = 2.0
_CHECKOUTS = (".git", ".hg", ".fslckout", "_FOSSIL_", ".svn", "HEAD")


@dataclass(frozen=True)
class Run:
    """One run of composer, in the folder that it works in, with its manifest, and as it was called."""

    command: Command
    options: Options
    manifest: Mapping[str, Any]
    file: str
    whole: Command

    @property
    def folder(self) -> str:
        """The folder of the project."""
        return posixpath.dirname(self.file)

    @property
    def lock(self) -> str:
        """The path of the lock file."""
        return self.file.removesuffix(".json") + ".lock"


def effects(command: Command) -> Effects:
    """What a composer command does."""
    if not known(command.cwd):
        return unknown("the directory that composer runs in is not known")
    options = split(command.arguments, _FLAGS, _VALUED)
    if options.unknown:
        return unknown(f"composer's option {options.unknown} is not known")
    verb, folder = (*options.operands, "help")[0], options.last("-d", "--working-dir")
    file = command.env.get("COMPOSER") or "composer.json"
    if not known(*options.operands, folder or "", file):
        return unknown("an argument of composer is not known")
    if verb == "global":
        inner = command.env.get("COMPOSER_HOME") or f"{command.home()}/.composer"
        options = replace(options, operands=options.operands[1:])
        verb, folder = (*options.operands, "help")[0], inner
    answer = _VERBS.get(verb)
    if answer is None:
        return unknown(_WHY.get(verb, f"composer {verb} is not a command that dfopt knows"))
    placed = replace(command, cwd=command.path(folder or "."))
    path = placed.path(file)
    return answer(Run(placed, options, placed.json(path) or {}, path, command))


def _homes(run: Run) -> tuple[str, ...]:
    home = run.command.home()
    given = run.command.env.get("COMPOSER_HOME")
    # As it is written: from the folder that composer works in.
    return (run.command.path(given),) if given else (f"{home}/.composer", f"{home}/.config/composer")


def _base(run: Run) -> Effects:
    """Manifest, lock, settings, the cache."""
    env, homes = run.command.env, _homes(run)
    cache = [run.command.path(env["COMPOSER_CACHE_DIR"])] if env.get("COMPOSER_CACHE_DIR") else [
        *(f"{h}/cache" for h in homes), f"{env.get('XDG_CACHE_HOME') or run.command.home() + '/.cache'}/composer"
    ]  # fmt: skip
    if not known(*cache, *homes):
        return unknown("where composer keeps its cache is not known")
    files = [run.file, run.lock, posixpath.join(run.folder, "auth.json")]
    files += [
        f"{h}/{n}"
        for h in homes
        for n in (
            "config.json",
            "auth.json",
            "composer.json",
            "composer.lock",
            "keys.dev.pub",
            "keys.tags.pub",
        )
    ]
    # Its own class loader looks there for plugins, whatever the command; the branch is asked for by all.
    files += [f"{_places(run)[0]}/composer/installed.{kind}" for kind in ("json", "php")]
    found = look(run.command.machine, *files) | _checkout(run) | Effects(
        reads=frozenset(map(tree, cache)),
        writes=frozenset({*map(tree, cache), *(f"{h}/.htaccess" for h in homes), "/tmp/temp-**"}),
        variables=VARIABLES,
        caches=() if run.options.has("--no-cache") else tuple(CacheDir(c, ("COMPOSER_HOME", "COMPOSER_CACHE_DIR", "HOME", "XDG_CACHE_HOME")) for c in cache),
    )  # fmt: skip
    if run.command.machine.text(run.file) is None:
        return found.in_doubt(f"{run.file} is not known")
    return found if run.manifest else found.in_doubt(f"{run.file} cannot be read")


def _section(manifest: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = manifest.get(name)
    return value if isinstance(value, dict) else {}


def _config(run: Run, name: str, default: str) -> str:
    value = _section(run.manifest, "config").get(name, default)
    return str(value).replace("$HOME", run.command.home()).replace("{$vendor-dir}", _vendor(run))


def _vendor(run: Run) -> str:
    value = _section(run.manifest, "config").get("vendor-dir", "vendor")
    return run.command.env.get("COMPOSER_VENDOR_DIR") or str(value)


def _places(run: Run) -> tuple[str, ...]:
    """The folders that composer fills."""
    bins = run.command.env.get("COMPOSER_BIN_DIR") or _config(run, "bin-dir", "vendor/bin")
    return tuple(run.command.path(p, run.folder) for p in (_vendor(run), bins))


def _packages(run: Run) -> Effects:
    """Packages by path: their folders, which are linked or copied into vendor."""
    given = run.manifest.get("repositories", [])
    repositories = (
        given.values() if isinstance(given, dict) else given if isinstance(given, list) else []
    )
    done = _archives(run, repositories)
    for each in repositories:
        if not isinstance(each, dict) or not isinstance(each.get("url"), str):
            continue
        if each["url"].startswith("file://"):
            done |= whole_tree(run.command.path(each["url"].removeprefix("file://")))
        if each.get("type") in {"path", "artifact"}:
            done |= _local(run, each["url"])
        elif "://" not in each["url"] and not each["url"].startswith("git@"):
            done |= whole_tree(run.command.path(each["url"], run.folder))
    return done


def _archives(run: Run, repositories: Iterable[Any]) -> Effects:
    """Archives of packages that lie beside the project, by the lock or by repositories of one package."""
    lock = run.command.json(run.lock) or {}
    packages = [*(lock.get("packages") or ()), *(lock.get("packages-dev") or ())]
    for each in repositories:
        given = each.get("package") if isinstance(each, dict) else None
        packages += given if isinstance(given, list) else [given]
    done = NONE
    for kind in ("dist", "source"):
        for package in packages:
            wanted = _section(package, kind) if isinstance(package, dict) else {}
            url = str(wanted.get("url") or "://").removeprefix("file://")
            if "://" not in url and not url.startswith("git@"):
                done |= whole_tree(run.command.path(url, run.folder))
    return done


def _local(run: Run, url: str) -> Effects:
    if any(c in url for c in "{$~"):
        return NONE.in_doubt(f"the path of the packages {url} is not modelled")
    places = [run.folder]
    listed: set[str] = set()
    if url.startswith("/"):
        places = ["/"]
    for part in (p for p in url.split("/") if p):
        if not any(c in part for c in "*?["):
            places = [run.command.path(part, p) for p in places]
            continue
        listed |= set(places)
        places = [
            posixpath.join(p, n)
            for p in places
            for n in run.command.machine.names(p)
            if fnmatch.fnmatchcase(n, part)
        ]
    return whole_tree(*places) | Effects(lists=frozenset(listed))


def _checkout(run: Run) -> Effects:
    """The branch and the commit of the project stand in vendor/composer/installed.php.

    Measured: with a version in the manifest or in COMPOSER_ROOT_VERSION nobody asks git; packages
    by path without a version of their own do.
    """
    versioned = run.command.env.get("COMPOSER_ROOT_VERSION") or run.manifest.get("version")
    if versioned and not run.manifest.get("repositories"):
        return NONE
    place, done = run.folder, NONE
    while True:
        paths = [posixpath.join(place, name) for name in _CHECKOUTS]
        found = look(run.command.machine, *paths)
        done |= Effects(probes=found.probes, reads=frozenset(map(tree, found.reads)))
        if any(p.endswith(".git") for p in found.reads) or place == "/":
            return done
        place = posixpath.dirname(place)


def _autoload(run: Run) -> Effects:
    """The autoloader: which folders of the project it is made from."""
    if run.options.has("--no-autoloader"):
        return NONE
    config = _section(run.manifest, "config")
    whole = run.options.has(
        "-o", "--optimize", "--optimize-autoloader", "-a", "--classmap-authoritative"
    ) or any(config.get(name) for name in ("optimize-autoloader", "classmap-authoritative"))
    done = NONE
    for name in ("autoload", "autoload-dev"):
        if name == "autoload-dev" and run.options.has("--no-dev"):
            continue
        section = _section(run.manifest, name)
        done |= _trees(run, section.get("classmap"))
        if whole:
            done |= _trees(run, section.get("psr-4")) | _trees(run, section.get("psr-0"))
    return done


def _trees(run: Run, value: Any) -> Effects:
    return reduce(or_, (_local(run, folder) for folder in _strings(value)), NONE)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _scripts(run: Run, verb: str) -> Effects:
    """The project's own scripts, and plugins, as far as they are let run."""
    done = NONE
    if not run.options.has("--no-scripts"):
        scripts = _section(run.manifest, "scripts")
        dumps = "" if run.options.has("--no-autoloader") else _ALWAYS
        for event in f"{_EVENTS[verb]} {dumps or _ALWAYS.split(' ', 2)[2]}".split():
            for line in _strings(scripts.get(event)):
                done |= _script(run, event, line)
    return done if run.options.has("--no-plugins") else done | _plugins(run, verb)


# Plugins that write into vendor only, from composer.json and what is installed there.
_HARMLESS = words(
    "php-http/discovery pestphp/pest-plugin composer/package-versions-deprecated symfony/runtime "
    "ocramius/package-versions phpstan/extension-installer"
)


def _plugin_names(run: Run) -> set[str]:
    """Packages of the lock that run within composer; without a lock those that may."""
    lock = run.command.json(run.lock)
    allowed = _section(run.manifest, "config").get("allow-plugins", {})
    names = {k for k, v in allowed.items() if v} if isinstance(allowed, dict) else {"*"}
    if lock is not None:
        packages = [p for n in ("packages", "packages-dev") for p in lock.get(n) or ()]
        names = {
            str(p.get("name")) for p in packages
            if isinstance(p, dict) and p.get("type") in {"composer-plugin", "composer-installer"}
        }  # fmt: skip
    if isinstance(allowed, dict):
        names -= {k for k, v in allowed.items() if v is False}
    return names


def _plugins(run: Run, verb: str) -> Effects:
    names, extra = _plugin_names(run), _section(run.manifest, "extra")
    template = _section(extra, "runtime").get("autoload_template")
    # symfony/runtime, Internal/ComposerPlugin.php
    done = look(run.command.machine, run.command.path(str(template), run.folder)) if template else NONE
    dumps = verb == "dump-autoload"
    if composer_flex.NAME in names and (dumps or run.options.operands[0] in {"install", "i"}):
        known_flex = composer_flex.flex(
            run.command.machine, run.folder, run.command.json(run.lock), extra,
            silent=dumps or run.options.has("--no-scripts"),
        )  # fmt: skip
        if known_flex is not None:
            done, names = done | known_flex, names - {composer_flex.NAME}
    if strange := sorted(names - _HARMLESS):
        return done.in_doubt(
            f"composer's plugin {strange[0]} is not known (--no-plugins would keep it out)"
        )
    return done


def _script(run: Run, event: str, line: str, above: tuple[str, ...] = ()) -> Effects:
    """One line of a script: a command, or `@name` for another script of the project."""
    if line.startswith("@putenv"):
        return NONE
    name, own = line.removeprefix("@"), _section(run.manifest, "scripts").get(line[1:])
    if line.startswith("@") and isinstance(own, str | list) and name not in above:
        each = (_script(run, event, inner, (*above, name)) for inner in _strings(own))
        return reduce(or_, each, NONE)
    if line.startswith("@") or "::" in line:
        return unknown(f"composer's {event} runs {line} (--no-scripts would keep it out)")
    return run.command.machine.run(line, replace(run.command, program="sh", arguments=()))


def _outermost(folders: tuple[str, ...]) -> frozenset[str]:
    """The folders that lie in no other of them."""
    return frozenset(
        f for f in folders if not any(f != o and f.startswith(f"{o}/") for o in folders)
    )


def _install(run: Run) -> Effects:
    """`composer install`, with the part that needs no sources, if the whole needs some."""
    if run.options.has("--dry-run"):
        return _base(run)
    done, more = _fetched(run), _autoload(run) | _scripts(run, "install")
    if not run.command.json(run.lock):
        return done | more
    goods = f"packages of {run.lock}"
    whole = replace(done | more, provides=frozenset({goods}))
    if not (more.reads or more.probes or more.lists or more.doubt):
        return whole
    return offered(
        whole, run.whole, run.options, goods, _section(run.manifest, "scripts"), _plugin_names(run),
        frozenset(map(tree, _places(run))), max(done.seconds - _DUMP, 0.0), VARIABLES,
    )  # fmt: skip


def _fetched(run: Run) -> Effects:
    """An install but for the autoloader and the scripts."""
    places = _places(run)
    written = frozenset(map(tree, places))
    has_lock = run.command.machine.kind(run.lock) is Kind.FILE
    made = frozenset[str]() if has_lock else frozenset({run.lock})
    packages = _packages(run)
    links = frozenset(Link(tree(places[0]), folder) for folder in packages.reads)
    installed = Effects(
        reads=written, writes=written | made, links=links, generated=_outermost(places), network=True, unpinned=not has_lock, seconds=20.0
    )  # fmt: skip
    return _base(run) | packages | scaled(run.command.machine, run.lock, installed)


def _update(run: Run) -> Effects:
    """`update`, `require`, `remove`: the lock, and for the latter the manifest, are written."""
    files = (
        {run.lock}
        if run.options.operands[0] in {"update", "upgrade", "u"}
        else {run.lock, run.file}
    )
    return (
        _fetched(run)
        | _autoload(run)
        | _scripts(run, "install")
        | _scripts(run, "update")
        | Effects(reads=frozenset(files), writes=frozenset(files), unpinned=True, seconds=10.0)
    )


def _dump(run: Run) -> Effects:
    """`dump-autoload`: vendor and the project's folders give vendor/autoload.php."""
    vendor = frozenset({tree(_places(run)[0])})
    return (
        _base(run)
        | _packages(run)
        | Effects(reads=vendor, writes=vendor, seconds=_DUMP)
        | _autoload(run)
        | _scripts(run, "dump-autoload")
    )


def _setting(run: Run) -> Effects:
    """`composer config`: one value in composer.json, or in the user's settings."""
    homes = _homes(run)
    files = frozenset(
        {f"{h}/{n}" for h in homes for n in ("config.json", "auth.json")}
        if run.options.has("-g", "--global")
        else {run.file, posixpath.join(run.folder, "auth.json")}
    )
    return _quiet(run) | Effects(reads=files, writes=files)


def _reading(run: Run) -> Effects:
    return _base(run) | whole_tree(*_places(run)) | Effects(seconds=0.5)


def _validate(run: Run) -> Effects:
    return replace(_base(run), caches=(), seconds=0.5) | _packages(run)


def _emptied(run: Run) -> Effects:
    return replace(_quiet(run), caches=_base(run).caches)


def _itself(run: Run) -> Effects:
    """`composer self-update` replaces the program."""
    return replace(_base(run), doubt=None, network=True, unpinned=True, seconds=3.0) | Effects(
        writes=frozenset({"/usr/local/bin/**", "/usr/bin/**"})
    )


def _quiet(run: Run) -> Effects:
    """What every command of composer looks at, that of a manifest which may be missing."""
    return replace(_base(run), doubt=None, caches=(), seconds=0.3)


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    **dict.fromkeys(("install", "i"), _install),
    **dict.fromkeys(("update", "upgrade", "u", "require", "req", "r", "remove", "rm"), _update),
    **dict.fromkeys(("dump-autoload", "dumpautoload"), _dump),
    "config": _setting,
    **dict.fromkeys(("show", "info", "check-platform-reqs", "outdated", "licenses", "audit", "status", "why", "depends", "diagnose"), _reading),
    "validate": _validate,
    **dict.fromkeys(("clear-cache", "clearcache", "cc"), _emptied),
    **dict.fromkeys(("self-update", "selfupdate"), _itself),
    **dict.fromkeys(("help", "list", "about", "--version"), _quiet),
}  # fmt: skip
_WHY = {
    "run-script": "composer run-script starts the project's own program",
    "run": "composer run starts the project's own program",
    "exec": "composer exec starts a program that was installed",
    "create-project": "composer create-project runs another project's scripts",
}

COMPOSER = Tool(
    "composer",
    ("composer", "composer.phar", "composer2"),
    effects,
    "install, update, dump-autoload, config: lock, packages by path, scripts, autoload folders",
)
