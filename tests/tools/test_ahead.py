"""What tools offer to have done ahead of a RUN, and when they do not."""

from __future__ import annotations

import json

import pytest

from tests.effects.machine import effects_of
from tests.tools.test_maven import MVNW

GO = {
    "go.mod": "module example.com/app\n\ngo 1.22\n\nrequire example.com/dep v1.0.0\n",
    "go.sum": "example.com/dep v1.0.0 h1:x=\nexample.com/dep v1.0.0/go.mod h1:y=\n",
    "main.go": "package main\n",
}
UV = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n[build-system]\nbuild-backend = "hatchling.build"\n',
    "uv.lock": 'version = 1\n[[package]]\nname = "app"\nsource = { editable = "." }\n',
}
POETRY = {
    "pyproject.toml": '[tool.poetry]\nname = "app"\nversion = "1"\n',
    "poetry.lock": '[metadata]\nlock-version = "2.0"\n',
}
CONFIGURED = "<Project><ItemGroup Condition=\"'$(Configuration)' == 'Debug'\" /></Project>"
DOTNET = {
    "Web.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup><ProjectReference Include="lib/L.csproj" /></ItemGroup></Project>',
    "lib/L.csproj": "<Project />",
    "Program.cs": "",
}
POM = "<project><groupId>x</groupId><artifactId>p</artifactId><version>1</version>{}</project>"
MAVEN = {"pom.xml": POM.format(""), "src/main/java/A.java": ""}
WRAPPED = MAVEN | {"mvnw": MVNW, ".mvn/wrapper/maven-wrapper.properties": ""}
GRADLEW = """#!/bin/sh
##  Gradle start up script for UN*X
exec "$JAVACMD" org.gradle.wrapper.GradleWrapperMain "$@"
"""
GRADLE = {"gradlew": GRADLEW, "build.gradle": "", "gradle/wrapper/gradle-wrapper.properties": "distributionBase=GRADLE_USER_HOME\n"}
RUNS_A_PLUGIN = POM.format("<build><plugins><plugin><groupId>x</groupId><artifactId>y</artifactId></plugin></plugins></build>")
MIXFILE = 'defmodule P do\n  def project, do: [app: :p, deps: [{:jason, "~> 1.0"}]]\nend\n'
MIX = {"mix.exs": MIXFILE, "mix.lock": '%{\n  "jason": {:hex},\n}\n', "config/config.exs": "import Config\n"}
COMPOSER = {
    "composer.json": '{"name": "a/app", "autoload": {"classmap": ["seeds"]}}',
    "composer.lock": '{"packages": [{"name": "x/y", "type": "library"}]}',
    "seeds/A.php": "<?php\n",
}
CARGO = {
    "Cargo.toml": '[package]\nname = "app"\n[[bin]]\nname = "app"\npath = "src/main.rs"\n[dependencies]\ndep = "1"\n',
    "Cargo.lock": '[[package]]\nname = "app"\n[[package]]\nname = "dep"\nsource = "registry"\n',
    "src/main.rs": "fn main() {}\n",
}
CRATE = '[package]\nname = "app"\n{}[dependencies]\ndep = "1"\n'
UNPACKAGED = {"pyproject.toml": '[project]\nname = "app"\nversion = "1"\n'}
WORKSPACE = {
    "pyproject.toml": UV["pyproject.toml"] + '[tool.uv.workspace]\nmembers = ["lib"]\n',
    "lib/pyproject.toml": UV["pyproject.toml"],
}

# Requirements that pip may install ahead, and the command that prints them.
PIP = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\ndependencies = ["six", "idna>=3; python_version > \'3\'"]\n'
    '[project.optional-dependencies]\nweb = ["click"]\nall = ["app[web]"]\n',
    "src/app/__init__.py": "",
}
PRINTED = """'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\\n")'"""
PRINTED_TOO = (
    """'import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; """
    """print(*p["dependencies"], *p["optional-dependencies"]["web"], sep="\\n")'"""
)
LISTED = {
    "pyproject.toml": '[project]\nname = "app"\ndynamic = ["version", "dependencies"]\n'
    '[tool.setuptools.dynamic]\ndependencies = {file = ["req/base.txt"]}\n',
    "req/base.txt": "six==1.16.0  # pinned\n",
}
SCRIPTED = {"setup.py": "from setuptools import setup\nsetup(name='app')\n", "requirements.txt": "six==1.16.0\n"}
PYTHON = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


def pyproject(*changes: tuple[str, str]) -> dict[str, str]:
    """The project with another pyproject.toml."""
    text = PIP["pyproject.toml"]
    for old, new in changes:
        text = text.replace(old, new)
    return PIP | {"pyproject.toml": text}


def scripted(**scripts):
    return COMPOSER | {"composer.json": json.dumps(json.loads(COMPOSER["composer.json"]) | {"scripts": scripts})}


