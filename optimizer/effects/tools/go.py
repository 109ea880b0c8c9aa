"""go: downloads modules, builds packages.

Which files are looked at is measured with go 1.19 under strace (local modules, a module proxy of
files); flags and later behaviour are those of go 1.11 to 1.25 (`go help build`, go.dev/ref/mod).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from optimizer.effects.bases import GO as GO_VERSION
from optimizer.effects.model import EVERYTHING, NONE, CacheDir, Effects, Paths, tree, unknown
from optimizer.effects.tool import ANY, Command, Kind, Tool, exported, known, shipped_version
from optimizer.effects.tools import go_build, go_environment
from optimizer.effects.tools.ahead import offer
from optimizer.effects.tools.git_variables import GIT_VARIABLES
from optimizer.effects.tools.go_module import Module, above, asked, find, sums
from optimizer.effects.tools.go_options import OPTIONS, accepted, parse
from optimizer.effects.tools.looking import look, words
from optimizer.effects.tools.options import Options

VARIABLES = words(
    "GO* CGO_* CC CXX FC AR LD PKG_CONFIG* HOME PATH XDG_* TMPDIR NETRC SSH_* SSL_CERT_* LANG LC_* http_proxy "
    "https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY C_INCLUDE_PATH CPLUS_INCLUDE_PATH "
    "CPATH LIBRARY_PATH LD_LIBRARY_PATH LD_RUN_PATH GCC_* COMPILER_PATH SOURCE_DATE_EPOCH PWD"
) | GIT_VARIABLES
_READONLY = (1, 16)
_IN_GOPATH = 13
# What says how packages are compiled says nothing of the modules that are fetched: `go mod download`
# takes all that building and testing the module needs, on whatever platform (`go help mod
# download`; measured with go 1.19 and 1.24).
_FETCHING = VARIABLES - words("GOOS GOARCH GOARM GOARM64 GOAMD64 GO386 CGO_* CC CXX FC AR LD PKG_CONFIG*") - {"GO*"} | words(
    "GO111MODULE GOAUTH GOCACHE GOENV GOFLAGS GOINSECURE GOMODCACHE GONOPROXY GONOSUMCHECK GONOSUMDB GOPATH GOPRIVATE "
    "GOPROXY GOROOT GOSUMDB GOTMPDIR GOTOOLCHAIN GOVCS GOWORK"
)  # fmt: skip
# Seconds: a prior for fetching the modules of a project, and for compiling it.
_FETCH, _COMPILE = 15.0, 30.0
_REACHES = {
    "-toolexec": "a program that stands between go and its compiler",
    "-overlay": "files in place of others",
}


@dataclass(frozen=True)
class Run:
    """One run of go.

    Attributes:
        command: As it was called, in the folder that `-C` names.
        options: What stands behind the subcommand.
        module: What go finds there.
    """

    command: Command
    options: Options
    module: Module


def gopaths(command: Command) -> tuple[str, ...]:
    """The folders of GOPATH; both usual ones if the base may have set it."""
    given = command.env.get("GOPATH", "")
    if given and known(given):
        return tuple(command.path(p) for p in given.split(":") if p)
    default = posixpath.join(command.home(), "go")
    return (default,) if command.env_complete else ("/go", default)


def places(command: Command) -> Effects:
    """Go's own folders: the module cache, the build cache, temporary ones."""
    env = command.env
    modules = (
        [env["GOMODCACHE"]]
        if env.get("GOMODCACHE")
        else [f"{p}/pkg/mod" for p in gopaths(command)]
    )
    build = env.get("GOCACHE") or posixpath.join(
        env.get("XDG_CACHE_HOME") or f"{command.home()}/.cache", "go-build"
    )
    work = [env.get(name) or "/tmp" for name in ("GOTMPDIR", "TMPDIR")]
    if not known(build, *modules, *work) or any(ANY in p for p in gopaths(command)):
        return unknown("where go keeps its caches is not known")
    caches = (
        *(CacheDir(m, ("GOPATH", "GOMODCACHE", "HOME")) for m in modules),
        CacheDir(build, ("GOCACHE", "HOME", "XDG_CACHE_HOME")),
    )
    own: Paths = frozenset(tree(c.path) for c in caches if c.path != "off")
    settings = go_environment.settings(command)
    # Telemetry counters (go 1.23 and later) and the checksum database's tree.
    more = {
        f"{command.home()}/.config/go/telemetry/**",
        *(f"{p}/pkg/**" for p in gopaths(command)),
    }
    temporary = {f"{w}/{name}**" for w in work for name in ("go-", "go.", "cgo-", "cc")}
    return look(
        command.machine, *([settings] if settings != "off" and known(settings) else [])
    ) | Effects(
        reads=own | more, writes=own | more | temporary, variables=VARIABLES, caches=caches
    )


