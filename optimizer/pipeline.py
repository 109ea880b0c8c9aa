"""The whole tool in one function: `optimize()`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from optimizer.cache.estimate import Estimate, cost, estimate
from optimizer.cache.replay import History, replay
from optimizer.cache.timings import Timings
from optimizer.context.files import Files
from optimizer.context.ignore import add_lines
from optimizer.dockerfile.edits import apply
from optimizer.dockerfile.source import Source, parse
from optimizer.effects.tool import Tool
from optimizer.effects.tools import TOOLS
from optimizer.errors import UserError
from optimizer.graph.plan import Given, Plan, make_plan, numbered
from optimizer.graph.same import differences
from optimizer.graph.weights import ENOUGH, Weights
from optimizer.passes import PASSES
from optimizer.passes.base import Pass, Promise, Refusal, Rewrite
from optimizer.settings import Settings

_ROUNDS = 5
_CHANGES_AT_MOST = 100
_VAIN = "replayed over the history, rebuilds would cost no less"


class LawBrokenError(Exception):
    """A rewrite that would not have kept the law: a bug in dfopt, and nothing is written."""


@dataclass(frozen=True)
class Decision:
    """A rewrite that was made, or a refusal.

    Attributes:
        code: The pass's code, such as `DF101`.
        name: The pass's name.
        line: The line of the original text, from 1.
        because: The reason.
        promise: What the rewrite promises; None for a refusal.
        assumption: What has to hold for `same-if`, else None.
    """

    code: str
    name: str
    line: int
    because: str
    promise: Promise | None = None
    assumption: str | None = None


@dataclass(frozen=True)
class Also:
    """Another file that the rewrite changes, relative to the context.

    Attributes:
        path: Its path in the context.
        before: Its text; None if it does not exist yet.
        after: Its new text.
    """

    path: str
    before: str | None
    after: str


@dataclass(frozen=True)
class Result:
    """What became of a Dockerfile.

    Attributes:
        before: The text as it was.
        after: The text as it is to be.
        also: Other files that go with it.
        rewrites: What was changed and why.
        refusals: What was not changed and why.
        estimate: What rebuilds cost before, after and at best.
    """

    before: str
    after: str
    also: tuple[Also, ...]
    rewrites: tuple[Decision, ...]
    refusals: tuple[Decision, ...]
    estimate: Estimate

    @property
    def changed(self) -> bool:
        """Whether anything is to be written."""
        return self.before != self.after


@dataclass(frozen=True)
class Project:
    """What surrounds a Dockerfile.

    Attributes:
        files: The build context.
        weights: How often what changes.
        history: The commits themselves, None if there are none; asked for only if needed.
        untracked: Context paths that git ignores, among those asked for.
        git_ignores: Whether git ignores a path of the context that is not there today.
        dockerfile: The Dockerfile's path in the context; None if it stands outside.
        others: Path -> text of other Dockerfiles in the context; asked for only if needed.
        rules_path: Where a new ignore file would go, relative to the context.
        ignore_allowed: Whether the ignore file may be changed with it.
        problem: Why it may not; for the report.
        tools: The table of tools, by program.
        timings: What the steps took in real builds.
    """

    files: Files
    weights: Weights = field(default_factory=Weights)
    untracked: frozenset[str] = frozenset()
    git_ignores: Callable[[str], bool] = lambda _path: False
    dockerfile: str | None = "Dockerfile"
    others: Callable[[], Mapping[str, str]] = dict
    rules_path: str = ".dockerignore"
    ignore_allowed: bool = True
    timings: Timings = field(default_factory=Timings)
    tools: Mapping[str, Tool] = field(default_factory=lambda: TOOLS)
    history: Callable[[], History | None] = lambda: None
    problem: str = "only the Dockerfile's text goes out; use --diff or --write"


@dataclass(frozen=True)
class _Now:
    """Where the work stands."""

    text: str
    given: Given
    plan: Plan
    ignore: tuple[str, ...] = ()
    rewrites: tuple[Decision, ...] = ()
    dropped: tuple[tuple[str, int], ...] = ()


def optimize(text: str, project: Project, settings: Settings | None = None) -> Result:
    """Rewrite a Dockerfile so that rebuilds hit the cache and the image stays the same.

    Args:
        text: The Dockerfile.
        project: Its context, history and surroundings.
        settings: What the user chose.

    Raises:
        UserError: Docker would reject the text.
        LawBrokenError: A bug in dfopt; nothing should be written.
    """
    settings = settings or Settings()
    given = _given(project, settings)
    first = make_plan(text, given)
    now = _Now(text, given, first)
    refusals: tuple[Decision, ...] = ()
    source = first.source
    if not _left_alone(source):
        now, refusals = _settle(now, project, settings)
    _judge(first, now)
    costs = _costs(first, now.plan, project, settings)
    if _in_vain(costs, now):
        refusals += tuple(replace(d, because=_VAIN, promise=None) for d in now.rewrites)
        now = _Now(text, given, first)
        costs = replace(costs, after=costs.before)
    return Result(
        text, now.text, tuple(_also(project, now, source)), now.rewrites,
        tuple(dict.fromkeys(refusals)), replace(costs, seconds_from=_seconds_from(first, project)),
    )  # fmt: skip


def _costs(before: Plan, after: Plan, project: Project, settings: Settings) -> Estimate:
    """What rebuilds cost: replayed over the history if there is enough of it, else as expected."""
    history = project.history() if str(before.source) != str(after.source) else None
    if history is not None:
        found = replay(before, after, history, settings.target)
        if found.commits >= ENOUGH:
            return found.estimate
    return estimate(before, after, settings.target)


def _in_vain(costs: Estimate, now: _Now) -> bool:
    """Whether the whole result does not pay, by the history."""
    if not now.rewrites or costs.source != "history":
        return False
    if any(d.promise is Promise.SAME_BEHAVIOUR for d in now.rewrites):
        return False  # asked for by name, whatever it costs
    return costs.after.seconds_per_commit >= costs.before.seconds_per_commit


def _seconds_from(plan: Plan, project: Project) -> str:
    """Where the seconds come from: a real build, if it has a step of this file."""
    measured = any(step.measured for stage in plan.stages for step in stage.steps)
    return project.timings.source if measured else "table"


def plans(result: Result, project: Project, settings: Settings) -> tuple[Plan, Plan]:
    """The file as it stood and as rewritten, each over the context with the rules that it gets."""
    given = _given(project, settings)
    files = project.files
    for also in result.also:
        files = files.with_rules(also.after)
    return make_plan(result.before, given), make_plan(result.after, replace(given, files=files))


def _given(project: Project, settings: Settings) -> Given:
    return Given(
        project.files, project.weights, settings.build_args, settings.builder,
        settings.network_moves, untracked=project.untracked.__contains__, others=project.others,
        seconds=project.timings.seconds, tools=project.tools,
        git_ignores=project.git_ignores, dockerfile=project.dockerfile,
    )  # fmt: skip


def _settle(now: _Now, project: Project, settings: Settings) -> tuple[_Now, tuple[Decision, ...]]:
    """Run all passes until none has more to say, of the text as if it had been written by hand."""
    said: tuple[Decision, ...] = ()
    for _ in range(_ROUNDS):
        before = now.text
        for _ in range(_ROUNDS):
            start, refusals = now.text, tuple[Decision, ...]()
            for each in chosen(settings):
                now, found = _run(each, now, project, settings)
                refusals += found
            if now.text == start:
                break
        said = said or refusals
        if now.text == before:
            return now, said
        # What dfopt has added is now as good as the rest: a second run must find nothing.
        plan = numbered(now.plan, {n: abs(o) for n, o in now.given.origins.items()})
        now = replace(now, given=plan.given, plan=plan)
    raise LawBrokenError("the passes do not come to an end")


def chosen(settings: Settings) -> tuple[Pass, ...]:
    """The passes that run under these settings.

    Raises:
        UserError: A name that no pass has.
    """
    names = {p.name for p in PASSES} | {p.code for p in PASSES}
    for name in (*settings.select, *settings.ignore):
        if name not in names:
            known = ", ".join(p.name for p in PASSES)
            raise UserError(f"no pass is called {name!r}; there are {known}")
    return tuple(p for p in PASSES if not {p.name, p.code} & set(settings.ignore))


def _left_alone(source: Source) -> bool:
    head = "".join(source.lines[: source.instructions[0].start])
    return any(
        line.strip().lower().replace(" ", "") == "#dfopt:leave" for line in head.split("\n")
    )


def _allowed(each: Pass, settings: Settings) -> bool:
    if each.default:
        return True
    asked = bool({each.name, each.code} & set(settings.select))
    return asked or (settings.relaxed and each.promise is Promise.SAME_BEHAVIOUR)


def _run(
    each: Pass, now: _Now, project: Project, settings: Settings
) -> tuple[_Now, tuple[Decision, ...]]:
    """Take a pass's proposals one by one, each over a fresh plan."""
    for _ in range(_CHANGES_AT_MOST):
        plan = now.plan
        refusals: list[Decision] = []
        for answer in each.propose(plan):
            line = answer.line
            why = (
                answer.because
                if isinstance(answer, Refusal)
                else _objection(each, answer, project, settings) or _own(answer, plan)
            )
            if (
                why is None
                and isinstance(answer, Rewrite)
                and (each.name, line) not in now.dropped
            ):
                changed = _apply(each, answer, now, plan)
                if changed is not None:
                    now = changed
                    break
                now = replace(now, dropped=(*now.dropped, (each.name, line)))
                why = "the expected cost of a rebuild would be no lower"
            if why is not None:
                refusals.append(Decision(each.code, each.name, line, why))
        else:
            return now, tuple(refusals)
    raise LawBrokenError(f"{each.name} does not come to an end")