def with_plugin(name):
    package = {"name": name, "version": "v2.4.5", "type": "composer-plugin"}
    return COMPOSER | {"composer.lock": json.dumps({"packages": [package]})}

def _json(**fields):
    return json.dumps({"name": "app", "version": "1.0.0", **fields}, indent=2) + "\n"


def _locked(*places, **entry):
    one = {"version": "1.0.0", "resolved": "https://example.com/a.tgz", "integrity": "sha512-x", **entry}
    own = {"name": "app", "version": "1.0.0"}
    packages = {"": own, **dict.fromkeys(places, one)}
    return _json(lockfileVersion=3, requires=True, packages=packages)


A, LIB = "node_modules/a", "lib/node_modules/a"
UNBUILT, BUILDS = _json(), _json(scripts={"prepare": "vite build"})
MEMBERS = _json(workspaces=["lib"], scripts={"prepare": "vite build"})
NPM = {"package.json": BUILDS, "package-lock.json": _locked(A)}
NPM_MEMBERS = {
    "package.json": MEMBERS,
    "lib/package.json": '{"name":"lib","version":"1.0.0"}',
    "package-lock.json": _locked(A, LIB),
}
YARN = {"package.json": BUILDS, "yarn.lock": "# yarn lockfile v1\n"}
YARN_MEMBERS = {**YARN, "package.json": MEMBERS, "lib/package.json": '{"name":"lib","version":"1.0.0"}'}
BERRY = {
    "package.json": '{"name":"app","scripts":{"postinstall":"vite build"}}',
    "yarn.lock": '__metadata:\n  version: 8\n\n"app@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "app@workspace:."\n',
}
PNPM = {"package.json": BUILDS, "pnpm-lock.yaml": "lockfileVersion: '9.0'\nimporters:\n  .: {}\n"}
NPM_CACHED = "--ignore-scripts --logs-dir=node_modules && rm -rf node_modules"


def offered(script, files, **given):
    placed = {f"/app/{name}": text for name, text in files.items() if text is not None}
    return [each for each in effects_of(script, placed, **given).ahead if not each.refused]


