"""All Python tools, for the table."""

from __future__ import annotations

from optimizer.effects.tool import Tool
from optimizer.effects.tools.pip import PIP

PYTHON_TOOLS: tuple[Tool, ...] = (PIP,)
