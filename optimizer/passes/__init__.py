"""The passes, in the order in which they run."""

from __future__ import annotations

from optimizer.passes.base import Pass
from optimizer.passes.declare_syntax import DECLARE_SYNTAX
from optimizer.passes.dependencies_first import DEPENDENCIES_FIRST
from optimizer.passes.exec_form import EXEC_FORM
from optimizer.passes.narrow_copies import NARROW_COPIES
from optimizer.passes.reorder_steps import REORDER_STEPS
from optimizer.passes.sink_arguments import SINK_ARGUMENTS
from optimizer.passes.split_runs import SPLIT_RUNS

PASSES: tuple[Pass, ...] = (
    DECLARE_SYNTAX,  # before all that may leave files out of a COPY
    SINK_ARGUMENTS,  # first: an argument above a RUN hides what a narrower COPY would bring
    REORDER_STEPS,  # before NARROW_COPIES: what needs nothing of a COPY needs no narrow one
    NARROW_COPIES,
    SPLIT_RUNS,  # behind NARROW_COPIES: only where a whole RUN does not let a COPY pass
    DEPENDENCIES_FIRST,  # behind both: only where no RUN that stands there lets the sources pass
    EXEC_FORM,  # only when asked for
)
