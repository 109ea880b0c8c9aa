"""A cache of one's own in a builder that serves others: FROM a -> FROM a, COPY a file that is new.

Whatever stands behind a file that no build has had before is in nobody's cache. The file comes
from an image made for it: so it needs no shell, leaves the configuration and the context as they
are, and does so in a stage from `scratch` as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.dockerfile.source import parse
from optimizer.dockerfile.stages import stages

GRAIN = "/.dfopt-salt"
# The image that holds it; its context is a folder with this one file.
SALT = f"FROM scratch\nCOPY salt {GRAIN}\n"


@dataclass(frozen=True)
class Salted:
    """A Dockerfile with the salt in each stage that starts from an image.

    Attributes:
        text: The Dockerfile.
        lines: Each of its lines, from 1, and the line that it was; those that are new are not in.
    """

    text: str
    lines: Mapping[int, int]


def salted(text: str, image: str, build_args: Mapping[str, str]) -> Salted:
    """Put the salt of an image into a Dockerfile."""
    source = parse(text)
    lines, origins = list(source.lines), [[n] for n in range(1, len(source.lines) + 1)]
    for stage in stages(source, build_args):
        if stage.base_stage is None:
            last = stage.start.end - 1
            ending = "" if lines[last].endswith("\n") else source.newline
            lines[last] += f"{ending}COPY --from={image} {GRAIN} {GRAIN}{source.newline}"
            origins[last].append(0)
    numbers = (number for each in origins for number in each)
    return Salted("".join(lines), {new: old for new, old in enumerate(numbers, 1) if old})
