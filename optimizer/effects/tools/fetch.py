"""curl and wget: what is fetched, where it goes, and which of their settings are read.

(curl 7.88, wget 1.21 and busybox wget, traced: `~/.curlrc`, `~/.wgetrc`, `~/.netrc`.)
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from optimizer.effects.model import Effects, Paths, tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Tool, region
from optimizer.effects.tools.options import Options, split


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OBSERVED = _set("http_proxy https_proxy no_proxy all_proxy ALL_PROXY HTTPS_PROXY HTTP_PROXY NO_PROXY CURL_* SSL_* HOME WGETRC SYSTEM_WGETRC XDG_CONFIG_HOME QLOGDIR")
_CURL_FLAGS = _set("-s --silent -S --show-error -f --fail --fail-with-body --fail-early -L --location -k --insecure -O --remote-name -J --remote-header-name --remote-name-all -i --include -I --head -v --verbose -g --globoff -N --no-buffer -4 -6 --ipv4 --ipv6 -# --progress-bar --no-progress-meter --compressed --create-dirs --tlsv1 --tlsv1.2 --tlsv1.3 -1 -2 --ssl-reqd --http1.1 --http2 --retry-connrefused --retry-all-errors --location-trusted -q --disable -n --netrc -a --append --path-as-is -G --get --raw -R --remote-time")
_CURL_VALUED = _set("-o --output -H --header -d --data --data-raw --data-binary -X --request -u --user -A --user-agent -e --referer -x --proxy -m --max-time --connect-timeout --retry --retry-delay --retry-max-time --proto --proto-redir --proto-default -T --upload-file -K --config -w --write-out --cacert --cert --key -b --cookie -c --cookie-jar --output-dir --max-redirs --noproxy -r --range -z --time-cond --resolve --dns-servers -F --form --url -C --continue-at --limit-rate --ciphers -D --dump-header -y -Y")
_WGET_FLAGS = _set("-q --quiet -nv --no-verbose -v --verbose --no-check-certificate -c --continue -N --timestamping --show-progress --progress -nc --no-clobber -S --server-response --content-disposition --trust-server-names --https-only --no-cookies --no-cache --no-proxy -4 -6 -nd --no-directories --no-host-directories -nH -np --no-parent --no-hsts --inet4-only --no-dns-cache --retry-connrefused --auth-no-challenge --no-netrc -x --spider -nv --secure-protocol -e")
_WGET_VALUED = _set("-O --output-document -P --directory-prefix -o --output-file -a --header -U --user-agent -t --tries -T --timeout --user --password --waitretry -w --wait --read-timeout --ca-certificate --limit-rate --post-data -i --input-file --secure-protocol --retry-on-http-error --max-redirect --connect-timeout --dns-timeout -Q -l --cut-dirs --referer --method --body-data --load-cookies")
_FLOATING = re.compile(r"latest|master|/main|HEAD|stable|nightly|current|edge|snapshot", re.IGNORECASE)
_NUMBER = re.compile(r"\d")
_NOWHERE = frozenset({"-", "/dev/null", "/dev/stdout", "/dev/stderr"})


def _unpinned(urls: Iterable[str]) -> bool:
    """Whether what an address gives may differ tomorrow: no version in it, or a moving one."""
    return any(_FLOATING.search(u) or not _NUMBER.search(u.partition("://")[2].partition("/")[2]) for u in urls)


def _fetched(command: Command, urls: list[str], files: Paths, writes: Paths) -> Effects:
    home = command.home()
    return Effects(
        reads=files,
        probes=frozenset(posixpath.join(home, n) for n in (".curlrc", ".wgetrc", ".netrc", ".config/curlrc", ".wget-hsts")),
        writes=writes | (frozenset({posixpath.join(home, ".wget-hsts")}) if command.name == "wget" else frozenset()),
        variables=_OBSERVED,
        network=True,
        unpinned=_unpinned(urls),
        seconds=3,
    )


def _names(command: Command, urls: list[str], folder: str) -> Paths:
    """The files that get their names from the addresses."""
    found = set()
    for url in urls:
        name = posixpath.basename(url.partition("?")[0].partition("://")[2].partition("/")[2])
        path = command.path(posixpath.join(folder, name or "index.html"))
        found.add(tree(command.path(folder)) if ANY in name or GLOB in name else path)
    return frozenset(found)


def _paths(command: Command, words: Iterable[str]) -> Paths:
    return frozenset(region(command.path(w)) for w in words if w not in _NOWHERE)


def _given(command: Command, options: Options, *names: str) -> Paths:
    """Files that options name; data options name one with `@`."""
    found = []
    for name, value in options.given:
        if name in names and not name.startswith(("-d", "--data", "-F")):
            found.append(value)
        elif name in names and "@" in value:
            found.append(value.partition("@")[2])
    return _paths(command, found)


def _curl(command: Command) -> Effects:
    found = split(command.arguments, _CURL_FLAGS, _CURL_VALUED)
    if found.unknown:
        return unknown(f"curl {found.unknown} is not modelled")
    urls = [*found.operands, *found.values("--url")]
    outputs = [v for v in found.values("-o", "--output", "-D", "--dump-header", "-c", "--cookie-jar") if v not in _NOWHERE]
    if any(ANY in o for o in outputs):
        return unknown("the file that curl writes is not known")
    folder = found.last("--output-dir") or "."
    if ANY in folder:
        return unknown("the folder that curl writes to is not known")
    writes = _paths(command, [posixpath.join(folder, o) for o in outputs])
    if found.has("-O", "--remote-name", "--remote-name-all"):
        whole = found.has("-J", "--remote-header-name")
        writes |= frozenset({tree(command.path(folder))}) if whole else _names(command, urls, folder)
    files = _given(command, found, "-T", "--upload-file", "-K", "--config", "--cacert", "--cert", "--key", "-b", "--cookie", "-d", "--data", "--data-binary", "-F", "--form")
    return _fetched(command, urls, files, writes)


def _wget(command: Command) -> Effects:
    # wget takes `-qO-` and `-nv` in one word; -nv, -nc ... are options of two letters.
    words = tuple(w for w in command.arguments if w not in {"-nv", "-nc", "-nd", "-nH", "-np"})
    found = split(words, _WGET_FLAGS, _WGET_VALUED)
    if found.unknown:
        return unknown(f"wget {found.unknown} is not modelled")
    urls = list(found.operands)
    folder = found.last("-P", "--directory-prefix") or "."
    outputs = found.values("-O", "--output-document")
    if any(ANY in w for w in (folder, *outputs)):
        return unknown("the file that wget writes is not known")
    if found.has("-x", "--spider") or found.has("--content-disposition", "--trust-server-names"):
        writes = frozenset({tree(command.path(folder))})
    elif outputs:
        writes = _paths(command, outputs)
    else:
        writes = _names(command, urls, folder)
    writes |= _paths(command, found.values("-o", "--output-file", "-a"))
    return _fetched(command, urls, _given(command, found, "-i", "--input-file", "--ca-certificate", "--load-cookies"), writes)


FETCH_TOOLS: tuple[Tool, ...] = (
    Tool("curl", ("curl",), _curl, "where it writes, which files it sends, whether the address is pinned"),
    Tool("wget", ("wget",), _wget, "where it writes, whether the address is pinned"),
)
