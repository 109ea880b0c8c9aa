"""What a script reads, writes and surely writes, and when that is not known."""

from __future__ import annotations

import pytest

from tests.effects.recording import Recorder

FILES = {
    "/app/a.sh": "make /from-a\n",
    "/app/b.txt": "b",
    "/app/d/c.txt": "c",
    "/app/lib.sh": "A=lib\nmake /lib\n",
}
E = frozenset({"e"})
PIPE = frozenset({"pipefail"})

# (script, options, what surely is written, what else may be)
SURE = [
    ("make /x", "", "/x", ""),
    ("make /x; run", "", "", "/x"),
    ("make /x; run", "e", "/x", ""),
    ("make /x\nmake /y\n", "", "/y", "/x"),
    ("make /x && make /y", "", "/x /y", ""),
    ("make /x && make /y; run", "", "", "/x /y"),
    ("make /x && make /y; run", "e", "", "/x /y"),
    ("set -e; make /x; make /y", "", "/x /y", ""),
    ("set -e; make /x || true; make /y", "", "/y", "/x"),
    ("make /x || exit 1; make /y", "", "/x /y", ""),
    ("make /x || { echo no; exit 2; }", "", "/x", ""),
    ("make /x || make /y", "", "", "/x /y"),
    ("make /x || true", "", "", "/x"),
    ("true || make /y", "", "", ""),
    ("false || make /y", "", "/y", ""),
    ("! make /x", "", "", "/x"),
    ("make /x | make /y", "", "/y", "/x"),
    ("make /x | make /y", "pipefail", "/x /y", ""),
    ("make /x & make /y", "", "/y", "/x"),
    ("(make /x; make /y)", "", "/y", "/x"),
    ("{ make /x && make /y; }", "", "/x /y", ""),
    ("if run; then make /x; fi", "", "", "/x"),
    ("if run; then make /x; else make /x; fi", "", "/x", ""),
    ("if run; then make /x; else make /y; fi", "", "", "/x /y"),
    ("if run; then make /x; else exit 1; fi", "", "/x", ""),
    ("if make /x; then make /y; fi", "", "", "/x /y"),
    ("if [ -e /app/b.txt ]; then make /x; else make /y; fi", "", "/x", ""),
    ("if run; then exit 0; fi; make /x", "", "", "/x"),
    ("if run; then exit 1; fi; make /x", "", "/x", ""),
    ("run && exit; make /x", "", "", "/x"),
    ("exit; make /x", "", "", ""),
    ("exec make /x; make /y", "", "/x", ""),
    ("for i in 1 2; do make /$i; done", "", "/2", "/1"),
    ("for i in 1 2; do make /$i; done", "e", "/1 /2", ""),
    ("for i in 1 2; do make /$i || exit 1; done", "", "/1 /2", ""),
    ("for i in $(run); do make /x; done", "", "", "/x"),
    ("for i in 1 2; do if run; then break; fi; make /$i; done; make /y", "", "/y", "/1 /2"),
    ("while run; do make /x; done; make /y", "", "/y", "/x"),
    ("until run; do make /x; done", "", "", "/x"),
    ("case $(run) in a) make /x;; *) make /x; ;; esac", "", "/x", ""),
    ("case $(run) in a) make /x;; b) make /x;; esac", "", "", "/x"),
    ("case a in a) make /x;; *) make /y;; esac", "", "/x", ""),
    ("f() { make /x; }; f && make /y", "", "/x /y", ""),
    ("f() { make /x; run; }; f", "", "", "/x"),
    ("f() { if run; then return; fi; make /x; }; f && make /y", "", "/y", "/x"),
    ("f() { make /x; }", "", "", ""),
    ("f() { make /x; false; }; if f; then run; fi", "e", "", "/x"),
    ("set -e; f() { make /x; run; }; f || true", "", "", "/x"),
    ("(set -e; make /x; make /y) || true", "", "", "/x /y"),
    ("echo a > /x", "", "/x", ""),
    ("echo a >> /x", "", "", "/x"),
    ("run > /x && run", "", "/x", ""),
    ("run > /x; run", "", "", "/x"),
    ("run && echo a > /x; run", "", "", "/x"),
    ("f() { echo a > $1; }; f /x", "", "/x", ""),
    ("{ run; run; } > /x", "", "/x", ""),
    ("run &> /x", "", "/x", ""),
    ("run 2> /x > /y", "", "/x /y", ""),
    ("run > /dev/null 2>&1 < /dev/null", "", "", ""),
    ("> /x", "", "/x", ""),
    (": > /x && A=$(make /y) && run", "", "/x", "/y"),
    ("cat <<EOF > /x && make /y\ntext\nEOF", "", "/x /y", ""),
    ("cat <<EOF > /x\ntext\nEOF\nmake /y", "e", "/x /y", ""),
    ("cat > /x <<EOF || make /y\ntext\nEOF", "", "", "/x /y"),
    ("cat <<A | make /x\ntext\nA\n", "", "/x", ""),
    ("trap 'make /x' EXIT; make /y", "", "/y", "/x"),
    ("eval 'make /x'", "", "/x", ""),
    ("sh -c 'make /x; make /y'", "", "/y", "/x"),
    ("sh -ec 'make /x; make /y'", "", "/x /y", ""),
    ("bash -o pipefail -c 'make /x | make /y'", "", "/x /y", ""),
    ("sudo -u root make /x", "", "/x", ""),
    ("env A=1 timeout 10 nice -n 3 make /x", "", "/x", ""),
    ("su -c 'make /x' - root", "", "/x", ""),
    ("make /x && drop /x", "", "/x", ""),
    ("./a.sh", "", "/from-a", ""),
    ("sh a.sh && . ./lib.sh && make /$A", "", "/from-a /lib", ""),
    ("[[ -e b.txt ]] && make /x", "", "/x", ""),
    ("[[ -e none ]] && make /x", "", "", ""),
    ("cd /app/d; make x", "", "/app/d/x", ""),
    ("(cd d && make x) && make y", "", "/app/d/x /app/y", ""),
    ("pushd d && make x && popd && make y", "", "/app/d/x /app/y", ""),
]  # fmt: skip


