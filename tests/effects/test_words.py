"""Words of the shell: what a command gets as its arguments."""

from __future__ import annotations

import subprocess

import pytest

from tests.effects.recording import Recorder

FILES = {
    "/app/a.sh": "1",
    "/app/b.sh": "2",
    "/app/.hidden": "",
    "/app/d/x y": "",
    "/app/d/e/f.c": "",
}

# What dash and bash both give.
SAME = [
    ("run a  b\tc", [("a", "b", "c")]),
    ("run 'a b' \"c d\" e\\ f", [("a b", "c d", "e f")]),
    ("run '' \"\" a", [("", "", "a")]),
    ('run "a"b\'c\'', [("abc",)]),
    ('run "\\$A \\" \\\\ \\x"', [('$A " \\ \\x',)]),
    ("run a\\\nb c \\\n d", [("ab", "c", "d")]),
    ("A='x y'; run $A \"$A\"", [("x", "y", "x y")]),
    ("A=; run $A b", [("b",)]),
    ('A=; run "$A" b', [("", "b")]),
    ("A=x; run ${A}y $A.z", [("xy", "x.z")]),
    ("A='*.sh'; run $A \"$A\"", [("a.sh", "b.sh", "*.sh")]),
    ("A='x  y'; run a$A'b'", [("ax", "yb")]),
    ("A=a:b; IFS=:; run $A", None),
    ('run ${A:-x y} "${B:-x y}" ${C-z}', [("x", "y", "x y", "z")]),
    ("A=1; run ${A:+x} ${B:+y} ${A+z}", [("x", "z")]),
    ('A=; run "${A:-x}" "${A-x}"', [("x", "")]),
    ("run ${A:=x} $A", [("x", "x")]),
    ("A=/x/y.tar.gz; run ${A##*/} ${A#*/} ${A%.*} ${A%%.*}", [("y.tar.gz", "x/y.tar.gz", "/x/y.tar", "/x/y")]),
    ("A=abc; run ${#A}", None),
    ('set -- a "b c"; run "$@"', [("a", "b c")]),
    ('set -- a "b c"; run $@ $#', [("a", "b", "c", "2")]),
    ('set -- a "b c"; run "$*" "x$@y"', [("a b c", "xa", "b cy")]),
    ('set --; run "$@" a', [("a",)]),
    ('set -- a ""; run "$@"', [("a", "")]),
    ("set -- a b c; shift; run $1 $2 $#", [("b", "c", "2")]),
    ('f() { run "$2" "$1"; }; f a "b c"; run "$#"', [("b c", "a"), ("0",)]),
    ("run *.sh", [("a.sh", "b.sh")]),
    ("run '*'.sh *\\.sh", [("*.sh", "a.sh", "b.sh")]),
    ("run [ab].sh [!a].sh ?.sh", [("a.sh", "b.sh", "b.sh", "a.sh", "b.sh")]),
    ("run *", [("a.sh", "b.sh", "d")]),
    ("run .h* *.none d/*", [(".hidden", "*.none", "d/e", "d/x y")]),
    ("run */*/*.c d/*/", [("d/e/f.c", "d/e/")]),
    ('run $(echo a b) "$(echo a b)"', [("a", "b", "a b")]),
    ("run `echo a`b", [("ab",)]),
    ('A=x.y; run "a ${B:-c d} ${A%.*}  ${A:+e} ${B-}"', [("a c d x  e ",)]),
    ("A=1; run $A$(echo b)`echo c`\"d\"'e'$A $(echo f)$(echo g)", [("1bcde1", "fg")]),
    ("for i in $(echo a)`echo b` c; do run $i; done", [("ab",), ("c",)]),
    ('A=1; cat > out <<X\n ${A} $(echo b)\n  $A "q" `echo c`\nX\nrun "$(cat out)"', [(' 1 b\n  1 "q" c',)]),
    ('A=1; run "a ${A} $(echo x)  ${A}$A  `echo y` $A"', [("a 1 x  11  y 1",)]),
    ('A=1; run "$A $A" "${A} ${A}" " ${A} " " $(echo x) "', [("1 1", "1 1", " 1 ", " x ")]),
    ("run $(dirname /x/y) $(basename /x/y.c .c)", [("/x", "y")]),
    ("run $(cat a.sh)$(printf %s 3)", [("13",)]),
    ("run $(A=5; echo $A)$A", [("5",)]),
    ("run a#b # c", [("a#b",)]),
    ('run "`echo \\`echo a\\``" `echo \\\\$A`', [("a", "$A")]),
    ("run ${Q-\"a b\"} ${Q:-'c d'}x ${Q:-e 'f g' h} \"${Q:-i j}\"", [("a b", "c dx", "e", "f g", "h", "i j")]),
    ("break; run a; continue; run b", [("a",), ("b",)]),
    ("for i in 1; do f() { break; run a; }; f; run b; done", [("a",), ("b",)]),
    ("(continue; run a); echo $(break; run b); run c", [("a",), ("b",), ("c",)]),
    ("for i in 1 2; do for j in 1 2; do break; done; run $i; done", [("1",), ("2",)]),
    ("echo 'return; run a' > f; . ./f; run b", [("b",)]),
    ("run 2>/dev/null a >/dev/null b", [("a", "b")]),
    ("for i in 1 '2 3' *.sh; do run $i; done", [("1",), ("2", "3"), ("a.sh",), ("b.sh",)]),
    ("set -- x y; for i; do run $i; done", [("x",), ("y",)]),
    ("case a.c in *.h) run h ;; *.c|*.d) run c ;; *) run x ;; esac", [("c",)]),
    ("case '*' in \\*) run star ;; *) run x ;; esac", [("star",)]),
    ('A=x; A=y run "$A"; run $A', [("x",), ("x",)]),
    ("A=1; (A=2; run $A); run $A", [("2",), ("1",)]),
    ("A=1; { A=2; }; run $A", [("2",)]),
    ('A=1; unset A; run "$A" ${A-u}', [("", "u")]),
    ("echo a | { run b; }; ! run c; run d & wait", [("b",), ("c",), ("d",)]),
    ("if [ a = a ]; then run y; else run n; fi", [("y",)]),
    ("if [ -f a.sh ] && [ ! -e no ]; then run y; else run n; fi", [("y",)]),
    ('if test -d d -a -n ""; then run y; elif [ 3 -gt 2 ]; then run e; fi', [("e",)]),
    ('[ -z "$A" ] && run y || run n', [("y",)]),
    ("[ -z a ] && run y || run n", [("n",)]),
    ("false || run a; true || run b; false && run c; true && run d", [("a",), ("d",)]),
    ('run "$(cat <<EOF\na b\nEOF\n)"', None),
    ("exit 0; run a", []),
    ("f() { return; run a; }; f; run b", [("b",)]),
    ("for i in a b c; do if [ $i = b ]; then continue; fi; run $i; done", [("a",), ("c",)]),
    ("for i in a b c; do if [ $i = b ]; then break; fi; run $i; done", [("a",)]),
    ("eval 'run a; A=b'; run $A", [("a",), ("b",)]),
    ('cd d && run $(pwd) "$PWD"', [("/app/d", "/app/d")]),
    ("cd d; cd ..; run $(pwd); cd - >/dev/null; run $(pwd)", [("/app",), ("/app/d",)]),
    ("A=x; cat > out <<EOF\n$A \\$A $(echo z)\nEOF\nrun $(cat out)", [("x", "$A", "z")]),
    ("cat > out <<'EOF'\n$A \\$A\nEOF\nrun \"$(cat out)\"", [("$A \\$A",)]),
    ("cat > out <<-EOF && run $(cat out)\n\ta\n\tEOF\n", [("a",)]),
    ("cat <<A > o1; cat <<B > o2\n1\nA\n2\nB\nrun $(cat o1 o2)", [("1", "2")]),
    ("echo a > out; echo b >> out; run $(cat out)", [("a", "b")]),
    ("{ echo a; echo b; } > out; run $(cat out)", [("a", "b")]),
    ("echo a | cat > out; run $(cat out)", [("a",)]),
    ("sh -c 'run \"$0\" \"$1\"' z 'a b'", [("z", "a b")]),
    ("echo 'run a' | sh; sh <<EOF\nrun b\nEOF", [("a",), ("b",)]),
    ("env A=1 sh -c 'run $A'", [("1",)]),
    ("echo a b | xargs run c", [("c", "a", "b")]),
    ("echo a b c | xargs -n 2 run x", [("x", "a", "b"), ("x", "c")]),
    ("printf 'a\\nb\\n' | xargs -n1 run", [("a",), ("b",)]),
    ("while true; do run a; break; done; until true; do run b; done", [("a",)]),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), SAME)
