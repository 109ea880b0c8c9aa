"""The table of tools: program -> Tool. One file a program or a family of them."""

from __future__ import annotations

from collections.abc import Mapping

from optimizer.effects.builtins import BUILTINS
from optimizer.effects.tool import Tool
from optimizer.effects.tools.build_tools import BUILD_TOOLS
from optimizer.effects.tools.node_tools import NODE_TOOLS
from optimizer.effects.tools.python_tools import PYTHON_TOOLS
from optimizer.effects.tools.system_tools import SYSTEM_TOOLS
from optimizer.effects.tools.wrappers import WRAPPERS

# Later entries win, so what the shell itself answers stands last.
ALL: tuple[Tool, ...] = (
    *SYSTEM_TOOLS,
    *BUILD_TOOLS,
    *NODE_TOOLS,
    *PYTHON_TOOLS,
    *WRAPPERS,
    *BUILTINS,
)

TOOLS: Mapping[str, Tool] = {program: tool for tool in ALL for program in tool.programs}
