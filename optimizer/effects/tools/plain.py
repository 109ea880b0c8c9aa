"""Small programs: those that only print, and those that touch a file or two by name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from optimizer.effects.model import NONE, Effects, Paths, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import below, places, read, read_below, write, write_words
from optimizer.effects.tools.syntax import by_options, syntax

# What they print comes from their words, their input, the kernel or the system's own files,
# which every RUN is taken to read.
_PRINTS = (
    "tr rev seq yes sleep uname id whoami which whereis arch nproc hostname tty sync expr "
    "getconf groups dpkg-architecture "
    "lsb_release kill clear free df ps locale true false logger bc numfmt factor users who "
    "uptime getent basename dirname "
    "printenv pidof tput reset stty usleep"
).split()


def _prints(command: Command) -> Effects:
    seen = frozenset({"*"}) if command.name == "printenv" else frozenset()
    return Effects(variables=seen)


# Programs of which builds ask whether they are there, and how (traced: protoc 3.21, tesseract 5.3).
_VERSIONS = {"protoc": ("--version",), "tesseract": ("--version", "-v")}


def _version(command: Command) -> Effects:
    """Tesseract reads an ldaprc in its directory, as whatever is linked with libldap does."""
    if len(command.arguments) != 1 or command.arguments[0] not in _VERSIONS[command.name]:
        return unknown(f"only the version of {command.name} is known")
    return read(command, ("ldaprc",) if command.name == "tesseract" else ())


def _date(command: Command, options: Options) -> Effects:
    return read(command, options.values("-r", "-f", "--reference", "--file"))


def _test(command: Command) -> Effects:
    """`test` where no shell answers it: behind xargs, or as `find -exec`."""
    words = [
        w
        for w in command.arguments
        if not w.startswith("-") and w not in {"!", "]", "=", "!=", "("}
    ]
    return Effects(probes=places(command, (w for w in words if ANY not in w)))


def _mktemp(command: Command, options: Options) -> Effects:
    """A new file or directory by a pattern; nothing that is there is changed."""
    folder = options.last("-p", "--tmpdir") or command.env.get("TMPDIR", "/tmp")
    pattern = options.operands[0] if options.operands else "tmp.XXXXXXXXXX"
    pattern = pattern.partition("XXX")[0]
    inside = options.has("-p", "-t", "--tmpdir") or not options.operands
    path = command.path(pattern, command.path(folder) if inside else None)
    if ANY in path or options.has("-u", "--dry-run"):
        return (
            NONE if options.has("-u", "--dry-run") else unknown("the place of mktemp is not known")
        )
    return Effects(writes=frozenset({f"{path}**"}), variables=frozenset({"TMPDIR"}))


def _dd(command: Command) -> Effects:
    words = dict(word.partition("=")[::2] for word in command.arguments)
    if any(ANY in words.get(name, "") for name in ("if", "of")):
        return unknown("a file of dd is not known")
    seen = read(command, [words["if"]] if "if" in words else [])
    return seen | (write_words(command, [words["of"]], sure=False) if "of" in words else NONE)


def _crontab(command: Command, options: Options) -> Effects:
    return read(command, options.operands) | Effects(writes=frozenset({"/var/spool/cron/**"}))


def _patch(command: Command, options: Options) -> Effects:
    """The patch says what it changes; it stays below its directory."""
    folder = options.last("-d", "--directory") or "."
    given = (*options.operands[1:2], *options.values("-i", "--input"))
    inside = frozenset(below(path) for path in places(command, [folder]))
    return read(command, given) | Effects(reads=inside) | write(command, inside, sure=False)


_OPENSSL_READ = (
    "-in",
    "-inkey",
    "-key",
    "-CA",
    "-CAkey",
    "-CAfile",
    "-config",
    "-extfile",
    "-certfile",
    "-cert",
    "-signkey",
    "-CAserial",
)
_OPENSSL_WRITTEN = ("-out", "-keyout", "-writerand")
_OPENSSL_VALUED = frozenset(
    "-subj -days -newkey -extensions -set_serial -passout -passin -pass -addext -reqexts -name "
    "-nameopt -inform -outform -digest -iter -k -K -iv -algorithm -pkeyopt -hmac -connect "
    "-servername -checkend -rand -section".split()
)
_OPENSSL_FLAGS = frozenset(
    "-x509 -nodes -noenc -new -req -CAcreateserial -sha1 -sha256 -sha384 -sha512 -md5 -text "
    "-noout -hex -base64 -a -d -e -salt -pbkdf2 -export -aes128 -aes256 -aes-256-cbc "
    "-aes-128-cbc -des3 -batch -pubout -pubin -verify -fingerprint -subject -issuer -dates "
    "-enddate -serial -modulus -r -1 -5 -6 -apr1 -traditional -dsaparam -utf8 -showcerts -sign "
    "-binary -dgst -rsa -genkey -noverify -quiet -stdin -nosalt -v -S".split()
)


def _openssl(command: Command) -> Effects:
    """Keys, requests and certificates; `openssl.cnf` stands in the system's own trees."""
    words = list(command.arguments[1:])
    read_words: list[str] = []
    written: list[str] = []
    while words:
        word = words.pop(0)
        if word in _OPENSSL_READ or word in _OPENSSL_WRITTEN or word in _OPENSSL_VALUED:
            value = words.pop(0) if words else ""
            (
                read_words
                if word in _OPENSSL_READ
                else written
                if word in _OPENSSL_WRITTEN
                else []
            ).append(value)
        elif word.startswith("-") and word not in _OPENSSL_FLAGS:
            return unknown(f"openssl has the option {word}, which dfopt does not know")
        elif not word.startswith("-") and not word.isdigit():
            read_words.append(word)
        elif word == "-CAcreateserial":
            written += [re.sub(r"\.[^./]*$", "", w) + ".srl" for w in read_words]
    network = "s_client" in command.arguments[:1]
    made = write_words(command, written, sure=False)
    return (
        read(command, read_words)
        | made
        | Effects(
            variables=frozenset({"OPENSSL_*", "RANDFILE", "SSL_*"}),
            network=network,
            unpinned=network,
        )
    )


