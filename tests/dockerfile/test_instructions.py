"""Instructions by their meaning."""

from __future__ import annotations

import pytest

from optimizer.dockerfile.instructions import (
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Mount,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    typed,
)
from optimizer.dockerfile.mounts import mount
from optimizer.dockerfile.source import parse
from optimizer.dockerfile.words import WordError
from optimizer.errors import UserError


def view(line: str, escape: str = "\\"):
    text = f"# escape={escape}\nFROM a\n{line}"
    return typed(parse(text).instructions[1], escape)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("FROM node:18", From("node:18")),
        ("FROM --platform=$B  $I:${V:-1}\tas  Build", From("$I:${V:-1}", "$B", "build")),
        ("FROM as AS as", From("as", None, "as")),
        ("FROM a\xa0b\fas\tc", From("a\xa0b", None, "c")),
        ("FROM a\xa0AS\xa0b", From("a\xa0AS\xa0b")),
        ("FROM -- --platform=x", From("--platform=x")),
        ("RUN a  && b", Run("a  && b")),
        ('RUN ["a", "b"]', Run("", ("a", "b"))),
        ("RUN", Run("")),
        (
            "RUN --network=none --security=insecure a",
            Run("a", network="none", security="insecure"),
        ),
        ("RUN --mount=type=ssh a", Run("a", mounts=(Mount("ssh", None, None, None),))),
        ("COPY a b/ /c", Copy("COPY", ("a", "b/"), "/c")),
        ('COPY ["a b", "/c"]', Copy("COPY", ("a b",), "/c")),
        ('COPY ["a", "/c",]', Copy("COPY", ('["a",',), '"/c",]')),
        (
            "COPY --from=b --chown=1:2 --chmod=7 --link --parents --exclude=x --exclude=y a c",
            Copy(
                "COPY", ("a",), "c", "b", "1:2", "7", link=True, parents=True, exclude=("x", "y")
            ),
        ),
        ("COPY --from= --chown= --link=false a c", Copy("COPY", ("a",), "c")),
        (
            "ADD --checksum=sha256:1 --unpack --keep-git-dir=true a c",
            Copy(
                "ADD",
                ("a",),
                "c",
                checksum="sha256:1",
                others=(("unpack", None), ("keep-git-dir", "true")),
            ),
        ),
        ("ENV A=b C='d e'", Env((("A", "b"), ("C", "'d e'")))),
        ("ARG A B=c", Arg((("A", None), ("B", "c")))),
        ("LABEL a=b", Label((("a", "b"),))),
        ("WORKDIR /a b", Workdir("/a b")),
        ("USER $U:g", User("$U:g")),
        ('SHELL ["bash", "-c"]', Shell(("bash", "-c"))),
        ("VOLUME /a /b", Volume(("/a", "/b"))),
        ('VOLUME [" /a "]', Volume(("/a",))),
        ('VOLUME ["/a",]', Volume(('["/a",]',))),
        ("EXPOSE 80  90/udp", Expose(("80", "90/udp"))),
        ('CMD ["a"]', Cmd("", ("a",))),
        ("CMD []", Cmd("", ())),
        ('CMD ["a",]', Cmd('["a",]')),
        ("ENTRYPOINT a b", Entrypoint("a b")),
        ("HEALTHCHECK none", Healthcheck(none=True)),
        ("HEALTHCHECK --retries=2 cmd a  b", Healthcheck("a  b", options=(("retries", "2"),))),
        ('HEALTHCHECK CMD ["a"]', Healthcheck("", ("a",))),
        ("STOPSIGNAL 9", Stopsignal("9")),
        ("MAINTAINER a b", Maintainer("a b")),
    ],
)
def test_views(line, expected):
    """Each instruction has its parts, unexpanded."""
    assert view(line) == expected


def test_heredocs_are_files_or_scripts():
    """A heredoc among the sources of COPY is a file; as the whole of a RUN it is the script."""
    copy = view("COPY a <<f <<-'g' /d/\nF\nf\n\tG\ng\n")
    assert isinstance(copy, Copy)
    assert copy.sources == ("a",)
    assert [(h.name, h.content, h.expand) for h in copy.heredocs] == [
        ("f", "F\n", True),
        ("g", "G\n", False),
    ]
    whole, part = view("RUN <<E\nx\nE\n"), view("RUN sh <<E\nx\nE\n")
    assert isinstance(whole, Run)
    assert isinstance(part, Run)
    assert whole.heredoc_script == whole.heredocs[0]
    assert part.heredoc_script is None