def test_words(script, expected):
    """A command gets these words; where none are named, only that nothing false is said matters."""
    found = Recorder().words(script, FILES)

    assert expected is None or found[: len(expected) or None] == expected


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize(("script", "expected"), SAME)
def test_words_are_those_of_real_shells(script, expected, shell, tmp_path):
    """What the table says is what dash and bash do."""
    if expected is None:
        return
    for path, text in FILES.items():
        where = tmp_path / path.lstrip("/")
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text)
    log, program = tmp_path / "log", tmp_path / "run"
    program.write_text(
        f'#!/bin/sh\nfor a; do printf "%s\\1" "$a" >> {log}; done; printf "\\2" >> {log}\n'
    )
    program.chmod(0o755)
    subprocess.run(
        [shell, "-c", script], cwd=tmp_path / "app", check=False, capture_output=True, timeout=20,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "LC_ALL": "C"},
    )  # fmt: skip
    text = log.read_text() if log.exists() else ""
    calls = [tuple(c.split("\1")[:-1]) for c in text.split("\2")[:-1]]

    assert [tuple(a.replace(f"{tmp_path}", "") for a in c) for c in calls] == expected


UNKNOWN = [
    ("run $(date) x", [("?", "x")]),
    ("run a{b,c} {1..3}", [("a*", "*")]),
    ("run $((1 + 2)) $RANDOM", [("?", "?")]),
    ("run $'a\\n' ~user/x", [("?", "?")]),
    ("read A; run $A", [("?",)]),
    ("A=$(date); run x$A", [("x?",)]),
    ("if run x; then A=1; else A=2; fi; run $A", [("x",), ("?",)]),
    ('run x || A=1; run "$A"', [("x",), ("?",)]),
    ("run x && cd d; run $(pwd)", [("x",), ("?",)]),
    ("cd nowhere; run $(pwd)", [("?",)]),
    ("for i in $(date); do A=$i; done; run $A", [("?",)]),
    ("while run x; do A=$B; B=1; done; run $A", [("x",), ("x",), ("x",), ("x",), ("?",)]),
    ("set -- $(date) b; run $1 $2 $#", [("?", "?", "?")]),
    ("f() { run $2; }; f $(date) b", [("?",)]),
    ("run /usr/*.c", [("/usr/*",)]),
    ("shopt -s nullglob; run *.none", [("*",)]),
    ("A=a.b; IFS=.; run $A", [("?",)]),
    ('[[ -f a.sh ]] && A=1; run "$A"', [("?",)]),
    ('[ a == a ] && A=1; run "$A"', [("?",)]),
    ("cat <<EOF > o\n$(date)\nEOF\nrun $(cat o)", [("?",)]),
    ("run x > o; run $(cat o)", [("x",), ("?",)]),
    ("echo -e a > o; run $(cat o)", [("?",)]),
    ("A=1; A=2 true; run $A; f() { :; }; A=3 f; run $A", [("1",), ("?",)]),
    ("find . | xargs run c", [("c", "?")]),
]  # fmt: skip


@pytest.mark.parametrize(("script", "expected"), UNKNOWN)
def test_what_is_not_known(script, expected):
    """Text that no reading of the script tells is not known, and nothing else is made up."""
    found = Recorder().words(script, FILES, unknown=["/usr/**"])

    assert found[-1:] == expected[-1:]


def test_bash_expands_what_it_surely_is():
    """Under bash `[[` is a test, under another shell it may be a command that fails."""
    script = '[[ -f a.sh ]] && A=1; run "$A"'

    assert Recorder().words(script, FILES, options=frozenset({"bash"})) == [("1",)]
