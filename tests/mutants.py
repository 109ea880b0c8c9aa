"""The rules that `tests/mutation.py` breaks, one at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """A rule, and the text that breaks it.

    Attributes:
        name: The rule that no longer holds.
        old: What stands exactly once in the program.
        new: What is put in its place.
    """

    name: str
    old: str
    new: str


MUTANTS = (
    Mutant(
        "edge: what a RUN changes of a copy is forgotten",
        "    if clash is not None:\n",
        "    if clash is not None and clash == '':\n",
    ),
    Mutant(
        "edge: a change of mode or owner is no change",
        "    changed = effects.changed\n",
        "    changed = Patterns(effects.writes)\n",
    ),
    Mutant(
        "edge: names in --chown need no account",
        'if copying.owner and not copying.owner.replace(":", "").isdigit():',
        "if False:",
    ),
    Mutant(
        "edge: probes are not needed",
        "    patterns = effects.asked\n    found",
        "    patterns = Patterns(effects.reads)\n    found",
    ),
    Mutant(
        "edge: reads are not needed",
        "    patterns = effects.asked\n    found",
        "    patterns = Patterns(effects.probes)\n    found",
    ),
    Mutant(
        "edge: lists are not needed",
        "    for folder in effects.lists:\n        found |= ",
        "    for folder in ():\n        found |= ",
    ),
    Mutant(
        "edge: links on the way are not needed",
        "found |= {a for a in _ancestors(path) if a in copy.copying.atoms}",
        "found |= set()",
    ),
    Mutant(
        "edge: directories that are asked for are not needed",
        "asked = (patterns.exact | parents(effects)) & copy.copying.folders",
        "asked = frozenset()",
    ),
    Mutant(
        "edge: doubt is passed by a copy",
        '    if effects.doubt is not None:\n        return Reason(f"line {run.line} is not',
        '    if False:\n        return Reason(f"line {run.line} is not',
    ),
    Mutant(
        "edge: two copies of one file may change places",
        "    for path in sorted(shared):\n",
        "    for path in ():\n",
    ),
    Mutant(
        "edge: it does not matter who makes a directory first",
        "    if run.state.root and not copying.owner and not copying.mode:\n",
        "    if True:\n",
    ),
    Mutant(
        "edge: the destination is there for whoever writes into it",
        "    bare = sorted(a for a in asked if not any(covers(tree(a), w) for w in wanted))\n",
        "    bare = []\n",
    ),
    Mutant(
        "edge: a relative destination crosses a WORKDIR",
        "    if relative and (other is second or other.copying is None):\n",
        "    relative = False\n    if relative:\n",
    ),
    Mutant(
        "edge: WORKDIR and a copy may make a directory in any order",
        "    if owned and makes and meeting(",
        "    if False and meeting(",
    ),
    Mutant(
        "edge: a variable in the text is not seen",
        "        if name in _ALWAYS_OBSERVED or name in text:\n",
        "        if name in _ALWAYS_OBSERVED:\n",
    ),
    Mutant(
        "edge: a program observes no variables by itself",
        "    for name in sorted(names):\n        if name in _ALWAYS",
        "    for name in () if '$' not in text else sorted(names):\n        if name in _ALWAYS",
    ),
    Mutant(
        "edge: the order of ENV does not show",
        '    if first.keyword == second.keyword == "ENV":\n',
        "    if False:\n",
    ),
    Mutant(
        "edge: a variable may cross who expands it",
        "shared = names & (other.uses | (_names(other) if other.keyword in _VARIABLES else NOTHING))",
        "shared = NOTHING",
    ),
    Mutant(
        "edge: a copy of a stage may cross who reads it",
        '        (changes[0], seen, "line {1} may read',
        '        ((), seen, "line {1} may read',
    ),
    Mutant(
        "context: .dockerignore is not looked at",
        "            return not ignored\n",
        "            return True\n",
    ),
    Mutant(
        "pieces: a symbolic link is copied by its name",
        '        if entry is None or entry.kind != "file":\n',
        "        if entry is None:\n",
    ),
    Mutant(
        "pieces: --chown and --chmod are lost",
        'f"--{name}" if value is None else f"--{name}={value}" for name, value in instruction.flags\n',
        '"" for name, value in ()\n',
    ),
    Mutant(
        "pieces: all goes to the destination itself",
        '        return "./" if inside == "." else f"{inside}/"\n',
        '        return "./"\n',
    ),
    Mutant(
        "copy: a source that is a link is taken for a file",
        '        if entry is not None and entry.kind == "link":\n',
        "        if False:\n",
    ),
    Mutant(
        "effects: what may happen counts as sure",
        "        return replace(self, surely_writes=NOTHING, deletes=NOTHING, makes=NOTHING",
        "        return replace(self",
    ),
    Mutant(
        "effects: whatever may be written hides a later read",
        "        hidden = self.surely_writes\n",
        "        hidden = self.writes\n",
    ),
    Mutant(
        "effects: the second command's reads are lost",
        "            reads=self.reads | without(other.reads, hidden),\n",
        "            reads=self.reads,\n",
    ),
    Mutant(
        "effects: the second command's lists are lost",
        "            lists=self.lists | without(other.lists, hidden),\n",
        "            lists=self.lists,\n",
    ),
    Mutant(
        "effects: the second command's doubt is lost",
        "            doubt=self.doubt or other.doubt,\n",
        "            doubt=self.doubt,\n",
    ),
    Mutant(
        "effects: metadata is lost",
        "            metadata=self.metadata | other.metadata,\n",
        "            metadata=self.metadata,\n",
    ),
    Mutant(
        "effects: programs and settings of the system are not read",
        "    return _code(state, machine) | Effects(reads=_PLACES | places | settings)\n",
        "    return _code(state, machine)\n",
    ),
    Mutant(
        "effects: a pattern does not list its folder",
        "        scope.add(Effects(lists=frozenset({folder})))\n",
        "        pass\n",
    ),
    Mutant(
        "image: what a RUN wrote is not there",
        "        return Kind.UNKNOWN if path in self._writes else None\n",
        "        return None\n",
    ),
    Mutant(
        "image: links are not followed",
        "            if kind is Kind.LINK and layer is not None:\n",
        "            if False:\n",
    ),
    Mutant(
        "image: a folder that a RUN filled is fully known",
        "        return not any(layer.open_ended(path) for layer in self.layers)\n",
        "        return True\n",
    ),
    Mutant(
        "narrow: generated folders of the host do no harm",
        "            if plan.given.files.entry(path) is not None and not plan.given.untracked(path):\n",
        "            if False:\n",
    ),
    Mutant(
        "narrow: no ignore rule for generated folders",
        "            found.add(path)\n    return _shortest(found), None\n",
        "            pass\n    return (), None\n",
    ),
    Mutant(
        "narrow: the lock may be out of date",
        "        if each.violated:\n",
        "        if False:\n",
    ),
    Mutant(
        "narrow: triggers of the base do not matter",
        "            elif stage.triggers:\n",
        "            elif False:\n",
    ),
    Mutant(
        "narrow: comments that ask to leave it are not read",
        "    return any(_LEAVE.match(line.strip()) for line in (*own, *head))\n",
        "    return False\n",
    ),
    Mutant(
        "sink: a cache buster may be moved",
        "    if _BUSTER.search(comment) or any(_BUSTER.search(n) for n, _ in step.typed.pairs):\n        return True\n",
        "",
    ),
    Mutant(
        "sink: an argument above an unpinned download may be moved",
        'following.keyword == "RUN" and following.effects.unpinned\n',
        "False\n",
    ),
    Mutant(
        "split: what the first half leaves in the shell is lost",
        "    return name.text not in STATEFUL or name.text in _HARMLESS\n",
        "    return True\n",
    ),
    Mutant(
        "split: a RUN that cleans up is cut",
        "        if _CLEANS_UP.search(rest):\n            continue\n",
        "",
    ),
    Mutant(
        "tools: an archive of sources holds what a wheel is made of",
        "    if project.sdist and name not in _SAME_SDIST:\n        return None\n",
        "",
    ),
    Mutant(
        "tools: pdm runs no script of the project unasked",
        '    if own and ":all" not in',
        '    if False and ":all" not in',
    ),
)
