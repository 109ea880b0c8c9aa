"""Stages: what they take from each other, and whether it is known (rules 1.8 to 1.10, 2 and 8)."""

from __future__ import annotations

from optimizer.context.files import Link
from tests.cache.scenarios.scenario import Scenario

_TAKE = "\nFROM @\nCOPY --from=s /out /out\nRUN echo after"
_BIND = "\nFROM @\nRUN --mount=from=s,source=/out,target=/m ls /m\nRUN echo after"


def _stage(body: str, take: str = _TAKE) -> str:
    return f"FROM @ AS s\n{body}{take}"


# A stage, and another form of it: what a copy of its /out is then; where the model knows less, that.
_OUT = [
    ("2.4 D3", "other bytes are the same again", "RUN mkdir /out; echo a > /out/f # 1", "RUN mkdir /out; echo a > /out/f # 2", "mhh", "m??"),
    ("2.4", "other bytes", "RUN mkdir /out; echo a > /out/f", "RUN mkdir /out; echo b > /out/f", "mmm", "m??"),
    ("2.4 C4", "another file of the stage", "COPY f /out/\nRUN echo 1 > /tmp/x", "COPY f /out/\nRUN echo 2 > /tmp/x", "hmhh", ""),
    ("2.4", "a RUN that writes elsewhere, in front", "RUN echo 1 > /tmp/x\nCOPY f /out/", "RUN echo 2 > /tmp/x\nCOPY f /out/", "mmhh", ""),
    ("2.4", "a RUN of unknown effects", "COPY f /out/\nRUN perl -e 1", "COPY f /out/\nRUN perl -e 2", "hmhh", "hm??"),
    ("2.4", "an argument in front of the copies", "ARG A=1\nRUN echo a\nCOPY f /out/", "ARG A=2\nRUN echo a\nCOPY f /out/", "mmhh", ""),
    ("2.4", "a WORKDIR in front of the copies", "WORKDIR /a\nCOPY f /out/", "WORKDIR /b\nCOPY f /out/", "mmhh", ""),
    ("2.4", "copies in another order", "COPY f /out/\nCOPY g /out/", "COPY g /out/\nCOPY f /out/", "mmhh", ""),
    ("2.4", "two copies become one", "COPY f /out/\nCOPY g /out/", "COPY f g /out/", "mhh", ""),
    ("2.4", "a file more", "COPY f /out/", "COPY f g /out/", "mmm", ""),
    ("2.4", "a file more, which a RUN had made", "RUN mkdir /out; echo g > /out/g\nCOPY f /out/", "RUN mkdir /out; echo g > /out/g\nCOPY f g /out/", "hmhh", "hm??"),
    ("2.4", "the same file from elsewhere", "COPY f /out/", "COPY p/f /out/", "hhh", ""),
    ("2.4", "the same file by ADD", "COPY f /out/", "ADD f /out/", "mhh", ""),
    ("2.4", "the same file by its whole path", "COPY f /out/", "COPY f /out/f", "mhh", ""),
    ("2.4", "the same file by a link", "COPY f /out/f", "COPY l /out/f", "mhh", ""),
    ("2.4", "the same file by a pattern", "COPY a.md /out/", "COPY *.md /out/", "mhh", "", "20"),
    ("2.4", "a file is overwritten by itself", "COPY f /out/", "COPY g /out/f\nCOPY f /out/", "mmhh", ""),
    ("2.4", "a file is overwritten by another", "COPY f /out/", "COPY f /out/\nCOPY g /out/f", "hmmm", ""),
    ("2.4 C4", "another mode", "COPY --chmod=600 f /out/", "COPY --chmod=644 f /out/", "mmm", "m??"),
    ("2.4", "the mode that it has", "COPY f /out/", "COPY --chmod=644 f /out/", "mhh", "m??", "20"),
    ("2.4", "the mode that it has, and the folder has not", "COPY f /out/", "COPY --chmod=644 f /out/", "mmm", "m??", "32"),
    ("2.4", "a copy of a copy", "COPY f /a/\nRUN echo 1\nCOPY f /out/", "COPY f /a/\nRUN echo 2\nCOPY f /out/", "hmmhh", ""),
    ("2.4", "the folder is made by WORKDIR, too", "COPY f /out/", "WORKDIR /out\nCOPY f .", "mmhh", "mm??"),
    ("2.C2", "an empty folder made by WORKDIR", "RUN echo 1\nWORKDIR /out", "RUN echo 2\nWORKDIR /out", "mmhh", ""),
    ("2.4", "ENV of the stage", "ENV A=1\nCOPY f /out/", "ENV A=2\nCOPY f /out/", "hhh", ""),
]  # fmt: skip

