"""The tools of the Python ecosystem."""

from __future__ import annotations

from optimizer.effects.tool import Tool
from optimizer.effects.tools.pip import PIP
from optimizer.effects.tools.python import PYTHON
from optimizer.effects.tools.virtualenv import VIRTUALENV

PYTHON_TOOLS: tuple[Tool, ...] = (PIP, PYTHON, VIRTUALENV)