def test_onbuild_holds_an_instruction():
    """The trigger stands at the place of its ONBUILD, with its own flags, JSON and heredocs."""
    found = view('ONBUILD COPY --from=x ["a", "b"]')
    assert isinstance(found, Onbuild)
    assert typed(found.inner) == Copy("COPY", ("a",), "b", "x")
    script = view("ONBUILD RUN <<E\nx\nE\n")
    assert isinstance(script, Onbuild)
    assert [h.body for h in script.inner.heredocs] == ["x\n"]
    assert (script.inner.keyword, script.inner.start, script.inner.end) == ("RUN", 2, 5)


def test_an_unknown_trigger_is_refused_when_it_is_asked_for():
    """Docker keeps `ONBUILD FOO` and fails when it is triggered."""
    found = view("ONBUILD FOO x")
    assert isinstance(found, Onbuild)
    with pytest.raises(UserError, match="unknown instruction: FOO"):
        typed(found.inner)


@pytest.mark.parametrize("trigger", ["COPY", "COPY a", "ENV", "ENV =b", "ARG"])
def test_a_trigger_that_lacks_arguments_is_refused_when_it_is_asked_for(trigger):
    """Docker fails in the build that it triggers."""
    found = view(f"ONBUILD {trigger}")
    assert isinstance(found, Onbuild)
    with pytest.raises(UserError, match=r"requires|blank"):
        typed(found.inner)


def test_the_escape_directive_reaches_the_words():
    """Windows paths keep their backslashes."""
    assert view("ENV A=c:\\x B=d` e", "`") == Env((("A", "c:\\x"), ("B", "d` e")))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            "type=cache,target=/c,id=x,sharing=locked",
            Mount("cache", "/c", None, None, (("id", "x"), ("sharing", "locked"))),
        ),
        ("target=/a,src=b,from=c,rw", Mount("bind", "/a", "b", "c", (("readwrite", ""),))),
        ("TYPE=Bind,dst=/a,ro=false", Mount("bind", "/a", None, None, (("readonly", "false"),))),
        ('"target=/a,b",type=tmpfs', Mount("tmpfs", "/a,b", None, None)),
        (
            "type=secret,id=s,required,env=X",
            Mount("secret", None, None, None, (("id", "s"), ("required", ""), ("env", "X"))),
        ),
        ("type=$T,target=$D/x", Mount("$T", "$D/x", None, None)),
        ("type=bind,target=/a,target=/b", Mount("bind", "/b", None, None)),
    ],
)
def test_mounts(value, expected):
    """A mount is a line of CSV; keys have short forms, the last of equal keys counts."""
    assert mount(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("type=volume,target=/a", "unsupported mount type"),
        ("typ=cache", "unexpected key"),
        ("target", "key=value"),
        ("from=$X,target=/a", "variable expansion"),
        ('"target=/a', "--mount"),
        ("id", "key=value"),
    ],
)
def test_mounts_that_docker_refuses(value, message):
    """A mount that cannot be built is an error with its reason."""
    with pytest.raises(WordError, match=message):
        mount(value)


def test_options_of_a_mount():
    """A field that has no name of its own is asked for by its key."""
    found = mount("type=cache,target=/c,id=x,id=y,ro")
    assert (found.option("id"), found.option("readonly"), found.option("uid")) == ("y", "", None)


def test_a_quote_that_is_not_closed_is_the_shells_business():
    """A RUN whose text is not a word for Docker has no heredoc, and neither has a COPY."""
    run, copy = view("RUN <<'E"), view("COPY <<'a b <<c /d/\n")
    assert isinstance(run, Run)
    assert isinstance(copy, Copy)
    assert (run.heredocs, run.heredoc_script) == ((), None)
    assert copy.sources == ("<<'a", "b", "<<c")


def test_a_heredoc_with_a_blank_in_its_name_is_a_path_for_copy():
    """The parser finds the heredoc, but COPY splits at the blank: then Docker sees two paths."""
    copy = view("COPY <<c <<\"a 'b\" /d/\nC\nc\na 'b\n")
    assert isinstance(copy, Copy)
    assert copy.sources == ('<<"a', "'b\"")
    assert [h.name for h in copy.heredocs] == ["c"]


def test_a_malformed_mount_has_a_line():
    """The user is told where."""
    with pytest.raises(UserError, match="unsupported mount type") as caught:
        view("RUN --mount=type=x a")
    assert caught.value.line == 3