# The same stage over another context.
_CHANGED = [
    ("what is copied", "COPY f /out/", {"f": "other"}, "mmm", ""),
    ("a file in front of what is copied", "COPY g /g\nCOPY f /out/", {"g": "other"}, "mmhh", ""),
    ("a file behind what is copied", "COPY f /out/\nCOPY g /g", {"g": "other"}, "hmhh", ""),
    ("a file beside a folder that is copied", "COPY . /a/\nCOPY d /out/", {"f": "other"}, "mmhh", ""),
    ("what stood beside a RUN's own", "COPY f /out/\nRUN echo a > /out/made\nCOPY g /g", {"g": "other"}, "hhmhh", ""),
    ("what a RUN stands on", "COPY g /g\nRUN mkdir /out; cp /g /out/g", {"g": "other"}, "mmmm", "mm??"),
    ("what a RUN stands on, and does not use", "COPY g /g\nRUN mkdir /out; echo a > /out/a", {"g": "other"}, "mmhh", "mm??"),
    ("what is copied onto a RUN's own", "RUN mkdir /out; echo a > /out/a\nCOPY f /out/", {"f": "other"}, "hmmm", ""),
    ("a file that another one hides", "COPY f /out/x\nCOPY g /out/x", {"f": "other"}, "mmhh", ""),
    ("a file that a whole folder brings, too", "COPY d/x /out/\nCOPY d /out/", {"d/s/y": "other"}, "hmmm", ""),
    ("the mode of a file below --chmod", "COPY --chmod=640 f /out/", {"f": ("f\n", 0o755)}, "mhh", "m??"),
    ("the mode of the folder that is the source", "COPY d /out/", {"d/": ("", 0o700)}, "mhh", ""),
    ("the mode of a folder in it", "COPY d /out/", {"d/s/": ("", 0o700)}, "mmm", ""),
    ("what a link that a RUN made leads to", "RUN mkdir /real && ln -s /real /out\nCOPY f /real/", {"f": "other"}, "hmmm", "hm??"),
    ("a file behind a link of the stage", "COPY d /out/\nCOPY f /out/l/f", {"f": "other"}, "hmmm", "hm??", {"d/l": Link("s")}),
]  # fmt: skip

