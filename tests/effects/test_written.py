"""What a RUN has written with known content, as the RUNs behind it meet it."""

from __future__ import annotations

import pytest

from optimizer.context.files import MemoryFiles
from optimizer.graph.plan import Given, make_plan

FILES = MemoryFiles({
    "pyproject.toml": "[tool.poetry]\nname = 'app'\n",
    "poetry.lock": "[[package]]\nname = 'six'\nversion = '1'\n",
    "main.go": "package main\n",
})  # fmt: skip
HEAD = "FROM python:3.11 AS first\nWORKDIR /app\nCOPY . .\n"


def doubts(text: str) -> list[str | None]:
    """Why each RUN is in doubt."""
    plan = make_plan(HEAD + text, Given(FILES))
    return [s.effects.doubt for stage in plan.stages for s in stage.steps if s.keyword == "RUN"]


@pytest.mark.parametrize(
    "text",
    [
        "RUN echo flask > r.txt\nRUN pip install -r r.txt\n",
        "RUN echo flask > r.txt && chmod 600 r.txt\nRUN pip install -r r.txt\n",
        "RUN ln -s /data/r.txt r.txt\nRUN echo flask > r.txt\nRUN pip install -r r.txt\n",
        "RUN poetry export -o r.txt\nRUN pip install -r r.txt\n",
        "RUN poetry export > r.txt\nRUN true\nRUN pip install -r r.txt\n",
        "RUN poetry export -o r.txt\nFROM python:3.11\nCOPY --from=first /app/r.txt /\nRUN pip install -r /r.txt\n",
        "RUN go mod init app\nRUN go get\nRUN go mod tidy && go mod download\n",
        "RUN wget -O /i.sh https://deb.nodesource.com/setup_20.x\nRUN sh /i.sh\n",
        "RUN apt-get install -y git && useradd -m app\nWORKDIR /home/app\nCOPY . .\nRUN poetry install\n",
        "RUN adduser -D app && echo hello > /etc/skel/.hello\nWORKDIR /home/app\nCOPY . .\nRUN poetry install\n",
    ],
)
def test_is_known(text):
    """It is read as if it had been copied, or for what it asks at most."""
    assert set(doubts(text)) == {None}


@pytest.mark.parametrize(
    "text",
    [
        "RUN echo flask > r.txt\nRUN date >> r.txt\nRUN pip install -r r.txt\n",
        "RUN date && echo flask > r.txt || true\nRUN pip install -r r.txt\n",
        "RUN poetry export -o r.txt\nRUN sed -i s/a/b/ r.txt\nRUN pip install -r r.txt\n",
        "RUN --mount=type=cache,target=/app/c echo flask > c/r.txt\nRUN pip install -r c/r.txt\n",
        "RUN poetry export -o r.txt\nRUN mv r.txt s.txt\nRUN pip install -r s.txt\n",
        "RUN touch /etc/skel/poetry.toml && useradd -m app\nWORKDIR /home/app\nCOPY . .\nRUN poetry install\n",
        "COPY main.go /etc/skel/poetry.toml\nRUN useradd -m app\nWORKDIR /home/app\nCOPY . .\nRUN poetry install\n",
        "RUN sed -i s,/etc/skel,/x, /etc/default/useradd && useradd -m app\nWORKDIR /home/app\nCOPY . .\nRUN poetry install\n",
        "COPY main.go /etc/adduser.conf\nRUN adduser app\nWORKDIR /home/app\nCOPY . .\nRUN poetry install\n",
        "COPY --from=x /root/ /\nRUN useradd -m app\nWORKDIR /home/app\nCOPY . .\nRUN poetry install\n",
        "RUN useradd -m -k /skel app\nWORKDIR /home/app\nCOPY . .\nRUN poetry install\n",
    ],
)
def test_is_not_known(text):
    """What another command may have changed, put elsewhere, or never made."""
    assert doubts(text)[-1] is not None


@pytest.mark.parametrize(
    ("script", "understood"),
    [
        ("touch /x/a.go", True),
        ("echo one > /x/a.go && echo two >> /x/a.go", True),
        ("mkdir -p /x && cd /x && cargo init", True),
        ("ln -s /data /x/a.go && echo one > /x/a.go", False),
        ("cp -a a.go /x/a.go && echo one > /x/a.go", False),
        ("cp -a a.go /x/a.go\nRUN touch /x/a.go", False),
        ("date > /x/a.go", False),
    ],
)
def test_a_copy_lands_on_what_is_surely_a_file(script, understood):
    """A file whose content is known is no link, unless the same RUN may have put one there before."""
    text = f"FROM rust:1\nRUN {script}\nCOPY main.go /x/a.go\nCOPY pyproject.toml /x/Cargo.toml\n"
    *_, copy, manifest = make_plan(text, Given(FILES)).stages[0].steps

    assert manifest.effects.doubt is None
    assert (copy.effects.doubt is None) is understood
