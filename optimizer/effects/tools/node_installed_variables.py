"""The variables that install scripts of published npm packages look at.

Measured with `tests/measure/node_dependencies.py` (node 20, npm 11, gcc 12): every package of the table
in several major versions, by what its script asked for and by what the modules name that it
loaded. A newer version may ask for more of its own, so that the rows hold the package's own prefix.
What is not in the table may look at anything: so do those whose script starts a program of Go, which
asks for nothing by `getenv` (esbuild apart, which is asked for its version), or one of their makefiles.
"""

from __future__ import annotations

from optimizer.effects.model import Paths
from optimizer.effects.tools.ci_variables import CI_VARIABLES
from optimizer.effects.tools.looking import words

# What the programs look at that scripts start: a shell, node, node-gyp (3 to 11) and its python, the
# makefiles that it makes (`make -p`: what these do not set themselves), make, gcc and binutils,
# pkg-config; and the packages that fetch what is built already (node-pre-gyp, prebuild-install,
# node-gyp-build, napi-postinstall, bin-wrapper, download and others), whose own settings are npm's.
_TOOLS = CI_VARIABLES | words("""
    _ COLOR COLORTERM COLUMNS CURL_* DEBUG* FORCE_COLOR HOSTALIASES ICU_* INIT_CWD LANGUAGE LC_* LINES
    HOSTNAME LOCALDOMAIN LOGNAME NODE* NOPROXY NO_COLOR OPENSSL_* OSTYPE POSIXLY_CORRECT PS4 PWD RES_OPTIONS SHLVL SSL_* TEMP
    COMPUTERNAME HOMEDRIVE HOMEPATH LNAME PROMPT PS1 TERM* TMP TMUX USERDOMAIN OMP_* UV_* V8_* WGETRC WT_SESSION NO_UPDATE_NOTIFIER

    IOJS_* JOBS NVM_* PYTHON* __PYVENV_LAUNCHER__ DISTUTILS_* SETUPTOOLS_* PYPARSING* VIRTUAL_ENV CONDA_* PYENV_* GYP_* _PYTHON*

    AR AR_* CC CC_* CXX CXX_* LD LD_* LINK LINK_* NM NM_* PLI PLI_* READELF* CFLAGS* CPPFLAGS* CXXFLAGS* LDFLAGS* LIBS ARFLAGS
    AS ASFLAGS RANLIB STRIP Configuration NO_LOAD POSTBUILDS BUILDTYPE TOOLSET V f fixup_dep prefix quiet
    GNUMAKEFLAGS MAKE* MFLAGS VPATH GPATH

    AS_* BINUTILS_* CCACHE_* COLLECT_* COMPILER_PATH CPATH CPLUS_INCLUDE_PATH C_INCLUDE_PATH DEPENDENCIES_OUTPUT G++_ROOT GCC_*
    GNUTARGET LDEMULATION LIBCTF_DEBUG LIBRARY_PATH LLVM_* LPATH OBJC* PKG_CONFIG* SIMPLE_BACKUP_SUFFIX SOURCE_DATE_EPOCH
    SUNPRO_DEPENDENCIES

    BLOCK* LS_* QUOTING_STYLE _POSIX2_VERSION

    GODEBUG GOGC GOMAXPROCS GOMEMLIMIT GOTRACEBACK

    APPDATA LOCALAPPDATA ARM_VERSION ELECTRON_RUN_AS_NODE LIBC NAPI_RS_* PREBUILDS_ONLY READABLE_STREAM USERNAME USERPROFILE
    node_pre_gyp_* prebuild-install_* node_gyp_* GRACEFUL_FS_* TESTING_* __TESTING_* __FAKE_* TINYGLOBBY_DEBUG
""")  # fmt: skip

# Those that fetch their build with prebuild-install: it looks for .prebuild-installrc upwards.
PREBUILD_INSTALL = words("""
    better-sqlite3 bson-ext canvas isolated-vm kerberos keytar mongodb-client-encryption sharp snappy tree-sitter
""")  # fmt: skip