# Whole files.
_ROWS = [
    ("8 B4", "a stage that nobody asks for", "FROM @ AS s\nRUN echo a\nFROM @\nRUN echo b", "FROM @ AS s\nRUN echo c\nFROM @\nRUN echo b", "h"),
    ("2.4 K8", "a stage that is not built again, of which nothing is known", "FROM @ AS s\nRUN perl -e 1\nFROM @\nCOPY --from=s /etc/passwd /p\nRUN echo a", "FROM @ AS s\nRUN perl -e 1\nFROM @\nCOPY --from=s /etc/passwd /p\nRUN echo b", "hhm"),
    ("1.9", "a stage has another name", "FROM @ AS s\nCOPY f /f\nFROM @\nCOPY --from=s /f /f", "FROM @ AS t\nCOPY f /f\nFROM @\nCOPY --from=t /f /f", "hh"),
    ("1.9", "a stage by its number", "FROM @ AS s\nCOPY f /f\nFROM @\nCOPY --from=s /f /f", "FROM @ AS s\nCOPY f /f\nFROM @\nCOPY --from=0 /f /f", "hh"),
    ("1.9 F7", "a stage in capitals", "FROM @ AS s\nCOPY f /f\nFROM @\nCOPY --from=s /f /f", "FROM @ AS S\nCOPY f /f\nFROM @\nCOPY --from=S /f /f", "hh"),
    ("2.C3 B2", "a file of a stage instead of the context's", "FROM @ AS s\nCOPY f /f\nFROM @\nCOPY --from=s /f /f\nCOPY f /d/", "FROM @ AS s\nCOPY f /f\nFROM @\nCOPY --from=s /f /f\nCOPY --from=s /f /d/", "hhh"),
    ("2.C3", "a file of the context instead of a stage's", "FROM @ AS s\nCOPY f /f\nFROM @\nCOPY --from=s /f /d/", "FROM @ AS s\nCOPY f /f\nFROM @\nCOPY f /d/", "h"),
    ("2.6 B4", "a stage is cut in two", "RUN echo a\nRUN echo b", "FROM @ AS s\nRUN echo a\nFROM s\nRUN echo b", "hh"),
    ("2.6 L9", "a stage with ENV is cut in two", "ENV E=1\nRUN echo a\nRUN echo b", "FROM @ AS s\nENV E=1\nRUN echo a\nFROM s\nRUN echo b", "hh"),
    ("2.6 L9", "a stage with WORKDIR, USER and SHELL is cut in two", 'WORKDIR /w\nUSER 1\nSHELL ["/bin/sh", "-ec"]\nRUN echo a\nRUN echo b', 'FROM @ AS s\nWORKDIR /w\nUSER 1\nSHELL ["/bin/sh", "-ec"]\nRUN echo a\nFROM s\nRUN echo b', "hhh"),
    ("2.6 L9", "a stage with ARG before ENV is cut in two", "ARG A=1\nENV E=1\nRUN echo a\nRUN echo b", "FROM @ AS s\nARG A=1\nENV E=1\nRUN echo a\nFROM s\nRUN echo b", "hm"),
    ("2.6 L9", "a stage with ARG behind ENV is cut in two", "ENV E=1\nARG A=1\nRUN echo a\nRUN echo b", "FROM @ AS s\nENV E=1\nARG A=1\nRUN echo a\nFROM s\nRUN echo b", "hm"),
    ("2.6 L9", "a stage that sets ENV again is cut in two", "ENV E=1\nENV F=1\nENV E=2\nRUN echo a\nRUN echo b", "FROM @ AS s\nENV E=1\nENV F=1\nENV E=2\nRUN echo a\nFROM s\nRUN echo b", "hm"),
    ("1.8 F6", "an ARG of the stage that is continued", "FROM @ AS s\nARG A=1\nFROM s\nRUN echo a", "FROM @ AS s\nARG A=2\nFROM s\nRUN echo a", "m"),
    ("1.8", "an ARG of the stage that is copied from", "FROM @ AS s\nCOPY f /f\nARG A=1\nFROM @\nCOPY --from=s /f /f\nRUN echo a", "FROM @ AS s\nCOPY f /f\nARG A=2\nFROM @\nCOPY --from=s /f /f\nRUN echo a", "hhh"),
    ("1.10", "triggers of the stage that is continued", "FROM @ AS s\nONBUILD RUN echo a\nFROM s\nRUN echo b", "FROM @ AS s\nONBUILD RUN echo c\nFROM s\nRUN echo b", "mm"),
    ("1.10", "triggers are the same as their instructions", "FROM @ AS s\nRUN echo x\nFROM s\nRUN echo a\nRUN echo b", "FROM @ AS s\nRUN echo x\nONBUILD RUN echo a\nFROM s\nRUN echo b", "hhh"),
    ("1.10", "triggers are not inherited further", "FROM @ AS s\nONBUILD RUN echo a\nFROM s AS t\nFROM t\nRUN echo b", "FROM @ AS s\nONBUILD RUN echo a\nFROM s AS t\nRUN echo a\nFROM t\nRUN echo b", "hmm"),
    ("1.10", "a trigger that copies: its source changes", "FROM @ AS s\nONBUILD COPY f /f\nFROM s\nRUN echo b", "FROM @ AS s\nONBUILD COPY g /f\nFROM s\nRUN echo b", "mm"),
    ("2.C3 L10", "all of a stage onto nothing", "FROM @ AS s\nCOPY f /f\nRUN echo 1\nFROM scratch\nCOPY --from=s / /\nRUN echo after", "FROM @ AS s\nCOPY f /f\nRUN echo 2\nFROM scratch\nCOPY --from=s / /\nRUN echo after", "hmhh"),
    ("3.2", "stage: another source, equal basename", "FROM @ AS s\nCOPY f /a/\nCOPY f /b/\nFROM @\nCOPY --from=s /a/f /f", "FROM @ AS s\nCOPY f /a/\nCOPY f /b/\nFROM @\nCOPY --from=s /b/f /f", "hhh"),
    ("8", "stages in another order, and so with other marks", "FROM @ AS s\nCOPY f /f\nFROM @ AS t\nCOPY g /g\nFROM @\nCOPY --from=s /f /f\nCOPY --from=t /g /g", "FROM @ AS t\nCOPY g /g\nFROM @ AS s\nCOPY f /f\nFROM @\nCOPY --from=s /f /f\nCOPY --from=t /g /g", "mmhh"),
    ("2.5", "the last stage becomes one that is copied from", "RUN echo a\nCOPY f /f", "FROM @ AS s\nRUN echo a\nCOPY f /f\nFROM @\nCOPY --from=s /f /f", "hhm"),
]  # fmt: skip

