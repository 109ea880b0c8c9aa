"""dotnet: which files a restore and a build read."""

from __future__ import annotations

import pytest

from tests.effects.machine import effects_of

WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup><ProjectReference Include="..\\Core\\Core.csproj" /></ItemGroup></Project>'
SOLUTION = (
    'Project("{A}") = "Web", "src\\Web\\Web.csproj", "{B}"\nEndProject\n'
    'Project("{2150}") = "docs", "docs", "{C}"\nEndProject\n'
)
APP = {
    "App.sln": SOLUTION,
    "src/Web/Web.csproj": WEB,
    "src/Core/Core.csproj": "<Project />",
    "src/Web/Program.cs": "",
}
PROJECTS = {"src/Web/Web.csproj", "src/Core/Core.csproj"}


def run(script, files=None, **given):
    placed = {**APP, **(files or {})}
    return effects_of(
        script, {f"/w/{n}": t for n, t in placed.items() if t is not None}, cwd="/w", **given
    )


def own(paths):
    """The paths of the project, without those that a restore fills."""
    return {p.removeprefix("/w/") for p in paths if p.startswith("/w/") and "/obj" not in p}


def web(item):
    return {"src/Web/Web.csproj": WEB.replace("</Project>", f"{item}</Project>")}


@pytest.mark.parametrize(
    ("script", "files", "reads"),
    [
        ("dotnet restore", {}, PROJECTS | {"App.sln"}),
        ("dotnet restore App.sln", {}, PROJECTS | {"App.sln"}),
        ("dotnet restore src/Web/Web.csproj -r linux-x64", {}, PROJECTS),
        ("dotnet restore 'src/Core'", {}, {"src/Core/Core.csproj"}),
        ("dotnet restore App.slnx", {"App.sln": None, "App.slnx": '<Solution><Project Path="src/Core/Core.csproj" /></Solution>'}, {"App.slnx", "src/Core/Core.csproj"}),
        ("dotnet restore src/Web", {"Directory.Build.props": "<Project/>"}, PROJECTS | {"Directory.Build.props"}),
        ("dotnet restore src/Web", {"Directory.Packages.props": "<Project/>", "src/Directory.Packages.props": "<Project/>"}, PROJECTS | {"src/Directory.Packages.props"}),
        ("dotnet restore src/Web", {"src/Directory.Build.props": '<Project><Import Project="../build/x.props" /></Project>', "build/x.props": "<Project/>"}, PROJECTS | {"src/Directory.Build.props", "build/x.props"}),
        ("dotnet restore src/Web", {"nuget.config": '<c><add key="l" value="packages/local" /></c>', "src/nuget.config": ""}, PROJECTS | {"nuget.config", "src/nuget.config", "packages/local/**"}),
        ("dotnet restore src/Web", {"global.json": "{}", "src/Web/packages.lock.json": "{}"}, PROJECTS | {"global.json", "src/Web/packages.lock.json"}),
        # Such a target belongs to a build; a restore does not run it.
        ("dotnet restore src/Web", web('<Target Name="N" BeforeTargets="Build"><Exec Command="npm ci" /></Target>'), PROJECTS),
        ("dotnet restore src/Web", web('<!-- <Import Project="$(X)" /> -->'), PROJECTS),
    ],
)  # fmt: skip
def test_a_restore_reads_exactly_these(script, files, reads):
    """A restore reads project files, and the settings above them."""
    effects = run(script, files)

    assert (None, reads) == (effects.doubt, own(effects.reads))


@pytest.mark.parametrize(
    "path",
    [
        "/w/Directory.Build.props",
        "/w/src/Core/Directory.Packages.props",
        "/nuget.config",
        "/w/global.json",
    ],
)
def test_settings_that_may_appear(path):
    """A settings file that is not there would count."""
    assert path in run("dotnet restore").probes


@pytest.mark.parametrize(
    ("files", "reads"),
    [
        ({}, "/w/src/Core/**"),
        ({".editorconfig": ""}, "/w/.editorconfig"),
        ({".git/HEAD": ""}, "/w/.git/**"),
        (web('<ItemGroup><Compile Include="..\\..\\shared\\*.cs" /></ItemGroup>'), "/w/shared/**"),
    ],
)
def test_a_build_reads_this_too(files, reads):
    """A build reads the folders of its projects, and what they name outside of them."""
    effects = run(
        "dotnet publish src/Web/Web.csproj -c Release -o /out /p:UseAppHost=false", files
    )

    assert effects.doubt is None
    assert reads in effects.reads


@pytest.mark.parametrize(
    ("script", "files", "doubt"),
    [
        ("dotnet test", {}, "own tests"),
        ("dotnet run", {}, "own program"),
        ("dotnet ef database update", {}, "own code"),
        ("dotnet build", web('<Target Name="N" BeforeTargets="Build"><Exec Command="npm ci" /></Target>'), "run programs"),
        ("dotnet restore", web('<Target Name="N" BeforeTargets="Restore"><Exec Command="x" /></Target>'), "a restore may run"),
        ("dotnet restore", web('<Import Project="$(Somewhere)/x.props" />'), "not resolved"),
        ("dotnet restore", web('<ItemGroup><ProjectReference Include="$(Root)/a.csproj" /></ItemGroup>'), "not resolved"),
        ("dotnet restore", web("<PropertyGroup><ArtifactsPath>/x</ArtifactsPath></PropertyGroup>"), "moves the folders"),
        ("dotnet build", {"Directory.Build.props": "<Project><PropertyGroup><BaseOutputPath>/x</BaseOutputPath></PropertyGroup></Project>"}, "moves the folders"),
        ("dotnet build /p:OutDir=/x", {}, "OutDir"),
        ("dotnet restore --frobnicate", {}, "--frobnicate"),
        ("dotnet restore docs", {"docs/a.md": ""}, "no project"),
        ("dotnet restore", {"nuget.config": '<add key="globalPackagesFolder" value="p" />'}, "moves the folder of packages"),
        ("dotnet tool run x", {}, "runs a program"),
        ("dotnet new webapi", {}, "dotnet new"),
    ],
)  # fmt: skip
def test_doubts(script, files, doubt):
    """Targets that run programs, moved folders and what cannot be resolved are doubts."""
    assert doubt in (run(script, files).doubt or "")


@pytest.mark.parametrize(
    ("script", "writes"),
    [
        ("dotnet restore", {"src/Web/obj/**", "src/Core/obj/**"}),
        ("dotnet publish src/Web --no-restore -o out", {"src/Web/obj/**", "src/Core/obj/**", "src/Web/bin/**", "src/Core/bin/**", "out/**"}),
        ("dotnet restore src/Core --use-lock-file", {"src/Core/obj/**", "src/Core/packages.lock.json"}),
        ("dotnet tool restore", set()),
    ],
)  # fmt: skip
def test_writes_exactly_these(script, writes):
    """Each project has a bin and an obj."""
    effects = run(script)

    assert writes == {p.removeprefix("/w/") for p in effects.writes if p.startswith("/w/")}
