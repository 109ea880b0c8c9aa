"""Any text at all has effects or a doubt, soon."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.effects.model import Effects
from tests.effects.recording import Recorder

FILES = {"/app/a.sh": "./a.sh; run $1", "/app/b.txt": "b", "/app/d/c.txt": "c"}
PIECES = (
    "run take make drop cd exit return if then else elif fi for in do done while until case esac { } ( ) "
    "(( )) [ ] [[ ]] && || ; | & ! ;; > >> < << <<- EOF <<EOF 'EOF' &> 2>&1 $A ${A:-x} ${A#*/} ${A/x/y} \"$@\" $* $# "
    "$( ` ' \" \\ # ~ * ? [a-z] {a,b} = A= A=1 export local unset set -e -- shift eval . source a.sh sh -c true false "
    "echo b.txt d/* /x trap read break continue f() function xargs sudo env - -f $(( + 1 )) \n \t \0 \1 é \ue010 !"
).split(" ")

words = st.lists(st.sampled_from(PIECES), max_size=25)
texts = st.one_of(st.text(max_size=60), words.map(" ".join), words.map("".join))


@given(texts)
@settings(max_examples=1500, deadline=5000, suppress_health_check=list(HealthCheck))
def test_any_text_has_effects_or_a_doubt(text):
    """No text makes the interpreter fail, and what is sure is always part of what may be."""
    found = Recorder().interpret(text, FILES)

    assert isinstance(found, Effects)
    assert found.surely_writes <= found.writes
    assert found.deletes <= found.writes
    assert found.doubt is None or found.doubt.strip()