STAGES = [
    *(
        Scenario(rule, f"stage, copied: {name}", _stage(a), _stage(b), steps, model=model, builders=(*seen, "20 32")[0])
        for rule, name, a, b, steps, model, *seen in _OUT
    ),
    *(
        Scenario("3.7 D3", f"stage, bound: {name}", _stage(a, _BIND), _stage(b, _BIND), steps, model=model)
        for _, name, a, b, steps, model, *_ in _OUT[:6]
    ),
    *(
        Scenario("2.4", f"stage, changed: {name}", _stage(body), "", steps, change, *files, model=model)
        for name, body, change, steps, model, *files in _CHANGED
    ),
    *(Scenario(rule, f"stages: {name}", *rest) for rule, name, *rest in _ROWS),
    Scenario("12 C4", "stage, copied: another owner, which counts not", _stage("COPY --chown=1 f /out/"), _stage("COPY --chown=2 f /out/"), "mhh", builders="20"),
    Scenario("12 C4", "stage, copied: another owner, which counts", _stage("COPY --chown=1 f /out/"), _stage("COPY --chown=2 f /out/"), "mmm", builders="32"),
    Scenario("2.4", "stage, copied: a link more and what it leads to", _stage("COPY l /out/x"), "", "mmm", {"f": "other"}),
    Scenario("2.4", "stage, changed: what a link of the base leads to", "FROM @ AS s\nCOPY f /run/x/\nFROM @\nCOPY --from=s /var/run/x /x", "", "mm", {"f": "other"}, model="m?"),
    Scenario("2.4", "stage, changed: what a copied link leads to", "FROM @ AS s\nCOPY d /out/\nFROM @\nCOPY --from=s /out/l /x", "", "mm", {"d/s/y": "other"}, {"d/l": Link("s")}, model="m?"),
    Scenario("8", "target: a stage alone", _stage("RUN mkdir /out"), "", "h", target="s"),
]  # fmt: skip
