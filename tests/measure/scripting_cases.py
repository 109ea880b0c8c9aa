"""Projects of composer, bundler, pipenv and mix, and command lines: the cases of `scripting.py`."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.measure.comparing import Case

NOISE = {
    "README.md": "", ".env": "A=1\n", ".gitignore": "", ".dockerignore": "", "docs/index.md": "", "Makefile": "all:\n",
    "public/index.html": "", "config/app.yml": "", ".editorconfig": "", "tests/T.txt": "",
}  # fmt: skip

DATED = "git -c user.name=a -c user.email=a@b commit -q --allow-empty -m a"
DATED = "export GIT_AUTHOR_DATE=2024-01-01T00:00:00Z GIT_COMMITTER_DATE=2024-01-01T00:00:00Z; git init -q . && git add . && " + DATED

# composer
LIBRARIES = {
    "packages/money/composer.json": json.dumps({"name": "acme/money", "version": "1.0.0", "bin": ["bin/money"], "autoload": {"psr-4": {"Money\\": "src/"}, "classmap": ["maps"]}}),
    "packages/money/src/Money.php": "<?php namespace Money; class Money {}\n", "packages/money/maps/Map.php": "<?php class Map {}\n",
    "packages/money/bin/money": "#!/usr/bin/env php\n<?php\n", "packages/money/README.md": "",
    "packages/dev/composer.json": json.dumps({"name": "acme/dev", "version": "1.0.0"}),
}  # fmt: skip
SOURCES = {
    **NOISE, "src/A.php": "<?php namespace App; class A {}\n", "src/B/C.php": "<?php namespace App\\B; class C {}\n", "tests/ATest.php": "<?php namespace Tests; class ATest {}\n",
    "seeds/Seed.php": "<?php class Seed {}\n", "helpers.php": "<?php\n", "legacy/Old_Thing.php": "<?php class Old_Thing {}\n", "phpunit.xml": "",
    "auth.json": "{}", "index.php": "<?php\n", ".htaccess": "", "config/x.php": "<?php return [];\n", "bin/console": "<?php\n",
}  # fmt: skip


def composer(*lines: str, setup: str = "composer update -q --no-install", files: dict[str, str] | None = None, fails: bool = False, **manifest: Any) -> Case:
    """A project with two packages by path."""
    whole: dict[str, Any] = {
        "name": "app/app", "repositories": [{"packagist.org": False}, {"type": "path", "url": "packages/*"}],
        "require": {"acme/money": "*"}, "require-dev": {"acme/dev": "*"}, "bin": ["bin/console"],
        "autoload": {"psr-4": {"App\\": "src/"}, "psr-0": {"Old_": "legacy/"}, "classmap": ["seeds"], "files": ["helpers.php"], "exclude-from-classmap": ["src/B"]},
        "autoload-dev": {"psr-4": {"Tests\\": "tests/"}}, "config": {"autoloader-suffix": "App"}, **manifest,
    }  # fmt: skip
    return Case({**SOURCES, **LIBRARIES, "composer.json": json.dumps({k: v for k, v in whole.items() if v}), **(files or {})}, lines, setup, fails)


COMPOSER = (
    composer(
        "composer install", "composer install --no-dev", "composer install -o", "composer install -a --no-dev", "composer install --no-scripts",
        "composer install --no-autoloader", "composer install --no-dev --no-scripts --no-autoloader --no-plugins --prefer-dist --no-progress -n",
        "composer install --no-scripts --no-autoloader && composer dump-autoload -o", "composer install && composer dump-autoload --no-dev --classmap-authoritative",
        "composer install --dry-run", "composer install --ignore-platform-reqs --apcu-autoloader", "composer install --download-only", "composer update", "composer update --lock",
        "composer require --no-update acme/dev", "composer remove acme/money",
        "composer show", "composer install -q && composer show", "composer check-platform-reqs", "composer licenses", "composer config vendor-dir lib",
        "composer config --list", "composer config --global process-timeout 3", "composer status", "composer install -q && composer dump-autoload -o && composer check-platform-reqs", "composer depends --locked acme/money",
        "COMPOSER_VENDOR_DIR=lib composer install", "COMPOSER_BIN_DIR=tools composer install", "COMPOSER_HOME=.composer composer install",
        "COMPOSER_CACHE_DIR=.cache composer install", "COMPOSER_ROOT_VERSION=1.0.0 composer install", "COMPOSER_MIRROR_PATH_REPOS=1 composer install",
        "COMPOSER_NO_DEV=1 composer install", "cd tests && composer -d .. install", "composer dump-autoload", "composer -V", "composer clear-cache", "composer about",
        "COMPOSER_HTACCESS_PROTECT=0 composer install", "composer install --prefer-source", "composer install --working-dir=.", "composer bump",
        "composer fund", "composer suggests", "composer search money", "composer archive", "composer run-script --list",
    ),
    composer("composer install", "composer install --no-dev", "composer update --no-dev", "composer require acme/dev", "composer update -o --prefer-stable", setup=":"),
    composer("composer install", "composer install --no-dev -o", config={"vendor-dir": "lib/vendor", "bin-dir": "tools", "optimize-autoloader": True, "platform": {"php": "8.1.0"}, "platform-check": False, "preferred-install": "dist", "sort-packages": True}),
    composer("composer install", "composer install --no-scripts", scripts={"post-install-cmd": ["ls src > listed.txt", "@done"], "done": "cat README.md > done.txt", "pre-install-cmd": "test -f phpunit.xml", "post-autoload-dump": "cat config/app.yml"}),
    composer("composer install", "composer install -o", autoload={"psr-4": {"App\\": ["src/", "more/"], "": ""}, "classmap": ["see*", "index.php"], "files": ["helpers.php", "absent.php"]}),
    composer("composer validate", "composer validate --strict --no-check-publish", description="x", license="MIT", require={"acme/money": "^1.0"}),
    composer("COMPOSER=other.json composer install", setup="cp composer.json other.json; COMPOSER=other.json composer update -q --no-install"),
    composer("composer install", setup=f"{DATED} && composer update -q --no-install"),
    composer("composer install --no-dev", setup="composer update -q --no-install && rm -r packages/dev"),
    composer("composer install", setup="composer update -q --no-install && rm -r packages/dev", fails=True),
    composer("composer install", "composer update", repositories=[{"packagist.org": False}, {"type": "path", "url": "packages/dev"}, {"type": "path", "url": "./packages/money", "options": {"symlink": False}}]),
    composer("composer install", "composer install --no-plugins", setup="composer update -q --no-install --no-plugins", require={"acme/plug": "*"}, config={"allow-plugins": True}, files={
        "packages/plug/composer.json": json.dumps({"name": "acme/plug", "version": "1.0.0", "type": "composer-plugin", "require": {"composer-plugin-api": "*"}, "extra": {"class": "Plug\\Plug"}, "autoload": {"psr-4": {"Plug\\": "src/"}}}),
        "packages/plug/src/Plug.php": "<?php namespace Plug; use Composer\\Composer; use Composer\\IO\\IOInterface; class Plug implements \\Composer\\Plugin\\PluginInterface { function activate(Composer $c, IOInterface $i) { file_get_contents('README.md'); } function deactivate(Composer $c, IOInterface $i) {} function uninstall(Composer $c, IOInterface $i) {} }\n",
    }),
    # archives, beside the project's own
    *(
        composer(
            "composer install", "composer update", repositories=[{"packagist.org": False}, repository], **{"require-dev": None},
            setup="(cd packages/money && php -r '$z = new ZipArchive(); $z->open(\"../money.zip\", ZipArchive::CREATE); foreach ([\"composer.json\", \"src/Money.php\", \"maps/Map.php\", \"bin/money\"] as $f) $z->addFile($f);'; )"
            '; mkdir -p goods; mv packages/money.zip goods; mkdir -p index; cp index.json index/packages.json; sed -i "s|HERE|$PWD|" composer.json; composer update -q --no-install --no-dev',
            files={"index.json": json.dumps({"packages": {"acme/money": {"1.0.0": ARCHIVE}, "acme/dev": {"1.0.0": {"name": "acme/dev", "version": "1.0.0", "type": "metapackage"}}}})},
        )
        for ARCHIVE in [{"name": "acme/money", "version": "1.0.0", "dist": {"type": "zip", "url": "goods/money.zip"}}]
        for repository in ({"type": "artifact", "url": "goods"}, {"type": "package", "package": ARCHIVE}, {"type": "composer", "url": "file://HERE/index"})
    ),
)


# bundler
SPEC = """Gem::Specification.new do |s|
  s.name = 'NAME'
  s.version = '1.0'
  s.summary = s.author = 'x'
  s.homepage = 'https://example.com'
  s.license = 'MIT'
  s.files = Dir['lib/**/*.rb'] + ['README.md']
  s.executables = ['NAME']
  s.bindir = 'exe'
