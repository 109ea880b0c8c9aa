"""The language of .dockerignore."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.context.files import MemoryFiles
from optimizer.context.ignore import Rules, add_lines
from optimizer.errors import UserError


@pytest.mark.parametrize(
    ("text", "path", "ignored"),
    [
        # from moby's patternmatcher_test.go
        ("**", "file", True), ("**/", "dir/file", True), ("**/**", "dir/file", True),
        ("dir/**", "dir/dir2/file", True), ("dir/**", "dir", False), ("**/dir", "dir/file", True),
        ("**/dir2/*", "dir/dir2/file", True), ("**/dir2/**", "dir/dir2/dir3/file", True),
        ("**file", "dir/dir/file", True), ("**/file*", "dir/dir/file.txt", True),
        ("**/file*txt", "dir/dir/file.txt", True), ("**/**/*.txt2", "dir/dir/file.txt", False),
        ("**/*.txt", "file.txt", True), ("a**/*.txt", "a/dir/dir/file.txt", True),
        ("a/*.txt", "a/dir/file.txt", False), ("a/*.txt**", "a/file.txt", True),
        ("a[b-d]e", "ae", False), ("a[b-d]e", "ace", True), ("a[^b-d]e", "aze", True),
        (".*", ".foo", True), (".*", "foo", False), ("abc.def", "abcZdef", False),
        ("abc?def", "abcZdef", True), ("a\\\\", "a\\", True), ("**/foo/bar", "dir/foo/bar", True),
        ("abc/**", "abc/def/ghi", True), ("**/.foo", "bar.foo", False),
        ("a(b)c/def", "a(b)c/def", True), ("a.|)$(}+{bc", "a.|)$(}+{bc", True), ("a\\*b", "a*b", True),
        ("dist/*.whl", "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", True),
        ("**\n!util/docker/web", "util/docker/web/foo", False),
        ("**\n!util/docker/web\nutil/docker/web/foo", "util/docker/web/foo", True),
        ("a*b?c*x", "abxbbxdbxebxczzx", True), ("a*b?c*x", "abxbbxdbxebxczzy", False),
        ("ab[^e-g]", "abc", True), ("a?b", "a☺b", True), ("a???b", "a☺b", False),
        ("[a-ζ]*", "β", True), ("a?b", "a/b", False), ("[\\]a]", "]", True), ("[\\-x]", "-", True),
        # anchored, cleaned, trimmed (measured on 20.10, 0.32 and the classic builder)
        ("node_modules", "p/node_modules", False), ("**/node_modules", "p/node_modules/x", True),
        ("./a", "a", True), ("/a", "a", True), ("p/../a", "a", True), ("p/", "p/q", True),
        ("  a\t", "a", True), ("a\r\nb\r\n", "a", True), ("\ufeffa", "a", True), ("A", "a", False),
        ("#a", "#a", False), (" #a", "#a", True), ("\\#a", "#a", True), ("", "a", False),
        (".", "a", False), ("..", "a", False), ("/", "a", False), ("../a", "a", False),
        ("*.md", "docs/a.md", False), ("*/a", "p/a", True), ("*/a", "p/q/a", False), ("*", "p/q", True),
        ("! a\n", "a", False), ("*\n! /a\n", "a", False), ("*\n!a\n", "a/b", False),
        ("a\n!a\n", "a", False), ("!a\na\n", "a", True), ("p\n!p/q/a", "p/q/a", False),
        ("p\n!p/q/a", "p/q/b", True), ("p\n!p/q/a\n", "p", True), ("p\n!p/*\n", "p/q/b", False),
        # a directory is asked only what could change its answer there, so `!a` comes too late
        ("a/b\n!a", "a/b", True), ("a\n!a/b\na/b/c", "a/b/c", True),
        # where it is not git's language: a slash at the end or inside changes nothing
        ("doc/", "src/doc/a", False), ("foo", "a/foo", False), ("foo/*", "foo/a/b", True),
        ("[!a]", "b", False), ("[!a]", "!", True), ("\\!a", "!a", True), ("a\\ ", "a ", None),
        # regular expressions shine through: `|` and `{2}` beside another sign
        ("a|b*", "bcd", True), ("a|b*", "a/x", True), ("a|b", "b", False), ("a{2}?", "aab", True),
        ("*.{js,ts}", "a.js", False), ("\\d", "7", True), ("^a*", "ab", True),
    ],
)  # fmt: skip
def test_a_path_is_ignored(text, path, ignored):
    """A path is left out exactly if moby/patternmatcher leaves it out in a walk."""
    if ignored is None:
        with pytest.raises(UserError):
            Rules(text)
    else:
        assert Rules(text).ignores(path) is ignored


@pytest.mark.parametrize(
    ("text", "line"),
    [("[", 1), ("a\nb[", 2), ("\n\n[a-]", 3), ("[]a]", 1), ("[-]", 1), ("a\\", 1), ("!", 1), ("a\n! ", 2), ("!/", 1), ("#\n[^", 2), ("*{2}", 1), ("[b-a]", 1)],
)  # fmt: skip
def test_a_bad_pattern_has_its_line(text, line):
    """What the builder refuses is the user's error, with the file and the line."""
    with pytest.raises(UserError) as caught:
        Rules(text, "docker/Dockerfile.dockerignore")

    assert (caught.value.line, caught.value.path) == (line, "docker/Dockerfile.dockerignore")


