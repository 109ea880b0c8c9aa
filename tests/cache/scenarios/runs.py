"""What is in the key of a RUN, and what is not (rules 1.1, 3.1 and 3.7)."""

from __future__ import annotations

from tests.cache.scenarios.scenario import Scenario

_ROWS = [
    ("1.1", "keyword and blanks", "RUN echo a", "run    echo a", "h"),
    ("1.1", "a comment inside", "RUN echo a && \\\n  echo b", "RUN echo a && \\\n# hi\n  echo b", "h"),
    ("1.1", "a blank line inside", "RUN echo a && \\\n  echo b", "RUN echo a && \\\n\n  echo b", "h"),
    ("1.1", "another indentation", "RUN echo a && \\\n  echo b", "RUN echo a && \\\n    echo b", "m"),
    ("1.1", "joined with the same blanks", "RUN echo a && \\\n  echo b", "RUN echo a &&   echo b", "h"),
    ("1.1", "blanks behind the backslash", "RUN echo a && \\\n  echo b", "RUN echo a && \\  \n  echo b", "h"),
    ("1.1", "one blank more in the text", "RUN echo a", "RUN echo  a", "m"),
    ("1.1", "a comment at the end is text", "RUN echo a", "RUN echo a # b", "m"),
    ("1.2", "another escape character", "RUN echo a && \\\n  echo b", "# escape=`\nFROM @\nRUN echo a && `\n  echo b", "h"),
    ("1.3", "exec form of what the shell gets", "RUN echo a", 'RUN ["/bin/sh", "-c", "echo a"]', "h"),
    ("1.3", "exec form of its own", "RUN echo a", 'RUN ["echo", "a"]', "m"),
    ("1.3", "blanks in the exec form", 'RUN ["echo","a"]', 'RUN [ "echo" , "a" ]', "h"),
    ("3.1", "exec form is not for the SHELL", 'RUN ["echo", "a"]', 'SHELL ["/bin/bash", "-c"]\nRUN ["echo", "a"]', "h"),
    ("3.1", "shell form is for the SHELL", "RUN echo a", 'SHELL ["/bin/bash", "-c"]\nRUN echo a', "m"),
    ("3.1", "a SHELL that is overwritten", 'SHELL ["/bin/sh", "-ec"]\nRUN echo a', 'SHELL ["/bin/bash", "-c"]\nSHELL ["/bin/sh", "-ec"]\nRUN echo a', "h"),
    ("3.1", "a variable spelled otherwise", "ENV A=1\nRUN echo $A", "ENV A=1\nRUN echo ${A}", "m"),
    ("3.1", "its value instead of a variable", "ENV A=1\nRUN echo $A", "ENV A=1\nRUN echo 1", "m"),
    ("3.1", "nothing but ENV behind it", "RUN echo a\nENV A=1", "RUN echo a\nENV A=2", "h"),
    ("2.6", "the same RUN twice", "RUN echo a\nRUN echo a", "RUN echo a\nRUN echo a\nRUN echo a", "hhm"),
    ("2.5", "the last RUN is gone", "RUN echo a\nRUN echo b", "RUN echo a", "h"),
    ("2.5", "the first RUN is gone", "RUN echo a\nRUN echo b", "RUN echo b", "m"),
]  # fmt: skip

