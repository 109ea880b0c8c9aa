"""The rules that make brings along: what a file without a recipe of its own may be made of.

By `make -p` of GNU make 4.3, in which a file is made of one with the same stem and another ending, or of
one in RCS or SCCS. Rules behind one another (x of x.o of x.c of x.y) keep the stem, so all are listed.
"""

from __future__ import annotations

import posixpath

from optimizer.effects.tools.looking import words

_COMPILED = words(".o .c .cc .C .cpp .p .f .F .m .r .s .S .mod .y .l .w .ym .web")
# Ending -> the endings of what it may be made of; none: only what version control keeps.
_OF = {
    ".o": _COMPILED - {".o"},
    ".c": words(".y .l .w"),
    ".ln": words(".c .y .l .w"),
    ".f": words(".F .r .l"),
    ".m": words(".ym .y"),
    ".s": words(".S"),
    ".r": words(".l"),
    ".p": words(".web"),
    ".sym": words(".def"),
    ".info": words(".texinfo .texi .txinfo"),
    ".dvi": words(".tex .texinfo .texi .txinfo .w .web"),
    ".tex": words(".w .web"),
    ".out": words(""),
    **dict.fromkeys(words(".a .cc .C .cpp .F .y .l .ym .yl .S .mod .def .h .texinfo .texi .txinfo .w .ch .web .sh .elc .el"), words("")),
}  # fmt: skip


def made_of(path: str) -> tuple[str, ...]:
    """The files of which a built-in rule makes `path`, if they are there."""
    folder, name = posixpath.split(path)
    stem, ending = posixpath.splitext(path)
    if ending in _OF:
        found = {stem + each for each in _OF[ending]}
        found |= {stem} if ending == ".out" else set()
    else:
        found = {path + each for each in _COMPILED | {".sh"}}
    kept = (f"{name},v", f"RCS/{name},v", f"RCS/{name}", f"s.{name}", f"SCCS/s.{name}")
    return tuple(sorted(found | {posixpath.join(folder, each) for each in kept}))
