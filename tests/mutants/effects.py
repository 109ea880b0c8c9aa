"""Rules about what a step reads and writes, whatever tools it runs."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

EFFECTS = (
    Mutant(
        "context: .dockerignore is not looked at",
        "            return not ignored\n",
        "            return True\n",
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
        "    return _code(state, machine) | Effects(reads=usual(state))\n",
        "    return _code(state, machine)\n",
    ),
    Mutant(
        "effects: a pattern does not list its folder",
        "        scope.add(Effects(lists=frozenset({folder})))\n",
        "        pass\n",
    ),
    Mutant(
        "image: what a RUN wrote is not there",
        "        return Kind.UNKNOWN if path in self.effects.written else None\n",
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
        "copy: the way to the destination is no link",
        "    if here.tree.by_link(place_in):\n",
        "    if False:\n",
    ),
    Mutant(
        "effects: what stands behind a link is not read",
        "    if not links:\n        return effects\n    removed",
        "    if True:\n        return effects\n    removed",
    ),
    Mutant(
        "effects: settings in HOME are not read",
        "    settings = {prefix + name for name in _SETTINGS}\n",
        "    settings = set()\n",
    ),
    Mutant(
        "effects: the standard folders of /usr/local are a project's",
        'LOCAL: Paths = frozenset(tree(f"/usr/local/{name}") for name in _STANDARD.split()) |',
        "LOCAL: Paths =",
    ),
    Mutant(
        "effects: code that a variable names is not run",
        "    for name, path in _named(state, _CODE):\n",
        "    for name, path in ():\n",
    ),
    Mutant(
        "effects: every shell is one that dfopt reads",
        '    if posixpath.basename(shell[0]) not in _SHELLS or not shell[-1].endswith("c"):\n',
        "    if False:\n",
    ),
    Mutant(
        "effects: a file is neither sourced nor tested for",
        '    scope.add(Effects(reads=frozenset({path})))\n    scope.options -= {"file"}',
        '    scope.options -= {"file"}',
        also=(("    else:\n        scope.add(Effects(probes=frozenset({path})))\n    kind =", "    kind ="),),
    ),
    Mutant(
        "links: who moves or packs a link lays none",
        "        laid = {led for w in effects.writes for link in carried for led in elsewhere(link, w)}\n",
        "        laid = set[Link]()\n",
    ),
    Mutant(
        "links: workspaces in node_modules are files",
        '                found.add(Link(posixpath.join(package.folder, "node_modules", name, ""), folder))\n    return frozenset(found)\n',
        '                found.add(Link(posixpath.join(package.folder, "node_modules", name, ""), folder))\n    return frozenset()\n',
    ),
)
