"""The tools of the Python ecosystem."""

from __future__ import annotations

from optimizer.effects.tool import Tool
from optimizer.effects.tools.pip import PIP

PYTHON_TOOLS: tuple[Tool, ...] = (PIP,)