def _objection(each: Pass, answer: Rewrite, project: Project, settings: Settings) -> str | None:
    """Why a proposal is not taken, by what the user chose."""
    if not _allowed(each, settings):
        return answer.because
    if answer.assumptions and settings.strict:
        return f"{answer.because}; the image is the same only if {', '.join(answer.assumptions)} (--strict)"
    if answer.ignore and not project.ignore_allowed:
        return f"{answer.because}, but {project.rules_path} needs {', '.join(answer.ignore)}: {project.problem}"
    return None


def _own(answer: Rewrite, plan: Plan) -> str | None:
    """Which RUN would meet another file because the rewrite itself changes it.

    That COPY carries the Dockerfile into the image is no difference (DESIGN.md 1), but what a RUN
    makes of it is.
    """
    changed = {plan.given.dockerfile} | ({plan.given.rules_path} if answer.ignore else set())
    for step in (s for stage in plan.stages for s in stage.steps):
        for path in sorted(step.own & changed):
            return f"{answer.because}, but line {step.line} reads {path}, which that changes"
    return None


def _apply(each: Pass, answer: Rewrite, now: _Now, plan: Plan) -> _Now | None:
    """The text after a proposal; None if it does not pay."""
    text = apply(now.text, answer.edits)
    files = now.given.files
    if answer.ignore:
        files = files.with_rules(add_lines(files.rules, list(answer.ignore), plan.source.newline))
    line = answer.line
    given = replace(now.given, files=files, origins=_origins(plan, parse(text), line))
    before = make_plan(now.text, replace(now.given, files=files)) if answer.ignore else plan
    after = make_plan(text, given)
    same = each.promise is not Promise.SAME_BEHAVIOUR
    if same and (broken := next(differences(before, after), None)):
        raise LawBrokenError(f"{each.name}, line {line}: {broken}")
    if same and not _pays(before, after):
        return None
    promise = Promise.SAME_IF if answer.assumptions else each.promise
    if promise is Promise.SAME_IF and not answer.assumptions:
        promise = Promise.SAME_IMAGE
    assumption = ", ".join(answer.assumptions) or None
    made = Decision(each.code, each.name, line, answer.because, promise, assumption)
    return replace(
        now,
        text=text,
        plan=after,
        given=given,
        rewrites=(*now.rewrites, made),
        dropped=(),  # what did not pay before may pay now
        ignore=(*now.ignore, *answer.ignore),
    )


