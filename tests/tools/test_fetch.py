"""curl, wget, git, tar, unzip, gpg and accounts: where things come from and where they go."""

import pytest

from optimizer.effects.tool import ANY
from tests.tools.system_table import effects, short

FETCH = [
    ("curl -fsSL https://x/install.sh", ""),
    ("curl -fsSL https://x/y -o /tmp/y", "w:/tmp/y"),
    ("curl -sSLo /opt/z/y https://x/y", "p:/opt/z w:/opt/z/y"),
    ("curl -O https://x/y/1.0.tgz?a=b", "w:/app/1.0.tgz"),
    (f"curl -O https://x/{ANY}", "w:/app/**"),
    ("curl -OJ https://x/y", "w:/app/**"),
    ("curl --create-dirs -o /opt/z/y https://x/y", "w:/opt/z w:/opt/z/y"),
    ("curl --output-dir /opt -o y https://x/y", "w:/opt/y"),
    ("curl -T a.txt https://x/", "r:/app/a.txt"),
    ("curl -d @a.txt https://x/", "r:/app/a.txt"),
    ("curl -F file=@a.txt https://x/", "r:/app/a.txt"),
    ("curl -d a=b -H 'A: b' https://x/", ""),
    ("curl file:///etc/x", "r:/etc/x"),
    (f"curl {ANY} -o y", "w:/app/y"),
    (f"curl {ANY} https://x/", "doubt"),
    (f"curl -o {ANY} https://x/", "doubt"),
    ("curl -K a.txt", "doubt"),
    ("curl --weird https://x/", "doubt"),
    ("wget -qO- https://x/y", "w:/root/.wget-hsts"),
    ("wget -qO /tmp/y https://x/y", "w:/root/.wget-hsts w:/tmp/y"),
    ("wget https://x/1.tgz", "p:/app/1.tgz w:/app/1.tgz w:/app/1.tgz.** w:/root/.wget-hsts"),
    ("wget -P /opt/z https://x/1.tgz", "p:/opt/z/1.tgz w:/opt/z w:/opt/z/1.tgz w:/opt/z/1.tgz.** w:/root/.wget-hsts"),
    ("wget -i a.txt", "r:/app/a.txt w:/app/** w:/root/.wget-hsts"),
    ("wget -r https://x/", "w:/app/** w:/root/.wget-hsts"),
    ("wget --spider https://x/", "w:/root/.wget-hsts"),
    ("wget --weird https://x/", "doubt"),
    ("wget -e output_document=/x https://x/", "doubt"),
]  # fmt: skip
ARCHIVES = [
    ("tar xzf a.tgz", "r:/app/a.tgz w:/app/**"),
    ("tar -xzf /tmp/a.tgz -C /usr/local", "r:/tmp/a.tgz w:/usr/local/**"),
    ("tar -C /opt/x -xf a.tar", "r:/app/a.tar p:/opt/x w:/opt/x/**"),
    ("tar -xzf a.tgz -C /usr/bin --strip-components=1 linux/helm", "r:/app/a.tgz w:/usr/bin/helm/**"),
    ("tar -xzf a.tgz -C /usr/bin --strip-components=2 linux/helm", "r:/app/a.tgz w:/usr/bin/**"),
    ("tar xf - -C /opt", "w:/opt/**"),
    ("tar -xOf a.tgz x", "r:/app/a.tgz"),
    ("tar tf a.tgz", "r:/app/a.tgz"),
    ("tar czf /tmp/o.tgz conf", "r:/app/conf/** w:/tmp/o.tgz"),
    ("tar czf /tmp/o.tgz -C /opt conf", "r:/opt/conf w:/tmp/o.tgz"),
    ("tar cfC /tmp/o.tar /opt conf", "r:/opt/conf w:/tmp/o.tar"),
    ("tar -C / -xf a.tar", "doubt"),
    ("tar -C / -xf a.tar usr/bin/x", "r:/app/a.tar w:/usr/bin/x/**"),
    ("tar -xPf a.tar", "doubt"),
    ("tar -xf a.tar --checkpoint-action=exec=x", "doubt"),
    ("tar -I ./own -xf a.tar", "doubt"),
    ("tar -hcf o.tar conf", "doubt"),
    (f"tar -xf a.tar -C {ANY}", "doubt"),
    ("unzip -q a.zip -d /opt/x", "r:/app/a.zip r:/app/a.zip.zip w:/opt/x w:/opt/x/**"),
    ("unzip -o a.zip x/y -d /usr/bin", "r:/app/a.zip r:/app/a.zip.zip w:/usr/bin/x w:/usr/bin/x/y/**"),
    ("unzip -p a.zip x", "r:/app/a.zip r:/app/a.zip.zip"),
    ("unzip a.zip -d /", "doubt"),
    ("unzip --weird a.zip", "doubt"),
    ("zip -r o.zip conf", "r:/app/conf/** r:/app/o.zip w:/app/o.zip"),
    ("zip -m o.zip a.txt", "doubt"),
    ("7z x a.7z -o/opt/x", "r:/app/a.7z w:/opt/x w:/opt/x/**"),
    ("7z d a.7z x", "doubt"),
    ("gunzip x.gz", "r:/app/x.gz w:/app/x w:/app/x.gz"),
    ("gunzip -c x.gz", "r:/app/x.gz"),
    ("gzip -k a.txt", "r:/app/a.txt w:/app/a.txt.gz"),
    ("xz -d x.tar.xz", "r:/app/x.tar.xz w:/app/x.tar w:/app/x.tar.xz"),
    ("zstd -d x.zst", "r:/app/x.zst w:/app/x"),
    ("gzip -r conf", "doubt"),
    ("gpg --import key.asc", "r:/app/key.asc r:/root/.gnupg/** w:/root/.gnupg/**"),
    ("gpg --verify x.asc", "r:/app/x r:/app/x.asc r:/root/.gnupg/** w:/root/.gnupg/**"),
    ("gpg --dearmor -o /usr/share/keyrings/x.gpg", "r:/root/.gnupg/** w:/root/.gnupg/** w:/usr/share/keyrings/x.gpg"),
    ("gpg --weird", "doubt"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "expected"), FETCH + ARCHIVES, ids=[r[0] for r in FETCH + ARCHIVES]
)
def test_paths(line, expected):
    """The paths that the command reads, probes and writes."""
    found = short(effects(line))

    assert found.replace(" p:/usr/share/keyrings", "") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("curl https://x/y/v1.2.3/z.tgz", False),
        ("curl https://x/latest/1.tgz", True),
        ("curl https://x1.org/install.sh", True),
        ("curl https://x/y/master/1.sh", True),
        ("curl https://x/main/0123456789012345678901234567890123456789/z", False),
        ("wget https://x/y/stable", True),
        ("git clone https://x/y", True),
        ("git clone -b v1.2.3 https://x/y", False),
        ("git clone -b main https://x/y", True),
    ],
)
def test_pinned(line, expected):
    """A version in the address says what is fetched; none, or a moving one, does not."""
    assert effects(line).unpinned is expected