@pytest.mark.parametrize(
    ("script", "files", "command"),
    [
        ("go build -o /srv .", GO, "go mod download"),
        ("go install ./...", GO, "go mod download"),
        ("/usr/bin/go build .", GO, "/usr/bin/go mod download"),
        ("go build ./a && go build ./b", GO, "go mod download"),
        ("mkdir -p /out && go build -mod=readonly -o /out/srv .", GO, "go mod download"),
        ("uv sync", UV, "uv sync --no-install-project"),
        ("uv -q sync --locked --extra web", UV, "uv -q sync --locked --extra web --no-install-project"),
        ("uv sync --frozen", UV | WORKSPACE, "uv sync --frozen --no-install-workspace"),
        ("poetry install", POETRY, "poetry install --no-root"),
        ("mix compile", MIX, "mix deps.compile"),
        ("mix release --overwrite", MIX, "mix deps.compile"),
        ("mix deps.get && mix compile && mix release", MIX, "mix deps.compile"),
        ("mix do deps.get --only prod, compile", MIX, "mix do deps.get --only prod, deps.compile"),
        ("mix do local.hex --force + deps.get + compile + assets.deploy", MIX, "mix do local.hex --force + deps.get + deps.compile"),
        ("./gradlew --no-daemon build -x test", GRADLE, "./gradlew --version"),
        ("./gradlew clean && ./gradlew build", GRADLE, "./gradlew --version"),
        ("GRADLE_USER_HOME=/cache ./gradlew build", GRADLE, "./gradlew --version"),
        ("mvn package", MAVEN, "mvn dependency:go-offline"),
        ("./mvnw -B package", WRAPPED, "./mvnw -B dependency:go-offline"),
        ("mvn -B -q -Pprod clean install -DskipTests", MAVEN, "mvn -B -q -Pprod -DskipTests dependency:go-offline"),
        ("mvn verify -P prod -f back/pom.xml", {"back/pom.xml": MAVEN["pom.xml"]}, "mvn -P prod -f back/pom.xml dependency:go-offline"),
        ("mvn package", MAVEN | {"pom.xml": RUNS_A_PLUGIN}, "mvn dependency:go-offline"),
        ("mvn package", MAVEN | {"src/test/java/T.java": ""}, "mvn dependency:go-offline"),
        ("mvn clean package exec:java", MAVEN, "mvn dependency:go-offline"),
        ("mvn dependency:tree && mvn package", MAVEN, "mvn dependency:go-offline"),
        ("mvn package && mvn install", MAVEN, "mvn dependency:go-offline"),
        ("mvn -s s.xml package", MAVEN | {"s.xml": "<settings><servers/></settings>"}, "mvn -s s.xml dependency:go-offline"),
        ("dotnet publish -c Release -o out", DOTNET, "dotnet restore"),
        ("dotnet build lib -c $CONFIGURATION --nologo", DOTNET, "dotnet restore lib"),
        ("dotnet build Web.csproj -r linux-x64 -f net8.0", DOTNET, "dotnet restore Web.csproj -p:RuntimeIdentifier=linux-x64"),
        ("dotnet publish -r linux-x64 --self-contained", DOTNET, "dotnet restore -p:RuntimeIdentifier=linux-x64 -p:SelfContained=true"),
        ("dotnet publish --self-contained false --runtime=osx-x64", DOTNET, "dotnet restore -p:SelfContained=false -p:RuntimeIdentifier=osx-x64"),
        ("dotnet publish -r osx-x64 --sc true /p:PublishReadyToRun=true", DOTNET, "dotnet restore /p:PublishReadyToRun=true -p:RuntimeIdentifier=osx-x64 -p:SelfContained=true"),
        ("dotnet publish --no-self-contained -r osx-x64", DOTNET, "dotnet restore -p:SelfContained=false -p:RuntimeIdentifier=osx-x64"),
        ("dotnet pack -p PackAsTool=true --configfile n.config", DOTNET, "dotnet restore -p PackAsTool=true --configfile n.config"),
        ("dotnet publish --source=https://n.example/v3", DOTNET, "dotnet restore --source=https://n.example/v3"),
        ("dotnet publish -c Release", DOTNET | {"Directory.Build.props": CONFIGURED}, "dotnet restore -p:Configuration=Release"),
        ("dotnet build", DOTNET | {"lib/L.csproj": CONFIGURED}, "dotnet restore"),
        ("dotnet build && dotnet publish -o out", DOTNET, "dotnet restore"),
        ("dotnet restore lib && dotnet publish -o out", DOTNET, "dotnet restore"),
        ("dotnet publish", DOTNET | {"lib/L.csproj": '<Project><Target Name="N" BeforeTargets="Build"><Exec Command="npm ci" /></Target></Project>'}, "dotnet restore"),
        ("poetry install -n --only main -E web", POETRY, "poetry install -n --only main -E web --no-root"),
        ("cargo build --release", CARGO, "cargo fetch"),
        ("cargo +nightly build --locked -j 2", CARGO, "cargo +nightly fetch --locked"),
        ("cargo install --path . --locked", CARGO, "cargo fetch --locked --manifest-path ./Cargo.toml"),
        ("cargo build && cargo build --release", CARGO, "cargo fetch"),
        ("cargo build", CARGO | {"Cargo.toml": CRATE.format('[lib]\npath = "src/lib.rs"\n[[test]]\npath = "tests/a.rs"\n')}, "cargo fetch"),
        ("composer install", COMPOSER, "composer install --no-scripts --no-autoloader"),
        ("/usr/bin/composer -n i --no-dev -o", COMPOSER, "/usr/bin/composer -n i --no-dev -o --no-scripts --no-autoloader"),
        ("composer install --no-scripts", COMPOSER, "composer install --no-scripts --no-autoloader"),
        ("composer install -d /app", COMPOSER, "composer install -d /app --no-scripts --no-autoloader"),
        ("composer install --no-autoloader", scripted(**{"post-install-cmd": "cat a"}), "composer install --no-autoloader --no-scripts"),
        ("composer install", scripted(**{"post-autoload-dump": ["@php artisan"]}), "composer install --no-scripts --no-autoloader"),
        ("composer install", scripted(**{"post-install-cmd": "A::b", "post-update-cmd": "A::c"}), "composer install --no-scripts --no-autoloader"),
        ("composer install --no-scripts", scripted(**{"pre-install-cmd": "cat a"}), "composer install --no-scripts --no-autoloader"),
        ("composer install", with_plugin("symfony/runtime"), "composer install --no-scripts --no-autoloader"),
        ("composer install", with_plugin("symfony/flex"), "composer install --no-scripts --no-autoloader"),
        ("composer install --no-plugins", with_plugin("phpstan/extension-installer"), "composer install --no-plugins --no-scripts --no-autoloader"),
        ("npm ci", NPM, f"npm ci {NPM_CACHED}"),
        ("npm ci --unsafe-perm --omit=dev && npm run lint", NPM, f"npm ci --unsafe-perm --omit=dev {NPM_CACHED}"),
        ("npm ci && npm prune --omit=dev", NPM, f"npm ci {NPM_CACHED}"),
        ("npm ci", NPM_MEMBERS, f"npm ci {NPM_CACHED} lib/node_modules"),
        ("yarn --frozen-lockfile", YARN, "yarn --frozen-lockfile --ignore-scripts && rm -rf node_modules"),
        ("yarn && yarn lint", YARN, "yarn --ignore-scripts && rm -rf node_modules"),
        ("yarn install", YARN_MEMBERS, "yarn install --ignore-scripts && rm -rf node_modules lib/node_modules"),
        ("yarn install --immutable", BERRY, "yarn install --immutable --mode=skip-build"),
        ("yarn", BERRY, "yarn --mode=skip-build"),
        ("pnpm i --frozen-lockfile", PNPM, "pnpm fetch && rm -rf node_modules"),
        ("pnpm install --prod", PNPM, "pnpm fetch --prod && rm -rf node_modules"),
    ],
)  # fmt: skip
def test_a_part_is_offered(script, files, command):
    """With the options of the whole."""
    assert [command] == [each.shown for each in offered(script, files)]


