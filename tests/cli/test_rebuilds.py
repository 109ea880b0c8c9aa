"""`dfopt verify --replay`: what is not built at all. The builds are in tests/builds."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from optimizer.cli.opening import open_dockerfile
from optimizer.cli.rebuilds import rebuilt
from optimizer.errors import UserError
from optimizer.pipeline import optimize
from optimizer.settings import Settings
from optimizer.verify.builder import Builder
from optimizer.verify.order import Order

WHO = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
FILES = {"package.json": '{"name": "a"}', "a.js": ""}


def git(folder, *words):
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    subprocess.run(["git", "-C", folder, *WHO, *words], check=True, capture_output=True, env=env)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository of one commit."""
    for name, text in (FILES | {"Dockerfile": "FROM node:20\nCOPY . .\nRUN npm ci\n"}).items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "-q", "-m", "x")
    return tmp_path


def attempt(kind: str = "docker"):
    """As the command does it, with a builder that would fail if it were called."""
    settings = Settings()
    opened = open_dockerfile("Dockerfile", None, settings)
    result = optimize(opened.text, opened.project, settings)
    builder = Builder(kind, "/nonexistent")
    return rebuilt(builder, opened, result, settings, Order(opened.context), 3, print)


def test_a_builder_that_cannot(project):
    with pytest.raises(UserError, match="docker-classic is none of them"):
        attempt("docker-classic")


def test_one_commit_is_no_history(project):
    with pytest.raises(UserError, match="no commit to replay"):
        attempt()


def test_no_commit_has_what_the_file_names(project):
    """The file was written after the last of them."""
    (project / "a.js").write_text("1")
    git(project, "commit", "-q", "-a", "-m", "y")
    Path("new.txt").write_text("not committed")
    Path("Dockerfile").write_text("FROM node:20\nCOPY new.txt package.json ./\nRUN npm ci\n")
    with pytest.raises(UserError, match="no commit to replay"):
        attempt()


def test_triggers_stand_above_any_salt(project):
    Path("Dockerfile").write_text("FROM node:20-onbuild\nCOPY . .\nRUN npm ci\n")
    with pytest.raises(UserError, match="ONBUILD"):
        attempt()


def test_without_a_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("Dockerfile").write_text("FROM node:20\nCOPY . .\nRUN npm ci\n")
    with pytest.raises(UserError, match="no git repository"):
        attempt()
