"""What the frontend of a builder carries from one instruction of a stage to the next.

The plan's own state (`optimizer.effects.state`) says what a RUN sees; this one says what goes
into keys, where what is not known of a base is a constant of that base and no doubt.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from optimizer.dockerfile.instructions import Arg, Env, Shell, Typed, User, Workdir
from optimizer.dockerfile.variables import expand, expand_heredoc
from optimizer.effects.bases import base
from optimizer.effects.state import DEFAULT_SHELL

# Begins a value that only the base image or the builder knows: equal if the text is, and the
# values of the variables that it uses.
UNKNOWN = "\0"
_PROXIES = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"})


@dataclass(frozen=True)
class Here:
    """What holds in front of an instruction.

    Attributes:
        env: What a RUN gets: ENV and ARG values, in the order of their last assignment.
        config: The Env of the image, in the order of the first assignment.
        arguments: The names in `env` whose value is of an ARG.
        declared: The names of the stage's ARGs that have a value, whatever ENV made of them since;
            of proxies only those that an ARG names without a default.
        cwd: The working directory, as a RUN gets it.
        user: The user as written, "" for none.
        shell: The SHELL in force.
        complete: Whether the base sets nothing else.
        given: The values of `--build-arg`.
        globals: The ARG values above the first FROM, and the platform's.
        escape: The file's escape character.
        old: Whether the rules of BuildKit before 0.13 hold where they differ (BUILDKIT.md 12).
    """

    env: Mapping[str, str]
    config: Mapping[str, str]
    arguments: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    cwd: str = "/"
    user: str = ""
    shell: tuple[str, ...] = DEFAULT_SHELL
    complete: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    globals: Mapping[str, str | None] = field(default_factory=dict)
    escape: str = "\\"
    old: bool = False

    def value(self, text: str, line: int | None = None) -> str:
        """A word after expansion; with UNKNOWN if that is not known."""
        scope = {k: None if UNKNOWN in v else v for k, v in self.env.items()}
        found = expand(text, scope, self.escape, complete=self.complete, line=line)
        return self._symbol(text, found.uses) if found.text is None else found.text

    def heredoc(self, text: str, line: int | None = None) -> str:
        """The content of a heredoc of COPY after expansion."""
        scope = {k: None if UNKNOWN in v else v for k, v in self.env.items()}
        found = expand_heredoc(text, scope, complete=self.complete, line=line)
        return self._symbol(text, found.uses) if found.text is None else found.text

    def _symbol(self, text: str, uses: frozenset[str]) -> str:
        known = sorted((name, self.env[name]) for name in uses if name in self.env)
        return f"{UNKNOWN}{text}{known}"

    def path(self, text: str) -> str:
        """A path made absolute and clean; a slash at the end, or what stands for it, stays."""
        joined = posixpath.join(self.cwd, text or ".")
        last = joined.rsplit("/", 1)[-1]
        clean = posixpath.normpath("/" + joined.lstrip("/"))
        return clean.rstrip("/") + "/" if last in {"", "."} else clean

    def after(self, view: Typed, line: int | None = None) -> Here:
        """What holds behind an instruction."""
        if isinstance(view, Env):
            return self._with_env({k: self.value(v, line) for k, v in view.pairs})
        if isinstance(view, Arg):
            here = self
            for name, default in view.pairs:
                # Of several in one line, the next ones see the value; they did not always.
                known = None if default is None else (self if self.old else here).value(default, line)
                here = here._with_arg(name, known)
            return here
        if isinstance(view, Workdir):
            path = self.value(view.path, line)
            # Only what is joined is cleaned: a RUN in `/w/` is not one in `/w`.
            clean = self.path(path).rstrip("/") or "/"
            return replace(self, cwd=path if path.startswith("/") else clean)
        if isinstance(view, User):
            return replace(self, user=self.value(view.user, line))
        return replace(self, shell=view.argv) if isinstance(view, Shell) else self

    def child(self) -> Here:
        """What a stage that continues this one begins with: Env is set once more, in order."""
        env = _assigned(self.env, self.config)
        return replace(self, env=env, arguments=self.arguments - self.config.keys())

    def image(self) -> Here:
        """What a stage begins with that sees of this one no more than an image tells."""
        return replace(self, env=self.config, arguments=frozenset(), declared=frozenset())

    def _with_env(self, pairs: Mapping[str, str]) -> Here:
        return replace(
            self,
            env=_assigned(self.env, pairs),
            config={**self.config, **pairs},
            arguments=self.arguments - pairs.keys(),
        )

    def _with_arg(self, name: str, default: str | None) -> Here:
        if name in self.given:
            value: str | None = self.given[name]
        elif default is not None:
            value = default
        elif name in self.globals:
            value = self.globals[name]
            value = UNKNOWN + name if value is None else value
        else:
            return self  # an ARG without any value says nothing
        assert value is not None  # noqa: S101 - by the cases above
        env = _assigned(self.env, {name: value})
        known = frozenset() if default is not None and name.upper() in _PROXIES else {name}
        return replace(
            self, env=env, arguments=self.arguments | {name}, declared=self.declared | known
        )


def start(
    image: str | None,
    given: Mapping[str, str],
    global_args: Mapping[str, str | None],
    escape: str,
) -> Here:
    """Behind FROM of an image."""
    known = base(image)
    env = {k: UNKNOWN + k if v is None else v for k, v in known.env.items()}
    if "PATH" not in env:
        env["PATH"] = UNKNOWN + "PATH"  # of the image, or the builder's own
    return Here(
        env, env, cwd=known.workdir or "/" + UNKNOWN, user=known.user or "",
        complete=known.complete, given=given, globals=global_args, escape=escape,
    )  # fmt: skip


def _assigned(old: Mapping[str, str], pairs: Mapping[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in old.items() if k not in pairs}
    return {**kept, **pairs}