@pytest.mark.parametrize(
    ("script", "files"),
    [
        ("go mod download && go build .", GO),
        ("go get ./... && go build .", GO),
        ("go vet ./...", GO),
        ("go install example.com/tool@v1.2.3", GO),
        ("go build -mod=vendor .", GO),
        ("go build -mod=mod .", GO),
        ("go build -modfile=other.mod .", GO | {"other.mod": GO["go.mod"]}),
        ("go build -modcacherw .", GO),
        ("GOFLAGS=-mod=vendor go build .", GO),
        ("GO111MODULE=off go build .", GO),
        ("GOPROXY=off go build .", GO),
        ("go build .", GO | {"vendor/modules.txt": ""}),
        ("go build .", GO | {"go.work": "go 1.22\nuse .\n"}),
        ("go build .", GO | {"go.mod": "module example.com/app\n\ngo 1.22\n"}),
        ("go build .", GO | {"go.mod": None}),
        ("./configure && go build .", GO),
        ("go build . && go clean -modcache", GO),
        ("go build . && ls /root/go/pkg/mod", GO),
        ("grep -q x /etc/os-release || go build .", GO),
        ("for m in a b; do go build ./$m; done || true", GO),
        ("uv sync --no-install-project", UV),
        ("uv sync --only-dev", UV),
        ("uv sync --upgrade", UV),
        ("uv sync --reinstall", UV),
        ("uv sync --inexact", UV),
        ("uv sync --directory lib", UV),
        ("uv sync", UV | {"uv.lock": None}),
        ("uv sync", UV | UNPACKAGED),
        ("uv sync", UV | {"pyproject.toml": UV["pyproject.toml"] + "[tool.uv]\nno-build-isolation = true\n"}),
        ("uv sync", UV | {"uv.toml": 'no-build-isolation-package = ["app"]\n'}),
        ("UV_NO_BUILD_ISOLATION=1 uv sync", UV),
        ("uv sync && rm -rf /app/.venv/lib/x", UV),
        ("uv export -o r.txt", UV),
        ("mix deps.compile && mix compile", MIX),
        ("mix do deps.get, deps.compile, compile", MIX),
        ("mix assets.deploy", MIX),
        ("mix do assets.deploy, compile", MIX),
        ("mix compile && rm -rf _build", MIX),
        ("mix compile", MIX | {"mix.exs": None}),
        ("mix compile", MIX | {"mix.exs": MIXFILE.replace("app: :p", 'app: :p, aliases: [compile: ["gen", "compile"]]')}),
        ("mix compile", MIX | {"mix.exs": MIXFILE.replace("app: :p", 'app: :p, aliases: ["deps.loadpaths": ["gen"]]')}),
        ("mix compile", MIX | {"mix.exs": MIXFILE.replace("app: :p", 'app: :p, aliases: ["deps.compile": ["gen"]]')}),
        ("mix compile", MIX | {"mix.exs": MIXFILE.replace("app: :p", 'apps_path: "apps"')}),
        ("mix compile", MIX | {"mix.exs": MIXFILE.replace('"~> 1.0"', "path: x()")}),
        ("mix compile", MIX | {"config/config.exs": 'File.read!("x")'}),
        ("./mvnw package", WRAPPED | {"mvnw": MVNW.replace("Apache", "Our")}),
        ("./mvnw package", WRAPPED | {"mvnw": "#!/bin/sh\n# Apache Maven Wrapper startup batch script\nexec ./build"}),
        ("MAVEN_USER_HOME=/m ./mvnw package", WRAPPED),
        ("./gradlew --version && ./gradlew build", GRADLE),
        ("./gradlew --version", GRADLE),
        ("./gradlew -g /cache build", GRADLE),
        ("./gradlew --gradle-user-home=/cache build", GRADLE),
        ("gradle build", GRADLE),
        ("./gradlew build", GRADLE | {"gradlew": GRADLEW.replace("GradleWrapperMain", "OurMain")}),
        ("./gradlew build", GRADLE | {"gradlew": GRADLEW.replace("start up", "other")}),
        ("./gradlew build", GRADLE | {"gradle/wrapper/gradle-wrapper.properties": "distributionBase=PROJECT\n"}),
        ("./gradlew build", GRADLE | {"gradle.properties": "systemProp.gradle.user.home=/x\n"}),
        ("GRADLE_OPTS=-Dgradle.user.home=/x ./gradlew build", GRADLE),
        ("./gradlew build && rm -rf /root/.gradle", GRADLE),
        ("mvn dependency:go-offline && mvn package", MAVEN),
        ("mvn dependency:resolve && mvn package", MAVEN),
        ("mvn org.apache.maven.plugins:maven-dependency-plugin:3.6.1:go-offline && mvn package", MAVEN),
        ("mvn compile", MAVEN),
        ("mvn deploy", MAVEN),
        ("mvn -o package", MAVEN),
        ("mvn package -l log.txt", MAVEN),
        ("mvn package -pl web -am", MAVEN),
        ("mvn package --frobnicate", MAVEN),
        ("mvn package -P package", MAVEN),
        ("mvn package -Dfrom=$(cat name)", MAVEN),
        ("mvn package", MAVEN | {"pom.xml": POM.format("<modules><module>web</module></modules>"), "web/pom.xml": POM.format("")}),
        ("mvn package", MAVEN | {"pom.xml": POM.format("<profiles><profile><modules><module>web</module></modules></profile></profiles>"), "web/pom.xml": POM.format("")}),
        ("mvn package", MAVEN | {"pom.xml": POM.format("<reporting><plugins/></reporting>")}),
        ("mvn package", MAVEN | {"pom.xml": None}),
        ("mvn package", MAVEN | {".mvn/maven.config": "-Pprod"}),
        ("mvn -s s.xml package", MAVEN | {"s.xml": "<settings><mirrors/></settings>"}),
        ("mvn -s s.xml package", MAVEN | {"s.xml": "<settings><localRepository>/x</localRepository></settings>"}),
        ("mvn package && rm -rf /root/.m2", MAVEN),
        ("dotnet restore && dotnet publish", DOTNET),
        ("dotnet restore Web.csproj && dotnet publish lib", DOTNET),
        ("dotnet publish --no-restore", DOTNET),
        ("dotnet publish --no-build", DOTNET),
        ("dotnet publish", DOTNET | {"App.sln": ""}),
        ("dotnet publish", {"Program.cs": ""}),
        ("dotnet publish -a $TARGETARCH", DOTNET),
        ("dotnet publish --os linux", DOTNET),
        ("dotnet publish --self-contained", DOTNET),
        ("dotnet publish -r $(cat rid)", DOTNET),
        ("dotnet publish -p:Version=$(cat version)", DOTNET),
        ("dotnet publish -p:PublishProfile=web", DOTNET),
        ("dotnet publish --version-suffix beta", DOTNET),
        ("dotnet publish --force-evaluate", DOTNET),
        ("dotnet publish", DOTNET | {"lib/L.csproj": CONFIGURED}),
        ("dotnet publish -c $(cat c)", DOTNET | {"lib/L.csproj": CONFIGURED}),
        ("dotnet publish", DOTNET | {"lib/L.csproj": "<Project><PropertyGroup><ArtifactsPath>/x</ArtifactsPath></PropertyGroup></Project>"}),
        ("dotnet publish && rm -rf /root/.nuget", DOTNET),
        ("dotnet test", DOTNET),
        ("poetry install --no-root", POETRY),
        ("poetry install --only-root", POETRY),
        ("poetry install --compile", POETRY),
        ("poetry install -C lib", POETRY),
        ("poetry install", POETRY | {"poetry.lock": None}),
        ("poetry install", POETRY | {"pyproject.toml": POETRY["pyproject.toml"] + "package-mode = false\n"}),
        ("poetry install && rm -rf /root/.cache/pypoetry", POETRY),
        ("poetry install", POETRY | {"pyproject.toml": POETRY["pyproject.toml"] + "[tool.poetry-dynamic-versioning]\nenable = true\n"}),
        ("poetry install", POETRY | {"pyproject.toml": POETRY["pyproject.toml"] + '[tool.poetry.requires-plugins]\nany = "*"\n'}),
        ("poetry update", POETRY),
        ("cargo fetch --locked && cargo build", CARGO),
        ("cargo chef cook --release && cargo build --release", CARGO),
        ("cargo build", CARGO | {"Cargo.toml": CRATE.format("")}),
        ("cargo build", CARGO | {"Cargo.toml": CRATE.format("[lib]\n")}),
        ("cargo build", CARGO | {"Cargo.toml": CRATE.format('[[bin]]\nname = "app"\n')}),
        ("cargo build", CARGO | {"Cargo.toml": CRATE.format('[lib]\npath = "src/lib.rs"\n[[example]]\nname = "a"\n')}),
        ("cargo build", CARGO | {"Cargo.toml": CARGO["Cargo.toml"] + 'util = { path = "util" }\n', "util/Cargo.toml": '[package]\nname = "util"\n'}),
        ("cargo build", CARGO | {"Cargo.lock": None}),
        ("cargo build", CARGO | {"Cargo.lock": '[[package]]\nname = "app"\n'}),
        ("cargo build", CARGO | {"Cargo.lock": '[[package]]\nname = "app"\n[[package]]\nname = "dep"\n'}),
        ("cargo build --frozen", CARGO),
        ("cargo build --offline", CARGO),
        ("cargo build", CARGO | {".cargo/config.toml": "[source.crates-io]\nreplace-with = 'vendored'\n"}),
        ("cargo install --path .", CARGO),
        ("cargo install ripgrep --locked", CARGO),
        ("cargo build && rm -rf /root/.cargo/registry", CARGO),
        ("cargo test", CARGO),
        ("composer install --no-scripts --no-autoloader", COMPOSER),
        ("composer install --no-scripts --no-autoloader && composer install", COMPOSER),
        ("composer install --no-autoloader", COMPOSER),
        ("composer install --no-autoloader", scripted(**{"post-install-cmd": "echo"})),
        ("composer install", COMPOSER | {"composer.lock": None}),
        ("composer install", COMPOSER | {"composer.lock": "{"}),
        ("composer install", COMPOSER | {"composer.json": '{"name": "a/app"}'}),
        ("composer install --prefer-source", COMPOSER),
        ("composer install --audit", COMPOSER),
        ("composer install --dry-run", COMPOSER),
        ("composer install x/y", COMPOSER),
        ("composer update", COMPOSER),
        ("composer global install", COMPOSER),
        ("composer install", scripted(**{"pre-install-cmd": "cat a"})),
        ("composer install", scripted(**{"post-package-install": "A::b"})),
        ("composer install", scripted(**{"pre-command-run": "cat a"})),
        ("composer install", with_plugin("phpstan/extension-installer")),
        ("composer install && composer clear-cache", COMPOSER),
        ("composer install && rm -rf ~/.composer", COMPOSER),
        ("composer install && rm -rf vendor/x/y/tests", COMPOSER),
        ("npm ci", NPM | {"package.json": UNBUILT}),
        ("npm ci --ignore-scripts", NPM),
        ("npm ci", NPM | {"package-lock.json": None}),
        ("npm install", NPM | {"package-lock.json": _json(lockfileVersion=3, packages={"": {"name": "other"}})}),
        ("npm ci", NPM | {"package-lock.json": _locked(A, resolved="git+ssh://git@example.com/a.git#0")}),
        ("npm ci", NPM_MEMBERS | {"package-lock.json": '{"lockfileVersion":1,"dependencies":{}}'}),
        ("npm ci", NPM_MEMBERS | {"package-lock.json": _locked(*(f"p{n}/{A}" for n in range(4)))}),
        ("npm ci", NPM | {"node_modules/a/index.js": ""}),
        ("npm ci --prefix lib", NPM_MEMBERS),
        ("npm ci -w lib", NPM_MEMBERS),
        ("cd lib && npm ci", NPM_MEMBERS),
        ("npm install left-pad", NPM),
        ("npm prune", NPM),
        ("npm cit", NPM),
        ("npm ci && npm cache clean --force", NPM),
        ("npm ci && rm -rf /root/.npm", NPM),
        ("yarn --frozen-lockfile", YARN | {"package.json": UNBUILT}),
        ("yarn", YARN | {"yarn.lock": None}),
        ("yarn --frozen-lockfile", YARN | {"yarn.lock": 'a@file:./a:\n  version "1"\n'}),
        ("yarn --frozen-lockfile", YARN | {".yarnrc": 'yarn-offline-mirror "./held"\n'}),
        ("yarn --frozen-lockfile --force", YARN),
        ("yarn --frozen-lockfile --flat", YARN),
        ("yarn --frozen-lockfile && yarn cache clean", YARN),
        ("yarn add left-pad", YARN),
        ("yarn install --mode=update-lockfile", BERRY),
        ("yarn", BERRY | {"yarn.lock": BERRY["yarn.lock"].replace("version: 8", "version: 4")}),
        ("yarn", BERRY | {"node_modules/a/index.js": ""}),
        ("yarn", BERRY | {".yarn/install-state.gz": ""}),
        ("yarn workspaces focus", BERRY),
        ("pnpm install --frozen-lockfile", PNPM | {"package.json": UNBUILT}),
        ("pnpm install --frozen-lockfile", PNPM | {"pnpm-lock.yaml": None}),
        ("pnpm install --frozen-lockfile --shamefully-hoist", PNPM),
        ("pnpm install --frozen-lockfile --filter app", PNPM),
        ("pnpm install --frozen-lockfile", PNPM | {".pnpmfile.cjs": "require('./src')"}),
        ("pnpm fetch && pnpm install", PNPM),
        ("pnpm install --lockfile-only", PNPM),
        ("pnpm add left-pad", PNPM),
    ],
)  # fmt: skip
def test_no_part_is_offered(script, files):
    """Where it is done already, is not the same, would be removed, or may not happen."""
    assert [] == offered(script, files)


