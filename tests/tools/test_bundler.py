"""bundle, gem, bootsnap."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

GEMFILE = 'source "https://rubygems.org"\n\ngem "rails", "~> 7.1"\ngroup :test do\n  gem "rspec", require: false\nend\n'
LOCK = "GEM\n  specs:\n    rails (7.1.0)\n\nPLATFORMS\n  x86_64-linux\n\nDEPENDENCIES\n  rails (~> 7.1)\n  rspec\n"


def run(script, files=None, **given):
    placed = {"Gemfile": GEMFILE, "Gemfile.lock": LOCK, "app/a.rb": "", **(files or {})}
    return effects_of(
        script, {f"/app/{n}": t for n, t in placed.items() if t is not None}, **given
    )


def own(paths):
    """The paths of the project, without the places that bundler fills."""
    return {
        p.removeprefix("/app/")
        for p in paths
        if p.startswith("/app/") and not p.startswith(("/app/vendor/bundle", "/app/.bundle/**"))
    }


PAIR = {"Gemfile", "Gemfile.lock"}


@pytest.mark.parametrize(
    ("line", "files", "reads"),
    [
        ("", {}, set()),
        ('ruby file: ".ruby-version"', {".ruby-version": "3.3"}, {".ruby-version"}),
        (
            'ruby File.read(".ruby-version").strip # 3.3',
            {".ruby-version": "3.3"},
            {".ruby-version"},
        ),
        (
            'gem "e", path: "engines/e"',
            {"engines/e/e.gemspec": "s.files = Dir['lib/*']"},
            {"engines/e/**"},
        ),
        ('path "engines" do\n  gem "e"\nend', {"engines/e/e.gemspec": ""}, {"engines/**"}),
        ('source "file:///app/index"', {"index/specs.4.8.gz": ""}, {"index/**"}),
        ('gem "e", git: "/app/e"', {"e/e.gemspec": ""}, {"e/**"}),
        ('gem "e", git: "file:///app/e"', {"e/e.gemspec": ""}, {"e/**"}),
        ('gem "e", git: "git@example.com:e.git"', {"e/e.gemspec": ""}, set()),
        ('eval_gemfile "Gemfile.d"', {"Gemfile.d": 'gem "x"'}, {"Gemfile.d"}),
        ('eval_gemfile File.expand_path("Gemfile.d", __dir__)', {"Gemfile.d": ""}, {"Gemfile.d"}),
        ('git_source(:github) { |repo| "https://github.com/#{repo}.git" }', {}, set()),
        ('gem "tzinfo-data", platforms: %i[ windows jruby ]', {}, set()),
        ('gem "pg" if ENV["DB"] == "pg"', {}, set()),
        ('gem "e", "path" => "engines/e"', {"engines/e/e.gemspec": ""}, {"engines/e/**"}),
        ("def next?\n  File.basename(__FILE__) == 'Gemfile.next'\nend", {}, set()),
        ("def remove(name)\n  @dependencies.reject! { |d| d.name == name }\nend\nremove 'a'", {}, set()),
        ("def own(name)\n  gem name, path: 'engines/e'\nend", {"engines/e/e.gemspec": ""}, {"engines/e/**"}),
        ("spec = Bundler.load_gemspec(File.expand_path('e/e.gemspec', __dir__))", {"e/e.gemspec": ""}, {"e/**"}),
        ("require 'logger'", {}, set()),
        ("", {".bundle/config": "---\nBUNDLE_LOCAL__RAILS: /app/app\n"}, {".bundle/config"}),
        ('gem "g", github: "g/g"', {".bundle/config": "BUNDLE_LOCAL__G: /app/app\n"}, {".bundle/config", "app/**"}),
        ("", {".bundle/config": "---\nBUNDLE_WITHOUT: test\n"}, {".bundle/config"}),
        ("", {"vendor/cache/a.gem": ""}, {"vendor/cache", "vendor/cache/**"}),
    ],
)
def test_reads_exactly_these(line, files, reads):
    """A Gemfile of plain statements says what is read."""
    effects = run("bundle install", {"Gemfile": GEMFILE + line, **files})

    assert (None, PAIR | reads) == (effects.doubt, own(effects.reads))


@pytest.mark.parametrize(
    "line",
    [
        "Dir['engines/*'].each { |e| gem File.basename(e), path: e }",
        "eval File.read('x')",
        "eval_gemfile name",
        'gem "a", path: "#{root}/a"',
        'gem "a", path: ROOT',
        "require 'a'",
        "require_relative 'a'",
        "def own(name)\n  gem name, path: name\nend",
        "def own(name)\n  gem name, 'path' => name\nend",
        "def own(options)\n  options[:path] = 'e'\nend",
        "def text\n  File.read(self.name)\nend",
        "plugin 'x'",
        "gem `ls`.strip",
        "instance_eval(text)",
        "ruby YAML.load_file('x')['ruby']",
    ],
)
def test_code_is_a_doubt(line):
    """A Gemfile is a program; what is more than a plain statement is not read."""
    assert "is code that is not read" in (
        run("bundle install", {"Gemfile": GEMFILE + line}).doubt or ""
    )


@pytest.mark.parametrize(
    ("script", "doubt"),
    [
        ("bundle exec rake assets:precompile", "bundle exec rake"),
        ("bundle exec", "program of the project"),
        ("bundle install --frobnicate", "--frobnicate"),
        ("bundle config set path /elsewhere", "moves bundler's path"),
        ("bundle config set --local gemfile x", "moves bundler's gemfile"),
        ("bundle config local.rack ../rack", "not an absolute path"),
        ("bundle open rails", "bundle open"),
        ("gem build x.gemspec", "gem build"),
        ("bootsnap frobnicate", "not known"),
        ("rm Gemfile && bundle install", "not known"),
    ],
)
def test_doubts(script, doubt):
    """Programs of gems and settings that move things are doubts."""
    assert doubt in (run(script).doubt or "")


@pytest.mark.parametrize(
    ("script", "files", "violated"),
    [
        ("bundle install", {}, ""),
        ("bundle install", {"Gemfile.lock": None}, "there is no"),
        ("bundle install", {"Gemfile": GEMFILE + 'gem "puma"\n'}, "it lacks puma"),
        (
            "bundle install",
            {"Gemfile.lock": LOCK.replace("x86_64-linux", "arm64-darwin-22")},
            "no Linux platform",
        ),
        (
            "bundle install",
            {"Gemfile.lock": LOCK.replace("  x86_64-linux\n", "  x86_64-linux\n  aarch64-linux\n")},
            "in another order",
        ),
        ("BUNDLE_FROZEN=1 bundle install", {}, None),
        ("bundle install --deployment", {}, None),
        ("bundle install", {".bundle/config": 'BUNDLE_FROZEN: "true"\n'}, None),
    ],
)
def test_lock_in_sync(script, files, violated):
    """Gemfile.lock is written if it lacks a gem or the platform, unless it is frozen."""
    found = [c.violated for c in run(script, files).conditional]

    assert ([] if violated is None else [True]) == [
        (violated in f) if violated else not f for f in found
    ]


@pytest.mark.parametrize(
    ("spec", "files", "changed"),
    [
        ("s.bindir = 'exe'", {"exe/e", "exe/sub/f"}, {"exe/e", "exe/sub/f"}),
        ("s.bindir = 'exe' # or bin", {"exe/e", "bin/x"}, {"exe/e"}),
        ("s.executables = ['e']", {"exe/e", "bin/e"}, {"bin/e"}),
        ("s.bindir = folder", {"lib/e.rb"}, {"**"}),
        ("", {"lib/e.rb"}, set()),
    ],
)
def test_programs_of_gems_by_path_are_made_executable(spec, files, changed):
    """An install does, where they stand; what only looks at the bundle does not."""
    placed = {"Gemfile": "gem 'e', path: 'e'", "e/e.gemspec": spec, **dict.fromkeys((f"e/{f}" for f in files), "")}

    assert {f"/app/e/{c}" for c in changed} == run("bundle install", placed).metadata
    assert run("bundle check", placed).metadata == set()


def test_the_gemfile_of_a_setting():
    """`gemfile` in the settings of the project."""
    files = {".bundle/config": '---\nBUNDLE_GEMFILE: "e/Gemfile"\n', "e/Gemfile": "gem 'x'", "e/Gemfile.lock": LOCK}
    effects = run("bundle install", files)

    assert own(effects.reads) >= {"e/Gemfile", "e/Gemfile.lock", ".bundle/config", *PAIR}


@pytest.mark.parametrize(
    ("script", "written"),
    [
        ("bundle install --standalone", "/app/bundle/**"),
        ("bundle install --binstubs", "/app/bin/**"),
        ("bundle install --binstubs --deployment", "/app/bin/**"),
        ("bundle install --binstubs tools", "/app/tools/**"),
    ],
)
def test_options_that_write(script, written):
    """Folders beside that of the gems."""
    assert written in run(script).writes


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("bundle install", {"gems.rb": ""}, "/app/Gemfile and /app/gems.rb"),
        ("bundle exec gem list", {"gem": ""}, "runs /app/gem"),
        ("bundle exec gem list", {}, None),
        ("bundle help", {}, None),
        ("bundle env", {}, None),
    ],
)
def test_what_stands_in_the_way(script, files, doubt):
    """Bundler takes programs from the working directory first, and the Gemfile by its version."""
    effects = run(script, files)

    assert doubt in effects.doubt if doubt else effects.doubt is None


@pytest.mark.parametrize("script", ["bundle check", "bundle list"])
def test_a_missing_lock_is_written_by_a_look(script):
    """Whoever resolves the bundle keeps the result."""
    (made,) = run(script, {"Gemfile.lock": None}).conditional

    assert (made.path, made.violated) == ("/app/Gemfile.lock", "there is no /app/Gemfile.lock")


def test_the_version_of_bundler_is_looked_for():
    """RubyGems takes it from the lock of the first of some files, in the folder or above."""
    effects = run("cd app && bundle config set --local without test")

    assert {"/app/app/gem.deps.rb", "/app/app/gems.rb", "/app/app/Gemfile", "/app/app/Isolate"} <= effects.probes
    assert {"/app/Gemfile", "/app/Gemfile.lock"} <= effects.reads
    assert "/app/.bundle" in run("bundle help", {"Gemfile": None}).probes


@pytest.mark.parametrize(
    ("script", "reads", "writes"),
    [
        ("bundle config set --local without 'development test'", {"/app/Gemfile", "/app/Gemfile.lock"}, {"/app/.bundle", "/app/.bundle/config"}),
        ("bootsnap precompile app/", {"/app/app/**", "/app/tmp/cache/**"}, {"/app/tmp", "/app/tmp/cache/**"}),
        ("bundle exec bootsnap precompile --gemfile", {"/app/Gemfile", "/app/Gemfile.lock", "/app/tmp/cache/**"}, {"/app/tmp", "/app/tmp/cache/**"}),
        ("gem install bundler -v 2.5.0 --no-document", {"/app/a-1.gem"}, set()),
        ("gem install ./a-1.gem", {"/app/a-1.gem"}, set()),
    ],
)  # fmt: skip
def test_other_commands(script, reads, writes):
    """What else is run in Ruby images."""
    effects = run(script, {"a-1.gem": ""})
    outside = ("/app/vendor/bundle", "/app/.bundle/**")

    assert effects.doubt is None
    assert reads == {
        p for p in effects.reads if p.startswith("/app/") and not p.startswith(outside)
    }
    assert writes == {
        p for p in effects.writes if p.startswith("/app/") and not p.startswith(outside)
    }


@pytest.mark.parametrize(
    ("line", "script", "reads"),
    [
        ("", "bundle config local.rack /rack", False),
        ('gem "rack", path: "/other"', "bundle config set --local local.rack /rack", False),
        ('gem "rack", git: "https://x/rack.git"', "bundle config local.rack /rack", True),
        ('gem "rack", github: "rack/rack"', "if test -n $A; then bundle config local.rack /rack; fi", True),
        ('gem "rack", github: "rack/rack"', "export BUNDLE_LOCAL__RACK=/rack", True),
        ('gem "rack", github: "rack/rack"', "true", False),
    ],
)  # fmt: skip
def test_folders_in_place_of_gems(line, script, reads):
    """Bundler looks into the folder of `local.NAME` if it has that gem from git, else not at all."""
    effects = run(f"{script} && bundle install", {"Gemfile": GEMFILE + line})

    assert (None, reads) == (effects.doubt, "/rack/**" in effects.reads)