_CACHE = "RUN --mount=type=cache,target=/c echo a"
_BIND = "RUN --mount=type=bind,source=d,target=/m ls /m"
_MOUNTS = [
    ("3.7", "cache: a mount is new", "RUN echo a", _CACHE, "m"),
    ("3.7", "cache: dst is target", _CACHE, "RUN --mount=type=cache,dst=/c echo a", "h"),
    ("3.7", "cache: another target", _CACHE, "RUN --mount=type=cache,target=/c2 echo a", "m"),
    ("3.7", "cache: a mode", _CACHE, "RUN --mount=type=cache,target=/c,mode=0700 echo a", "m"),
    ("3.7", "cache: an owner", _CACHE, "RUN --mount=type=cache,target=/c,uid=5 echo a", "m"),
    ("3.7", "cache: read-only", _CACHE, "RUN --mount=type=cache,target=/c,ro echo a", "m"),
    ("3.7", "cache: an id", _CACHE, "RUN --mount=type=cache,id=a,target=/c echo a", "m"),
    ("3.7", "cache: what it holds counts not", "RUN --mount=type=cache,id=k,target=/c date >> /c/log", "", "h"),
    ("3.7", "tmpfs: a mount is new", "RUN echo a", "RUN --mount=type=tmpfs,target=/t echo a", "m"),
    ("3.7", "tmpfs: it becomes a secret", "RUN --mount=type=tmpfs,target=/t echo a", "RUN --mount=type=secret,target=/t echo a", "m"),
    ("3.7", "tmpfs: another target", "RUN --mount=type=tmpfs,target=/t echo a", "RUN --mount=type=tmpfs,target=/u echo a", "m"),
    ("3.7", "secret: another id", "RUN --mount=type=secret,id=a echo a", "RUN --mount=type=secret,id=b echo a", "m"),
    ("3.7", "secret: another target", "RUN --mount=type=secret,id=a,target=/s echo a", "RUN --mount=type=secret,id=a,target=/t echo a", "m"),
    ("3.7", "bind: the source spelled otherwise", _BIND, "RUN --mount=target=/m,source=./d/ ls /m", "h"),
    ("3.7", "bind: src and dst", _BIND, "RUN --mount=type=bind,src=d,dst=/m ls /m", "h"),
    ("3.7", "bind: the same tree of another place", _BIND, "RUN --mount=type=bind,source=e,target=/m ls /m", "h"),
    ("3.7", "bind: the same file of another name", "RUN --mount=source=f,target=/m cat /m", "RUN --mount=source=p/f,target=/m cat /m", "h"),
    ("3.7", "bind: another file", "RUN --mount=source=f,target=/m cat /m", "RUN --mount=source=g,target=/m cat /m", "m"),
    ("3.7", "bind: another target", _BIND, "RUN --mount=type=bind,source=d,target=/n ls /n", "m"),
    ("3.7", "bind: readonly is what it is without", _BIND, "RUN --mount=type=bind,source=d,target=/m,readonly ls /m", "h"),
    ("3.7", "bind: rw", _BIND, "RUN --mount=type=bind,source=d,target=/m,rw ls /m", "m"),
    ("3.7", "two mounts change places", "RUN --mount=source=f,target=/x --mount=source=g,target=/y echo a", "RUN --mount=source=g,target=/y --mount=source=f,target=/x echo a", "h"),
    ("3.7", "two binds change their targets", "RUN --mount=source=f,target=/x --mount=source=g,target=/y echo a", "RUN --mount=source=g,target=/x --mount=source=f,target=/y echo a", "h"),
]  # fmt: skip

_BOUND = [
    ("bind of a file: another file changes", "RUN --mount=source=f,target=/m cat /m", {"g": "other"}, "h"),
    ("bind of a file: it changes", "RUN --mount=source=f,target=/m cat /m", {"f": "other"}, "m"),
    ("bind of a file: its mode changes", "RUN --mount=source=f,target=/m cat /m", {"f": ("f\n", 0o755)}, "m"),
    ("bind of a folder: a file in it changes", _BIND, {"d/x": "other"}, "m"),
    ("bind of a folder: a file in it is new", _BIND, {"d/new": "new"}, "m"),
    ("bind of a folder: a file beside it changes", _BIND, {"f": "other"}, "h"),
    ("bind of a folder, rw: a file beside it changes", _BIND.replace("/m ", "/m,rw ", 1), {"f": "other"}, "h"),
    ("bind of a folder, rw: a file in it changes", _BIND.replace("/m ", "/m,rw ", 1), {"d/s/y": "other"}, "m"),
    ("bind of the context: any file changes", "RUN --mount=target=/m ls /m", {"a.md": "other"}, "m"),
]  # fmt: skip

RUNS = [
    *(Scenario(rule, f"RUN: {name}", *rest) for rule, name, *rest in (*_ROWS, *_MOUNTS)),
    *(Scenario("3.7", f"RUN: {name}", text, "", steps, change) for name, text, change, steps in _BOUND),
    Scenario("3.7", "RUN: bind of a file: its time changes", "RUN --mount=source=f,target=/m cat /m", "", "h", touched=("f",)),
    Scenario("3.7", "RUN: bind of a source that is not there", "RUN echo a", "RUN echo a\nRUN --mount=source=no,target=/m echo b", "fails at 0 4"),
    Scenario("4.4", "RUN: bind of the context: a comment in the Dockerfile", "RUN --mount=target=/m ls /m", "RUN --mount=target=/m ls /m\n# c", "m"),
    Scenario("4.4", "RUN: bind of the context: a comment in a Dockerfile that is ignored", "RUN --mount=target=/m ls /m", "RUN --mount=target=/m ls /m\n# c", "h", files={".dockerignore": "Dockerfile\n"}),
    Scenario("5.1", "RUN: bind of the context: what is ignored changes", "RUN --mount=target=/m ls /m", "", "h", {"a.md": "other"}, {".dockerignore": "*.md\n"}),
]  # fmt: skip