def effects(command: Command) -> Effects:
    """What a go command does."""
    arguments = command.arguments
    if arguments[:1] == ("-C",):
        folder = (*arguments[1:2], ".")[0]
        return effects(replace(command, cwd=command.path(folder), arguments=arguments[2:]))
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("help", ())
    if verb in {"mod", "work", "tool"}:
        verb, rest = f"{verb} {rest[0]}" if rest else "help", rest[1:]
    answer = _VERBS.get(verb)
    if answer is None:
        return unknown(
            _WHY.get(verb)
            or (
                f"go {verb} is not a command that dfopt knows"
                if known(verb)
                else "a go command that is not known"
            )
        )
    flags = accepted(command.env.get("GOFLAGS", "").split(), OPTIONS.get(verb))
    options = parse((*flags, *rest), OPTIONS.get(verb))
    return _doubt(command, options) or _run(command, options, answer)


def _doubt(command: Command, options: Options) -> Effects | None:
    """What lets nothing be said of the whole command."""
    if not known(command.cwd):
        return unknown("the directory that go runs in is not known")
    if not known(command.env.get("GOFLAGS", "")):
        return unknown("the value of GOFLAGS is not known")
    if options.unknown:
        return unknown(f"go's option {options.unknown} is not known".replace(ANY, "?"))
    for option, what in _REACHES.items():
        if options.has(option):
            return unknown(f"go's {option} names {what}")
    return None


def _run(command: Command, options: Options, answer: Callable[[Run], Effects]) -> Effects:
    folder = options.last("-C")
    if folder is not None:
        command = replace(command, cwd=command.path(folder))
    if not known(command.cwd):
        return unknown("the directory that go runs in is not known")
    modfile = options.last("-modfile")
    module = find(command, command.cwd, command.path(modfile) if modfile else None)
    if (modfile and not known(modfile)) or not known(*module.folders, *module.replaced):
        return unknown("go's module file is not known")
    return answer(Run(command, options, module))


def _download(run: Run) -> Effects:
    """`go mod download`, `verify`, `graph`: go.mod, go.sum, and what they name."""
    writes = sums(run.command, run.module)
    if _hidden(run):
        return _whatever(run)
    if run.options.operands:
        # Named modules are fetched at any version, and their sums are saved.
        return _edited(run) | replace(
            places(run.command), network=True, unpinned=True, seconds=15.0
        )
    if not run.module.root and not run.module.folders:
        return run.module.files | places(run.command)
    return run.module.files | replace(
        places(run.command),
        network=True,
        conditional=writes,
        unpinned=any(w.violated for w in writes),
        seconds=_FETCH,
        provides=_modules(run),
    )


def _hidden(run: Run) -> bool:
    """Whether the module that go would find is not known, but where it may stand is."""
    usual = run.command.env.get("GOWORK", "") in {"", "off"} and not run.options.has("-modfile")
    return run.module.hidden and usual


def _whatever(run: Run) -> Effects:
    """A download for a module that is not known: replacements may lead to a go.mod anywhere.

    Of a replacement no more is read than its go.mod, and nothing is written there (go 1.19, strace).
    """
    names = ("go.mod", "go.sum", "go.work", "go.work.sum")
    files = frozenset(f"{f.rstrip('/')}/{n}" for f in above(run.command.cwd) for n in names)
    return replace(places(run.command), network=True, unpinned=True, seconds=_FETCH) | Effects(
        reads=EVERYTHING, writes=files
    )


def _modules(run: Run) -> frozenset[str]:
    """What a fetch of the module's dependencies provides."""
    return frozenset({f"go modules of {run.module.root}"} if run.module.root else ())


def _edited(run: Run) -> Effects:
    """go.mod and go.sum of the main modules are read, and may be written."""
    files = frozenset(
        posixpath.join(f, n)
        for f in run.module.folders or {run.command.cwd}
        for n in ("go.mod", "go.sum")
    )
    return run.module.files | Effects(reads=files, writes=files)


def _tidy(run: Run) -> Effects:
    """`go mod tidy`, `go get`: the sources say what is needed, go.mod and go.sum are written."""
    return (
        go_build.sources(run.command, run.module, run.options, gopaths(run.command))
        | replace(places(run.command), network=True, unpinned=True, seconds=_FETCH)
        | Effects(provides=_modules(run))
        | _edited(run)
        | Effects(contents=tuple(_kept(run)))
    )


def _kept(run: Run) -> Iterator[tuple[str, str]]:
    """What is known of a go.mod that is written: only requirements change, no replacement."""
    for folder in sorted(run.module.folders):
        path = posixpath.join(folder, "go.mod")
        text = asked(run.command, path)
        if text is not None and ANY not in text:
            yield path, exported(text)


