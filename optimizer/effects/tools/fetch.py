"""curl and wget: what is fetched, where it goes, and which of their settings are read.

Traced: curl 7.88 opens ~/.curlrc and ~/.config/curlrc; wget 1.21 opens /etc/wgetrc, ~/.wgetrc,
~/.netrc and ~/.wget-hsts. Every RUN is taken to read the hidden files of HOME.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import replace

from optimizer.effects.model import NONE, NOTHING, Effects, Paths, is_tree, tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Kind, Tool, fetched, known
from optimizer.effects.tools.options import Options, split
from optimizer.effects.tools.paths import make_directories, place, places, read, write
from optimizer.effects.tools.syntax import not_known, syntax

_OBSERVED = frozenset(
    "http_proxy https_proxy ftp_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY "
    "NO_PROXY ALL_PROXY CURL_* SSL_* "
    "SSLKEYLOGFILE HOME WGETRC SYSTEM_WGETRC WGET_* XDG_CONFIG_HOME QLOGDIR NETRC "
    "POSIXLY_CORRECT".split()
)
_CURL = syntax(
    "-s --silent -S --show-error -f --fail --fail-with-body --fail-early -L --location -k "
    "--insecure -O --remote-name -J "
    "--remote-header-name --remote-name-all -i --include -I --head -v --verbose -g --globoff -N "
    "--no-buffer -4 -6 --ipv4 "
    "--ipv6 -# --progress-bar --no-progress-meter --compressed --create-dirs -0 -1 -2 -3 --tlsv1 "
    "--tlsv1.0 --tlsv1.1 "
    "--tlsv1.2 --tlsv1.3 --ssl --ssl-reqd --ssl-no-revoke --http1.0 --http1.1 --http2 --http3 "
    "--retry-connrefused "
    "--retry-all-errors --location-trusted -q --disable -n --netrc --netrc-optional -a --append "
    "--path-as-is -G --get --raw "
    "-R --remote-time -j --junk-session-cookies -Z --parallel --parallel-immediate --tcp-nodelay "
    "--tcp-fastopen --no-keepalive "
    "--basic --digest --ntlm --anyauth -l --list-only --no-clobber --clobber --remove-on-error "
    "--no-sessionid --proxy-insecure "
    "--compressed-ssh --disable-epsv --ftp-pasv --doh-insecure --cert-status --false-start -p "
    "--proxytunnel",
    "-o --output -H --header -d --data --data-raw --data-binary --data-ascii --data-urlencode "
    "--json -X --request -u --user -A "
    "--user-agent -e --referer -x --proxy -U --proxy-user -m --max-time --connect-timeout "
    "--retry --retry-delay "
    "--retry-max-time --proto --proto-redir --proto-default -T --upload-file -w --write-out "
    "--cacert --capath -E --cert --key "
    "--cert-type --key-type --pass -b --cookie -c --cookie-jar --output-dir --max-redirs "
    "--noproxy -r --range -z --time-cond "
    "--resolve --dns-servers -F --form --form-string --url -C --continue-at --limit-rate "
    "--ciphers --tls13-ciphers -D "
    "--dump-header -y -Y --speed-limit --speed-time --oauth2-bearer --aws-sigv4 --netrc-file "
    "--max-filesize --interface "
    "--connect-to --tls-max --parallel-max --stderr --etag-save --etag-compare --url-query "
    "--rate --keepalive-time --doh-url",
)
_CURL_WRITES = (
    "-o",
    "--output",
    "-D",
    "--dump-header",
    "-c",
    "--cookie-jar",
    "--stderr",
    "--etag-save",
)
_CURL_READS = (
    "-T",
    "--upload-file",
    "--cacert",
    "-E",
    "--cert",
    "--key",
    "--netrc-file",
    "--etag-compare",
)
_CURL_DATA = (
    "-d",
    "--data",
    "--data-binary",
    "--data-ascii",
    "--data-urlencode",
    "--json",
    "-F",
    "--form",
    "-H",
    "--header",
)
_WGET = syntax(
    "-q --quiet --no-verbose -v --verbose --no-check-certificate -c --continue -N --timestamping "
    "--show-progress --no-clobber "
    "-S --server-response --content-disposition --trust-server-names --https-only --no-cookies "
    "--no-cache --no-proxy "
    "-4 -6 --inet4-only --inet6-only --no-directories --no-host-directories --no-parent "
    "--no-hsts --no-dns-cache "
    "--retry-connrefused --auth-no-challenge --no-netrc --spider -r --recursive -k "
    "--convert-links -p --page-requisites -m "
    "--mirror -E --no-iri --no-config --random-wait --no-if-modified-since "
    "--no-use-server-timestamps -x --force-directories "
    "--ask-password --keep-session-cookies --no-remove-listing --unlink --no-passive-ftp -F -K "
    "-d --debug",
    "-O --output-document -P --directory-prefix -o --output-file -a --append-output --header -U "
    "--user-agent -t --tries -T "
    "--timeout --user --password --http-user --http-password -w --wait --waitretry "
    "--read-timeout --ca-certificate "
    "--limit-rate --post-data --post-file -i --input-file --secure-protocol "
    "--retry-on-http-error --max-redirect -e --execute "
    "--connect-timeout --dns-timeout -Q --quota -l --level --cut-dirs --referer --method "
    "--body-data --body-file "
    "--load-cookies --save-cookies --progress -A --accept -R --reject -I -X -D --domains "
    "--certificate --private-key "
    "--prefer-family --local-encoding --remote-encoding --compression -Y --proxy --default-page "
    "--restrict-file-names",
)
_SHORT_WORDS = {
    "-nv": "--no-verbose",
    "-nc": "--no-clobber",
    "-nd": "--no-directories",
    "-nH": "--no-host-directories",
    "-np": "--no-parent",
}
_FLOATING = re.compile(
    r"latest|master|/main\b|HEAD|stable|nightly|current|edge|snapshot"
    r"|trunk",
    re.IGNORECASE,
)
_COMMIT = re.compile(r"\b[0-9a-f]{40}\b")


def unpinned(addresses: Iterable[str]) -> bool:
    """Whether what an address gives may differ tomorrow: no version in it, or a moving one."""
    return any(
        not _COMMIT.search(a) and (_FLOATING.search(a) or not re.search(r"\d", _path(a)))
        for a in addresses
    )


def _path(address: str) -> str:
    return address.partition("://")[2].partition("/")[2]


def _addresses(command: Command, options: Options) -> tuple[str, ...] | Effects:
    """Where is fetched from; a word of unknown text must be the only address, or it may be options."""
    given = (*options.operands, *options.values("--url"))
    if len(given) > 1 and any(word.startswith(ANY) for word in given):
        return unknown(f"an argument of {command.name} is not known")
    return given


def _fetched(addresses: Iterable[str]) -> Effects:
    return Effects(variables=_OBSERVED, network=True, unpinned=unpinned(addresses), seconds=3)


def _named_by(command: Command, addresses: Iterable[str], folder: str) -> Paths:
    """The files that get their names from the last part of the addresses."""
    found = set()
    for address in addresses:
        name = posixpath.basename(
            _path(address if "://" in address else f"//{address}").partition("?")[0]
        )
        unclear = any(mark in name for mark in (ANY, GLOB, "{", "[", "%")) or address.startswith(
            ANY
        )
        found.add(
            tree(place(command, folder))
            if unclear
            else place(command, posixpath.join(folder, name or "index.html"))
        )
    return frozenset(found)


def _curl(command: Command) -> Effects:
    options = split(command.arguments, _CURL.flags, _CURL.valued)
    if options.unknown in {"--help", "--version", "-V", "-h", "-M"}:
        return NONE
    if options.unknown:
        return not_known(command, options.unknown)
    addresses = _addresses(command, options)
    if isinstance(addresses, Effects):
        return addresses
    if any("%output" in word for word in options.values("-w", "--write-out")):
        return unknown("curl -w with %output writes files of its own")
    return _sent(command, options) | _saved(command, options, addresses) | _fetched(addresses)


def _curl_prints(command: Command) -> str | None:
    """The one address that curl writes to its standard output; None if it writes anything else."""
    options = split(command.arguments, _CURL.flags, _CURL.valued)
    elsewhere = {"-I", "--head", "-i", "--include", "-w", "--write-out", "-D", "-v", "--verbose", "-O", "--remote-name", "--remote-name-all", "--stderr"}  # fmt: skip
    outputs = set(options.values("-o", "--output"))
    addresses = (*options.operands, *options.values("--url"))
    if options.unknown or options.has(*elsewhere) or not outputs <= {"-"} or len(addresses) != 1:
        return None
    return fetched(addresses[0]) if known(addresses[0]) else None


def _sent(command: Command, options: Options) -> Effects:
    """The files that are read: given as such, as `@file`, or fetched by `file://`."""
    named = [
        *options.values(*_CURL_READS),
        *(w for w in options.values("-w", "--write-out") if w.startswith("@")),
    ]
    for value in options.values(*_CURL_DATA):
        found = re.match(r"(?:[^@<=]*=)?[@<]([^;]+)|[\w-]+@(.+)", value)
        named += [part for part in (found.groups() if found else ()) if part]
    named += [value for value in options.values("-b", "--cookie") if "=" not in value]
    local = [word[7:] for word in options.operands if word.startswith("file://")]
    return read(command, [*(word.lstrip("@") for word in named), *local])


def _saved(command: Command, options: Options, addresses: tuple[str, ...]) -> Effects:
    folder = options.last("--output-dir") or "."
    outputs = [posixpath.join(folder, o) for o in options.values(*_CURL_WRITES) if o != "-"]
    # `#1` in a name stands for a part of the address.
    written = places(command, (GLOB.join(re.split(r"#\d", o)) for o in outputs))
    if options.has("-J", "--remote-header-name"):
        written |= {tree(place(command, folder))}
    elif options.has("-O", "--remote-name", "--remote-name-all"):
        written |= _named_by(command, addresses, folder)
    done = _written(command, written, made=options.has("--create-dirs"))
    odd = {"-C", "--continue-at", "-z", "--time-cond", "-O", "--remote-name", "-J", "-i", "--include", "-r", "--range"}
    one = len(outputs) == 1 and not options.has(*odd, *(set(_CURL_WRITES) - {"-o", "--output"}))
    return replace(done, contents=_script(command, outputs[0], addresses) if one else ())


def _script(command: Command, output: str, addresses: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Where the one file of a download comes from; an empty answer would leave an older one."""
    path = place(command, output)
    if len(addresses) != 1 or not known(path, *addresses) or is_tree(path):
        return ()
    return () if command.machine.kind(path) is Kind.FILE else ((path, fetched(addresses[0])),)


