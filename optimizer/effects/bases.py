"""What well-known base images set: ENV, WORKDIR, USER.

From the Dockerfiles of the official images (github.com/docker-library and the vendors'), as of
2026. An ENV value that differs between versions is None: set, but not known. A base that is not
in the table has unknown ENV and USER, and is assumed to have no ONBUILD triggers unless its name
says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from optimizer.effects.model import Paths, overlaps, tree
from optimizer.effects.tool import shipped

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Base:
    """The configuration that a stage starts from.

    Attributes:
        env: Variables that are set; None where the value is not known.
        complete: Whether no other variable is set.
        workdir: The working directory; None if it is not known.
        user: The user; None if it is not known, "" for root.
        triggers: Whether ONBUILD triggers must be expected.
        files: What is known of its files (`layers.Shipped`).
    """

    env: Mapping[str, str | None] = field(default_factory=dict)
    complete: bool = False
    workdir: str | None = None
    user: str | None = None
    triggers: bool = False
    files: Mapping[str, str | None] = field(default_factory=dict)


def _official(workdir: str = "/", user: str = "", **env: str | None) -> Base:
    return Base({"PATH": _PATH, **env}, complete=True, workdir=workdir, user=user)


_PLAIN = _official()
_PYTHON = _official(
    PATH=f"/usr/local/bin:{_PATH}",
    LANG="C.UTF-8",
    GPG_KEY=None,
    PYTHON_VERSION=None,
    PYTHON_PIP_VERSION=None,
    PYTHON_SETUPTOOLS_VERSION=None,
    PYTHON_GET_PIP_URL=None,
    PYTHON_GET_PIP_SHA256=None,
    PYTHON_SHA256=None,
)
_JAVA = _official(
    JAVA_HOME=None, JAVA_VERSION=None, LANG=None, LANGUAGE=None, LC_ALL=None, PATH=None
)
# The same for each language (github.com/aws/aws-lambda-base-images).
_LAMBDA = _official(
    "/var/task",
    LANG="en_US.UTF-8",
    TZ=":/etc/localtime",
    PATH="/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    LD_LIBRARY_PATH="/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:"
    "/var/task/lib:/opt/lib",
    LAMBDA_TASK_ROOT="/var/task",
    LAMBDA_RUNTIME_DIR="/var/runtime",
)
_NGINX = _official(
    NGINX_VERSION=None,
    NJS_VERSION=None,
    NJS_RELEASE=None,
    PKG_RELEASE=None,
    DYNPKG_RELEASE=None,
    ACME_VERSION=None,
)

_BASES: dict[str, Base] = {
    "scratch": Base(complete=True, workdir="/", user=""),
    **dict.fromkeys(
        (
            "debian",
            "ubuntu",
            "alpine",
            "busybox",
            "fedora",
            "amazonlinux",
            "rockylinux",
            "almalinux",
            "centos",
            "archlinux",
            "opensuse/leap",
            "oraclelinux",
            "buildpack-deps",
            "bitnami/minideb",
        ),
        _PLAIN,
    ),
    "node": _official(NODE_VERSION=None, YARN_VERSION=None),
    "python": _PYTHON,
    "golang": _official(
        "/go",
        GOPATH="/go",
        GOLANG_VERSION=None,
        GOTOOLCHAIN="local",
        PATH=f"/go/bin:/usr/local/go/bin:{_PATH}",
    ),
    "rust": _official(
        RUSTUP_HOME="/usr/local/rustup",
        CARGO_HOME="/usr/local/cargo",
        RUST_VERSION=None,
        PATH=f"/usr/local/cargo/bin:{_PATH}",
    ),
    "ruby": _official(
        LANG="C.UTF-8",
        RUBY_VERSION=None,
        RUBY_MAJOR=None,
        RUBY_DOWNLOAD_URL=None,
        RUBY_DOWNLOAD_SHA256=None,
        GEM_HOME="/usr/local/bundle",
        BUNDLE_SILENCE_ROOT_WARNING="1",
        BUNDLE_APP_CONFIG="/usr/local/bundle",
        PATH=f"/usr/local/bundle/bin:{_PATH}",
    ),
    "php": _official(
        "/var/www/html",
        PHPIZE_DEPS=None,
        PHP_INI_DIR="/usr/local/etc/php",
        PHP_CFLAGS=None,
        PHP_CPPFLAGS=None,
        PHP_LDFLAGS=None,
        GPG_KEYS=None,
        PHP_VERSION=None,
        PHP_URL=None,
        PHP_ASC_URL=None,
        PHP_SHA256=None,
        PHP_EXTRA_CONFIGURE_ARGS=None,
        PHP_EXTRA_BUILD_DEPS=None,
        APACHE_CONFDIR=None,
        APACHE_ENVVARS=None,
    ),
    "composer": _official(
        "/app",
        COMPOSER_ALLOW_SUPERUSER="1",
        COMPOSER_HOME="/tmp",
        COMPOSER_VERSION=None,
        PHP_INI_DIR=None,
        PHPIZE_DEPS=None,
        PHP_CFLAGS=None,
        PHP_CPPFLAGS=None,
        PHP_LDFLAGS=None,
        GPG_KEYS=None,
        PHP_VERSION=None,
        PHP_URL=None,
        PHP_ASC_URL=None,
        PHP_SHA256=None,
    ),
    "nginx": _NGINX,
    "httpd": _official(
        "/usr/local/apache2",
        HTTPD_PREFIX=None,
        HTTPD_VERSION=None,
        HTTPD_SHA256=None,
        HTTPD_PATCHES=None,
        PATH=None,
    ),
    "maven": _official(
        MAVEN_HOME=None,
        MAVEN_CONFIG="/root/.m2",
        JAVA_HOME=None,
        JAVA_VERSION=None,
        LANG=None,
        LANGUAGE=None,
        LC_ALL=None,
        PATH=None,
    ),
    "gradle": _official(
        "/home/gradle",
        GRADLE_HOME=None,
        GRADLE_VERSION=None,
        JAVA_HOME=None,
        JAVA_VERSION=None,
        LANG=None,
        LANGUAGE=None,
        LC_ALL=None,
        PATH=None,
    ),
    "eclipse-temurin": _JAVA,
    "openjdk": _JAVA,
    "amazoncorretto": _JAVA,
    "elixir": _official(
        LANG="C.UTF-8",
        ELIXIR_VERSION=None,
        OTP_VERSION=None,
        REBAR_VERSION=None,
        REBAR3_VERSION=None,
    ),
    # LANG is set on Debian and Ubuntu; PATH was, in the first ones (github.com/hexpm/bob, its history).
    **dict.fromkeys(("hexpm/elixir", "hexpm/erlang"), _official(LANG=None, PATH=None)),
    "mcr.microsoft.com/dotnet/sdk": _official(
        APP_UID=None,
        ASPNETCORE_HTTP_PORTS=None,
        DOTNET_RUNNING_IN_CONTAINER="true",
        DOTNET_VERSION=None,
        ASPNET_VERSION=None,
        DOTNET_GENERATE_ASPNET_CERTIFICATE=None,
        DOTNET_NOLOGO=None,
        DOTNET_SDK_VERSION=None,
        ASPNETCORE_URLS=None,
        Logging__Console__FormatterName=None,
        DOTNET_USE_POLLING_FILE_WATCHER="true",
        NUGET_XMLDOC_MODE="skip",
        POWERSHELL_DISTRIBUTION_CHANNEL=None,
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=None,
    ),
    "mcr.microsoft.com/dotnet/aspnet": _official(
        APP_UID=None,
        ASPNETCORE_HTTP_PORTS=None,
        DOTNET_RUNNING_IN_CONTAINER="true",
        DOTNET_VERSION=None,
        ASPNET_VERSION=None,
        ASPNETCORE_URLS=None,
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=None,
    ),
    "oven/bun": _official(
        "/home/bun/app", BUN_RUNTIME_TRANSPILER_CACHE_PATH="0", BUN_INSTALL_BIN="/usr/local/bin"
    ),
    "ghcr.io/astral-sh/uv": Base(),
    **{
        f"{place}{language}": _LAMBDA
        for place in ("public.ecr.aws/lambda/", "amazon/aws-lambda-")
        for language in ("python", "nodejs", "ruby", "java", "dotnet", "go", "provided")
    },
}

_HUB = ("docker.io/library/", "index.docker.io/library/", "docker.io/", "library/")
_UV_PYTHON = re.compile(r"^ghcr\.io/astral-sh/uv:python([\w.-]*)")


def base(image: str | None) -> Base:
    """The configuration of a base image, by its name."""
    if image is None:
        return Base()
    if uv := _UV_PYTHON.match(image):
        return replace(_PYTHON, files=_python_files(uv[1], fixed=False))
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    name = head + slash + last.partition(":")[0]
    for prefix in _HUB:
        name = name.removeprefix(prefix)
    tag = last.partition(":")[2]
    if "onbuild" in tag or name.endswith("onbuild"):
        return Base(triggers=True)
    found = _BASES.get(name.lower(), Base())
    if name == "node" and (tag or "@" not in image):
        return replace(found, files=_node_files(tag))
    if name == "python":
        return replace(found, files=_python_files(tag, fixed="@" in image))
    if name == "golang":
        return replace(found, files=_go_files(tag, fixed="@" in image))
    return found


# A file of an official image of node that stands for its npm: who unpacks another node to
# /usr/local writes it. Neither packages of the system nor `npm install -g` of others replace npm
# (no package of Debian or Alpine owns a file below /usr/local); who does names this file.
NPM = "/usr/local/CHANGELOG.md"
# What a new home is filled with.
SKELETON = "/etc/skel"
# Settings of npm that the image does not have.
_NO_SETTINGS = ("/usr/local/etc/npmrc", "/root/.npmrc")
_NODE_TAG = re.compile(r"(?:lts-)?([a-z]+|\d+)(?:\.(\d+))?(?=[-.]|$)")
_CODE_NAMES = {"argon": 4, "boron": 6, "carbon": 8, "dubnium": 10, "erbium": 12, "fermium": 14}
# The first minor version of node that came with npm 6, after Node's changelogs; 15 has npm 7.
_WITH_NPM_6 = {8: 12, 10: 3, 11: 0, 12: 0, 13: 0, 14: 0}
_NPM_7_SINCE = 15


def _node_files(tag: str) -> dict[str, str | None]:
    found = _NODE_TAG.match(tag)
    if found is None:
        major, minor = _NPM_7_SINCE, None
    else:
        major = int(found[1]) if found[1].isdigit() else _CODE_NAMES.get(found[1], _NPM_7_SINCE)
        minor = found[2]
    first = _WITH_NPM_6.get(major)
    if major >= _NPM_7_SINCE:
        npm = 7
    else:
        npm = 5 if first is None or (minor is not None and int(minor) < first) else 6
    return {NPM: shipped(npm), **dict.fromkeys(_NO_SETTINGS)}


# Stands for the Python of an official image, /usr/local/bin/python3; no image has such a file. Packages
# of pip do not replace it, nor does a distribution, whose own is /usr/bin/python3.
PYTHON = "/usr/local/.python3"
_PYTHON_TAG = re.compile(r"3\.(\d+)(?=[-.abr]|$)")
# What a tag that names no minor version (`3`, `slim`, `latest`) has stood for since October 2024.
_NEWEST_PYTHON = 13


def _python_files(tag: str, *, fixed: bool) -> dict[str, str | None]:
    """Which minor version of Python 3 it is, at least; a digest fixes what a tag stood for once."""
    found = _PYTHON_TAG.match(tag)
    if found:
        return {PYTHON: shipped(int(found[1]))}
    if re.match(r"\d+\.|[012]\b", tag):
        return {}
    return {PYTHON: shipped(0 if fixed else _NEWEST_PYTHON)}


# The official images of golang have this file, and with it goes all of Go.
GO = "/usr/local/go/VERSION"
_GO_TAG = re.compile(r"1\.(\d+)(?=[-.abr]|$)")
# Since when a tag that names no minor version (`1`, `alpine`, `latest`) stands for a later one: December 2019.
_NEWEST_GO = 13


def _go_files(tag: str, *, fixed: bool) -> dict[str, str | None]:
    """Which minor version of Go 1 it is, at least; a digest fixes what a tag stood for once."""
    found = _GO_TAG.match(tag)
    if found:
        return {GO: shipped(int(found[1]))}
    return {} if fixed else {GO: shipped(_NEWEST_GO)}


def brought_unseen(place: str) -> Paths:
    """What is written to say so, where a copy of files that are not known may bring other files of the base.

    Packages of the system write such folders, too, and leave these files as they are.
    """
    npm = ("/usr/local/bin/npm", "/usr/local/lib/node_modules/npm/**")
    found = {NPM} if any(overlaps(tree(place), path) for path in npm) else set()
    if overlaps(tree(place), "/usr/local/bin/python3"):
        found.add(PYTHON)
    return frozenset(found | ({tree(SKELETON)} if overlaps(tree(place), tree(SKELETON)) else set()))


def replacing_npm(names: Iterable[str]) -> Paths:
    """What a global install of packages writes to say that npm is another one now."""
    return frozenset({NPM} if any(n.partition("@")[0] == "npm" for n in names) else ())
