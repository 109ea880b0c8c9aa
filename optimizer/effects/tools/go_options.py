"""The options of go's subcommands: one dash or two, `-o FILE` or `-o=FILE`, before the operands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.effects.tools.looking import words
from optimizer.effects.tools.options import Options


@dataclass(frozen=True)
class Known:
    """The options that a subcommand has: those without a value, and those with one."""

    flags: frozenset[str]
    valued: frozenset[str]


# `go help build` of go 1.11 to 1.25.
_FLAGS = words(
    "-a -n -v -x -race -msan -asan -cover -work -trimpath -modcacherw -linkshared -i -buildvcs -json -debug-trace"
)
_VALUED = words(
    "-C -p -asmflags -buildmode -compiler -gccgoflags -gcflags -installsuffix -ldflags -mod -modfile -overlay -pgo -pkgdir "
    "-tags -toolexec -covermode -coverpkg -debug-actiongraph -debug-runtime-trace -fuzzcachedir"
)
_BUILD = Known(_FLAGS, _VALUED | {"-o"})
OPTIONS: Mapping[str, Known] = {
    "build": _BUILD,
    "install": _BUILD,
    "get": Known(_FLAGS | words("-d -f -t -u -fix -insecure -tool"), _VALUED),
    "vet": Known(_FLAGS, _VALUED | {"-vettool"}),
    "doc": Known(words("-all -c -cmd -short -src -u -http"), frozenset({"-C"})),
    "list": Known(
        _FLAGS | words("-m -u -e -deps -test -find -compiled -export -versions -retracted -reuse"), _VALUED | {"-f"}
    ),
    "test": Known(_FLAGS | words("-c -short -failfast -benchmem"), _VALUED | words("-o -run -count -timeout -bench -exec -coverprofile -parallel -vet")),
    "clean": Known(_FLAGS | words("-r -cache -testcache -modcache -fuzzcache"), _VALUED),
    "env": Known(words("-json -u -w -changed"), frozenset()),
    "version": Known(words("-m -v -json"), frozenset()),
    "mod download": Known(_FLAGS, _VALUED | {"-reuse"}),
    "mod tidy": Known(_FLAGS | words("-e -diff"), _VALUED | words("-go -compat")),
    "mod vendor": Known(_FLAGS | words("-e"), _VALUED | {"-o"}),
    "mod why": Known(_FLAGS | words("-m -vendor"), _VALUED),
    "mod edit": Known(
        _FLAGS | words("-fmt -print"),
        _VALUED | words("-module -go -toolchain -require -droprequire -exclude -dropexclude -replace -dropreplace -retract -dropretract -tool -droptool -godebug -dropgodebug"),
    ),
}  # fmt: skip
_DEFAULT = Known(_FLAGS, _VALUED)


def accepted(flags: list[str], options: Known | None) -> tuple[str, ...]:
    """Those of GOFLAGS that a subcommand has; go leaves out the others (`go help environment`)."""
    has = options or _DEFAULT
    names = has.flags | has.valued
    every = names.union(*(o.flags | o.valued for o in OPTIONS.values()), _FLAGS, _VALUED)
    named = [(flag, "-" + flag.lstrip("-").partition("=")[0]) for flag in flags]
    return tuple(flag for flag, name in named if name in names or name not in every)


def parse(arguments: tuple[str, ...], options: Known | None) -> Options:
    """Take the words behind a subcommand apart, as Go's package `flag` does."""
    options = options or _DEFAULT
    given: list[tuple[str, str]] = []
    unknown = ""
    rest = list(arguments)
    while rest and rest[0].startswith("-") and rest[0] not in {"-", "--"}:
        name, separator, value = rest.pop(0).partition("=")
        name = "-" + name.lstrip("-")
        if name in options.valued and not separator:
            value = rest.pop(0) if rest else ""
        unknown = unknown or ("" if name in options.valued | options.flags else name)
        if value != "false" or name in options.valued:
            given.append((name, value))
        else:
            given.append((f"{name}=false", value))
    return Options(tuple(w for w in rest if w != "--"), tuple(given), unknown)
