"""A doubt about a path names the step that may have written it."""

from __future__ import annotations

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.graph.plan import Given, make_plan

FILES = {"package.json": "{}", "src/a.ts": "", ".yarnrc": ""}
INSTALL = "RUN yarn install"


@pytest.mark.parametrize(
    ("lines", "doubt"),
    [
        (["COPY . .", "RUN frob", INSTALL], "the content of /app/.yarnrc is not known: line 4 may have written it"),
        (["COPY . .", "RUN frob", "RUN frob", INSTALL], "line 5 may have written it"),
        (["COPY . .", "RUN echo a > .yarnrc && frob > b", "COPY .yarnrc .", INSTALL], "/app/.yarnrc.yml is not known: line 4"),
        (["ARG X", "COPY ${X} /app/", INSTALL], "line 4 may have written it"),
        (["RUN frob", "FROM node:20", "WORKDIR /app", "COPY --from=0 /app .", INSTALL], "line 3 may have written it"),
        (["FROM node:20", "WORKDIR /app", "COPY --from=other:1 /app .", INSTALL], "line 5 may have written it"),
        (["COPY src src", "RUN npx tsc"], "there is no /app/tsconfig.json"),
        (["COPY src src", "RUN echo > tsconfig.json $(date) && npx tsc"], "the content of /app/tsconfig.json is not known"),
        (["COPY . .", "RUN frob"], "frob is not a command that dfopt knows"),
    ],
)
def test_whence_it_is_not_known(lines, doubt):
    """The newest step that hides the path; nothing where the RUN has written it by itself."""
    text = "\n".join(["FROM node:20", "WORKDIR /app", *lines])
    found = make_plan(text, Given(MemoryFiles(FILES))).stages[-1].steps[-1].effects.why

    assert found is not None
    assert doubt in found
    assert ("may have written" in found) == ("line" in doubt)
