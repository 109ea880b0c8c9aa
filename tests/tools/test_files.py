"""cp, mv, rm, mkdir, ln ... over a small project in /app; one row a fact."""

import pytest

from optimizer.effects.tool import ANY, GLOB
from tests.effects.machine import effects_of
from tests.tools.system_table import effects, short

TABLE = [
    # cp
    ("cp a.txt c.txt", "r:/app/a.txt p:/app/c.txt w:/app/c.txt w:/app/c.txt/a.txt"),
    ("cp a.txt /usr/local/bin/", "r:/app/a.txt w:/usr/local/bin/a.txt"),
    ("cp a.txt /usr/local/bin", "r:/app/a.txt w:/usr/local/bin/a.txt"),
    (
        "cp a.txt b.txt conf",
        "r:/app/a.txt r:/app/b.txt p:/app/conf w:/app/conf/a.txt w:/app/conf/b.txt",
    ),
    ("cp -t /opt a.txt", "r:/app/a.txt w:/opt/a.txt"),
    ("cp -r conf /opt/conf", "r:/app/conf/** p:/opt/conf w:/opt/conf/** w:/opt/conf/conf/**"),
    ("cp -r conf/. /opt/conf/", "r:/app/conf/** p:/opt/conf w:/opt/conf/**"),
    ("cp -a conf /opt", "r:/app/conf/** w:/opt/conf/**"),
    (
        "cp -n a.txt c.txt",
        "r:/app/a.txt r:/app/c.txt r:/app/c.txt/a.txt p:/app/c.txt w:/app/c.txt w:/app/c.txt/a.txt",
    ),
    ("cp a.txt /dev/null", "r:/app/a.txt"),
    ("cp -rL conf /opt", "doubt"),
    ("cp --parents conf/x.conf /opt", "r:/app/conf/x.conf w:/opt/**"),
    ("cp --backup a.txt b.txt", "doubt"),
    (f"cp a.txt /opt/{GLOB}", "r:/app/a.txt p:/opt/** w:/opt/**"),
    (f"cp {ANY} /opt/", "r:/** w:/opt/**"),
    (f"cp a.txt {ANY}", "doubt"),
    # mv
    (
        "mv a.txt c.txt",
        "r:/app/a.txt p:/app/c.txt w:/app/a.txt w:/app/c.txt w:/app/c.txt/a.txt d:/app/a.txt",
    ),
    ("mv conf /opt", "r:/app/conf/** w:/app/conf/** w:/opt/conf/** d:/app/conf/**"),
    (f"mv {ANY} /opt", "doubt"),
    # rm
    ("rm a.txt", "p:/app/a.txt w:/app/a.txt d:/app/a.txt"),
    ("rm -f a.txt", "w:/app/a.txt d:/app/a.txt"),
    ("rm -rf conf", "w:/app/conf w:/app/conf/** d:/app/conf/**"),
    (f"rm -rf /var/lib/apt/lists/{GLOB}", "w:/var/lib/apt/lists/**"),
    (f"rm -rf {ANY}/x", "doubt"),
    ("rm --shred a.txt", "doubt"),
    ("rmdir conf", "p:/app/conf l:/app/conf w:/app/conf d:/app/conf"),
    ("rmdir -p conf", "doubt"),
    # mkdir
    ("mkdir -p /app/logs /app/data/x", "w:/app/data w:/app/data/x w:/app/logs"),
    ("mkdir -p /usr/local/bin", ""),
    ("mkdir -p a.txt/x", "p:/app/a.txt w:/app/a.txt w:/app/a.txt/x"),
    ("mkdir logs", "p:/app/logs w:/app/logs"),
    ("mkdir -m 700 /root/.ssh", "p:/root/.ssh w:/root/.ssh m:/root/.ssh"),
    ("mkdir /opt/x/y", "p:/opt/x p:/opt/x/y w:/opt/x/y"),
    (f"mkdir -p {ANY}", "doubt"),
    # ln
    ("ln -sf /app/a.txt /usr/bin/a", "p:/usr/bin/a w:/usr/bin/a w:/usr/bin/a/a.txt"),
    ("ln -s ../lib x", "p:/app/x p:/app/x/lib w:/app/x w:/app/x/lib"),
    (
        "ln a.txt c.txt",
        "r:/app/a.txt p:/app/c.txt p:/app/c.txt/a.txt w:/app/c.txt w:/app/c.txt/a.txt m:/app/a.txt",
    ),
    (f"ln -s {ANY} /opt/x/", "p:/opt/x p:/opt/x/** w:/opt/x/**"),
    (f"ln -s a.txt {ANY}", "doubt"),
    # modes and owners
    ("chmod +x run.sh", "p:/app/run.sh m:/app/run.sh"),
    ("chmod -x run.sh", "p:/app/run.sh"),
    ("chmod -r run.sh", "p:/app/run.sh m:/app/run.sh"),
    ("chmod -R 755 conf", "r:/app/conf/** m:/app/conf/**"),
    ("chown -R 1000:1000 conf", "r:/app/conf/** m:/app/conf/**"),
    ("chown node a.txt", "r:/etc/group r:/etc/passwd p:/app/a.txt m:/app/a.txt"),
    (f"chown -R {ANY} conf", "r:/app/conf/** r:/etc/group r:/etc/passwd m:/app/conf/**"),
    (f"chmod 755 {ANY}", "doubt"),
    ("chmod --weird 755 a.txt", "doubt"),
    # others
    ("touch /opt/x/y", "p:/opt/x w:/opt/x/y"),
    ("touch -c a.txt", "p:/app/a.txt"),
    ("tee out.txt", "w:/app/out.txt"),
    ("tee -a out.txt", "r:/app/out.txt w:/app/out.txt"),
    ("install -m 755 run.sh /usr/local/bin/", "r:/app/run.sh w:/usr/local/bin/run.sh"),
    ("install -D run.sh /opt/x/run", "r:/app/run.sh w:/opt/x w:/opt/x/run w:/opt/x/run/run.sh"),
    ("install -d /app/tmp", "p:/app/tmp w:/app/tmp m:/app/tmp"),
    ("truncate -s 0 a.txt", "r:/app/a.txt w:/app/a.txt"),
    ("rsync -a --delete conf/ /opt/conf/", "r:/app/conf/** r:/opt/conf/** w:/opt/conf/**"),
    ("rsync -a host:/x /opt", "doubt"),
    ("busybox rm -f a.txt", "w:/app/a.txt d:/app/a.txt"),
]


