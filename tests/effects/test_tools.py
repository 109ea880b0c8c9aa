"""The table of tools, which imports a group of them only when it has to."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from optimizer.effects.tools import _GROUPS, TOOLS


def programs(group: str) -> list[str]:
    """All programs of a group."""
    return [p for tool in import_module(f"optimizer.effects.tools.{group}").TOOLS for p in tool.programs]


def test_no_program_is_in_two_groups():
    """So the order in which the groups are looked into does not matter."""
    every = [p for group in _GROUPS for p in set(programs(group))]

    assert sorted(every) == sorted(TOOLS)
    assert len(every) == len(set(every))


@pytest.mark.parametrize(("group", "names"), _GROUPS.items(), ids=list(_GROUPS))
def test_what_leads_to_a_group_is_in_it(group, names):
    """A wrong lead would cost time, and nobody would notice."""
    assert set(names.split()) <= set(programs(group))


def test_a_group_is_imported_when_it_is_asked_for():
    """The table of Node's tools does not bring Python's."""
    script = (
        "import sys; from optimizer.effects.tools import TOOLS; TOOLS['npm'];"
        "print('optimizer.effects.tools.npm' in sys.modules, 'optimizer.effects.tools.uv' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["True", "False"]