def _written(command: Command, paths: Paths, *, made: bool) -> Effects:
    """What a download writes; an empty answer may leave an old file as it is."""
    done = write(command, paths, sure=False)
    if done.doubt or not made:
        return done
    parents = make_directories(command, (posixpath.dirname(p.removesuffix("**")) for p in paths))
    return parents | replace(done, probes=NOTHING)


def _wget(command: Command) -> Effects:
    words = tuple(_SHORT_WORDS.get(word, word) for word in command.arguments)
    options = split(words, _WGET.flags, _WGET.valued)
    if options.unknown in {"--help", "--version", "-V", "-h"}:
        return NONE
    if options.unknown:
        return not_known(command, options.unknown)
    addresses = _addresses(command, options)
    if isinstance(addresses, Effects):
        return addresses
    if any(
        re.search(r"output|dir|log|use_askpass|input|file", value)
        for value in options.values("-e", "--execute")
    ):
        return unknown("wget -e sets where files go")
    given = (
        "-i",
        "--input-file",
        "--ca-certificate",
        "--load-cookies",
        "--post-file",
        "--body-file",
        "--certificate",
        "--private-key",
    )
    seen = read(command, options.values(*given))
    history = Effects(writes=frozenset({posixpath.join(command.home(), ".wget-hsts")}))
    return seen | _downloaded(command, options, addresses) | history | _fetched(addresses)


