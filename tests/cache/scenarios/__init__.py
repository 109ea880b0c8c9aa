"""Named changes, a rule each, with what real builders were seen to do."""

from tests.cache.scenarios.arguments import ARGUMENTS
from tests.cache.scenarios.content import CONTENT
from tests.cache.scenarios.copies import COPIES
from tests.cache.scenarios.later import LATER
from tests.cache.scenarios.runs import RUNS
from tests.cache.scenarios.scenario import Scenario
from tests.cache.scenarios.stages import STAGES
from tests.cache.scenarios.versions import VERSIONS

SCENARIOS: tuple[Scenario, ...] = (
    *LATER, *RUNS, *COPIES, *CONTENT, *STAGES, *ARGUMENTS, *VERSIONS,
)  # fmt: skip

__all__ = ["SCENARIOS", "Scenario"]