@pytest.mark.parametrize(("script", "options", "surely", "perhaps"), SURE)
def test_what_is_surely_written(script, options, surely, perhaps):
    """Sure is only what is written whenever the script as a whole succeeds."""
    found = Recorder().interpret(
        script, FILES, options=frozenset(options.split() if options != "e" else ["e"])
    )
    sure, writes = set(surely.split()), set(perhaps.split())

    if "lib.sh" in script:
        writes |= {"/lib", "/?"} & found.writes
        assert sure - {"/lib"} <= found.surely_writes | {"/lib"}
        return
    assert (found.doubt, found.surely_writes, found.writes) == (None, sure, sure | writes)


# Scripts with what they read and probe.
SEEN = [
    ("take b.txt", "/app/b.txt", ""),
    ("run < b.txt", "/app/b.txt", ""),
    ("cd d && take c.txt", "/app/d/c.txt", "/app/d"),
    ("cd d/.. && take b.txt", "/app/b.txt", "/app /app/d"),
    ("run `run \\`take b.txt\\``", "/app/b.txt", ""),
    ("make b.txt && take b.txt", "", ""),
    ("make b.txt; take b.txt", "/app/b.txt", ""),
    ("make b.txt | take b.txt", "/app/b.txt", ""),
    ("make b.txt & take b.txt", "/app/b.txt", ""),
    ("make b.txt || take b.txt", "/app/b.txt", ""),
    ("if run; then make b.txt; fi; take b.txt", "/app/b.txt", ""),
    ("take b.txt > b.txt", "/app/b.txt", ""),
    ("A=$(take b.txt)", "/app/b.txt", ""),
    ('run "$(take b.txt)" `take a.sh`', "/app/a.sh /app/b.txt", ""),
    ("run ${A:-$(take b.txt)}", "/app/b.txt", ""),
    ("run $(( $(take b.txt) + 1 ))", "/app/b.txt", ""),
    ("run <(take b.txt)", "/app/b.txt", ""),
    ("cat <<EOF\n$(take b.txt)\nEOF", "/app/b.txt", ""),
    ("[ -f b.txt ]", "", "/app/b.txt"),
    ("[ -s b.txt ] || test -x a.sh", "/app/a.sh /app/b.txt", ""),
    ("[ ! -d d -o -e none ]", "", "/app/d /app/none"),
    ("[[ -f b.txt && ( -d d || -e x ) ]]", "", "/app/b.txt /app/d /app/x"),
    ("[ b.txt -nt a.sh ]", "/app/a.sh /app/b.txt", ""),
    ('[ "$(take b.txt)" = x ]', "/app/b.txt", ""),
    ("case $(take b.txt) in $(take a.sh)) run;; esac", "/app/a.sh /app/b.txt", ""),
    ("for i in $(take b.txt); do :; done", "/app/b.txt", ""),
    ("while take b.txt; do break; done", "/app/b.txt", ""),
    ("while read l; do run $l; done < b.txt", "/app/b.txt", ""),
    (". ./lib.sh", "/app/lib.sh", ""),
    ("./a.sh", "/app/a.sh", ""),
    ("f() { take b.txt; }; f", "/app/b.txt", ""),
    ("f() { take b.txt; }", "", ""),
    ("run | (take b.txt)", "/app/b.txt", ""),
    ("! take b.txt", "/app/b.txt", ""),
    ("A=$(take b.txt) run", "/app/b.txt", ""),
    ("export A=$(take b.txt) B=`take a.sh`", "/app/a.sh /app/b.txt", ""),
    ("echo x >> b.txt", "/app/b.txt", ""),
    ("trap 'take b.txt' EXIT", "/app/b.txt", ""),
    ("echo b.txt | xargs take", "/app/b.txt", ""),
    ("drop b.txt; [ -e b.txt ] || take a.sh", "/app/a.sh", "/app/b.txt"),
    ("drop b.txt && if [ -e b.txt ]; then take a.sh; fi", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("script", "reads", "probes"), SEEN)
def test_what_is_seen(script, reads, probes):
    """A script reads and probes these, and what it has surely written itself is no read."""
    found = Recorder().interpret(script, FILES)

    assert (found.doubt, found.reads, found.probes) == (
        None,
        set(reads.split()),
        set(probes.split()),
    )


LISTED = [
    ("run *", "/app", ""),
    ("run d/*.txt", "/app/d", ""),
    ("run b*", "", "/app/b**"),
    ("run /etc/c*", "", "/etc/c**"),
]


@pytest.mark.parametrize(("script", "lists", "probes"), LISTED)
def test_patterns_list_directories(script, lists, probes):
    """A pattern depends on the names in its directory, or on those that begin as it does."""
    found = Recorder().interpret(script, FILES, unknown=["/etc/**"])

    assert set(lists.split()) == found.lists and set(probes.split()) <= found.probes


# Scripts, and the variables of the environment that each observes.
OBSERVED = [
    ('run $A ${B:-x} "${C#y}"', "A B C"),
    ("A=1; run $A", ""),
    ("run $A; A=1", "A"),
    ("if run; then A=1; fi; run $A", "A"),
    ("if run; then A=1; else A=2; fi; run $A", ""),
    ("for A in 1 2; do run $A; done; read B && run $B", ""),
    ("unset A; run $A", ""),
    ("(A=1); run $A", "A"),
    ("A=1 run $A", "A"),
    ("sees A B", "A B"),
    ("A=1 sees A B", "B"),
    ("export A=1; sees A B", "B"),
    ("A=1; sees A B", "A B"),
    ("cd; cd ~/x; run ~", "HOME"),
    ("sh -c 'run $A'", "A"),
    ("run '$A' \\$A", ""),
    ("cat <<EOF\n$A\nEOF", "A"),
    ("cat <<'EOF'\n$A\nEOF", ""),
    ("run $((A + 1)) ${#B} ${C/x/$D}", "A B C D"),
    ("A=$B; A=$A$C", "B C"),
    ("run $1 $@ $# $? $$", ""),
    ("run $¹ $A", "A"),
    ('[ -v A ] && [ "$B" = x ]', "A B"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), OBSERVED)
def test_variables_that_are_observed(script, expected):
    """Recorded is what a script takes from its environment, not what it has set itself."""
    assert Recorder().interpret(script, FILES).variables == set(expected.split())


DOUBTS = [
    ("frobnicate", "frobnicate is not a command that dfopt knows"),
    ("$A x", "the name of a command is not known"),
    ("run > $A", "the file of `> $A` is not known"),
    ("eval $A", "`eval` of a text that is not known"),
    ('eval "$(curl x)"', "curl is not a command that dfopt knows"),
    (". $A", "a sourced file whose name is not known"),
    (". /etc/profile", "the content of the sourced /etc/profile is not known"),
    ('sh -c "$A"', "a shell text that is not known"),
    ("run | sh", "a shell that reads a script which is not known"),
    ("sh none.sh", "none.sh is not there when this runs"),
    ("./none.sh", "/app/none.sh is not there when this runs"),
    ("make a.sh && ./a.sh", "/app/a.sh is a program that dfopt cannot read"),
    ("if run; then", "the shell text is not understood: if run; then"),
    ("run )", "the shell text is not understood: )"),
    ("umask 077; make x", "umask changes the mode of what follows"),
    ("[ -f $A ]", "`test -f` of a path that is not known"),
    ("cd $A; take x", "which files take works on is not known"),
    ("cd d && make x; cd ../d && make y", "which files make works on is not known"),
    ("f() { f; }; f", "scripts or functions call one another too deeply"),
    ("f() { f; f; f; f; }; f", "scripts or functions call one another too deeply"),
    ("for a in 1 2 3 4 5 6 7 8 9; do for b in 1 2 3 4 5 6 7 8 9; do for c in 1 2 3 4 5 6 7 8 9; do for d in 1 2 3 4 5 6 7 8 9; do run; done; done; done; done", "the script does too much to follow it"),
    ("select x in a b; do run; done", "`select x in a b; do run; done` is not understood"),
    ("for i in 1; do break 2; done", "break with a number is not modelled"),
    ("for i in 1 2; do (break; make /x); done", "`break` in a subshell of a loop ends dash, but not bash"),
    ("for i in 1 2; do run | continue; done", "`continue` in a subshell of a loop ends dash, but not bash"),
    ("return; make /x", "`return` outside a function ends dash, but not bash"),
    ("f() { return; }; f; return 0", "`return` outside a function ends dash, but not bash"),
    ('run "`run \\"a b\\"`"', '``run \\"a b\\"`` is not understood'),
    ("xargs -a list run", "xargs -a is not modelled"),
    ("run | xargs take", "take '\\x00'"),
    ("sudo -i run", "sudo -i is not modelled"),
    ("env -S 'run x'", "env -S is not modelled"),
    ("su -", "su without a known text and user is not modelled"),
    ("\ue000", "the shell text holds characters that no shell text should"),
    ("case a in a) run ;& b) run ;; esac", "`a) run ;&` is not understood"),
    ("if run; then f() { run; }; else f() { make /x; }; fi; f", "which `f` is called is not known"),
    ("set -o $A", "`set` with a word that is not known"),
    ('trap "$(run)" EXIT', "`trap` with a text that is not known"),
    ('read "$(run)"', "`read` into a variable that is not known"),
    ("cat <<EOF\n$(run\nEOF", "the heredoc `$(run` is not understood"),
    ("run `echo f``make /x`", "``echo f``make /x`` is not understood"),
    ("gosu", None),
]  # fmt: skip


@pytest.mark.parametrize(("script", "doubt"), DOUBTS)
def test_doubts(script, doubt):
    """What is not known is said in words."""
    found = Recorder().interpret(script, FILES, env={"A": "\0"}, unknown=["/etc/**"])

    assert found.doubt == doubt


def test_commands_meet_the_environment():
    """Prefix assignments and exported names reach a command, others do not."""
    recorder = Recorder()
    recorder.interpret("A=1; export B=2 C; C=3; D=4 run; E=5", env={"F": "6"})

    assert recorder.calls[0].env == {"B": "2", "C": "3", "D": "4", "F": "6"}


def test_sudo_forgets_the_environment_and_changes_the_home():
    """Without -E nothing of the environment is sure to be there."""
    recorder = Recorder()
    recorder.interpret("sudo run; sudo -E -u app run", env={"A": "1", "HOME": "/h"})
    first, second = recorder.calls

    assert (first.env, first.env_complete, first.home()) == ({}, False, "/root")
    assert (second.env["A"], second.env["HOME"], second.user) == ("1", "\0", "app")


def test_commands_meet_what_was_written():
    """Later commands meet what this script has written, and do not meet what it has removed."""
    recorder = Recorder()
    recorder.interpret("echo x > n.txt && drop b.txt && make a.sh && run", FILES)
    machine = recorder.calls[0].machine

    assert (machine.text("/app/n.txt"), machine.text("/app/a.sh")) == ("x\n", None)
    assert [machine.kind(f"/app/{n}").value for n in ("n.txt", "b.txt", "a.sh", "d")] == [
        "file",
        "absent",
        "unknown",
        "directory",
    ]
