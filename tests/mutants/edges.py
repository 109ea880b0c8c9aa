"""Rules about which step stands before which."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

EDGES = (
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
        "edge: a directory may be made by whoever comes first, and need not be there",
        "    bare = sorted(a for a in asked if not any(covers(tree(a), w) for w in wanted))\n",
        "    bare = []\n",
        also=(("    if run.state.root and not copying.owner and not copying.mode:\n", "    if True:\n"),),
    ),
    Mutant(
        "edge: a variable may be set behind who uses it",
        "        if name in _ALWAYS_OBSERVED or name in text:\n",
        "        if name in _ALWAYS_OBSERVED:\n",
        also=(
            (
                "            self.effects = replace(self.effects, variables=self.effects.variables | {name})\n",
                "            pass\n",
            ),
        ),
    ),
    Mutant(
        "edge: two settings of one variable may change places",
        "(other.uses | (_names(other) if other.keyword in _VARIABLES else NOTHING))",
        "other.uses",
    ),
    Mutant(
        "edge: what a RUN appends to is neither read nor changed",
        "    if clash is not None:\n",
        "    if clash is not None and clash == '':\n",
        also=(("Effects(reads=frozenset({path}), writes=frozenset({path}))", "Effects(writes=frozenset({path}))"),),
    ),
)
