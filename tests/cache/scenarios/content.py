"""Which changes of the context reach the key of a COPY (rules 4, 5 and 5.1)."""

from __future__ import annotations

from optimizer.context.files import Link
from tests.cache.scenarios.scenario import Scenario, archive

# Rule, what is shown, the step, what changes, and what becomes of the step and of a RUN behind it.
_ROWS = [
    ("4.1 C1", "nothing", "COPY f /d/", {}, "hh"),
    ("4.1 C1", "the file", "COPY f /d/", {"f": "other"}, "mm"),
    ("4.1 C1", "the file, to equal size", "COPY f /d/", {"f": "g\n"}, "mm"),
    ("4.1 C1", "its mode, 600", "COPY f /d/", {"f": ("f\n", 0o600)}, "mm"),
    ("4.1 C1", "its mode, 664", "COPY f /d/", {"f": ("f\n", 0o664)}, "mm"),
    ("4.1 C1", "its mode, 755", "COPY f /d/", {"f": ("f\n", 0o755)}, "mm"),
    ("4.1 C1", "its mode, setuid", "COPY f /d/", {"f": ("f\n", 0o4644)}, "mm"),
    ("4.1 C1", "another file", "COPY f /d/", {"g": "other"}, "hh"),
    ("4.1 C1", "a file is new", "COPY f /d/", {"ff": "new"}, "hh"),
    ("4.1 C1", "a link in its place", "COPY f /d/", {"f": Link("h"), "h": "f\n"}, "hh"),
    ("4.1", "its mode below --chmod", "COPY --chmod=640 f /d/", {"f": ("f\n", 0o755)}, "mm"),
    ("4.1 C2", "a file deep in a folder", "COPY d /r/", {"d/s/y": "other"}, "mm"),
    ("4.1 C2", "a file is new in a folder", "COPY d /r/", {"d/new": "new"}, "mm"),
    ("4.1 C2", "a file in a folder is gone", "COPY d /r/", {"d/s/y": None}, "mm"),
    ("4.1 C2", "a file in a folder has another name", "COPY d /r/", {"d/x": None, "d/z": "x\n"}, "mm"),
    ("4.1 C3", "two files in a folder change places", "COPY d /r/", {"d/x": "y\n", "d/s/y": "x\n"}, "mm"),
    ("4.1", "a file in a folder moves into another", "COPY d /r/", {"d/x": None, "d/s/x": "x\n"}, "mm"),
    ("4.1 C2", "an empty folder is new", "COPY d /r/", {"d/e/": ""}, "mm"),
    ("4.1", "an empty folder gets a file", "COPY d /r/", {"d/e/f": ""}, "mm", {"d/e/": ""}),
    ("4.1 C5", "the mode of a folder in it", "COPY d /r/", {"d/s/": ("", 0o700)}, "mm"),
    ("4.1 C5", "the mode of the folder itself", "COPY d /r/", {"d/": ("", 0o700)}, "mm"),
    ("4.1 C2", "a file beside a folder", "COPY d /r/", {"f": "other"}, "hh"),
    ("4.1 C2", "a folder whose name begins as its", "COPY d /r/", {"d2/x": "x"}, "hh"),
    ("4.1 C2", "a link in a folder leads elsewhere", "COPY d /r/", {"d/l": Link("s/y")}, "mm", {"d/l": Link("x")}),
    ("4.1", "a link in a folder becomes a file", "COPY d /r/", {"d/l": "x\n"}, "mm", {"d/l": Link("x")}),
    ("4.1", "where a link in a folder leads", "COPY d /r/", {"f": "other"}, "hh", {"d/l": Link("../f")}),
    ("4.1 C2", "any file of the context", "COPY . /r/", {"a.md": "other"}, "mm"),
    ("4.1 C2", "a file is new in the context", "COPY . /r/", {"new": "new"}, "mm"),
    ("5 E7", "where a link that is the source leads", "COPY l /r/", {"f": "other"}, "mm"),
    ("5 E7", "the link is spelled otherwise", "COPY l /r/", {"l": Link("./f")}, "hh"),
    ("5 E7", "the link leads to an equal file", "COPY l /r/", {"l": Link("p/f")}, "hh"),
    ("5 E7", "a file of the folder that a link leads to", "COPY k /r/", {"d/x": "other"}, "mm"),
    ("5 E7", "a file behind a link", "COPY k/x /r/", {"d/x": "other"}, "mm"),
    ("5 E6", "a match of a pattern", "COPY *.md /r/", {"a.md": "other"}, "mm"),
    ("5 C2", "a new match of a pattern", "COPY *.md /r/", {"b.md": "new"}, "mm"),
    ("5 E6", "a new file in a folder is no match", "COPY *.md /r/", {"d/b.md": "new"}, "hh"),
    ("5 C2", "what is no match of a pattern", "COPY *.md /r/", {"f": "other"}, "hh"),
    ("5 E6", "a match has another name", "COPY *.md /r/", {"a.md": None, "b.md": "d\n"}, "mm"),
    ("5 E6", "a pattern with a set", "COPY [fx] /r/", {"f": "other"}, "mm"),
    ("5 E6", "a pattern with a set that does not hold it", "COPY [^fl]* /r/", {"f": "other"}, "hh"),
    ("5 E6", "a pattern with a question mark", "COPY ?h /r/", {"sh": "other"}, "mm"),
    ("5 E6", "a pattern for folders", "COPY [de]/s /r/", {"d/s/y": "other"}, "mm"),
    ("5 E6", "two stars are one", "COPY [de]/**y /r/", {"d/s/yy": "new"}, "hh"),
    ("5 E5", "a pattern without a match gets one", "COPY no* f /r/", {"no": "new"}, "mm"),
    ("5 E5", "a pattern that is but a name in brackets", "COPY f n[o] /r/", {"no": "new"}, "mm"),
    ("5 E5", "a source goes away", "COPY f g /r/", {"g": None}, "fails at 0 3"),
    ("5 E5", "a source is ignored from now on", "COPY a.md /r/", {".dockerignore": "*.md\n"}, "fails at 0 3"),
    ("5.1 E10", "what is ignored", "COPY . /r/", {"a.md": "other"}, "hh", {".dockerignore": "*.md\n"}),
    ("5.1 E10", "what is ignored in a folder", "COPY d /r/", {"d/s/y": "other"}, "hh", {".dockerignore": "d/s\n"}),
    ("5.1 E10", "what is ignored, and taken in again", "COPY . /r/", {"a.md": "other"}, "mm", {".dockerignore": "*.md\n!a.md\n"}),
    ("5.1 E10", "the last rule counts", "COPY . /r/", {"a.md": "other"}, "hh", {".dockerignore": "!a.md\n*.md\n"}),
    ("5.1 E10", "a rule for the root alone", "COPY . /r/", {"d/x": "other"}, "mm", {".dockerignore": "x\n"}),
    ("5.1 E10", "a rule for any depth", "COPY . /r/", {"d/x": "other"}, "hh", {".dockerignore": "**/x\n"}),
    ("5.1 E10", "a rule for what is in a folder", "COPY . /r/", {"d/s/y": "other"}, "hh", {".dockerignore": "d/**\n"}),
    ("4.4 C2", "the ignore file, without effect", "COPY . /r/", {".dockerignore": "other\n"}, "mm", {".dockerignore": "no\n"}),
    ("4.4 C2", "an ignore file that is ignored, without effect", "COPY . /r/", {".dockerignore": ".dockerignore\nother\n"}, "hh", {".dockerignore": ".dockerignore\nno\n"}),
    ("5.1 E10", "the Dockerfile's own ignore file counts", "COPY . /r/", {"a.md": "other"}, "hh", {"Dockerfile.dockerignore": "*.md\n", ".dockerignore": "f\n"}),
    ("5", "ADD of a folder", "ADD d /r/", {"d/s/y": "other"}, "mm"),
]  # fmt: skip

