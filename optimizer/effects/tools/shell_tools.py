"""What the shell itself answers, and the programs that run another one."""

from __future__ import annotations

from optimizer.effects.builtins import BUILTINS
from optimizer.effects.tool import Tool
from optimizer.effects.tools.wrappers import WRAPPERS

TOOLS: tuple[Tool, ...] = (*WRAPPERS, *BUILTINS)