@pytest.mark.parametrize(
    ("script", "files", "command"),
    [
        ("pip install .", PIP, f"python3 -c {PRINTED} | pip install -r /dev/stdin"),
        ("pip3 install --no-cache-dir -e ./", PIP, f"python3 -c {PRINTED} | pip3 install --no-cache-dir -r /dev/stdin"),
        ("python -m pip install /app", PIP, f"python3 -c {PRINTED} | python -m pip install -r /dev/stdin"),
        ("/opt/v/bin/python -u -mpip install .", PIP, f"python3 -c {PRINTED} | /opt/v/bin/python -u -mpip install -r /dev/stdin"),
        (
            "pip install '.[web]' gunicorn==23.0.0",
            PIP,
            f"python3 -c {PRINTED_TOO} | pip install gunicorn==23.0.0 -r /dev/stdin",
        ),
        ("cd / && pip install ./app", PIP, f"python3 -c {PRINTED.replace('pyproject', 'app/pyproject')} | pip install -r /dev/stdin"),
        ("pip install .", LISTED, "pip install -r req/base.txt"),
        ("pip install -r requirements.txt -e .", SCRIPTED, "pip install -r requirements.txt"),
        ("pip install . && python --version", PIP, f"python3 -c {PRINTED} | pip install -r /dev/stdin"),
        ("uv pip install --system .", PIP, "uv pip install --system -r pyproject.toml"),
        ("uv pip install --no-cache -e .[web]", PIP, "uv pip install --no-cache -r pyproject.toml --extra web"),
    ],
)  # fmt: skip
def test_requirements_are_offered(script, files, command):
    """As they stand in the manifest when the part runs, whatever pip it is."""
    (part,) = offered(script, files, image="python:3.11-slim", env=PYTHON)

    assert command == part.shown
    assert part.differs


