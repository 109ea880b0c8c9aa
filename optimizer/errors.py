"""The one exception that dfopt raises on purpose."""

from __future__ import annotations


class UserError(Exception):
    """Input that dfopt cannot use, with its place: printed as `path:line: message`, exit 2.

    Attributes:
        message: What is wrong and what to do about it, in one line.
        line: 1-based line of the Dockerfile (or other file), None if it has no line.
        path: The file that is meant; None means the Dockerfile at hand.
    """

    def __init__(self, message: str, line: int | None = None, path: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.path = path