CONTENT = [
    Scenario(rule, f"change: {name}", f"{step}\nRUN echo a", "", steps, change, *files)
    for rule, name, step, change, steps, *files in _ROWS
]
_TAR = {"t.tar": archive(1)}
CONTENT += [
    Scenario("5 K17", "change: an archive that ADD unpacks, packed anew", "ADD t.tar /d/", "", "m", {"t.tar": archive(2)}, _TAR),
    Scenario("5 K17", "change: the time of an archive that ADD unpacks", "ADD t.tar /d/", "", "h", {}, _TAR, touched=("t.tar",)),
    Scenario("2.4", "stage, changed: an archive that ADD unpacks, packed anew", "FROM @ AS s\nADD t.tar /out/\nFROM @\nCOPY --from=s /out /out", "", "mh", {"t.tar": archive(2)}, _TAR, model="m?"),
    Scenario("4.1 C1", "change: the time of a file", "COPY f /d/", "", "h", touched=("f",)),
    Scenario("4.1 C2", "change: the time of a folder and a file in it", "COPY d /r/", "", "h", touched=("d", "d/s/y")),
    Scenario("4.4 C2", "change: a comment in the Dockerfile", "COPY . /r/", "COPY . /r/\n# c", "m"),
    Scenario("4.4 C2", "change: a comment in a Dockerfile that is ignored", "COPY . /r/", "COPY . /r/\n# c", "h", files={".dockerignore": "Dockerfile\n"}),
    Scenario("2.5 C3", "change: and back again", "COPY f /f\nRUN echo a", "", "hh", {"f": "other"}, detour=True),
    Scenario("2.5", "an edit, and back again", "RUN echo a\nRUN echo b", "RUN echo c\nRUN echo b", "hh", detour=True),
    Scenario("2.C2 D7", "change: the second of two files", "COPY f /f\nRUN echo a\nCOPY g /g\nRUN echo b", "", "hhmm", {"g": "other"}),
    Scenario("2.C2 D1", "change: the first of two files", "COPY f /f\nCOPY g /g\nWORKDIR /w\nRUN echo a", "", "mmmm", {"f": "other"}),
]  # fmt: skip