def _get(run: Run) -> Effects:
    """`go get` below go 1.17 installs commands too, and without modules fetches into GOPATH."""
    inside = frozenset(tree(p) for p in gopaths(run.command))
    done = _tidy(run) | Effects(
        writes=inside if not run.module.root else go_build.bins(run.command, gopaths(run.command))
    )
    # Without `-u` it takes the versions of go.mod (measured with go 1.15 and 1.26, as in `_ahead`).
    plain = not run.options.operands and not run.options.has("-u", "-insecure")
    return _ahead(run, done) if plain else done


def _vendor(run: Run) -> Effects:
    """`go mod vendor`: the module's sources say what is copied into vendor."""
    target = run.options.last("-o") or "vendor"
    if not known(target):
        return unknown("the folder of go mod vendor is not known")
    folder = run.command.path(target, run.module.root or run.command.cwd)
    return _tidy(run) | Effects(writes=frozenset({tree(folder)}), generated=frozenset({folder}))


def _build(run: Run) -> Effects:
    built = go_build.outputs(run.command, run.module, run.options)
    return _fetching(run, _compiled(run) | built)


def _compiled(run: Run) -> Effects:
    """What every build reads, and that it may complete go.mod and go.sum (below go 1.16)."""
    done = go_build.sources(run.command, run.module, run.options, gopaths(run.command))
    own = replace(
        places(run.command), network=not _vendored(run), unpinned=_unpinned(run), seconds=_COMPILE
    )
    if run.options.last("-mod") == "mod":
        return done | own | _edited(run)
    old = run.module.main.version < _READONLY
    kept = sums(run.command, run.module) if old else frozenset()
    return done | own | Effects(conditional=kept) | _summed(run)


def _summed(run: Run) -> Effects:
    """In a workspace whatever loads packages may complete go.work.sum (go 1.19, strace)."""
    if not run.module.workspace:
        return NONE
    path = f"{run.module.workspace}.sum"
    return Effects(conditional=frozenset(s for s in sums(run.command, run.module) if s.path == path))


def _fetching(run: Run, done: Effects) -> Effects:
    """A build, which fetches first, unless that was done ahead."""
    ahead = _ahead(run, replace(done, seconds=done.seconds + _FETCH))
    return ahead if ahead.ahead else done


def _ahead(run: Run, done: Effects) -> Effects:
    """What `go mod download` does a part of ahead; it fetches what tests need, too.

    Measured with go 1.19 and 1.24: the trees after `go build`, and after `go mod download` and
    `go build`, differ in modules that no package of the build is taken from, and in nothing else.
    Where there are a vendor folder or a workspace, or `-mod` or GO111MODULE say otherwise, a build
    may fetch nothing, or something else.
    """
    command, module = run.command, run.module
    vendor = command.machine.kind(posixpath.join(module.root or "/", "vendor"))
    plain = (
        module.root
        and not module.workspace
        and any(module.main.of("require"))
        and vendor is Kind.ABSENT
        and run.options.last("-mod") in {None, "readonly"}
        and not run.options.has("-modfile", "-modcacherw")
        and _by_modules(run)
        # It would write the sums of modules that the build does not need, and they would stay (go 1.15).
        and not any(each.violated for each in sums(command, module))
        and not _vendored(run)
    )
    if not plain:
        return done
    cache = frozenset(tree(c.path) for c in places(command).caches[:-1])
    return offer(
        done, command, ("mod", "download"), next(iter(_modules(run))),
        into=cache, leaves=cache, more="modules that the build does not need", seconds=_FETCH, variables=_FETCHING,
    )  # fmt: skip


def _by_modules(run: Run) -> bool:
    """Whether go looks at go.mod: in GOPATH it does so by itself since 1.13 only.

    Go 1.11 and 1.12 build without modules there, and `go mod download` fails.
    """
    told, inside = run.command.env.get("GO111MODULE", ""), (f"{p}/src/" for p in gopaths(run.command))
    if told not in {"", "auto", "on"}:
        return False
    version = shipped_version(run.command.machine.mark(GO_VERSION)) or 0
    outside = not any(f"{run.module.root}/".startswith(folder) for folder in inside)
    return told == "on" or outside or version >= _IN_GOPATH


def _install(run: Run) -> Effects:
    """`go install`: `package@version` looks for no go.mod (cmd/go/internal/toolchain/select.go)."""
    targets = Effects(writes=go_build.bins(run.command, gopaths(run.command)))
    if not known(*run.options.operands):
        return unknown("what go install installs is not known")
    if run.options.operands and all("@" in o for o in run.options.operands):
        pinned = all(_pinned(o) for o in run.options.operands)
        return targets | replace(
            places(run.command), network=True, unpinned=not pinned, seconds=20.0
        )
    return _fetching(run, _compiled(run) | targets)