GIT = [
    ("git clone https://x/y.git", {"/app/y/**"}, set()),
    ("git clone https://x/y.git /opt/z", {"/opt/z/**"}, set()),
    ("git clone --bare https://x/y", {"/app/y.git/**"}, set()),
    ("git clone /opt/y here", {"/app/here/**"}, {"/opt/y/**"}),
    ("git config --global user.name x", {"/root/.gitconfig", "/root/.config/git/config"}, set()),
    ("git init /opt/z", {"/opt/z", "/opt/z/.git/**"}, {"/opt/z/.git/**"}),
    ("git rev-parse HEAD", set(), {"/app/.git/**"}),
    ("git describe --tags", set(), {"/app/.git/**"}),
    ("git describe --dirty", {"/app/.git/index"}, {"/app/.git/**", "/app/**"}),
    ("git log -1", set(), {"/app/.git/**"}),
    ("git config user.name x", {"/app/.git/**"}, {"/app/.git/**"}),
    ("git submodule update --init", {"/app/**"}, {"/app/.git/**", "/app/**"}),
    ("git -C /opt/z log", set(), {"/opt/z/.git/**"}),
]


@pytest.mark.parametrize(("line", "writes", "reads"), GIT, ids=[r[0] for r in GIT])
def test_git(line, writes, reads):
    """A repository of unknown content stands in /app and /opt/z."""
    found = effects(line, unknown=["/app/.git/**", "/opt/z/.git/**"])
    settings = effects("git version").reads

    assert found.doubt is None
    assert found.writes == writes
    assert found.reads - settings == reads


