"""Rules about single tools."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

TOOLS = (
    Mutant(
        "cmake: nothing outside of the sources is read",
        "    if not any(covers(tree(own), folder) for own in (reading.source, reading.build)):\n",
        "    if False:\n",
    ),
    Mutant(
        "cmake: a program that it starts is none of the project's",
        '        elif asked:\n            doubt(reading, path, f"it starts {asked[0]}")\n',
        "",
    ),
    Mutant(
        "make: it has no rules of its own",
        "made_of(path) if made.builtin else ()",
        "()",
    ),
    Mutant(
        "bundler: programs of gems by path stay as they are",
        "        | Effects(metadata=gemfile.executables(run.command, found.folders))\n",
        "",
    ),
    Mutant(
        "esbuild: nothing outside of the folders of its entry points is read",
        "        if not self.asked.bundle:\n            return\n",
        "        return\n",
    ),
    Mutant(
        "git: nothing of the repository around is read",
        "    return seen | given | _touched(call, roots)\n",
        "    return given\n",
    ),
    Mutant(
        "find: -delete neither looks at the tree nor changes it",
        "            yield _deleted(search)\n",
        "            yield NONE\n",
        also=(("    return Effects(reads=frozenset(asked(search.command, root) for root in roots))\n", "    return NONE\n"),),
    ),
    Mutant(
        "chown: an owner is no change",
        " | _accounts(command, options) | _changes_modes(command, words, recursive=recursive)\n",
        " | _accounts(command, options)\n",
    ),
    Mutant(
        "npm: an install script that is not known looks at nothing",
        '    if names is None or not names <= _OWN.keys():\n        return frozenset({"*"})\n',
        '    if names is None:\n        return frozenset({"*"})\n    names &= _OWN.keys()\n',
    ),
    Mutant(
        "npm: a package is what is published by its name, wherever it came from",
        "    if address and not _OF_REGISTRY.match(address):\n        yield address\n",
        "",
    ),
    Mutant(
        "npm: the lock keeps its style",
        '        return "npm indents the lock as package.json is indented"\n',
        '        return ""\n',
    ),
    Mutant(
        "npm: a program keeps its carriage return",
        '    return machine.mode(path) == _PROGRAM and not first.endswith("\\r")\n',
        "    return machine.mode(path) == _PROGRAM\n",
    ),
    Mutant(
        "npm: a script meets what was there before the others",
        "return replace(command, machine=After(command.machine, effects)) if effects.writes else command",
        "return command",
    ),
    Mutant(
        "python: PYTHONPATH names no folder",
        '    value = command.env.get("PYTHONPATH", "")\n',
        '    value = ""\n',
    ),
    Mutant(
        "mix: a task has but one meaning",
        '            return f"an alias for {verb}"\n',
        "            pass\n",
    ),
    Mutant(
        "setup.py: every module looks at nothing",
        '            if full.split(".")[0] not in MODULES or name.name == "*" or level:\n                raise UnreadError\n',
        "",
    ),
    Mutant(
        "setup.py: a folder may be listed without its files",
        "        self.listed.add(self.inside(path if path == place else posixpath.dirname(path)))\n",
        "        pass\n",
    ),
    Mutant(
        "setuptools: a former build is not taken up again",
        "    if any(project.machine.kind(p) is not Kind.ABSENT for p in (described, built)):\n        raise UnclearError\n",
        "",
        also=(
            (
                "            if plan.given.files.entry(path) is not None and not plan.given.untracked(path):\n",
                "            if False:\n",
            ),
        ),
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
    Mutant(
        "accounts: a home is filled with dotfiles, whatever is in the skeleton",
        '    return all(p.startswith(f"{SKELETON}/.") for p in added)\n',
        "    return True\n",
    ),
    Mutant(
        "accounts: no settings name another skeleton",
        '    if told or options.has("-k",',
        '    if options.has("-k",',
    ),
    Mutant(
        "fetched: npm install takes it from the lock as well",
        "    earlier = not install.clean or install.major in npm6.EARLIER\n",
        "    earlier = install.major in npm6.EARLIER\n",
    ),
    Mutant(
        "fetched: any folder is one of Hex",
        "        if entry is None or not outside or folder not in _dependencies(command, mix):\n",
        "        if entry is None or not outside:\n",
    ),
    Mutant(
        "sed: nothing is found as often by all",
        '        if regex is None or regex.search("") or not',
        "        if regex is None or not",
    ),
    Mutant(
        "lerna: no filter leaves a package out",
        "run_script(after(command, done), package, name).maybe()\n",
        "run_script(after(command, done), package, name)\n",
    ),
    Mutant(
        "lerna: package.json comes back with its owner",
        "        metadata=frozenset({package.file}),\n",
        "",
    ),
    Mutant(
        "npm: a tag is no question",
        "            if _TAG.fullmatch(spec) and not _RANGE.match(spec) and",
        "            if False and",
    ),
)
