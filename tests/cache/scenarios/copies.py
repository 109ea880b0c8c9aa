"""What of a COPY or ADD is in its key besides the content (rules 3.2 and 5)."""

from __future__ import annotations

from tests.cache.scenarios.scenario import Scenario

_ROWS = [
    ("3.2", "source with ./", "COPY f /d/", "COPY ./f /d/", "h"),
    ("3.2", "source with /", "COPY f /d/", "COPY /f /d/", "h"),
    ("3.2", "source by a way around", "COPY d/x /x", "COPY d/../d/x /x", "h"),
    ("3.2", "folder with a slash", "COPY d /r/", "COPY d/ /r/", "h"),
    ("3.2", "the whole context with a slash", "COPY . /r/", "COPY ./ /r/", "m"),
    ("1.1", "keyword and blanks", "COPY f /d/", "copy  f   /d/", "h"),
    ("1.3", "JSON form", "COPY f g /d/", 'COPY ["f", "g", "/d/"]', "h"),
    ("1.7", "source by a variable", "ENV S=f\nCOPY f /d/", "ENV S=f\nCOPY $S /d/", "h"),
    ("3.2", "ADD is not COPY", "COPY f /d/", "ADD f /d/", "m"),
    ("3.2", "destination with the name of the file", "COPY f /d/", "COPY f /d/f", "m"),
    ("3.2", "destination without its slash", "COPY d /r/", "COPY d /r", "m"),
    ("3.2", "destination is another one", "COPY f /d/", "COPY f /e/", "m"),
    ("3.2", "destination by a way around", "COPY f /d/f", "COPY f /x/../d/f", "h"),
    ("3.2", "destination relative to WORKDIR", "WORKDIR /a\nCOPY f /a/f", "WORKDIR /a\nCOPY f f", "hh"),
    ("3.2", "destination . is ./", "WORKDIR /a\nCOPY f .", "WORKDIR /a\nCOPY f ./", "hh"),
    ("3.2", "destination by a variable", "ENV P=/d\nCOPY f /d/", "ENV P=/d\nCOPY f $P/", "h"),
    ("3.2", "a variable that it does not use", "ENV P=/d\nCOPY f /d/", "ENV P=/e\nCOPY f /d/", "h"),
    ("3.2", "a variable that it uses", "ARG P=/d\nCOPY f $P/", "ARG P=/e\nCOPY f $P/", "m"),
    ("3.2", "another file of equal content", "COPY f /z", "COPY l /z", "m", "20"),
    ("3.2", "file of equal name and content of another folder", "COPY f /z", "COPY p/f /z", "h"),
    ("3.2", "another name for a folder of equal content", "COPY d /r/", "COPY e /r/", "m"),
    ("3.2", "sources change places", "COPY f g /d/", "COPY g f /d/", "m"),
    # A stale hit: the sources of one tree are keyed in the order of their paths, their names apart.
    ("3.2", "two files of equal names change folders and content", "COPY d/1 e/2 /d/", "COPY e/1 d/2 /d/", "h", "20"),
    ("3.2", "a file of another folder, behind the other one", "COPY d/x p/f /d/", "COPY x/x p/f /d/", "m", "20"),
    ("3.2", "a source that is within another", "COPY d d/x /d/", "COPY d /d/", "m", "20"),
    ("3.2", "a source more", "COPY f /d/", "COPY f g /d/", "m"),
    ("3.2", "two COPY become one", "COPY f /d/\nCOPY g /d/", "COPY f g /d/", "m"),
    ("3.2", "--chown that changes nothing", "COPY f /d/", "COPY --chown=0:0 f /d/", "m"),
    ("3.2", "--chown is another one", "COPY --chown=1 f /d/", "COPY --chown=2 f /d/", "m"),
    ("3.2", "--chown 1 is not 1:1", "COPY --chown=1 f /d/", "COPY --chown=1:1 f /d/", "m", "20"),
    ("1.4", "--chown with nothing", "COPY f /d/", "COPY --chown= f /d/", "h"),
    ("1.4", "--chown in quotes", "COPY --chown=1 f /d/", 'COPY --chown="1" f /d/', "h"),
    ("1.7", "--chown by a variable", "ENV U=1\nCOPY --chown=1 f /d/", "ENV U=1\nCOPY --chown=$U f /d/", "h"),
    ("3.2", "--chmod that changes nothing", "COPY f /d/", "COPY --chmod=644 f /d/", "m"),
    ("3.2", "--chmod is another one", "COPY --chmod=600 f /d/", "COPY --chmod=644 f /d/", "m"),
    ("3.2", "--chmod with a zero in front", "COPY --chmod=644 f /d/", "COPY --chmod=0644 f /d/", "h", "20"),
    ("3.2", "USER is another one", "USER 1\nCOPY f /f", "USER 2\nCOPY f /f", "h"),
    ("3.2", "SHELL is another one", "COPY f /f", 'SHELL ["/bin/sh", "-ec"]\nCOPY f /f', "h"),
    ("3.2", "ADD with another destination", "ADD d /r/", "ADD d /s/", "m"),
    ("3.2", "a name instead of the pattern that meets it", "COPY *.md /r/", "COPY a.md /r/", "m", "20"),
    ("3.2", "another pattern for the same files", "COPY *.md /r/", "COPY a* /r/", "m", "20"),
    ("1.4 A5", "--chmod that is no mode is passed over", "COPY f /d/", "COPY --chmod=u+x f /d/", "h", "20"),
]  # fmt: skip

_FILES = {"d/1": "1", "e/2": "2", "e/1": "2", "d/2": "1", "x/x": "x\n"}

COPIES = [
    Scenario(
        rule, f"COPY: {name}", before, after, steps, files=_FILES, builders=(*builders, "20 32")[0]
    )
    for rule, name, before, after, steps, *builders in _ROWS
]