def _keygen(command: Command, options: Options) -> Effects:
    """ssh-keygen: a key pair by -f, the host's keys by -A."""
    if options.has("-A"):
        return Effects(writes=frozenset({"/etc/ssh/**"}))
    if not options.has("-t", "-b", "-N") or options.has("-R", "-F", "-y", "-l", "-i", "-e", "-p"):
        return unknown("this use of ssh-keygen is not known")
    path = options.last("-f") or posixpath.join(command.home(), ".ssh/id_")
    if options.last("-f") is None:
        return Effects(writes=frozenset({f"{command.path(path)}**"}))
    return write_words(command, [path, f"{path}.pub"], sure=False)


def _keyscan(command: Command, options: Options) -> Effects:
    return read(command, options.values("-f")) | Effects(network=True, unpinned=True, seconds=1)


def _caches(command: Command, options: Options) -> Effects:
    """fc-cache: fonts are read, caches are written."""
    home = command.home()
    fonts = frozenset(
        tree(posixpath.join(home, name))
        for name in (".fonts", ".local/share/fonts", ".config/fontconfig")
    )
    caches = frozenset(
        {
            tree(posixpath.join(home, ".cache/fontconfig")),
            "/var/cache/fontconfig/**",
            "/usr/lib/fontconfig/**",
        }
    )
    return read_below(command, options.operands) | Effects(
        reads=fonts, writes=caches, variables=frozenset({"FONTCONFIG_*", "XDG_*"}), seconds=1
    )


def _strip(command: Command, options: Options) -> Effects:
    outputs = options.values("-o")
    seen = read(command, options.operands)
    return seen | write_words(command, outputs or options.operands, sure=False)


def _split_file(command: Command, options: Options) -> Effects:
    prefix = options.operands[1] if len(options.operands) > 1 else "x"
    paths: Paths = frozenset(
        f"{path}**" for path in places(command, [prefix]) if not path.endswith("**")
    )
    return read(command, options.operands[:1]) | write(
        command, paths or frozenset({"/**"}), sure=False
    )


def _tool(names: str, body: Callable[[Command], Effects], summary: str) -> Tool:
    programs = tuple(names.split())
    return Tool(programs[0], programs, body, summary)


PLAIN_TOOLS: tuple[Tool, ...] = (
    Tool("tr and the like", tuple(_PRINTS), _prints, "print, and read no file of the project"),
    _tool(" ".join(_VERSIONS), _version, "--version"),
    _tool(
        "date",
        by_options(
            syntax(
                "-u -R -I --utc --universal --rfc-email --iso-8601 --rfc-3339",
                "-d -f -r -s -D --date --file --reference --set",
            ),
            _date,
        ),
        "prints the time",
    ),
    _tool("test [", _test, "looks whether its paths exist"),
    _tool(
        "mktemp",
        by_options(
            syntax("-d -q -u --directory --quiet --dry-run -t", "-p --tmpdir --suffix"), _mktemp
        ),
        "makes a temporary file or directory",
    ),
    _tool("dd", _dd, "reads if=, writes of="),
    _tool(
        "crontab", by_options(syntax("-l -r -e -i", "-u -c"), _crontab), "installs a table of jobs"
    ),
    _tool(
        "patch",
        by_options(
            syntax(
                "-N -R -b -f -s -t -u -E -l --forward --reverse --batch --force --quiet --silent "
                "--dry-run --verbose --binary -p0 -p1 -p2",
                "-p -d -i -F --strip --directory --input --fuzz",
            ),
            _patch,
        ),
        "changes files below its directory",
    ),
    _tool("openssl", _openssl, "reads -in, -key, -CA ...; writes -out, -keyout"),
    _tool(
        "ssh-keygen",
        by_options(syntax("-A -q -R -F -y -l -i -e -p -v", "-t -b -f -N -C -m -a -P -Z"), _keygen),
        "writes a key pair",
    ),
    _tool(
        "ssh-keyscan",
        by_options(syntax("-4 -6 -c -D -H -v", "-f -p -T -t"), _keyscan),
        "asks hosts for their keys",
    ),
    _tool(
        "fc-cache",
        by_options(
            syntax(
                "-f -r -s -v -E --force --really-force --system-only --verbose", "-y --sysroot"
            ),
            _caches,
        ),
        "rebuilds the caches of fonts",
    ),
    _tool(
        "strip",
        by_options(
            syntax(
                "-s -g -S -d -x -X -v -p --strip-all --strip-debug --strip-unneeded "
                "--preserve-dates",
                "-o -R -K -N",
            ),
            _strip,
        ),
        "removes symbols from programs",
    ),
    _tool(
        "split",
        by_options(
            syntax(
                "-d -x -e -u --numeric-suffixes --verbose",
                "-a -b -C -l -n --bytes --lines --number",
            ),
            _split_file,
        ),
        "writes the pieces of a file",
    ),
)
