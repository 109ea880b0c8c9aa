"""rsync between folders of the image, and busybox as the name before another one."""

from __future__ import annotations

from optimizer.effects.model import Effects, is_tree, unknown
from optimizer.effects.tool import Command, Tool
from optimizer.effects.tools.options import Options
from optimizer.effects.tools.paths import below, full, places, read, write
from optimizer.effects.tools.syntax import by_options, syntax

_RSYNC = syntax(
    "-a -v -r -l -p -t -g -o -D -q -z -h -u -c -n -H -A -X -W -P -x -i -E -S -R --archive "
    "--verbose --recursive --links --perms --times "
    "--delete --delete-after --delete-excluded --delete-before --checksum --update --existing "
    "--ignore-existing --quiet --progress "
    "--stats --no-owner --no-group --no-perms --omit-dir-times --numeric-ids --prune-empty-dirs "
    "-m --safe-links --hard-links",
    "--exclude --include --exclude-from --include-from -f --filter --chmod --chown --max-size "
    "--info --files-from",
)


def _rsync(command: Command, options: Options) -> Effects:
    *sources, target = options.operands or ("",)
    if not sources or any(":" in word for word in options.operands):
        return unknown("rsync with another host, or without a target")
    if options.has("--files-from", "-f", "--filter", "-R"):
        return unknown("rsync with names from a list")
    lists = read(command, options.values("--exclude-from", "--include-from"))
    trees = frozenset(full(command, path) for path in places(command, sources))
    into = frozenset(below(path) for path in places(command, [target]))
    return lists | Effects(reads=trees | into) | write(command, into, sure=False)


def _busybox(command: Command) -> Effects:
    """`busybox wget ...`; with --install the names of all its programs are made."""
    words = command.arguments
    if not words or words[0] == "--list":
        return Effects()
    if words[0] != "--install":
        return command.machine.call(command.with_words(words[0], *words[1:]))
    folders = places(
        command,
        [w for w in words[1:] if not w.startswith("-")]
        or ["/bin", "/sbin", "/usr/bin", "/usr/sbin"],
    )
    if any(is_tree(folder) for folder in folders):
        return unknown("it is not known where busybox installs itself")
    trees = frozenset(below(folder) for folder in folders)
    return Effects(reads=trees, writes=trees)


COPY_TOOLS: tuple[Tool, ...] = (
    Tool("rsync", ("rsync",), by_options(_RSYNC, _rsync), "sources and target inside the image"),
    Tool("busybox", ("busybox",), _busybox, "starts the program that it names"),
)
