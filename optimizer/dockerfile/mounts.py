"""The value of `RUN --mount=...`: a line of CSV with `key=value` fields."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from optimizer.dockerfile.words import WordError

_TYPES = frozenset({"bind", "cache", "tmpfs", "secret", "ssh"})
_SAME = {"src": "source", "dst": "target", "destination": "target", "ro": "readonly"}
_SAME |= {"rw": "readwrite"}
_KEYS = frozenset({"type", "from", "source", "target", "readonly", "readwrite", "required"})
_KEYS |= {"id", "sharing", "size", "mode", "uid", "gid", "env"}
_ALONE = frozenset({"readonly", "readwrite", "required"})


@dataclass(frozen=True)
class Mount:
    """One mount of a RUN; values are not expanded.

    Attributes:
        type: `bind` unless it is given.
        target: Where it stands, None if not given (a secret or ssh has a default).
        source: The path in what it comes from, None if not given.
        from_: A stage or image, None for the build context.
        options: All other fields in order, keys in their long form; "" without a value.
    """

    type: str
    target: str | None
    source: str | None
    from_: str | None
    options: tuple[tuple[str, str], ...] = ()

    def option(self, key: str) -> str | None:
        """The value of another field (the last one counts)."""
        return dict(self.options).get(key)


def mount(value: str) -> Mount:
    """Read the value of one `--mount`.

    Raises:
        WordError: As Docker refuses it.
    """
    found: dict[str, str] = {}
    for text in _fields(value):
        key, equals, content = text.partition("=")
        key = _SAME.get(key.lower(), key.lower())
        if key not in _KEYS:
            raise WordError(f"unexpected key {key!r} in --mount={value}")
        if not equals and key not in _ALONE:
            raise WordError(f"field {text!r} in --mount must be a key=value pair")
        found.pop(key, None)
        found[key] = content
    if "$" in found.get("from", "")[:-1]:
        raise WordError("'from' doesn't support variable expansion, define an alias stage instead")
    kind = found.pop("type", "bind")
    if "$" not in kind and (kind := kind.lower()) not in _TYPES:
        raise WordError(f"unsupported mount type {kind!r}")
    target, source, from_ = (found.pop(key, "") or None for key in ("target", "source", "from"))
    return Mount(kind, target, source, from_, tuple(found.items()))


def _fields(value: str) -> list[str]:
    try:
        return next(csv.reader([value], strict=True), [])
    except csv.Error as error:
        raise WordError(f"--mount={value}: {error}") from None
