"""Changes that pay only together, and those that are of no use."""

from __future__ import annotations

from optimizer.context.files import MemoryFiles
from optimizer.graph.weights import Weights
from optimizer.pipeline import Project, optimize

HEAD = "FROM debian:12\nARG GIT_SHA=unknown\n"
INSTALL = "RUN apt-get update && apt-get install -y curl\n"
TAIL = "RUN echo $GIT_SHA > /sha\n"
# Every commit changes a source.
BUSY = Project(MemoryFiles({"a.c": "", ".dockerignore": ""}), Weights([frozenset({"a.c"})] * 30))


def test_changes_that_pay_only_together():
    """With either above it the install runs at every commit: both have to go below."""
    result = optimize(f"{HEAD}COPY . /app/\n{INSTALL}{TAIL}", BUSY)

    assert result.after == f"FROM debian:12\n{INSTALL}COPY . /app/\nARG GIT_SHA=unknown\n{TAIL}"
    assert {d.name for d in result.rewrites} == {"sink-arguments", "reorder-steps"}


def test_what_is_of_no_use_alone_is_taken_back():
    """The copy has to stay above the install: where the argument stands makes no difference."""
    text = f"{HEAD}COPY a.c /app/\n{INSTALL[:-1]} && sha256sum /app/a.c > /sum\n{TAIL}"
    result = optimize(text, BUSY)

    assert result.after == text
    assert "no lower" in " ".join(d.because for d in result.refusals if d.name == "sink-arguments")
