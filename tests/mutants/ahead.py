"""Rules about what may be fetched ahead of the step that needs it."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

AHEAD = (
    Mutant(
        "ahead: what comes before a part in its RUN need not be known",
        'refused=self.refused or (why if earlier.doubt is not None else ""),',
        "refused=self.refused,",
    ),
    Mutant(
        "ahead: what comes before a part may change what it meets",
        "    if met := meeting(ahead.behind, ",
        "    if met := meeting((), ",
    ),
    Mutant(
        "ahead: a RUN may remove what it has fetched",
        "        if cleaned:\n",
        "        if False:\n",
    ),
    Mutant(
        "ahead: nobody looks into what a part leaves",
        "    if not ahead.leaves:\n        return None\n",
        "    return None\n",
    ),
    Mutant(
        "ahead: what a part leaves is no difference",
        'harmless=f"the stage may hold {ahead.more}" if ahead.leaves else ahead.differs',
        "harmless=ahead.differs",
    ),
    Mutant(
        "ahead: variables of the RUN's own do not matter",
        "    if name := next(_other_variables(whole, ahead), None):\n",
        "    if name := None:\n",
    ),
    Mutant(
        "ahead: a part may fail where the RUN would not",
        "    if not _must_succeed(typed, state.shell, ahead):\n",
        "    if False:\n",
    ),
    Mutant(
        "ahead: it does not matter who runs it",
        '    if ahead.user != (state.user or ""):\n',
        "    if False:\n",
    ),
    Mutant(
        "ahead: it does not matter what starts it",
        "    if any(word not in words for word in ahead.carried):\n",
        "    if False:\n",
    ),
    Mutant(
        "ahead: another program may start it",
        "    if not any(node.text == ahead.words[0] for node in _programs(_script(typed))):\n",
        "    if False:\n",
    ),
    Mutant(
        "ahead: what a part provides in another way is no difference",
        "if ahead.leaves else ahead.differs,",
        'if ahead.leaves else "",',
    ),
    Mutant(
        "ahead: a RUN may remove the downloads that it keeps",
        "meeting(self.into | self.leaves | self.kept, changes)",
        "meeting(self.into | self.leaves, changes)",
    ),
    Mutant(
        "ahead: what is there already is fetched once more",
        "self.goods in provided or (bool(self.made_of) and self.made_of <= provided)",
        "self.goods in provided",
    ),
    Mutant(
        "ahead: any Python can read TOML",
        '    if not has_tomllib(command, found.requires if first else ""):\n',
        "    if False:\n",
    ),
    Mutant(
        "ahead: options of pip mean the same for the requirements",
        '    if whole is None or not named <= _AHEAD | {"--requirement"}:\n',
        "    if whole is None:\n",
    ),
    Mutant(
        "ahead: options of uv pip mean the same for the requirements",
        "    if whole is None or not {name for name, _ in given.given} <= _AHEAD:\n",
        "    if whole is None:\n",
    ),
    Mutant(
        "ahead: what a project fetches of itself is fetched from elsewhere",
        " and own != Reader.name(name)",
        "",
    ),
    Mutant(
        "ahead: dynamic requirements are those that are spelled out",
        '    if "dependencies" in project.get("dynamic", ()):\n',
        "    if False:\n",
    ),
    Mutant(
        "ahead: `python -m pip` is `pip`",
        "return replace(part, words=(*own, *part.words[1:]), carried=(*own, *part.carried[1:]))",
        "return part",
    ),
    Mutant(
        "ahead: what python prints is known where it has no tomllib",
        "return None if told is None or not has_tomllib(command) else told.output",
        "return None if told is None else told.output",
    ),
    Mutant(
        "ahead: a copy of another image brings no Python",
        "        found.add(PYTHON)\n",
        "        pass\n",
    ),
    Mutant(
        "ahead: a file that is mounted is there ahead, too",
        "    if any(m.type not in _MOUNTS or m.from_ for m in typed.mounts):\n",
        "    if False:\n",
    ),
    Mutant(
        "ahead: a mount keeps nothing",
        "    if any(covers(h, place) for h in hidden for place in ahead.into):\n",
        "    if False:\n",
    ),
    Mutant(
        "ahead: a copy of a stage brings nothing that is fetched",
        "        if foreign and meeting(ahead.into, step.effects.writes):\n",
        "        if False:\n",
    ),
    Mutant(
        "ahead: modules in vendor are fetched all the same",
        "        and vendor is Kind.ABSENT\n",
        "",
    ),
    Mutant(
        "ahead: what is installed first does not matter to what uv builds",
        "    plain = named <= _AHEAD and not given.operands and not is_one_piece(command, own)\n",
        "    plain = named <= _AHEAD and not given.operands\n",
    ),
    Mutant(
        "ahead: a restore need not be told the configuration that its project asks for",
        "    if configured and configuration:\n",
        "    if False:\n",
    ),
    Mutant(
        "ahead: words that a part is made of may be an argument's",
        "    own = (command.program, *carried, *told)\n",
        "    own = (command.program, *carried)\n",
    ),
    Mutant(
        "ahead: a module that another one needs may be fetched before it is built",
        "        or len(build.folders) != 1\n",
        "",
    ),
    Mutant(
        "ahead: a mirror has every plugin of maven",
        "        or any(map(_LESS.search, build.settings))\n",
        "",
    ),
    Mutant(
        "ahead: what maven is told by an option does not matter",
        "        or build.options.has(*_OTHERWISE)\n",
        "",
    ),
    Mutant(
        "ahead: a script that is called mvnw is Maven's wrapper",
        "    return bool(_HEAD.search(text) and _STARTS.search(text))\n",
        "    return True\n",
    ),
    Mutant(
        "ahead: a project may do something else when mix is told to compile",
        "            if _DEPENDENCIES in before or _OTHERWISE.search(text) or not _APP.search(text):\n",
        "            if _DEPENDENCIES in before:\n",
    ),
    Mutant(
        "ahead: Gradle is kept outside of the project whatever its settings say",
        "    if not known(*kept, *texts) or any(map(_ELSEWHERE.search, texts)):\n",
        "    if not known(*kept, *texts):\n",
    ),
    Mutant(
        "ahead: composer's scripts may run behind what they come before",
        "any(scripts.get(event) for event in _BEFORE)",
        "False",
    ),
    Mutant(
        "ahead: composer's plugins are told of packages all the same",
        "not _FOR_EACH_PACKAGE.isdisjoint(plugins)",
        "False",
    ),
    Mutant(
        "ahead: cargo reads manifests without the targets that it looks for",
        "return bool(self.crates) and all(map(_names_its_targets, self.crates.values()))",
        "return True",
    ),
    Mutant(
        "ahead: cargo fetches what is replaced by a folder",
        "    if not settled or apart:\n",
        "    if not settled:\n",
    ),
    Mutant(
        "ahead: old versions of symfony/flex bring no recipes either",
        "not _INSTALLS_ALONE <= _version(lock) < _NOT_READ",
        "False",
    ),
    Mutant(
        "ahead: a layer may hold a store twice",
        "    if ahead.inner and stage.stage.index in _beneath(plan):\n",
        "    if False:\n",
    ),
    Mutant(
        "ahead: a developer's own may come between what a part leaves and its whole",
        "    if not gone or there or kept & ",
        "    if there or kept & ",
    ),
    Mutant(
        "ahead: npm asks a registry for nothing",
        "leaves=frozenset() if _addressed(lock or {}) else frozenset({tree(kept)}),",
        "leaves=frozenset(),",
    ),
    Mutant(
        "ahead: npm fetches from git as from a registry",
        " and not _GIT.search(text)\n",
        "\n",
    ),
    Mutant(
        "ahead: npm may be told to work elsewhere",
        "    alone = not install.names and not install.words.rest and not apart\n",
        "    alone = not install.names and not install.words.rest\n",
    ),
    Mutant(
        "ahead: what was installed before may be removed",
        "    if there or len(places) > _FOLDERS:\n",
        "    if len(places) > _FOLDERS:\n",
    ),
    Mutant(
        "ahead: yarn 2 has modes",
        "    if version is None or int(version[1]) < _YARN_3 or ",
        "    if version is None or ",
    ),
    Mutant(
        "ahead: yarn goes on from any state",
        '    why = "" if _clean(yarn.command, yarn.root) else "something of an earlier install is there"\n',
        '    why = ""\n',
    ),
    Mutant(
        "ahead: yarn 1 fetches folders as it fetches archives",
        "not lock or _MADE.search(lock) or found.locals or",
        "not lock or",
    ),
    Mutant(
        "law: a RUN that was put in need not be offered",
        '        yield f"`{_text(part)}` was put in, and no RUN behind it offers it"\n',
        "",
    ),
    Mutant(
        "law: a RUN that was put in may meet other files",
        "    for what in unlike_files(found.part.effects, tree, here):\n",
        "    for what in ():\n",
    ),
    Mutant(
        "law: a RUN that was put in may change more than its whole",
        "    if more := next(_more(done, whole.effects), None):\n",
        "    if more := None:\n",
    ),
    Mutant(
        "law: it does not matter what stands between a part and its whole",
        '        yield from (f"line {step.line}: {what}" for what in _disturbed(part, step))\n',
        "        pass\n",
    ),
    Mutant(
        "law: a part may stand in another state than its whole",
        "    yield from _turned(part, twin)\n",
        "",
    ),
)
