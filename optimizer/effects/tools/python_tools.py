"""The tools of the Python ecosystem."""

from __future__ import annotations

from optimizer.effects.tool import Tool
from optimizer.effects.tools.conda import CONDA
from optimizer.effects.tools.flit import FLIT
from optimizer.effects.tools.hatch import HATCH
from optimizer.effects.tools.pdm import PDM
from optimizer.effects.tools.pip import PIP
from optimizer.effects.tools.pip_tools import PIP_SYNC
from optimizer.effects.tools.pipenv import PIPENV
from optimizer.effects.tools.pipx import PIPX
from optimizer.effects.tools.poetry import POETRY
from optimizer.effects.tools.python import PYPROJECT_BUILD, PYTHON
from optimizer.effects.tools.uv import UV
from optimizer.effects.tools.virtualenv import VIRTUALENV

TOOLS: tuple[Tool, ...] = (
    PIP,
    PIP_SYNC,
    PYTHON,
    PYPROJECT_BUILD,
    VIRTUALENV,
    POETRY,
    PDM,
    HATCH,
    FLIT,
    PIPENV,
    PIPX,
    UV,
    CONDA,
)
