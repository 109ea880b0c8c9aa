"""Measure what the install scripts of published packages look at: run by hand, with strace and gcc.

    python -m tests.measure.node_dependencies esbuild@0.25.0 'better-sqlite3@^12'
    python -m tests.measure.node_dependencies --make --nodedir /usr cpu-features   # compile, too

A package is installed without scripts, and then rebuilt with next to no environment, in a project of
its own and with a home of its own. Printed are
- `asked`: the variables that any program asked for, by a library that stands before `getenv` (node's
  `process.env` comes through it as well), and by python's `os.environ`;
- `named`: those that the text of the modules which node loaded names, also where nothing asked;
- `make`: those that the makefiles name which node-gyp made, and do not set themselves;
- of both, what the table of `node_installed_variables.py` lacks;
- what was read, looked for and written of the project and of the home. A path without a folder is
  shown as if it were the project's, and may be the package's own.
What node, npm and a shell ask for by themselves (`--base` prints it) is left out. `make` is replaced
by `true` unless it is asked for: node-gyp then only configures.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from pathlib import Path

from optimizer.effects.tools.node_installed_variables import looked_at
from optimizer.effects.tools.node_scripts import NODE_VARIABLES
from tests.measure.node import Seen, trace

# Stands before libc's own; a line for each call.
GETENV = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
extern char **environ;
static char *look(const char *name) {
    unsigned n = 0;
    while (name[n]) n++;
    for (char **e = environ; e && *e; e++) {
        unsigned i = 0;
        while (i < n && (*e)[i] == name[i]) i++;
        if (i == n && (*e)[n] == '=') return *e + n + 1;
    }
    return 0;
}
static char *noted(const char *name) {
    int kept = errno;
    char line[512];
    int n = snprintf(line, sizeof line, "%s\t%s\n", program_invocation_short_name, name);
    int f = open("@LOG@/asked", O_WRONLY | O_APPEND | O_CREAT, 0666);
    if (f >= 0) { if (n > 0) (void)!write(f, line, n); close(f); }
    errno = kept;
    return look(name);
}
char *getenv(const char *name) { return noted(name); }
char *secure_getenv(const char *name) { return noted(name); }
"""
# What the modules name that node loaded (of npm's own programs none), with the package they are of.
LOADED = r"""
process.on('exit', () => {
  const fs = require('fs'), found = new Set();
  const named = /\b(?:env|ENV)(?:\?)?(?:\.|\[\s*['"`])([A-Za-z_]\w*)|(?:getenv|env)\(\s*['"](\w+)/g;
  for (const file of Object.keys(require.cache)) {
    const at = file.lastIndexOf('/node_modules/');
    if (!file.includes('/up/app/') || !fs.existsSync(file) || file.endsWith('.node')) continue;
    const of = file.slice(at + 14).split('/').slice(0, file[at + 14] === '@' ? 2 : 1).join('/');
    for (const m of fs.readFileSync(file, 'utf8').matchAll(named)) found.add(of + '\t' + (m[1] || m[2]) + '\n');
  }
  fs.appendFileSync('@LOG@/named', [...found].join(''));
});
"""
PYTHON = """
_own = os._Environ.__getitem__
def _noted(self, key):
    open('@LOG@/asked', 'a').write('python\\t' + str(key) + '\\n')
    return _own(self, key)
os._Environ.__getitem__ = _noted
"""
_MAKE = re.compile(r"\$[({](\w+)[)}]")


def recorder(log: Path) -> str:
    """Build the recorders in a folder; the settings that start them."""
    for name, text in (("getenv.c", GETENV), ("loaded.cjs", LOADED), ("sitecustomize.py", PYTHON)):
        (log / name).write_text(text.replace("@LOG@", str(log)))
    library = log / "getenv.so"
    subprocess.run(["cc", "-w", "-shared", "-fPIC", "-o", library, log / "getenv.c"], check=True)
    (log / "asked").touch()
    (log / "named").touch()
    return f"LD_PRELOAD={library} NODE_OPTIONS=--require={log}/loaded.cjs PYTHONPATH={log}"


def run(spec: str, asked: argparse.Namespace, log: Path) -> Seen:
    """Install one package without scripts, and run those that it and its dependencies have."""
    settings = recorder(log)
    make = "" if asked.make else "MAKE=true "
    node = f"npm_config_nodedir={asked.nodedir} " if asked.nodedir else ""
    what = "npm rebuild --foreground-scripts" if spec else "npm run nothing"
    cache = subprocess.run(["npm", "config", "get", "cache"], capture_output=True, text=True).stdout
    setup = f"npm install --ignore-scripts --no-audit --no-fund '{spec}' >/dev/null; mkdir -p ../home"
    command = (
        f'timeout {asked.seconds} env -i PATH="$PATH" HOME="$PWD/../home" npm_config_cache={cache.strip()} '
        f"{node}{make}{settings} {what}; s=$?; "
        f"find . -name '*.mk' -o -name Makefile -path '*/build/*' | xargs cat 2>/dev/null >{log}/make; exit $s"
    )
    files = {"package.json": '{"name": "app", "version": "1.0.0", "scripts": {"nothing": "true; node -e 0"}}'}
    return trace(files, command, setup if spec else "mkdir -p ../home")


def heard(log: Path, what: str = "asked") -> dict[str, set[str]]:
    """The variables that were asked for (or named), with the programs (or packages) that did."""
    found: dict[str, set[str]] = {}
    for line in (log / what).read_text(errors="replace").splitlines():
        who, _, name = line.partition("\t")
        found.setdefault(name, set()).add(who)
    return found


def main() -> None:
    """Run the scripts of the packages that are named."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--make", action="store_true", help="compile as well")
    ask.add_argument("--nodedir", default="", help="where node's headers are")
    ask.add_argument("--seconds", type=int, default=120)
    ask.add_argument("--base", action="store_true", help="print what nothing at all asks for")
    ask.add_argument("specs", nargs="*")
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run("", asked, Path(folder))
        base = heard(Path(folder)).keys()
    if asked.base:
        print(*sorted(base))
    for spec in asked.specs:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder)
            report(spec, run(spec, asked, log), log, set(base))
            if asked.output:
                print(run.__name__)


def report(spec: str, seen: Seen, log: Path, base: set[str]) -> None:
    """Print what was found of one package."""
    print(f"== {spec}: exit {seen.code}", flush=True)
    name = spec[:1] + spec[1:].partition("@")[0]
    known = NODE_VARIABLES | looked_at(frozenset({name}))
    for what in ("asked", "named"):
        found = heard(log, what)
        shown = {n for n in found.keys() - base if not n.startswith("npm_package_")}
        print(f"  {what} ", ", ".join(f"{n} ({' '.join(sorted(found[n]))})" for n in sorted(shown)))
        print("    beyond the table:", *sorted(n for n in shown if not any(n == k or (k[-1] == "*" and n.startswith(k[:-1])) for k in known)))
    makefiles = (log / "make").read_text(errors="replace") if (log / "make").exists() else ""
    print("  make ", *sorted({n for n in _MAKE.findall(makefiles) if not re.search(rf"^\s*(?:export )?{n}(?:\.\w+)? *[:+?]?=", makefiles, re.MULTILINE)}))
    print("  tail ", *seen.output.strip().splitlines()[-3:], sep="\n    ")
    for what in ("read", "probed", "changed"):
        print(f"  {what}", *sorted(p for p in getattr(seen, what) if not p.endswith(".npmrc"))[:60])


if __name__ == "__main__":
    main()
