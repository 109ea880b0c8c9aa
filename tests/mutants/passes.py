"""Rules of the passes."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

PASSES = (
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
        "narrow: generated folders of the host do no harm",
        "            if plan.given.files.entry(path) is not None and not plan.given.untracked(path):\n",
        "            if False:\n",
    ),
    Mutant(
        "narrow: generated folders of the host do no harm, are not changed, and need no ignore rule",
        "            if plan.given.files.entry(path) is not None and not plan.given.untracked(path):\n",
        "            if False:\n",
        also=(
            (
                "            found.add(path)\n    return (*_shortest(found), *sorted(files)), None\n",
                "            pass\n    return (), None\n",
            ),
            ("    if clash is not None:\n", "    if clash is not None and clash == '':\n"),
        ),
    ),
    Mutant(
        "narrow: no ignore rule for generated folders",
        "            found.add(path)\n    return (*_shortest(found), *sorted(files)), None\n",
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
        "split: a variable is carried over into another RUN",
        '    if node.type != "command":\n        return False\n    name = node.field("name")\n    if name is None or not',
        '    if node.type != "command":\n        return True\n    name = node.field("name")\n    if name is None or not',
    ),
    Mutant(
        "split: a umask is carried over into another RUN, and sets no mode",
        "    return name.text not in STATEFUL or name.text in _HARMLESS\n",
        "    return True\n",
        also=(('        scope.add(unknown("umask changes the mode of what follows"))\n', "        pass\n"),),
    ),
    Mutant(
        "split: a RUN that cleans up is cut",
        "    return _CLEANS_UP.search(rest) is not None\n",
        "    return False\n",
    ),
    Mutant(
        "narrow: every folder may be entered",
        "        if mode & ~_WRITE != _MADE and (place in effects.asked or place in seen or not run.state.root):\n",
        "        if False:\n",
    ),
    Mutant(
        "narrow: files inherit nothing from their folder",
        "        if writing and (mode & _SPECIAL or (",
        "        if writing and ((",
    ),
    Mutant(
        "narrow: what is written all over a folder is left out by its names of today",
        "    plain = all(p in named and p not in links",
        "    plain = all(p not in links",
    ),
    Mutant(
        "narrow: what is left out is copied whole again",
        "    return {best.copy.instruction.line: excluding(best.copy, best.left_out, text)}\n",
        "    return {best.copy.instruction.line: text}\n",
    ),
    Mutant(
        "narrow: every builder knows --exclude",
        '    return plan.given.builder == "buildkit" and here >= _KNOWN_FROM\n',
        "    return True\n",
    ),
    Mutant(
        "copy: --exclude counts from the root of the context",
        'posixpath.join("/", path, pattern.strip().lstrip("/"))',
        'posixpath.join("/", pattern.strip().lstrip("/"))',
    ),
    Mutant(
        "copy: --parents keeps no directories",
        "    if request.parents:\n        return clean(",
        "    if False:\n        return clean(",
    ),
)