@pytest.mark.parametrize(
    ("script", "files", "image"),
    [
        ("pip install .", PIP, "python:3.10"),
        ("pip install .", PIP, "python:2.7"),
        ("pip install .", PIP, "debian:12"),
        ("pip install .", PIP, "python:slim@sha256:0123"),
        ("pip install . ./other", PIP | {"other/pyproject.toml": PIP["pyproject.toml"]}, "python:3.12"),
        ("pip install -U .", PIP, "python:3.12"),
        ("pip install --target /x .", PIP, "python:3.12"),
        ("pip install --no-deps .", PIP, "python:3.12"),
        ("pip install --no-build-isolation .", PIP, "python:3.12"),
        ("PIP_NO_BUILD_ISOLATION=0 pip install .", PIP, "python:3.12"),
        ("pip install --require-hashes .", PIP, "python:3.12"),
        ("pip wheel .", PIP, "python:3.12"),
        ("pip install '.[all]'", PIP, "python:3.12"),
        ("pip install '.[none]'", PIP, "python:3.12"),
        ("pip install .", pyproject(('dependencies = ["six"', 'dynamic = ["dependencies"]\nx = ["six"')), "python:3.12"),
        ("pip install .[web]", pyproject(('version = "1"', 'dynamic = ["optional-dependencies"]')), "python:3.12"),
        ("pip install .", pyproject(('"six"', '"six @ file:///x"')), "python:3.12"),
        ("pip install .", pyproject(('"six"', '"six @ git+https://example.com/six"')), "python:3.12"),
        ("pip install .", pyproject(('"six"', '"six==${SIX}"')), "python:3.12"),
        ("pip install .", pyproject(('"six"', '"app"')), "python:3.12"),
        ("pip install .", pyproject(('"six", ', ""), ("\"idna>=3; python_version > '3'\"", "")), "python:3.12"),
        ("pip install .", pyproject(("[project.opt", "[tool.poetry]\n[project.opt")), "python:3.12"),
        ("pip install .", {"pyproject.toml": None, "setup.py": SCRIPTED["setup.py"]}, "python:3.12"),
        ("pip install .[web]", LISTED, "python:3.12"),
        ("pip install .", LISTED | {"req/base.txt": None}, "python:3.12"),
        ("pip install . && rm -rf /root/.cache/pip", PIP, "python:3.12"),
        ("pip install . && pip uninstall -y six", PIP, "python:3.12"),
        ("pip install six idna && pip install .", PIP, "python:3.12"),
        ("pip install . || true", PIP, "python:3.12"),
        ("pip install -r requirements.txt .", SCRIPTED | {"requirements.txt": "six\n-e ./lib\n", "lib/setup.py": ""}, "python:3.12"),
        ("pip install -r requirements.txt", SCRIPTED, "python:3.12"),
        ("uv pip install .", LISTED, "python:3.12"),
        ("uv pip install -U .", PIP, "python:3.12"),
        ("uv pip install --no-build-isolation .", PIP, "python:3.12"),
        ("uv pip install .", PIP | {"uv.toml": "no-build-isolation = true\n"}, "python:3.12"),
        ("uv pip install .", pyproject(("[project.opt", '[tool.uv.sources]\nsix = {path = "six"}\n[project.opt')), "python:3.12"),
    ],
)  # fmt: skip
def test_requirements_are_not_offered(script, files, image):
    """Where they are not spelled out, are there already, would be removed, or nobody can read them."""
    assert [] == offered(script, files, image=image, env=PYTHON)