@pytest.mark.parametrize(
    "line",
    [
        "git frob", "git --git-dir=/x log", "git -c core.hooksPath=x commit", f"git clone {ANY}",
        "git clone --template=/x https://y/z", f"git clone https://x/y {ANY}",
    ],
)  # fmt: skip
def test_git_doubts(line):
    """Unknown subcommands, other places and programs of the settings are doubts."""
    assert effects(line, unknown=["/app/.git/**"]).doubt


def test_hooks_of_the_project():
    """A repository that was copied in may have hooks; one that was cloned has none."""
    from tests.effects.machine import command

    started = command("git checkout x", {"/app/.git/HEAD": "x"})

    assert "hooks" in started.machine.call(started).doubt


ACCOUNTS = [
    ("useradd -m app", {"/home/app"}, {"/home/app", "/home/app/.**"}, set()),
    ("useradd app", {"/home/app"}, {"/home/app/.**"}, set()),
    ("useradd -m -k /x app", {"/home/app"}, {"/home/app/**"}, set()),
    ("useradd -r app", set(), set(), set()),
    ("useradd -M -d /app app", set(), set(), set()),
    ("useradd -m -d /opt/x app", {"/opt/x"}, {"/opt/x", "/opt/x/.**"}, set()),
    ("useradd -m -d /app app", {"/app"}, set(), set()),
    (f"useradd -m -u {ANY} app", {"/home/app"}, {"/home/app", "/home/app/.**"}, set()),
    ("adduser -D -h /app app", {"/app"}, set(), {"/app"}),
    ("adduser -S -G web web", {"/home/web"}, {"/home/web/.**"}, set()),
    ("adduser --disabled-password --gecos '' app", {"/home/app"}, {"/home/app/.**"}, set()),
    ("adduser --system --no-create-home app", set(), set(), set()),
    ("adduser app web", set(), set(), set()),
    ("addgroup -g 1000 web", set(), set(), set()),
    ("groupadd --system web", set(), set(), set()),
    ("usermod -aG docker app", set(), set(), set()),
    ("usermod -u 1001 node", set(), set(), {"/home/node/**"}),
    ("userdel -r node", set(), {"/home/node/**"}, set()),
    ("chpasswd", set(), set(), set()),
]


@pytest.mark.parametrize(
    ("line", "probes", "writes", "metadata"), ACCOUNTS, ids=[r[0] for r in ACCOUNTS]
)
def test_accounts(line, probes, writes, metadata):
    """The account files are written, and a home that is not there yet."""
    found = effects(line)
    files = effects("groupadd x").writes

    assert {"/etc/passwd", "/etc/group", "/etc/.pwd.lock"} <= files
    assert (found.probes, found.writes - files, found.metadata) == (probes, writes, metadata)


@pytest.mark.parametrize(
    "line",
    [
        "useradd -R /x app", f"useradd -m {ANY}", f"useradd -m -d {ANY} app", "userdel -r app", "usermod -m -d /x app",
        "usermod -u 1001 app", "adduser --frob app", "groupadd -P /x web",
    ],
)  # fmt: skip
def test_account_doubts(line):
    """Another root, homes that are not known and unknown options are doubts."""
    assert effects(line).doubt
