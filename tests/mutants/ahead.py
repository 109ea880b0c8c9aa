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
        "    if whole is None or not {name for name, _ in given.given} <= _PIP_AHEAD:\n",
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
        "    plain = named <= _AHEAD and not given.operands and not apart\n",
        "    plain = named <= _AHEAD and not given.operands\n",
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
