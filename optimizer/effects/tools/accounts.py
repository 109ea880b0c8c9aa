"""useradd, adduser, groupadd and the like: the account files, and homes."""

from __future__ import annotations

from optimizer.effects.model import Effects, tree, unknown
from optimizer.effects.tool import ANY, Command, Tool
from optimizer.effects.tools.options import split

# shadow-utils 4.13, Debian's adduser 3.134 and busybox 1.36, traced.
_FILES = frozenset(
    f"/etc/{name}{suffix}"
    for name in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid")
    for suffix in ("", "-", ".lock")
)
_LOGS = frozenset({"/var/log/lastlog", "/var/log/faillog", "/var/mail/**", "/var/spool/mail/**"})


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Options with a value, over all implementations; each takes a word that is no path but -d/-h.
_VALUED = _set(
    "-u --uid -g --gid -G --groups -s --shell -c --comment -d --home-dir --home -p --password -k --skel -K --key "
    "-e --expiredate -f --inactive --ingroup --gecos --firstuid --lastuid --conf -b --base-dir -h -R --root -P --prefix "
    "-l --login -n --new-name -a -aG -A -M"
)
_FLAGS = _set(
    "-m --create-home -r --system -M --no-create-home -N --no-user-group -U --user-group -o --non-unique -l --no-log-init "
    "-D -S -H --disabled-password --disabled-login --group --quiet -q --force -f --force-badname --allow-bad-names --badname "
    "--debug --add_extra_groups --append -a -L -U --lock --unlock -d -e --encrypted --remove -r -aG --no-create-home --verbose"
)


def _effects(command: Command) -> Effects:
    if any(ANY in w for w in command.arguments):
        return unknown(f"an argument of {command.name} is not known")
    busybox_home = command.name == "adduser" and "-h" in command.arguments
    valued = _VALUED - (set() if busybox_home else {"-h"}) - _own_flags(command)
    found = split(command.arguments, _FLAGS | _own_flags(command), frozenset(valued))
    if found.unknown:
        return unknown(f"{command.name} {found.unknown} is not modelled")
    homes = set()
    if command.name in {"useradd", "adduser", "usermod"}:
        given = found.last("-d", "--home-dir", "--home", *(("-h",) if busybox_home else ()))
        name = found.operands[-1 if command.name != "adduser" else 0] if found.operands else ""
        homes.add(command.path(given) if given else f"/home/{name}")
    skeleton = frozenset({"/etc/skel/**", "/etc/login.defs", "/etc/adduser.conf", "/etc/default/**"})
    return Effects(
        reads=_FILES | skeleton,
        writes=_FILES | _LOGS | frozenset(tree(h) for h in homes),
        metadata=frozenset(homes),
        seconds=0.3,
    )


def _own_flags(command: Command) -> frozenset[str]:
    """Letters that mean another thing for this program."""
    own = {
        "useradd": "-M -N -l -m -r -o -U",
        "adduser": "-D -S -H --group",
        "addgroup": "-S --system",
        "groupadd": "-r -f -o",
        "usermod": "-a -L -U -o -m",
        "userdel": "-r -f",
        "deluser": "--remove-home",
    }
    return _set(own.get(command.name, ""))


def _passwords(_: Command) -> Effects:
    return Effects(reads=_FILES, writes=_FILES, seconds=0.1)


ACCOUNT_TOOLS: tuple[Tool, ...] = (
    Tool("useradd", ("useradd", "adduser", "groupadd", "addgroup", "usermod", "groupmod", "userdel", "deluser", "groupdel", "delgroup"), _effects, "the account files and homes"),
    Tool("passwd", ("passwd", "chpasswd", "chsh", "chage", "gpasswd"), _passwords, "the account files"),
)