def _pinned(operand: str) -> bool:
    """Whether `@v1.2.3` is a whole version."""
    version = operand.rpartition("@")[2]
    return version.startswith("v") and version.count(".") >= 2


def _vendored(run: Run) -> bool:
    return run.options.last("-mod") == "vendor" or run.command.env.get("GOPROXY") == "off"


def _unpinned(run: Run) -> bool:
    return not _vendored(run) and any(s.violated for s in sums(run.command, run.module))


def _check(run: Run) -> Effects:
    """`go vet`, `go list`, `go doc`: the packages are loaded, nothing is left behind but sums."""
    if run.options.has("-vettool"):
        return unknown("go vet runs a program of its own")
    done = go_build.sources(run.command, run.module, run.options, gopaths(run.command))
    done |= replace(places(run.command), network=not _vendored(run), seconds=15.0) | _summed(run)
    return done | _edited(run) if run.options.last("-mod") == "mod" else done


def _test(run: Run) -> Effects:
    """`go test -c` compiles; anything else runs the project's own code."""
    if not run.options.has("-c"):
        return unknown("go test runs the project's own tests")
    written = run.options.last("-o")
    if written is not None and not known(written):
        return unknown("where go test writes to is not known")
    targets = {tree(run.command.cwd)} | ({tree(run.command.path(written))} if written else set())
    return _check(run) | Effects(writes=frozenset(targets))


def _clean(run: Run) -> Effects:
    """`go clean`: caches by flags, else what builds have left in the packages' folders."""
    own = replace(places(run.command), caches=(), seconds=1.0)
    if (
        run.options.has("-cache", "-modcache", "-testcache", "-fuzzcache")
        and not run.options.operands
    ):
        return run.module.files | own
    done = go_build.sources(run.command, run.module, run.options, gopaths(run.command))
    folders = frozenset(map(tree, run.module.folders or {run.command.cwd}))
    return done | own | Effects(writes=folders | go_build.bins(run.command, gopaths(run.command)))


def _env(run: Run) -> Effects:
    """`go env -w` keeps a setting in the user's file."""
    changes = run.options.has("-w", "-u")
    moved = {o.partition("=")[0] for o in run.options.operands} & go_environment.MOVING
    if changes and moved:
        return unknown(f"go env moves {', '.join(sorted(moved))}")
    settings = frozenset({go_environment.settings(run.command)}) - {"off"}
    writes = settings if changes else frozenset[str]()
    return run.module.files | Effects(
        reads=settings, writes=writes, variables=frozenset({"*"}), seconds=0.2
    )


def _mod_file(run: Run) -> Effects:
    """`go mod edit`, `go mod init`: go.mod alone; init looks at the folder for what to name it."""
    named = run.options.operands
    if not known(*named):
        return unknown("the module file of go mod is not known")
    done = _edited(run)
    if any(o.endswith(".mod") for o in named):
        files = frozenset(run.command.path(o) for o in named)
        done |= Effects(reads=files, writes=files)
    return done | Effects(variables=VARIABLES, seconds=0.3)


def _init(run: Run) -> Effects:
    """`go mod init NAME`: a go.mod without requirements, or with those of an older tool's files."""
    path, words_ = run.command.path("go.mod"), run.options.operands
    plain = len(words_) == 1 and known(*words_)
    return _mod_file(run) | Effects(
        reads=frozenset({tree(run.command.cwd)}),
        writes=frozenset({path}),
        contents=((path, exported(f"module {words_[0]}\n")),) if plain else (),
    )


def _quiet(run: Run) -> Effects:
    return run.module.files | Effects(variables=VARIABLES, seconds=0.2)


def _nothing(_run: Run) -> Effects:
    return NONE


_VERBS: Mapping[str, Callable[[Run], Effects]] = {
    **dict.fromkeys(("mod download", "mod verify", "mod graph"), _download),
    **dict.fromkeys(("mod tidy", "mod why"), _tidy),
    "mod vendor": _vendor,
    "mod edit": _mod_file,
    "mod init": _init,
    "get": _get,
    "build": _build,
    "install": _install,
    **dict.fromkeys(("vet", "list", "doc"), _check),
    "test": _test,
    "clean": _clean,
    "env": _env,
    "version": _quiet,
    "help": _nothing,
}
_WHY = {
    "run": "go run starts the project's own program",
    "generate": "go generate runs whatever commands the sources name",
    "fmt": "go fmt rewrites the sources",
    "fix": "go fix rewrites the sources",
}

GO = Tool(
    "go",
    ("go",),
    effects,
    "mod download/tidy/vendor, build, install, get, vet: go.mod, go.work, replacements, vendor",
    prints=go_environment.printed,
)
