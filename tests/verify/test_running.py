"""Programs that are run, and what they say."""

from __future__ import annotations

import pytest

from optimizer.verify.running import FailedError, watch


def test_lines_have_no_colour():
    """Behind a warning the classic builder writes a step as `ESC[0mStep 1/12 : ...`."""
    lines: list[str] = []
    script = r"printf '\033[91m[Warning]: x\n\033[0mStep 1/2 : ARG A\n'"
    watch(["sh", "-c", script], {}, 10, lines.append)

    assert lines == ["[Warning]: x", "Step 1/2 : ARG A"]


@pytest.mark.parametrize(("inside_out", "left"), [(True, "ended\n"), (False, "asked\n")])
def test_what_a_program_started_is_stopped_before_it(tmp_path, inside_out, left):
    """Podman ends well where its RUN fails, and leaves it running where it is stopped itself."""
    log = tmp_path / "log"
    script = f"trap 'echo asked >> {log}; exit 1' TERM; sleep 60; echo ended >> {log}"
    with pytest.raises(FailedError, match="took longer"):
        watch(["sh", "-c", script], {}, 1, print, inside_out=inside_out)

    assert left == log.read_text()
