"""Files that say how images are built: Compose, Bake and GitHub workflows.

Sources: the Compose specification (`build`), Docker's Bake reference, and the inputs of
docker/build-push-action. What is malformed or not plainly written is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from optimizer.context import command_lines
from optimizer.context.command_lines import Build, pairs, plain

# `${NAME:-default}` and `${NAME-default}` of Compose; `$$` is a plain dollar sign.
_DEFAULT = re.compile(r"\$\{\w+:?-([^{}$]*)\}")
_TARGET = re.compile(r'^\s*target\s+"?([\w-]+)"?\s*\{', re.MULTILINE)
_ASSIGNED = re.compile(r'"?([\w.-]+)"?\s*[=:]\s*("(?:[^"\\\n]|\\.)*"|\[[^\]]*\]|\{|[^\s,{}]+)')


def compose(text: str, file: Path) -> Iterator[Build]:
    """The services that a Compose file builds."""
    for name, service in _mapping(_mapping(_yaml(text)).get("services")).items():
        build = _mapping(service).get("build")
        given = {"context": build} if isinstance(build, str) else _mapping(build)
        if not build or "dockerfile_inline" in given:
            continue
        line = _line(text, rf"^\s+[\"']?{re.escape(name)}[\"']?\s*:")
        found = _build(given, file, line, _expand)
        if found:
            yield found


def bake_json(text: str, file: Path) -> Iterator[Build]:
    """The targets of a docker-bake.json."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    targets = {name: _mapping(t) for name, t in _mapping(_mapping(document).get("target")).items()}
    for name in targets:
        line = _line(text, rf'"{re.escape(name)}"\s*:')
        found = _build(_inherited(name, targets), file, line, str)
        if found:
            yield found


def bake_hcl(text: str, file: Path) -> Iterator[Build]:
    """The targets of a docker-bake.hcl that use plain strings alone.

    HCL is a language with functions and variables. A target that sets what matters by one
    is left out.
    """
    text = re.sub(r"(?:^|(?<=\s))(?:#|//).*$", "", text, flags=re.MULTILINE)
    starts = {found[1]: found for found in _TARGET.finditer(text)}
    targets = {name: _hcl_block(text, found.end()) for name, found in starts.items()}
    for name, found in starts.items():
        line = text.count("\n", 0, found.end()) + 1
        build = _build(_inherited(name, targets), file, line, str)
        if build:
            yield build


def workflow(text: str, file: Path, root: Path) -> Iterator[Build]:
    """The builds of a GitHub workflow; its paths are relative to the repository."""
    jobs = _mapping(_mapping(_yaml(text)).get("jobs"))
    for job in jobs.values():
        steps = _mapping(job).get("steps")
        for step in steps if isinstance(steps, list) else ():
            given = _mapping(step)
            if str(given.get("uses", "")).startswith("docker/build-push-action@"):
                yield from _action(_mapping(given.get("with")), text, file, root)
            elif isinstance(run := given.get("run"), str):
                yield from _run(run, str(given.get("working-directory", "")), text, (file, root))


def _action(given: Mapping[str, Any], text: str, file: Path, root: Path) -> Iterator[Build]:
    """`context` is the repository by default, and `file` is relative to the repository."""
    context = str(given.get("context") or ".")
    context = "." if context == "${{ github.workspace }}" else context
    named = str(given.get("file") or "")
    if not plain(context) or not plain(named):
        return
    dockerfile = root / named if named else root / context / "Dockerfile"
    target = str(given.get("target") or "")
    line = _line(
        text, rf"^\s*-?\s*(?:file|context):\s*[\"']?{re.escape(named or context)}[\"']?\s*$"
    )
    arguments = pairs(str(given.get("build-args") or "").splitlines())
    chosen = target if target and plain(target) else None
    yield Build(file, line, root / context, dockerfile, chosen, arguments)


def _run(run: str, folder: str, text: str, place: tuple[Path, Path]) -> Iterator[Build]:
    file, root = place
    if not plain(folder):
        return
    for build in command_lines.builds(run, file, root / folder):
        words = run.splitlines()[build.line - 1].strip()
        line = _line(text, re.escape(words))
        yield Build(file, line, build.context, build.dockerfile, build.target, build.args)


def _build(given: Mapping[str, Any], file: Path, line: int, expand: Any) -> Build | None:
    """The `context`, `dockerfile`, `target` and `args` of a service or target."""
    context = expand(given.get("context") or ".")
    named = expand(given.get("dockerfile") or "Dockerfile")
    if not plain(context) or not plain(named):
        return None
    folder = file.parent / context
    target = expand(given.get("target") or "")
    args = given.get("args")
    # A name without a value takes it from the builder's environment, which is not known.
    lines = (
        args if isinstance(args, list) else [f"{k}={v}" for k, v in _mapping(args).items() if v]
    )
    chosen = target if target and plain(target) else None
    # Not even a default is taken here: the variable is there to be set.
    arguments = pairs([str(each) for each in lines])
    return Build(file, line, folder, folder / named, chosen, arguments)


def _expand(value: object) -> str:
    """A value of a Compose file with the defaults of its variables."""
    return _DEFAULT.sub(r"\1", str(value))


def _inherited(name: str, targets: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A target with what it inherits; what is nearer wins."""
    found: dict[str, Any] = {}
    todo = [name]
    seen: set[str] = set()
    while todo:
        current = todo.pop(0)
        if current in seen:
            continue
        seen.add(current)
        own = targets.get(current, {})
        found = {**own, **found}
        parents = own.get("inherits")
        todo += [str(p) for p in reversed(parents)] if isinstance(parents, list) else []
    return found


def _hcl_block(text: str, start: int) -> dict[str, Any]:
    """The plain attributes of a block, up to its closing brace."""
    found: dict[str, Any] = {}
    inner: dict[str, Any] = found
    position = start
    while token := re.compile(rf"\s*(?:{_ASSIGNED.pattern}|[}},])").match(text, position):
        position = token.end()
        name, value = token[1], token[2]
        if name is None:
            if token[0].strip() == "}" and inner is found:
                break
            inner = found if token[0].strip() == "}" else inner
        elif value == "{":
            inner = found[name] = {}
        else:
            inner[name] = _hcl_value(value)
    return found


def _hcl_value(value: str) -> str | list[str]:
    if value.startswith("["):
        return re.findall(r'"([^"]*)"', value)
    # A word without quotes is a variable, which only the builder knows.
    return value[1:-1] if value.startswith('"') else f"${{{value}}}"


def _mapping(value: object) -> Mapping[str, Any]:
    """A mapping with YAML's merge keys taken in; {} for anything else."""
    if not isinstance(value, dict):
        return {}
    merged = value.get("<<")
    if merged is None:
        return value
    above = merged if isinstance(merged, list) else [merged]
    found: dict[str, Any] = {}
    for each in reversed(above):
        found |= each if isinstance(each, dict) else {}
    return found | {k: v for k, v in value.items() if k != "<<"}


def _yaml(text: str) -> object:
    """A YAML document whose scalars are all strings; None if it is malformed."""
    import yaml  # noqa: PLC0415 - costs 15 ms, and most projects do not need it

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506 - builds strings alone
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return None


def _line(text: str, pattern: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else 1
