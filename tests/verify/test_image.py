"""An export is read as it is."""

from __future__ import annotations

import hashlib
import io
import tarfile

from optimizer.verify.image import contents, read


def member(name, kind=tarfile.REGTYPE, **values):
    found = tarfile.TarInfo(name)
    found.type = kind
    for key, value in values.items():
        setattr(found, key, value)
    return found


def made(*members) -> io.BytesIO:
    """A tar of headers, or of headers with their content."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for each in members:
            head, data = each if isinstance(each, tuple) else (each, b"")
            head.size = len(data)
            archive.addfile(head, io.BytesIO(data))
    file.seek(0)
    return file


def test_every_kind():
    """Type, mode, owner, size, content, target."""
    entries = read(
        made(
            member("./", tarfile.DIRTYPE),
            member("app/", tarfile.DIRTYPE, mode=0o750, uid=1, gid=2),
            (member("app/f", mode=0o4755), b"abc"),
            member("app/hard", tarfile.LNKTYPE, linkname="app/f"),
            member("app/link", tarfile.SYMTYPE, linkname="../f", mode=0o644),
            member("dev/null", tarfile.CHRTYPE, devmajor=1, devminor=3),
            member("pipe", tarfile.FIFOTYPE),
        ),
        {},
    ).entries

    assert ["app", "app/f", "app/hard", "app/link", "dev/null", "pipe"] == sorted(entries)
    assert ("directory", 0o750, (1, 2)) == (
        entries["app"].kind,
        entries["app"].mode,
        entries["app"].owner,
    )
    assert (0o4755, 3) == (entries["app/f"].mode, entries["app/f"].size)
    assert hashlib.sha256(b"abc").hexdigest() == entries["app/f"].content
    assert entries["app/f"] == entries["app/hard"]
    assert ("symlink", 0o777, "../f") == (
        entries["app/link"].kind,
        entries["app/link"].mode,
        entries["app/link"].content,
    )
    assert ("character device", "1,3") == (entries["dev/null"].kind, entries["dev/null"].content)
    assert "pipe" == entries["pipe"].kind


def test_extended_attributes():
    """As capabilities are kept."""
    ping = member("ping", pax_headers={"SCHILY.xattr.security.capability": "x", "mtime": "1"})

    assert (("security.capability", "x"),) == read(made(ping), {}).entries["ping"].xattrs


def test_times_are_not_looked_at():
    """Two files with other times are the same."""
    old, new = (read(made(member("f", mtime=t)), {}).entries for t in (1, 2))

    assert old == new


def test_only_settings_that_are_set():
    """An empty list is as good as none; what the promise does not name is left out."""
    config = {"Env": ["A=1"], "Cmd": None, "Volumes": {}, "Hostname": "x"}

    assert {"Env": ["A=1"]} == read(made(), config).config


def test_contents_of_some_files():
    """What is too large for a diff is left out."""
    archive = made((member("a"), b"1"), (member("b"), b"22"), (member("./c"), b"3"))

    assert {"a": b"1", "c": b"3"} == contents(archive, {"a", "b", "c"}, largest=1)