@pytest.mark.parametrize(
    ("requires", "path", "known"),
    [
        (">=3.11,<4", "/usr/local/bin:/bin", True),
        ("<4, >= 3.12", "/usr/local/bin:/bin", True),
        ("~=3.13", "/usr/local/bin:/bin", True),
        (">=3.9", "/usr/local/bin:/bin", False),
        ("<3.14", "/usr/local/bin:/bin", False),
        ("!=3.12", "/usr/local/bin:/bin", False),
        (">=3.12", "/venv/bin:/usr/local/bin:/bin", False),
    ],
)
def test_a_project_tells_which_python_installs_it(requires, path, known):
    """Where a digest leaves open what the tag has stood for, and pip is the image's own."""
    files = pyproject(("[project.opt", f"requires-python = '{requires}'\n[project.opt"))
    image = "python:alpine@sha256:0123"

    assert known == bool(offered("pip install .", files, image=image, env={"PATH": path}))


def test_the_images_own_python_reads_the_manifest():
    """Not one that the PATH may lead to first."""
    (part,) = offered("pip install .", PIP, image="python:3.12", env={"PATH": "/venv/bin:/usr/local/bin"})

    assert part.fed[0] == "/usr/local/bin/python3"


@pytest.mark.parametrize(
    ("script", "files", "env", "leaves"),
    [
        ("go build .", GO, {}, True),
        ("uv sync", UV, {}, True),
        ("uv sync", UV, {"UV_NO_CACHE": "1"}, False),
        ("uv sync", UV, {"UV_NO_CACHE": "0"}, True),
        ("uv sync --no-cache", UV, {}, False),
        ("mix compile", MIX, {}, True),
        ("./gradlew build", GRADLE, {}, True),
        ("mvn package", MAVEN, {}, True),
        ("dotnet publish", DOTNET, {}, True),
        ("poetry install", POETRY, {}, True),
        ("poetry install", POETRY, {"PYTHONDONTWRITEBYTECODE": "1"}, False),
        ("poetry install", POETRY, {"POETRY_VIRTUALENVS_CREATE": "true"}, False),
        ("poetry install", POETRY, {"POETRY_VIRTUALENVS_CREATE": "false"}, True),
        ("composer install", COMPOSER, {}, False),
        ("cargo build", CARGO, {}, True),
        ("npm ci", NPM, {}, False),
        ("npm ci", NPM | {"package-lock.json": _locked(A, resolved="")}, {}, True),
        ("npm ci", NPM | {"package-lock.json": _json(lockfileVersion=1, dependencies={})}, {}, True),
    ],
)
def test_what_a_part_may_leave(script, files, env, leaves):
    """Only where nothing more may be left is the image the same."""
    (part,) = offered(script, files, env=env)

    assert leaves == bool(part.leaves)
    assert part.more or not leaves


@pytest.mark.parametrize(
    ("image", "commands"),
    [("node:20", [f"npm i --no-save {NPM_CACHED}"]), ("node:14", []), ("", [])],
)
def test_npm_saves_no_lock_ahead(image, commands):
    """As npm 7 and later keep to `--no-save`."""
    found = offered("npm i", NPM, image=image, env={"PATH": "/usr/local/bin:/bin"})

    assert commands == [each.shown for each in found]


def test_a_part_done_in_the_same_run_costs_once():
    """`go mod download && go build` is as dear as `go build` alone."""
    files = {f"/app/{name}": text for name, text in GO.items()}
    alone, both = (
        effects_of(s, files).seconds for s in ("go build .", "go mod download && go build .")
    )

    assert alone == both
