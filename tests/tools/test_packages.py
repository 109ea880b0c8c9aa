"""Package managers: what of a project's folder they touch, and when they fetch something new."""

import re

import pytest

from optimizer.effects.model import covers
from optimizer.effects.tool import ANY
from tests.tools.system_table import effects

# Folders that projects use; no package of a distribution has a file there.
PROJECTS = ["/app/x", "/usr/src/app/x", "/usr/app/x", "/srv/app/x", "/opt/app/x", "/home/node/app/x", "/code/x", "/workspace/x", "/src/x", "/root/project/x", "/tmp/requirements.txt"]  # fmt: skip
SYSTEM = ["/etc/passwd", "/usr/bin/git", "/usr/lib/x", "/var/lib/dpkg/status", "/usr/share/x", "/bin/sh", "/opt/google/chrome/x", "/usr/local/lib/x"]  # fmt: skip


def touched(paths, path):
    """Whether a path is covered by one of the patterns."""
    return any(covers(p, path) for p in paths)


@pytest.mark.parametrize(
    "line",
    [
        "apt-get update", "apt-get install -y git", "apt-get -yqq install ./x.deb", "apk add --no-cache git",
        "dnf install -y git", "microdnf install git", "zypper -n in git", "dpkg -i x.deb", "rpm -Uvh x.rpm",
        "update-ca-certificates", "locale-gen en_US.UTF-8", "a2enmod rewrite", "docker-php-ext-install gd",
    ],
)  # fmt: skip
def test_a_project_is_left_alone(line):
    """The distribution's trees are read and written, the folders of projects are neither."""
    found = effects(line)

    assert found.doubt is None
    assert [p for p in PROJECTS if touched(found.writes | found.reads, p)] == []
    assert [p for p in SYSTEM if not touched(found.writes, p)] == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("apt-get install -y git libpq-dev python3-pip", False),
        ("apt-get install -y php8.2-cli fonts-liberation openjdk-17-jre-headless", False),
        ("apt-get install -y nginx", True),
        ("apt-get install -y php", True),
        ("apt-get install -y libapache2-mod-php", True),
        ("apt-get install -y php-dev", True),
        ("apt-get install -y some-vendors-package", True),
        (f"apt-get install -y {ANY}", True),
        ("apt-get update", False),
        ("apk add nginx", False),
    ],
)
def test_web_roots(line, expected):
    """/var/www/html is written by web servers alone; a package that is not known may bring one."""
    assert touched(effects(line).writes, "/var/www/html/index.html") is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("apt-get install -y git", set()),
        ("apt-get install -y ./x.deb", {"/app/x.deb"}),
        ("apt-get install -y /tmp/x.deb", {"/tmp/x.deb"}),
        (f"apt-get install -y {ANY}", {"/**"}),
        ("apt-get build-dep -y ./", {"/app/**"}),
        ("apt-get -c own.conf update", {"/app/own.conf"}),
        ("dpkg -i x.deb", {"/app/x.deb"}),
        ("rpm --import KEY", {"/app/KEY"}),
        ("apk add --allow-untrusted x.apk", {"/app/x.apk"}),
        ("dnf install -y ./x.rpm https://y/z.rpm", {"/app/x.rpm"}),
        ("apt-key add key.asc", {"/app/key.asc"}),
    ],
)
def test_local_files(line, expected):
    """Packages, keys and settings that are given by a path are read."""
    plain = effects("apt-get update").reads

    assert effects(line).reads - plain == expected


@pytest.mark.parametrize(
    ("line", "network", "unpinned"),
    [
        ("apt-get update", True, True),
        ("apt-get install -y git", True, True),
        ("apt-get install -y git=1:2.39.5-0+deb12u2", True, False),
        ("apt-get install -y git=1:2.*", True, True),
        ("apt-get clean", False, False),
        ("apt-get purge -y git", False, False),
        ("apk add git=2.45.2-r0", True, False),
        ("apk add git", True, True),
        ("apk del git", False, False),
        ("yum clean all", False, False),
        ("dpkg -i x.deb", False, False),
        ("rpm -i https://x/y.rpm", True, True),
    ],
)
def test_network(line, network, unpinned):
    """What is fetched, and whether a version says which."""
    found = effects(line)

    assert (found.network, found.unpinned) == (network, unpinned)


@pytest.mark.parametrize(
    "line",
    [
        "apt-get frobnicate", "apt-get --frob install git", "apt-get -o Dir::Cache=/app update",
        "apt-get -o APT::Update::Post-Invoke=x update", f"apt-get -o {ANY} update", "apk --root /x add git",
        "apk add --frob git", "dnf --installroot=/x install git", "zypper --root /x in git", "dpkg --root=/x -i y.deb",
        "rpm --root /x -i y.rpm", "service nginx start", "systemctl restart x", f"update-alternatives --install {ANY} a /b 1",
        "pacman --root /x -S y",
    ],
)  # fmt: skip
def test_doubts(line):
    """Another root, settings that move files, services that start, and unknown options are doubts."""
    assert effects(line).doubt


@pytest.mark.parametrize("line", ["apt-get source x", "apt-get download x"])
def test_into_the_working_directory(line):
    """Sources and archives land where apt-get was started."""
    assert "/app/**" in effects(line).writes


def test_build_arguments_of_a_project_are_not_observed():
    """Maintainer scripts look at their own variables, at the proxies and at the locale."""
    seen = effects("apt-get install -y tzdata").variables
    names = ["DEBIAN_FRONTEND", "TZ", "LC_ALL", "http_proxy", "DPKG_ROOT", "ACCEPT_EULA"]
    patterns = [re.escape(v).replace(r"\*", ".*") for v in seen]

    assert [n for n in names if not any(re.fullmatch(p, n) for p in patterns)] == []
    assert not any(
        re.fullmatch(p, n)
        for p in patterns
        for n in ("GIT_SHA", "VERSION", "BUILD_DATE", "NODE_ENV")
    )


def test_caches():
    """apt refills its lists and archives by itself."""
    assert [c.path for c in effects("apt-get update").caches] == [
        "/var/lib/apt/lists",
        "/var/cache/apt",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dpkg -x x.deb out", {"/app/out/**"}),
        ("update-alternatives --install /opt/bin/py py /usr/bin/python3 1", {"/opt/bin/py"}),
        ("dpkg --print-architecture", set()),
        ("apt-cache policy", set()),
    ],
)
def test_places_that_are_named(line, expected):
    """What is unpacked or linked to a named place is written there."""
    plain = effects("apt-get update").writes

    assert effects(line).writes - plain == expected
