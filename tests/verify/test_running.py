"""Programs that are run, and what they say."""

from __future__ import annotations

from optimizer.verify.running import watch


def test_lines_have_no_colour():
    """Behind a warning the classic builder writes a step as `ESC[0mStep 1/12 : ...`."""
    lines: list[str] = []
    script = r"printf '\033[91m[Warning]: x\n\033[0mStep 1/2 : ARG A\n'"
    watch(["sh", "-c", script], {}, 10, lines.append)

    assert lines == ["[Warning]: x", "Step 1/2 : ARG A"]