_OPENCOLLECTIVE = "DISABLE_OPENCOLLECTIVE MINIMAL OC_POSTINSTALL_TEST OPENCOLLECTIVE_* CONSOLA_* JEST_WORKER_ID UNDICI_NO_FG"
_CORE_JS = "ADBLOCK DISABLE_OPENCOLLECTIVE OPEN_SOURCE_CONTRIBUTOR"
_PRISMA = "PRISMA_* AWS_LAMBDA_* BINARY_DOWNLOAD_VERSION CACHE_DIR FORCE_HYPERLINK IGNORE_TEST_WIN32 VTE_VERSION"
# Package -> what it looks at beside the tools and what begins with its own name (ESBUILD_*).
_OWN: dict[str, str] = {
    **dict.fromkeys(PREBUILD_INSTALL, ""),
    **dict.fromkeys(words("""
        @ffmpeg-installer/linux-x64 @fortawesome/fontawesome-common-types @fortawesome/fontawesome-free @fortawesome/fontawesome-svg-core
        @fortawesome/free-brands-svg-icons @fortawesome/free-regular-svg-icons @fortawesome/free-solid-svg-icons
        @biomejs/biome @datadog/native-appsec @discordjs/opus @mongodb-js/zstd @parcel/watcher @serialport/bindings-cpp @vaadin/vaadin-usage-statistics
        argon2 bcrypt bigint-buffer bufferutil classic-level cpu-features dtrace-provider es5-ext esbuild fsevents iconv keccak
        leveldown libxmljs2 macos-export-certificate-and-key microtime
        msgpackr-extract msw ngrok node-pty os-dns-native preact protobufjs ref-napi secp256k1 sqlite3 styled-components tiny-secp256k1 unrs-resolver
        utf-8-validate vuetify win-export-certificate-and-key workerd
    """), ""),
    "@angular/cli": "AWS_* BAZEL_* CLI_WIDTH LANGSPEC MSYSTEM NG_*",
    # 20.0.0 to 20.0.8, read: `npx ts-node` (10) of a script of its own.
    "@leafygreen-ui/code": "TS_* TSC_* DISABLE_V8_COMPILE_CACHE VSCODE_*",
    **dict.fromkeys(words("@nestjs/core bootstrap-vue"), _OPENCOLLECTIVE),
    "@scarf/scarf": "SCARF_* DO_NOT_TRACK OLDPWD",
    "@sentry/cli": "SENTRY* CUSTOM_HEADER DOTENV*",
    "@sentry/profiling-node": "SENTRY_* BUILD_ARCH BUILD_PLATFORM",
    "@tensorflow/tfjs-node": "CDN_STORAGE TFJS_*",
    **dict.fromkeys(words("prisma @prisma/engines"), _PRISMA),
    "ffi-napi": "REF_NAPI*",
    "husky": "DISABLE_OPENCOLLECTIVE OPEN_SOURCE_CONTRIBUTOR",
    "onnxruntime-node": "GLOBAL_AGENT_* JEST_WORKER_ID ROARR_* UNDICI_NO_FG",
    "@swc/core": "SWC_* _RJEM_MALLOC_CONF",
    "chromedriver": "DETECT_CHROMEDRIVER_VERSION IGNORE_TEST_WIN32 INCLUDE_CHROMIUM JEST_WORKER_ID UNDICI_NO_FG",
    **dict.fromkeys(words("core-js core-js-bundle core-js-pure"), _CORE_JS),
    "cypress": "AWS_* BLUEBIRD_* DISPLAY GETOPT_COMPATIBLE LISTR_* VBOX_* XVFB_*",
    "electron": "GLOBAL_AGENT_* ROARR_* electron_* force_no_cache",
    "ffmpeg-static": "FFMPEG_*",
    "geckodriver": "WDIO_*",
    "libpq": "PG*",
    "usb": "LIBUSB_*",
    **dict.fromkeys(
        words("playwright playwright-chromium playwright-firefox playwright-webkit"),
        "PLAYWRIGHT_* PW* SELENIUM_* DOTENV_KEY GITHUB_ACTION MAX_LOG_LENGTH TEST_INSPECTOR_LANGUAGE WS_* __IS_WSL_TEST__",
    ),
    "ejs": "DISABLE_OPENCOLLECTIVE",
    "highlight.js": "HLJS_*",
    "lmdb": "MSGPACKR_EXTRACT*",
    "mongodb-memory-server": "MONGOMS_* CACHE_DIR",
    "node-sass": "AWS_* SASS_* LIBSASS_* SKIP_SASS_BINARY_DOWNLOAD_FOR_CI LAMBDA_TASK_ROOT",
    "nodemon": "SUPPRESS_SUPPORT XDG_*",
    "nx": """
        BUILD_BUILDID CODEBUILD_BUILD_ID HEROKU_TEST_RUN_ID IGNORE_TEST_WIN32 RUST_* TOKIO_* NRWL_API TS_* DOTENV_KEY LOG_*
        bamboo_* CODEX_* ConEmuTask
    """,
    "puppeteer": "IGNORE_TEST_WIN32 QTS_DEBUG RUNNER_DEBUG YARGS_* JEST_WORKER_ID UNDICI_NO_FG",
    "re2": "DOWNLOAD_* DEVELOPMENT_SKIP_GETTING_ASSET",
    "simple-git-hooks": "SKIP_INSTALL_SIMPLE_GIT_HOOKS",
    "ssh2": "CI_CHECK_FAIL",
    "vue-demi": "VUE_*",
    "yorkie": "HUSKY_*",
}  # fmt: skip


def looked_at(names: Paths | None) -> Paths:
    """What the scripts of these packages look at; {"*"} if it may be anything. None: not known which."""
    if names is None or not names <= _OWN.keys():
        return frozenset({"*"})
    done = _TOOLS if names else frozenset()
    for name in names:
        prefix = name.upper().replace("-", "_")
        done |= words(_OWN[name]) | {prefix, f"{prefix}_*"}
    return done