@pytest.mark.parametrize(("line", "expected"), TABLE, ids=[r[0] for r in TABLE])
def test_file_programs(line, expected):
    """The paths that the command reads, probes, lists, writes, removes and changes."""
    assert short(effects(line)) == expected


def test_unknown_option_is_named():
    """A doubt names the option that dfopt does not know."""
    assert (
        effects("cp --weird a b").doubt == "cp has the option --weird, which dfopt does not know"
    )


def test_another_user_needs_the_parents():
    """Who is not root may be unable to make a missing parent: it has to be there before."""
    assert "p:/opt/x" in short(effects("mkdir -p /opt/x/y", user="node"))
    assert "p:/opt/x" not in short(effects("mkdir -p /opt/x/y"))


def test_made_directories_are_known():
    """What mkdir makes is a directory for what follows."""
    assert effects("mkdir -p /opt/x/y").makes == {"/opt/x", "/opt/x/y"}


def test_written_file_is_sure_only_where_its_place_is():
    """A copy to a path of unknown kind may land inside it."""
    assert effects("cp a.txt /usr/bin/x").surely_writes == frozenset()
    assert effects("cp a.txt b.txt").surely_writes == {"/app/b.txt"}


MOVED = (("/app/a/a.csproj", "A"), ("/app/b/b.csproj", "B"))


@pytest.mark.parametrize(
    ("script", "given", "contents"),
    [
        ("for f in $(ls *.csproj); do mkdir -p ./${f%.*}/ && mv $f ./${f%.*}/; done", {}, MOVED),
        ("for f in *.csproj; do mkdir -p ${f%.*}; cp $f ${f%.*}; done; true", {}, MOVED),
        ("mkdir -p a && mv a.csproj a/ || true", {}, MOVED[:1]),
        ("cp -T a.csproj c.csproj", {}, (("/app/c.csproj", "A"),)),
        ("cp -nT a.csproj c.csproj", {}, ()),
        ("cp -sT a.csproj c.csproj", {}, ()),
        ("cp a.csproj known/ || true", {}, ()),
        ("mkdir -p a && mv a.csproj a/ || true", {"user": "app"}, ()),
        ("for f in $(ls *.csproj); do mv $f x$f; done", {"env": {"LANG": "en_US.UTF-8"}}, None),
        ("for f in $(ls *.txt); do mv $f x$f; done", {}, None),
        ("cp fresh x", {"unknown": ["/app/fresh"]}, ()),
    ],
)
def test_what_is_moved_stays_as_it_is(script, given, contents):
    """Files whose text is known are known where they come to stand; root's cp and mv into a folder succeed."""
    effects = effects_of(script, {"/app/a.csproj": "A", "/app/b.csproj": "B"}, **given)

    if contents is None:
        assert effects.doubt
    else:
        assert (None, contents) == (effects.doubt, effects.contents)
