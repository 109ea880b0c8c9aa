"""Findings, as lines of text, JSON, or annotations of a GitHub workflow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType

from optimizer.checks.base import Finding

_VERSION = 1


def text(findings: Sequence[Finding]) -> Iterator[str]:
    """`path:line: code name: message`, which editors and terminals follow."""
    for each in findings:
        yield f"{each.path}:{each.line}: {each.code} {each.name}: {each.message}"


def as_json(findings: Sequence[Finding]) -> Iterator[str]:
    """One document of version 1."""
    entries = [asdict(each) for each in findings]
    yield json.dumps({"version": _VERSION, "findings": entries}, indent=2)


def github(findings: Sequence[Finding]) -> Iterator[str]:
    """Workflow commands, which GitHub shows beside the line (docs.github.com, "Workflow commands")."""
    for each in findings:
        title = _property(f"{each.code} {each.name}")
        place = f"file={_property(each.path)},line={each.line},title={title}"
        yield f"::warning {place}::{_data(each.message)}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


FORMS: Mapping[str, Callable[[Sequence[Finding]], Iterator[str]]] = MappingProxyType(
    {"text": text, "json": as_json, "github": github}
)