end
"""
RUBY = {
    **NOISE, ".ruby-version": "3.1.2\n", ".tool-versions": "ruby 3.1.2\n", "app/a.rb": "", "Rakefile": "", ".rspec": "", ".rubocop.yml": "", "lib/app.rb": "", "bin/rails": "",
    **{
        f"{folder}/{file}": text.replace("NAME", name)
        for folder, name in (("gems/one", "one"), ("gems/two", "two"), ("engine", "engine"))
        for file, text in {f"{name}.gemspec": SPEC, f"lib/{name}.rb": "", "README.md": "", f"exe/{name}": "#!/usr/bin/env ruby\n", "test/t.rb": "", "Gemfile": "gemspec\n"}.items()
    },
}  # fmt: skip
PACKED = "mkdir -p vendor/cache; for n in one two; do (cd gems/$n && gem build -q -o ../../vendor/cache/$n-1.0.gem $n.gemspec); done; "


# Features of Ruby itself; what a gemspec lists is also sought in the working directory, and left out
# of the list (which no install asks for) if it is a folder there. In a listing gem takes `*.gem` alone;
# a file of an index is opened for writing too, and only read.
UNUSED = r"looked for (enumerator\.so|fiber\.so|thread\.rb|README\.md|exe/\w+|lib/\w+\.rb)|listed (\.|vendor/cache)"
LOCKED = "GEM\n  remote: https://rubygems.org/\n  specs:\n    one (1.0)\n    two (1.0)\n\nPLATFORMS\n  ruby\n  x86_64-linux\n\nDEPENDENCIES\n  one\n  two\n\nBUNDLED WITH\n   2.3.15\n"


def bundler(gemfile: str, *lines: str, setup: str = "bundle lock --local", files: dict[str, str] | None = None, fails: bool = False, unused: str = UNUSED) -> Case:
    """A project with gems by path."""
    return Case({**RUBY, "Gemfile": gemfile, **(files or {})}, lines, setup, fails, unused)


BUNDLER = (
    bundler(
        "gem 'one', path: 'gems/one'\ngroup :test do\n  gem 'two', path: 'gems/two', require: false\nend\n",
        "bundle install", "bundle install --local", "bundle install --jobs 2 --retry 3", "bundle check", "bundle list", "bundle lock --local", "bundle show", "bundle info one",
        "bundle config set --local path vendor/bundle && bundle install", "bundle config set --local without test && bundle install", "bundle config set --local deployment true && bundle install",
        "bundle config set frozen true && bundle install", "bundle config --local frozen 1", "bundle config", "bundle config get path", "bundle config unset path", "bundle config --delete path",
        "bundle config without test:development && bundle install --without test", "bundle config set --local bin tools && bundle install", "bundle config set --local gemfile engine/Gemfile && bundle install",
        "bundle config set --local cache_path goods && bundle install", "BUNDLE_FROZEN=1 bundle install", "BUNDLE_DEPLOYMENT=1 bundle install", "BUNDLE_WITHOUT=test bundle install --quiet",
        "BUNDLE_PATH=vendor/gems bundle install", "BUNDLE_PATH=vendor/gems bundle install && BUNDLE_PATH=vendor/gems bundle clean --force", "BUNDLE_APP_CONFIG=.cfg bundle config set --local path x", "BUNDLE_GEMFILE=engine/Gemfile bundle install --local",
        "bundle install --gemfile engine/Gemfile --local", "bundle install --path vendor/bundle", "bundle install --deployment", "bundle install --standalone", "bundle install --binstubs", "bundle install --binstubs=tools", "bundle install --without test --system", "bundle install --clean --path v",
        "bundle install && bundle exec gem list", "bundle exec bundle list", "bundle exec ruby -e 1", "cd app && bundle install", "cd gems/one && bundle check", "bundle outdated --local", "bundle update --local", "bundle update --local one", "bundle remove one",
        "bundle pristine", "bundle clean --force", "bundle env", "bundle --version", "bundle -v", "bundle help", "bundle cache", "bundle package --all", "bundle binstubs one", "bundle doctor", "bundle platform", "bundle open one", "bundle viz", "bundle licenses",
        "bundle add two --skip-install", "bundle lock --add-platform x86_64-linux --local", "gem list", "gem env", "cd gems/one && gem build one.gemspec", "bundle",
    ),
    bundler("gem 'one', path: 'gems/one'\n", "bundle install", "bundle install --local", "bundle lock --local", "bundle check", setup=":"),
    bundler("gem 'one', path: 'gems/one'\n", "bundle install", "bundle check", "bundle exec gem list", files={".bundle/config": '---\nBUNDLE_PATH: "vendor/bundle"\nBUNDLE_WITHOUT: "test"\nBUNDLE_BIN: "tools"\n'}),
    bundler("gem 'one', path: 'gems/one'\n", "bundle install", files={".bundle/config": '---\nBUNDLE_GEMFILE: "engine/Gemfile"\n'}),
    bundler("gemspec path: 'engine'\nruby File.read('.ruby-version').strip\neval_gemfile 'Gemfile.more'\n", "bundle install", "bundle check", files={"Gemfile.more": "path 'gems' do\n  gem 'one'\nend\neval_gemfile 'gems/Gemfile'\n", "gems/Gemfile": "gem 'two', path: 'two'\n"}),
    bundler("gemspec\n", "bundle install", "bundle check", "bundle config set --local frozen true && bundle install", files={"app.gemspec": "require_relative 'lib/app/version'\n" + SPEC.replace("NAME", "app").replace("'1.0'", "App::V"), "lib/app/version.rb": "module App; V = '1.0'; end\n"}),
    bundler("gem 'one', path: 'gems/one'\n", "bundle install", "bundle check", files={"gems.rb": "gem 'two', path: 'gems/two'\n"}),
    Case({**RUBY, "gems.rb": "gem 'two', path: 'gems/two'\n"}, ("bundle install", "bundle check", "cd app && bundle install"), "bundle lock --local", harmless=UNUSED),
    Case({**RUBY, "gemfiles/a.gemfile": "gem 'two', path: '../gems/two'\n"}, ("BUNDLE_GEMFILE=gemfiles/a.gemfile bundle install", "bundle install --gemfile=gemfiles/a.gemfile"), "BUNDLE_GEMFILE=gemfiles/a.gemfile bundle lock --local", harmless=UNUSED),
    # archives, beside the project's own
    bundler("source 'https://rubygems.org'\ngem 'one'\ngroup(:test) { gem 'two' }\n", "bundle config set --local path vendor/bundle && bundle install --local", "BUNDLE_PATH=v bundle install --local", "BUNDLE_PATH=v bundle install --local --standalone", "BUNDLE_PATH=v BUNDLE_WITHOUT=test BUNDLE_FROZEN=1 bundle install --local && BUNDLE_WITHOUT=test BUNDLE_PATH=v bundle exec gem list", "BUNDLE_PATH=v bundle install --local --no-cache", "BUNDLE_PATH=v BUNDLE_CACHE_PATH=goods bundle install --local", setup=PACKED + "cp -r vendor/cache goods", files={"Gemfile.lock": LOCKED}),
    bundler("source 'https://rubygems.org'\n", "gem install --local -i out ./vendor/cache/one-1.0.gem", "cd vendor/cache && gem install --local -N -i ../../out one", "gem install -i out --force vendor/cache/*.gem", setup=PACKED),
    bundler("source 'file://HERE/goods'\ngem 'one'\n", "BUNDLE_PATH=v bundle install", "BUNDLE_PATH=v bundle install --full-index", setup=PACKED + 'mkdir goods; mv vendor/cache goods/gems; gem generate_index -q -d goods; sed -i "s|HERE|$PWD|" Gemfile; bundle lock', unused=UNUSED + "|(looked for|listed|wrote) goods/.*"),
    bundler("gem 'one', git: 'HERE/gems/one'\n", "BUNDLE_PATH=v bundle install", setup=f'sed -i "s|HERE|$PWD|" Gemfile; cd gems/one && {DATED} && cd ../.. && BUNDLE_PATH=/tmp/measured-lock bundle lock'),
    bundler("gem 'one', git: 'gems/one'\n", "BUNDLE_PATH=v bundle install", setup=f"cd gems/one && {DATED} && cd ../.. && BUNDLE_PATH=/tmp/measured-lock bundle lock"),
)

# pipenv
SETUP = "from setuptools import setup\nsetup(name='NAME', version='1.0', py_modules=['NAME'])\n"
PYTHON = {
    **NOISE, "setup.cfg": "", ".python-version": "3.11\n", "requirements.txt": "", "app/__init__.py": "", "manage.py": "", "conftest.py": "",
    **{f"libs/{n}/{f}": t.replace("NAME", n) for n in ("one", "two") for f, t in {"setup.py": SETUP, "NAME.py".replace("NAME", n): "", "README.md": "", "tests/t.py": ""}.items()},
}  # fmt: skip
OWN = "[packages]\none = {path = './libs/one'}\n\n[dev-packages]\ntwo = {path = './libs/two', editable = true}\n"
# In search of the Pipfile every entry is asked whether it is a folder; pip asks whether an address is
# one, and rustc for its version, which looks for its own settings.
ENTRIES = "|".join(re.escape(name) for name in PYTHON if "/" not in name)
ENTRIES = rf"listed (\.|conf)|looked for ({ENTRIES}|(conf/)?((\.\./)*rust-toolchain(\.toml)?|(https?|file):/.*|-e \./.*))"
LOCK_ALONE = "pipenv lock && rm -rf .venv"


def pipenv(pipfile: str, *lines: str, setup: str = LOCK_ALONE, files: dict[str, str] | None = None, fails: bool = False) -> Case:
    """A project with packages by path."""
    return Case({**PYTHON, "Pipfile": pipfile, **(files or {})}, lines, setup, fails, ENTRIES)


PIPENV = (
    pipenv(
        OWN, "pipenv install", "pipenv install --deploy", "pipenv install --dev --deploy", "pipenv install --ignore-pipfile", "pipenv sync", "pipenv sync --dev", "cd app && pipenv sync",
        "pipenv install --skip-lock", "pipenv lock", "pipenv verify", "pipenv requirements > out.txt", "pipenv sync && pipenv run pip list", "pipenv --venv", "pipenv graph", "pipenv clean", "pipenv install ./libs/two",
        "pipenv install -e ./libs/two", "pipenv update", "pipenv --rm", "pipenv check", "pipenv scripts", "pipenv --version", "pipenv uninstall one", "PIPENV_PIPFILE=app/../Pipfile pipenv sync", "PIPENV_IGNORE_VIRTUALENVS=1 pipenv install --deploy --clear",
    ),
    pipenv(OWN, "pipenv install", "pipenv install --skip-lock", "pipenv install --deploy", setup=":"),
    pipenv("[packages]\n\n[scripts]\nstart = 'true'\n", "pipenv install --deploy --system", "pipenv install --system --ignore-pipfile", "pipenv run start", "pipenv sync --system"),
    Case({**PYTHON, "conf/Pipfile": "[packages]\none = {path = './../libs/one'}\n"}, ("PIPENV_PIPFILE=conf/Pipfile pipenv sync", "PIPENV_PIPFILE=conf/Pipfile pipenv install --deploy", "PIPENV_PIPFILE=$PWD/conf/Pipfile pipenv sync", "cd conf && pipenv sync"), "cd conf && pipenv lock && rm -rf .venv", harmless=ENTRIES),
    pipenv("[packages]\ndemo = {path = '.', editable = true}\n", "pipenv install --deploy", "pipenv sync", files={"setup.py": "from setuptools import setup, find_packages\nsetup(name='demo', version='1.0', packages=find_packages(), long_description=open('README.md').read())\n"}),
    pipenv(OWN + "\n[docs]\ntwo = {file = './libs/two'}\n\n[pipenv]\nallow_prereleases = true\n", "pipenv install --categories docs", "pipenv sync --categories 'packages docs'"),
    Case({**PYTHON, "requirements.txt": "./libs/one\n-r more.txt\n", "more.txt": "./libs/two\n"}, ("pipenv install", "pipenv install -r more.txt", "pipenv install --skip-lock -r requirements.txt"), harmless=ENTRIES),
    pipenv(OWN, "pipenv sync", files={".env": "PIP_CONSTRAINT=limits.txt\n", "limits.txt": "setuptools<80\n"}),
)

# mix
MIX_PROJECT = """defmodule NAME.MixProject do
  use Mix.Project

  def project do
    [app: :APP, version: "1.0.0", deps: deps()OPTIONS]
  end

  def application do
    [extra_applications: [:logger]]
  end

  defp deps do
    [DEPS]
  end
