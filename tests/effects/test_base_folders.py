"""What stands in the folders that a base brings."""

from __future__ import annotations

import pytest

from optimizer.effects.tool import Kind
from tests.effects.machine import machine


@pytest.mark.parametrize(
    "path", ["/bin/packages/a", "/usr/bin/packages/a", "/sbin/x/y/z", "/usr/sbin/x/y", "/app/x"]
)
def test_a_base_has_no_folders_among_its_programs(path):
    """FHS 3.0: "There must be no subdirectories in /bin"."""
    assert machine().kind(path) is Kind.ABSENT


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/bin/packages", id="a program may have any name"),
        pytest.param("/usr/bin/X11/sh", id="a link that leads back"),
        pytest.param("/usr/bin/core_perl/cpan", id="Arch has folders for Perl"),
        pytest.param("/usr/lib/packages/a", id="no folder of programs"),
        pytest.param("/usr/local/bin/packages/a", id="nor is what is installed by hand ruled by it"),
        pytest.param("/usr/binary/../bin/x", id="a path that leads there"),
    ],
)
def test_what_a_base_may_have(path):
    """All else that is the system's is not known."""
    assert machine().kind(path) is Kind.UNKNOWN


def test_what_a_run_has_written_there():
    """apt-get may write anything below /bin."""
    assert machine(unknown=("/bin/**",)).kind("/bin/packages/a") is Kind.UNKNOWN