def _pays(before: Plan, after: Plan) -> bool:
    return cost(after).seconds_per_commit < cost(before).seconds_per_commit


def _origins(plan: Plan, after: Source, line: int) -> Mapping[int, int]:
    """For each line with an instruction, the line that it had in the original.

    Of an instruction that is new, the line that it stands for, negative.
    """
    old = plan.given.origins
    lines: dict[str, list[int]] = defaultdict(list)
    for each in plan.source.instructions:
        lines[each.text.rstrip("\r\n")].append(old.get(each.line, each.line))
    found = {}
    for each in after.instructions:
        known = lines.get(each.text.rstrip("\r\n"))
        found[each.line] = known.pop(0) if known else -line
    return found


def _judge(first: Plan, now: _Now) -> None:
    """The laws that hold for the whole (DESIGN.md 3.9).

    Raises:
        LawBrokenError: One does not.
    """
    text = str(first.source)
    if now.text == text:
        return
    if str(now.plan.source) != now.text:
        raise LawBrokenError("the result does not print back")
    if any(d.promise is Promise.SAME_BEHAVIOUR for d in now.rewrites):
        return
    before = first if not now.ignore else make_plan(text, replace(now.given, origins={}))
    if broken := next(differences(before, now.plan), None):
        raise LawBrokenError(broken)


def _also(project: Project, now: _Now, source: Source) -> Iterator[Also]:
    lines = list(dict.fromkeys(now.ignore))
    if lines:
        rules = project.files.rules
        path = project.files.rules_name or project.rules_path
        yield Also(path, rules, add_lines(rules, lines, source.newline))