end
"""


def mixfile(app: str, deps: str = "", options: str = "") -> str:
    """A mix.exs."""
    return MIX_PROJECT.replace("NAME", app.capitalize()).replace("APP", app).replace("DEPS", deps).replace("OPTIONS", options)


ELIXIR = {
    **NOISE, ".formatter.exs": "[]\n", "lib/shop.ex": "defmodule Shop do\n  def open, do: Money.coin()\nend\n", "test/shop_test.exs": "", "priv/repo/seeds.exs": "", "assets/js/app.js": "", "rel/env.sh.eex": "", "rel/vm.args.eex": "",
    "config/config.exs": 'import Config\nconfig :shop, a: 1\nimport_config "#{config_env()}.exs"\n', "config/dev.exs": "import Config\n", "config/prod.exs": "import Config\nconfig :money, coin: 3\n", "config/test.exs": "import Config\n", "config/runtime.exs": "import Config\n",
    **{f"libs/{n}/{f}": t for n in ("money", "tool") for f, t in {"mix.exs": mixfile(n), f"lib/{n}.ex": f"defmodule {n.capitalize()} do\n  def coin, do: 1\nend\n", "README.md": "", "config/config.exs": "import Config\n", "priv/x.txt": "", "test/t.exs": ""}.items()},
}  # fmt: skip
PATHS = '{:money, path: "libs/money"}, {:tool, path: "libs/tool", only: [:dev, :test], runtime: false}'
MIX_LINES = (
    "mix deps.get", "mix deps.get --only prod", "mix do deps.get, deps.compile", "MIX_ENV=prod mix do deps.get + deps.compile", "MIX_ENV=prod mix deps.compile", "mix deps.get && mix deps.compile && mix compile",
    "MIX_ENV=prod mix release", "mix deps", "mix local.hex --if-missing --force", "mix help", "mix --version", "mix clean", "mix deps.clean --all", "mix deps.unlock --all", "MIX_DEPS_PATH=d MIX_BUILD_PATH=b mix deps.compile", "MIX_BUILD_ROOT=b mix deps.compile", "mix deps.compile money", "mix deps.compile --force",
)  # fmt: skip

# Erlang looks for code in the working directory; with some there dfopt has a doubt.
BEAMS = r"looked for (.*\.beam|\.\.ez)|listed \."


def elixir(files: dict[str, str], lines: tuple[str, ...], setup: str = "", *, fails: bool = False) -> Case:
    """A project with dependencies by path."""
    return Case({**ELIXIR, **files}, lines, setup, fails, BEAMS)


MIX = (
    elixir({"mix.exs": mixfile("shop", PATHS)}, MIX_LINES),
    elixir({"mix.exs": mixfile("shop", PATHS, ', config_path: "config/prod.exs"')}, ("mix deps.compile",)),
    elixir({"config/config.exs": 'import Config\nfor f <- ["dev.exs"], do: import_config f\n', "mix.exs": mixfile("shop", PATHS)}, ("mix deps.compile", "MIX_ENV=prod mix deps.get"), fails=True),
    elixir({"config/config.exs": 'import Config\nimport_config "*.exs"\n', "mix.exs": mixfile("shop", PATHS)}, ("mix deps.get",), fails=True),
    elixir({"VERSION": "1.2.0\n", "mix.exs": mixfile("shop", PATHS).replace('"1.0.0"', 'String.trim(File.read!("VERSION"))')}, ("mix deps.get", "MIX_ENV=prod mix deps.compile")),
    elixir({"mix.exs": mixfile("shop", '{:money, git: "HERE/libs/money"}')}, ("mix deps.get", "mix do deps.get, deps.compile"), f'sed -i "s|HERE|$PWD|" mix.exs; cd libs/money && {DATED}'),
    elixir({"mix.exs": 'defmodule Up.MixProject do\n  use Mix.Project\n  def project, do: [apps_path: "apps", version: "1.0.0", deps: []]\nend\n', "apps/one/mix.exs": mixfile("one", '{:money, path: "../../libs/money"}', ', build_path: "../../_build", config_path: "../../config/config.exs", deps_path: "../../deps", lockfile: "../../mix.lock"'), "apps/one/lib/one.ex": "defmodule One do\nend\n",
          "apps/two/mix.exs": mixfile("two", "{:one, in_umbrella: true}", ', build_path: "../../_build", config_path: "../../config/config.exs", deps_path: "../../deps", lockfile: "../../mix.lock"'), "apps/two/lib/two.ex": "defmodule Two do\nend\n", "apps/notes.md": ""}, ("mix deps.get", "MIX_ENV=prod mix do deps.get, deps.compile", "cd apps/two && mix deps.compile", "mix deps.get && mix compile")),
)  # fmt: skip

CASES: dict[str, tuple[Case, ...]] = {"composer": COMPOSER, "bundler": BUNDLER, "pipenv": PIPENV, "mix": MIX}