@pytest.mark.parametrize(
    ("text", "directory", "hidden"),
    [
        ("node_modules", "node_modules", True), ("node_modules", "node_modules/a", True),
        ("node_modules", "src", False), ("node_modules", "", False), ("*", "a", True),
        ("*\n!src", "lib", True), ("*\n!src", "src", False), ("*\n!a/b/c", "a", False),
        ("*\n!a/b/c", "a/b", False), ("*\n!a/b/c", "a/d", True), ("*\n!*.json", "lib", True),
        ("*\n!*/x", "lib", False), ("*\n!*/x", "lib/a", True), ("*\n!s*/x", "lib", True),
        ("*\n!**/x", "lib", False), ("!**/x\n*", "lib", True), ("*\n!lib[a/]x", "lib", False),
        ("p/*", "p", False), ("p/**", "p", False), ("*\n!a|b*", "c", False),
    ],
)  # fmt: skip
def test_a_directory_hides_all_below(text, directory, hidden):
    """It does only if no later `!` can reach anything below."""
    assert Rules(text).hides_all_below(directory) is hidden


@pytest.mark.parametrize(
    ("text", "lines", "newline", "expected"),
    [
        (None, ["a"], "\n", "a\n"),
        (None, ["a", "b"], "\r\n", "a\r\nb\r\n"),
        ("", ["a"], "\n", "a\n"),
        ("x\n", ["a"], "\n", "x\na\n"),
        ("x", ["a"], "\n", "x\na\n"),
        ("x\r\ny", ["a"], "\n", "x\r\ny\r\na\r\n"),
        ("x\n", ["a"], "\r\n", "x\na\n"),
        ("x\n\n  # \udcff", ["a"], "\n", "x\n\n  # \udcff\na\n"),
        ("\ufeff", ["a"], "\n", "\ufeffa\n"),
        ("x\n", [], "\n", "x\n"),
    ],
)
def test_lines_are_added(text, lines, newline, expected):
    """What stands in the file keeps its bytes; the new lines end as its own do."""
    assert add_lines(text, lines, newline) == expected


# An independent reading of the walk: patternmatcher.MatchesUsingParentResults, pattern by
# pattern as Go has it, for the signs * ? ** and names alone, and fsutil's descent.
def components(pattern):
    if pattern == "**":
        return lambda _: True
    if pattern.endswith("/**") and "*" not in pattern[:-3] and "?" not in pattern[:-3]:
        return lambda path: path.startswith(pattern[:-2])
    out, i = "", 0
    while i < len(pattern):
        if pattern.startswith("**/", i):
            out, i = out + "(?:.*/)?", i + 3
        elif pattern.startswith("**", i):
            out, i = out + (".*" if i + 2 == len(pattern) else "(?:.*/)?"), i + 2
        elif pattern[i] in "*?":
            out, i = out + ("[^/]*" if pattern[i] == "*" else "[^/]"), i + 1
        else:
            out, i = out + re.escape(pattern[i]), i + 1
    return lambda path: re.fullmatch(out, path) is not None


def walk(lines, paths):
    patterns = [(line.startswith("!"), components(line.removeprefix("!"))) for line in lines]
    matched = {}
    kept = set()
    for path in sorted(paths, key=lambda p: p.split("/")):
        parent = matched.get(path.rpartition("/")[0], [False] * len(patterns))
        ignored, own = False, []
        for (again, match), above in zip(patterns, parent, strict=True):
            hit = above or (again == ignored and match(path))
            own.append(hit)
            ignored = (not again) if hit else ignored
        matched[path] = own
        if not ignored:
            kept.add(path)
    return kept


NAME = st.sampled_from(["a", "b", "ab", "a.b", ".a"])
PATH = st.lists(NAME, min_size=1, max_size=4).map("/".join)
PART = st.sampled_from(["a", "b", "ab", "*", "?", "**", "a*", "*b", ".*", "a.b", "?b"])
LINE = st.builds(
    lambda mark, parts: mark + "/".join(parts),
    st.sampled_from(["", "", "!"]),
    st.lists(PART, min_size=1, max_size=3),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=5), st.lists(PATH, min_size=1, max_size=8))
def test_rules_agree_with_a_walk(lines, files):
    """Rules, and the tree that is seen through them, are the walk's."""
    above = {p[:i] for p in files for i in range(len(p)) if p[i] == "/"}
    plain = set(files) - above
    rules = Rules("\n".join(lines))
    kept = walk(lines, plain | above)
    seen = MemoryFiles(dict.fromkeys(plain, ""), rules="\n".join(lines))

    assert {p for p in plain | above if not rules.ignores(p)} == kept
    assert set(seen.walk()) == kept & plain
    for directory in above:
        if rules.hides_all_below(directory):
            assert not any(p.startswith(f"{directory}/") for p in kept)
