"""npm's settings: flags before the environment before `.npmrc` files (docs: npmrc, config)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from optimizer.effects.model import Effects
from optimizer.effects.tool import ANY, Command, known
from optimizer.effects.tools.node_package import look
from optimizer.effects.tools.node_words import NO, Grammar, Words

GRAMMAR = Grammar(
    values=frozenset(
        ["prefix", "workspace", "omit", "include", "registry", "cache", "loglevel", "userconfig", "globalconfig", "tag", "script-shell", "lockfile-version", "install-strategy", "before", "otp", "cpu", "os", "libc", "node-options", "fetch-retries", "fetch-retry-factor", "fetch-retry-mintimeout", "fetch-retry-maxtimeout", "fetch-timeout", "maxsockets", "network-timeout", "only", "also", "ca", "cafile", "cert", "key", "https-proxy", "proxy", "noproxy", "depth", "cache-min", "cache-max", "scope", "access", "user-agent", "python", "target", "target_arch", "target_platform", "arch", "build-from-source", "jobs", "nodedir", "location", "git-tag-version", "message", "preid", "package", "call", "audit-level", "save-prefix", "logs-dir", "logs-max", "heading", "node-version", "init-author-name", "init-version", "local-address", "umask", "min-release-age", "viewer", "browser", "dist-url", "disturl", "runtime", "sqlite", "sharp_binary_host", "expect-result-count"]
    ),
    switches=frozenset(
        ["global", "production", "dev", "optional", "audit", "fund", "progress", "save", "save-dev", "save-prod", "save-optional", "save-peer", "save-exact", "save-bundle", "no-save", "ignore-scripts", "force", "legacy-peer-deps", "strict-peer-deps", "quiet", "silent", "verbose", "package-lock", "package-lock-only", "frozen-lockfile", "unsafe-perm", "foreground-scripts", "prefer-offline", "prefer-online", "offline", "yes", "workspaces", "include-workspace-root", "if-present", "install-links", "legacy-bundling", "global-style", "bin-links", "update-notifier", "color", "unicode", "dry-run", "json", "long", "parseable", "engine-strict", "prefer-dedupe", "allow-same-version", "shrinkwrap", "allow-root", "rebuild-bundle", "strict-ssl", "timing", "all", "commit-hooks", "sign-git-tag", "no-git-tag-version", "ci", "version", "help", "usage", "link", "parallel", "no-audit", "no-fund", "no-progress", "no-optional", "no-package-lock", "no-bin-links", "cache-lock-stale", "replace-registry-host", "omit-lockfile-registry-resolved", "ignore-engines", "loglevel-silent", "format-package-lock", "expect-results", "allow-scripts-pending", "strict-allow-scripts"]
    )
    - {"no-audit", "no-fund", "no-progress", "no-optional", "no-package-lock", "no-bin-links", "no-save"},
    short={
        "g": "global", "S": "save", "P": "save-prod", "D": "save-dev", "O": "save-optional",
        "E": "save-exact", "B": "save-bundle", "f": "force", "s": "silent", "q": "quiet",
        "d": "verbose", "dd": "verbose", "ddd": "verbose", "w": "workspace", "ws": "workspaces",
        "y": "yes", "p": "package", "c": "call", "C": "prefix", "a": "all", "l": "long",
        "h": "help", "v": "version", "m": "message", "iwr": "include-workspace-root",
        "L": "location", "reg": "registry", "n": "ci", "verbose": "verbose",
    },
    stop_at=frozenset({"exec", "x"}),
)  # fmt: skip
_VARIABLE = re.compile(r"\$\{([^}?]+)\??\}")
_LINE = re.compile(r"^\s*([^;#=\s][^=\s]*?)(\[\])?\s*(?:=\s*(.*?))?\s*$")

# Settings whose value is a file that npm reads, relative to where it runs.
_FILES = ("cafile", "cert", "key")
_FILE_SUFFIXES = (":cafile", ":certfile", ":keyfile")


@dataclass(frozen=True)
class Settings:
    """What npm was told, from the strongest source to the weakest.

    Attributes:
        layers: Flags, environment, project, user: each maps a name to its value.
        effects: The files that were read for it, and the variables they name.
    """

    layers: tuple[Mapping[str, str], ...]
    effects: Effects = field(default_factory=Effects)

    def get(self, name: str) -> str | None:
        """A setting's value; None if it was not given or is not known."""
        for layer in self.layers:
            if name in layer:
                return layer[name] if known(layer[name]) and "${" not in layer[name] else None
        return None

    def on(self, name: str) -> bool | None:
        """Whether a switch is on; None if it was not given or is not known."""
        value = self.get(name)
        return None if value is None else value.lower() not in NO


def settings(command: Command, words: Words, root: str) -> Settings:
    """The settings of an npm that works in `root`."""
    flags = {name: values[-1] for name, values in words.flags.items()}
    environment = _environment(command)
    home = posixpath.join(command.home(), ".npmrc")
    user = flags.get("userconfig") or environment.get("userconfig") or home
    project = posixpath.join(root, ".npmrc")
    places = (project, command.path(user)) if known(user) else (project, home)
    # The global one stands beside the node that runs npm: /usr/local in the official images.
    effects = look(command.machine, *places, "/usr/local/etc/npmrc", "/usr/etc/npmrc")
    texts = [command.machine.text(p) or "" for p in places]
    layers = (flags, environment, *(parse_npmrc(t) for t in texts))
    named = frozenset(n for t in texts for n in _VARIABLE.findall(t))
    files = look(command.machine, *_named_files(layers, root))
    return Settings(layers, effects | files | Effects(variables=named))


def parse_npmrc(text: str) -> dict[str, str]:
    """The `name=value` lines of an .npmrc; a name alone is true."""
    found = {}
    for line in text.splitlines():
        if m := _LINE.match(line):
            value = m[3] if m[3] is not None else "true"
            found[m[1].strip("\"'")] = value.strip("\"'")
    return found


def _environment(command: Command) -> dict[str, str]:
    """`npm_config_ignore_scripts` in the environment is `--ignore-scripts`."""
    found = {}
    for name, value in command.env.items():
        if name.lower().startswith("npm_config_"):
            found[name[len("npm_config_") :].lower().replace("_", "-")] = value
    return found


def _named_files(layers: tuple[Mapping[str, str], ...], root: str) -> list[str]:
    """The certificate files that settings name."""
    return [
        posixpath.normpath(posixpath.join(root, value))
        for layer in layers
        for name, value in layer.items()
        if (name in _FILES or name.endswith(_FILE_SUFFIXES))
        and known(value)
        and ANY not in value
        and "-----" not in value
        and "${" not in value
    ]
