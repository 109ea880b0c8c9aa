"""useradd, adduser, groupadd and the like: the account files, and homes.

Traced: shadow-utils 4.13 and Debian's adduser 3.134. busybox's adduser, by its source, also
sets owner and mode of a home that is there already.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace

from optimizer.effects.bases import SKELETON
from optimizer.effects.model import NONE, NOTHING, Effects, tree, unknown
from optimizer.effects.tool import ANY, GLOB, Command, Kind, Tool
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import homes, is_directory
from optimizer.effects.tools.syntax import Body, Syntax, by_options, syntax

# Settings that say where the skeleton is.
_TELLING = ("/etc/default/useradd", "/etc/default", "/etc/adduser.conf", "/etc/login.defs")
_FILES = frozenset({"/etc/.pwd.lock"}) | frozenset(
    f"/etc/{name}{suffix}"
    for name in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid")
    for suffix in ("", "-")
)
_LOGS = frozenset(
    {"/var/log/lastlog", "/var/log/faillog", "/var/mail/**", "/var/spool/mail/**", "/run/adduser"}
)
_SETTINGS = frozenset(
    {
        f"{SKELETON}/**",
        "/etc/login.defs",
        "/etc/adduser.conf",
        "/etc/deluser.conf",
        "/etc/default/**",
        "/etc/pam.d/**",
    }
)
# Users of official images whose home is known.
_KNOWN_HOMES = frozenset({"node", "ubuntu", "vscode", "bun", "gradle", "jenkins"})
_ACCOUNTS = Effects(reads=_FILES | _SETTINGS, writes=_FILES | _LOGS, seconds=0.3)

_USERADD = syntax(
    "-m --create-home -M --no-create-home -r --system -N --no-user-group -U --user-group -o "
    "--non-unique -l --no-log-init "
    "-F --badname --badnames",
    "-u --uid -g --gid -G --groups -s --shell -c --comment -d --home-dir --home -p --password -k "
    "--skel -K --key -e "
    "--expiredate -f --inactive -b --base-dir -Z --selinux-user",
)
# Debian's adduser and busybox's; on Fedora the name is a link to useradd.
_ADDUSER = syntax(
    "-D -S -H -M -m -r -N -U -q --system --group --disabled-password --disabled-login "
    "--no-create-home --create-home --quiet "
    "--debug --force-badname --force --allow-badname --allow-badnames --allow-all-names "
    "--add_extra_groups --add-extra-groups "
    "--empty-password --no-user-group --user-group --non-unique -o",
    "-h -g -s -G -u -k -d -c -p -b --home --home-dir --shell --uid --gid --ingroup --gecos "
    "--comment --conf --firstuid --lastuid "
    "--firstgid --lastgid --groups --skel --password",
)
_USERMOD = syntax(
    "-a --append -L --lock -U --unlock -o --non-unique -m --move-home -r --remove",
    "-u --uid -g --gid -G --groups -s --shell -c --comment -d --home -p --password -l --login -e "
    "--expiredate -f --inactive "
    "-aG -v -w --add-subuids --add-subgids",
)
_GROUPS = syntax(
    "-r --system -f --force -o --non-unique -S -q --quiet --group --force-badname --only-if-empty",
    "-g --gid -K --key -p --password -n --new-name -U --users --conf --firstgid --lastgid -u",
)
_NO_HOME = ("-M", "-H", "--no-create-home")


def _home(options: Options) -> str:
    """The home of a new user: given, or below the base directory."""
    given = options.last("-d", "--home-dir", "--home", "-h")
    return given or posixpath.join(
        options.last("-b", "--base-dir") or "/home", options.operands[0]
    )


def _with_home(command: Command, options: Options, *, sure: bool, owned: bool) -> Effects:
    """A home is made and filled from the skeleton, unless it is there.

    Args:
        command: The command.
        options: Its options.
        sure: Whether it makes one wherever it runs.
        owned: Whether a home that is there becomes the user's.
    """
    path = command.path(_home(options))
    if ANY in path or GLOB in path:
        return unknown(f"the home that {command.name} makes is not known")
    there = is_directory(command, path)
    touched = frozenset({path}) if owned and there is not False else NOTHING
    looked = Effects(probes=frozenset({path}) | homes(command, {path}), metadata=touched)
    if there:
        return looked
    if there is None or not _hidden_only(command, options):
        return replace(looked, writes=frozenset({tree(path)}))
    made = frozenset({path}) if sure else NOTHING
    return replace(looked, writes=made | {f"{path}/.**"}, makes=made)


def _hidden_only(command: Command, options: Options) -> bool:
    """Whether the skeleton of homes holds dotfiles only, as those of distributions do.

    bash's .bashrc and the like on Debian, Ubuntu and Fedora, none on Alpine; what packages add has
    to be a dotfile (Debian policy 10.7.5). What a Dockerfile puts there, or names instead, may be
    anything.
    """
    machine = command.machine
    written = {path.rstrip("/") for path in machine.named("/etc")}
    told = any(path in written or machine.kind(path) is Kind.FILE for path in _TELLING)
    if told or options.has("-k", "--skel", "--conf", "-K", "--key"):
        return False
    added = {*machine.walk(SKELETON), *machine.named(SKELETON)}
    return all(p.startswith(f"{SKELETON}/.") for p in added)


def _useradd(command: Command, options: Options) -> Effects:
    if not options.operands:
        return NONE
    # Fedora makes a home without being asked (CREATE_HOME in login.defs), but not for -r.
    system = options.has("-r", "--system") and not options.has("-m", "--create-home")
    if system or options.has(*_NO_HOME):
        return _ACCOUNTS
    made = options.has("-m", "--create-home")
    return _ACCOUNTS | _with_home(command, options, sure=made, owned=False)


def _adduser(command: Command, options: Options) -> Effects:
    """With two names a user joins a group."""
    if len(options.operands) != 1 or options.has(*_NO_HOME):
        return _ACCOUNTS
    return _ACCOUNTS | _with_home(command, options, sure=False, owned=True)


def _usermod(_: Command, options: Options) -> Effects:
    if options.has("-m", "--move-home"):
        return unknown("usermod -m moves a home that is not known")
    # With another number the files of the home get it too.
    if options.has("-u", "--uid") and options.operands:
        name = options.operands[0]
        if name not in _KNOWN_HOMES:
            return unknown(f"usermod -u changes the owner of {name}'s home, which is not known")
        return _ACCOUNTS | Effects(
            reads=frozenset({f"/home/{name}/**"}), metadata=frozenset({f"/home/{name}/**"})
        )
    return _ACCOUNTS


def _userdel(command: Command, options: Options) -> Effects:
    if not options.has("-r", "--remove", "--remove-home", "--remove-all-files"):
        return _ACCOUNTS
    if not options.operands or options.operands[0] not in _KNOWN_HOMES:
        return unknown(f"{command.name} removes a home that is not known")
    return _ACCOUNTS | Effects(writes=frozenset({f"/home/{options.operands[0]}/**"}))


def _files(_: Command, __: Options) -> Effects:
    return _ACCOUNTS


def _tool(names: str, known: Syntax, body: Body, summary: str) -> Tool:
    programs = tuple(names.split())
    return Tool(programs[0], programs, by_options(known, body), summary)


_PASSWORDS = syntax(
    "-e -d -l -u -S -q -a -i -m -M -E --encrypted --md5 --delete --lock --unlock --stdin --expire",
    "-c --crypt-method -s --shell -d -W -I -f -n -x -w --comment --full-name",
)

ACCOUNT_TOOLS: tuple[Tool, ...] = (
    _tool("useradd", _USERADD, _useradd, "the account files, and a home that is not there yet"),
    _tool("adduser", _ADDUSER, _adduser, "Debian's and busybox's: the account files and a home"),
    _tool("usermod", _USERMOD, _usermod, "the account files"),
    _tool(
        "userdel deluser",
        syntax(
            "-r -f --remove --force --remove-home --remove-all-files --quiet -q --system --group"
        ),
        _userdel,
        "the account files; homes of well-known users",
    ),
    _tool(
        "groupadd addgroup groupmod groupdel delgroup newgrp", _GROUPS, _files, "the account files"
    ),
    _tool("passwd chpasswd chsh chfn gpasswd", _PASSWORDS, _files, "the account files"),
    _tool("chage pwconv grpconv", _PASSWORDS, _files, "the account files"),
)
