"""Build arguments: their scope, and which steps they reach (rules 1.7 and 1.8)."""

from __future__ import annotations

from tests.cache.scenarios.scenario import Scenario

_ROWS = [
    ("1.8 B2", "a value for an ARG", "ARG A\nCOPY f /c\nRUN echo a", {}, {"A": "1"}, "hm"),
    ("1.8 B2", "another value for an ARG", "ARG A=0\nCOPY f /c\nRUN echo a", {"A": "1"}, {"A": "2"}, "hm"),
    ("1.8 B2", "the value that is the default", "ARG A=1\nRUN echo a", {}, {"A": "1"}, "h"),
    ("1.8", "an empty value", "ARG A=1\nRUN echo a", {}, {"A": ""}, "m"),
    ("1.8 B2", "no such ARG", "RUN echo a", {}, {"A": "1"}, "h"),
    ("1.8 B2", "a proxy that is not declared", "RUN echo a", {}, {"HTTP_PROXY": "http://a"}, "h"),
    ("1.8 B2", "a proxy that is declared", "ARG HTTP_PROXY\nRUN echo a", {}, {"HTTP_PROXY": "http://a"}, "m"),
    ("1.8 B2", "an ARG behind the RUN", "RUN echo a\nARG A\nRUN echo b", {}, {"A": "1"}, "hm"),
    ("1.8 B2", "an ARG of the head alone", "ARG A=0\nFROM @\nRUN echo a", {}, {"A": "1"}, "h"),
    ("1.8 B2", "an ARG of the head that is declared again", "ARG A=0\nFROM @\nARG A\nRUN echo a", {}, {"A": "1"}, "m"),
    ("1.8", "an ARG of the head and a default of the stage", "ARG A=0\nFROM @\nARG A=1\nRUN echo a", {}, {"A": "1"}, "h"),
    ("1.8", "an ARG that ENV hides", "ARG A\nENV A=x\nRUN echo a", {}, {"A": "1"}, "h"),
    ("1.8", "an ARG that hides an ENV", "ENV A=x\nARG A\nRUN echo a", {}, {"A": "1"}, "m"),
    ("1.8", "an ARG that ENV takes over", "ARG A=0\nENV B=$A\nCOPY f /c\nRUN echo a", {}, {"A": "1"}, "hm"),
    ("1.7", "an ARG in a destination", "ARG A=0\nCOPY f /$A/", {}, {"A": "1"}, "m"),
    ("1.7", "an ARG in a source", "ARG A=f\nCOPY $A /r/", {}, {"A": "g"}, "m"),
    ("1.7", "an ARG in a source, of equal effect", "ARG A=./f\nCOPY $A /r/", {}, {"A": "f"}, "h"),
    ("1.7", "an ARG in --chown", "ARG A=1\nCOPY --chown=$A f /r/", {}, {"A": "2"}, "m"),
    ("1.7", "an ARG in WORKDIR", "ARG A=a\nWORKDIR /$A", {}, {"A": "b"}, "m"),
    ("1.7", "an ARG in USER", "ARG A=1\nUSER $A\nCOPY f /f\nRUN echo a", {}, {"A": "1"}, "hh"),
    ("1.7", "an ARG in LABEL alone", "RUN echo a\nARG A=1\nLABEL a=$A", {}, {"A": "2"}, "h"),
    ("1.7", "an ARG in the default of another", "ARG A=1\nARG B=$A\nRUN echo a", {}, {"B": "1"}, "h"),
    ("1.8", "an ARG of another stage", "FROM @ AS s\nARG A\nCOPY f /f\nFROM @\nRUN echo a\nCOPY --from=s /f /f", {}, {"A": "1"}, "hhh"),
    ("1.8", "two values in another order", "ARG A\nARG B\nRUN echo a", {"A": "1", "B": "2"}, {"B": "2", "A": "1"}, "h"),
    ("1.8 F6", "the platform, declared", "ARG TARGETARCH\nRUN echo a", {}, {}, "h"),
    ("1.8", "exec form", 'ARG A\nRUN ["echo", "a"]', {}, {"A": "1"}, "m"),
]  # fmt: skip

ARGUMENTS = [
    Scenario(rule, f"--build-arg: {name}", text, "", steps, args=(first, second))
    for rule, name, text, first, second, steps in _ROWS
]