def _wget_prints(command: Command) -> str | None:
    """The one address that `wget -O -` writes to its standard output."""
    words = tuple(_SHORT_WORDS.get(word, word) for word in command.arguments)
    options = split(words, _WGET.flags, _WGET.valued)
    outputs = set(options.values("-O", "--output-document"))
    if options.unknown or outputs != {"-"} or len(options.operands) != 1:
        return None
    plain = not options.has("-i", "--input-file", "-e", "--execute", "-S", "--server-response")
    return fetched(options.operands[0]) if plain and known(options.operands[0]) else None


def _downloaded(command: Command, options: Options, addresses: tuple[str, ...]) -> Effects:
    folder = options.last("-P", "--directory-prefix") or "."
    logs = places(
        command, options.values("-o", "--output-file", "-a", "--append-output", "--save-cookies")
    )
    outputs = options.values("-O", "--output-document")
    if options.has("--spider"):
        return write(command, logs, sure=False)
    if outputs:
        done = write(command, logs | places(command, outputs), sure=False)
        odd = {"-c", "--continue", "-i", "--input-file", "-N", "--timestamping", "-e", "--execute"}
        one = len(outputs) == 1 and not logs and not options.has(*odd)
        return replace(done, contents=_script(command, outputs[0], addresses) if one else ())
    whole = (
        "-r",
        "--recursive",
        "-m",
        "--mirror",
        "-p",
        "-i",
        "--input-file",
        "--content-disposition",
        "--trust-server-names",
        "-x",
        "--force-directories",
        "-E",
    )
    if options.has(*whole):
        return _written(command, logs | {tree(place(command, folder))}, made=True)
    named = _named_by(command, addresses, folder)
    # A second copy of `file` is called `file.1`: what is there decides.
    beside = frozenset(f"{path}.**" for path in named if not path.endswith("**"))
    return Effects(probes=named) | _written(
        command, logs | named | beside, made=options.has("-P", "--directory-prefix")
    )


FETCH_TOOLS: tuple[Tool, ...] = (
    Tool(
        "curl",
        ("curl",),
        _curl,
        "where it writes, which files it sends, whether the address is pinned",
        prints=_curl_prints,
    ),
    Tool(
        "wget",
        ("wget",),
        _wget,
        "where it writes, whether the address is pinned",
        prints=_wget_prints,
    ),
)
