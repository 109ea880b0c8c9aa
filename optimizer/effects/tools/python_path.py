"""What Python takes from the working directory and from PYTHONPATH when it starts.

`python -m X`, `python -c` and `python -` put the working directory first on `sys.path`,
`python dir/x.py` the script's folder, and PYTHONPATH stands before the standard library. A file
`json.py` there is imported in place of Python's own. Measured (Python 3.6, 3.8 to 3.13): which of
the modules are tried differs from version to version and goes up to all of them, so all count.
A folder without `__init__` stands behind Python's own module and does not count (PEP 420).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from optimizer.effects.model import Effects
from optimizer.effects.tool import Command, Kind, clean, known
from optimizer.effects.tools.looking import words

# All modules of the standard library of CPython 3.6 to 3.13 (`sys.stdlib_module_names`).
STANDARD = words(
    "__future__ _abc _aix_support _android_support _ast _asyncio _bisect _blake2 _bootlocale "
    "_bootsubprocess _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022 _codecs_jp _codecs_kr "
    "_codecs_tw _collections _collections_abc _colorize _compat_pickle _compression "
    "_contextvars _crypt _csv _ctypes _ctypes_test _curses _curses_panel _datetime _dbm "
    "_decimal _dummy_thread _elementtree _frozen_importlib _frozen_importlib_external "
    "_functools _gdbm _hashlib _heapq _imp _interpchannels _interpqueues _interpreters _io "
    "_ios_support _json _locale _lsprof _lzma _markupbase _md5 _multibytecodec "
    "_multiprocessing _opcode _opcode_metadata _operator _osx_support _peg_parser _pickle "
    "_posixshmem _posixsubprocess _py_abc _pydatetime _pydecimal _pyio _pylong _pyrepl _queue "
    "_random _sha1 _sha2 _sha256 _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3 _sre "
    "_ssl _stat _statistics _string _strptime _struct _suggestions _symtable _sysconfig "
    "_sysconfigdata__linux_x86_64-linux-gnu _sysconfigdata_m_linux_x86_64-linux-gnu _thread "
    "_threading_local _tkinter _tokenize _tracemalloc _typing _uuid _warnings _weakref "
    "_weakrefset _wmi _zoneinfo abc aifc argparse array ast asynchat asyncio asyncore atexit "
    "audioop base64 bdb binascii binhex bisect bz2 cProfile calendar cgi cgitb chunk cmath "
    "cmd code codecs codeop collections colorsys compileall concurrent configparser "
    "contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm "
    "decimal difflib dis distutils doctest dummy_threading email encodings ensurepip enum "
    "errno faulthandler fcntl filecmp fileinput fnmatch formatter fractions ftplib functools "
    "gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html "
    "http imaplib imghdr imp importlib inspect io ipaddress itertools json keyword lib2to3 "
    "linecache locale logging lzma macpath macurl2path mailbox mailcap marshal math mimetypes "
    "mmap modulefinder msvcrt multiprocessing netrc nis nntplib ntpath numbers opcode "
    "operator optparse os ossaudiodev parser pathlib pdb pickle pickletools pipes pkgutil "
    "platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr "
    "pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter "
    "runpy sched secrets select selectors shelve shlex shutil signal site smtpd smtplib "
    "sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat "
    "statistics string stringprep struct subprocess sunau symbol symtable sysconfig syslog "
    "tabnanny tarfile telnetlib tempfile termios textwrap threading time timeit tkinter token "
    "tokenize tomllib trace traceback tracemalloc tty types typing unicodedata unittest "
    "urllib uu uuid venv warnings wave weakref webbrowser wsgiref xdrlib xml xmlrpc zipapp "
    "zipfile zipimport zlib zoneinfo "
)
# What is looked for beside it: by pip, by builds, by the interpreter itself.
_INSTALLERS = words(
    "pip setuptools pkg_resources wheel distutils sitecustomize usercustomize _distutils_hack "
    "packaging tomllib tomli build installer hatchling poetry flit_core pdm virtualenv "
)
NAMES = STANDARD | _INSTALLERS
_INFO = (".egg-info", ".dist-info", ".egg-link", ".egg")


def import_path(command: Command) -> Iterator[str]:
    """The folders of PYTHONPATH, as far as they are known; an empty one is the working directory."""
    value = command.env.get("PYTHONPATH", "")
    for word in value.split(":") if value else ():
        if known(word, command.cwd):
            yield command.path(word)


def first_on_path(command: Command, *folders: str) -> Effects:
    """What stands in the folders that are searched before the standard library."""
    effects = Effects(variables=frozenset({"PYTHON*"}))
    for folder in dict.fromkeys((*folders, *import_path(command))):
        effects |= _shadowing(command, folder)
    return effects


def _shadowing(command: Command, folder: str) -> Effects:
    top = folder.rstrip("/")
    # Only what is source or byte code: `poetry.**` would be poetry.lock too. An extension module
    # (`.so`) that is there is found by its name.
    probes = {f"{top}/{name}.py**" for name in NAMES} | {
        f"{top}/{name}/__init__.py**" for name in NAMES
    }
    found = sorted(_modules(command, top))
    effects = Effects(probes=frozenset(probes), reads=frozenset(_installed(command, top)))
    if not found:
        return effects
    return effects.in_doubt(f"{found[0]} stands before Python's own module of that name")


def _modules(command: Command, top: str) -> Iterator[str]:
    """Files that would be imported in place of Python's own."""
    for entry in command.machine.names(top or "/"):
        name, dot, ending = entry.partition(".")
        if name not in NAMES:
            continue
        if dot and (ending in {"py", "pyc", "so"} or ending.endswith(".so")):
            yield f"{top}/{entry}"
        elif (
            not dot
            and command.machine.kind(posixpath.join(top, entry, "__init__.py")) is Kind.FILE
        ):
            yield f"{top}/{entry}/__init__.py"


def _installed(command: Command, top: str) -> Iterator[str]:
    """Descriptions of packages: what has one counts as installed."""
    for entry in command.machine.names(top or "/"):
        if entry.endswith(_INFO):
            yield clean(f"{top}/{entry}") + "/**"
