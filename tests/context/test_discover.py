"""Which folder is a Dockerfile's context."""

import subprocess

import pytest

from optimizer.context.discover import find_context, find_dockerfiles, is_dockerfile

COMPOSE = """
services:
  db:
    image: postgres
  web:
    build:
      context: .
      dockerfile: docker/Dockerfile
      target: prod
      args:
        VERSION: 1.10
        FROM_ENV:
"""
BAKE = """
# target "web" { context = "wrong" }
variable "TAG" { default = "latest" }
target "base" {
  context = "."
}
target "web" {
  inherits   = ["base"]
  dockerfile = "docker/Dockerfile"  // here
  args = {
    A = "1"
    B = TAG
  }
  target = "prod"
}
"""
WORKFLOW = """
on: [push]
jobs:
  image:
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with:
          context: {context}
          file: {file}
          build-args: |
            A=1
            B=${{{{ github.sha }}}}
"""


def workflow(context, file):
    return {".github/workflows/ci.yml": WORKFLOW.format(context=context, file=file)}


def lay(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / ".git").mkdir(exist_ok=True)


@pytest.mark.parametrize(
    ("files", "context", "target", "args", "reason"),
    [
        ({"compose.yaml": COMPOSE}, ".", "prod", {"VERSION": "1.10"}, "compose.yaml:5 builds it there"),
        ({"docker-compose.prod.yml": "services: {a: {build: ./docker}}"}, "docker", None, {}, "docker-compose.prod.yml:1"),
        ({"compose.yaml": 'services:\n  a:\n    build: {context: "${CTX:-.}", dockerfile: docker/Dockerfile, args: [A=1, B, "C=${C:-1}"]}'}, ".", None, {"A": "1"}, "compose.yaml:2"),
        ({"compose.yaml": "x-b: &b {context: ., dockerfile: docker/Dockerfile}\nservices:\n  a:\n    build: {<<: *b, target: t}"}, ".", "t", {}, "compose.yaml:3"),
        ({"docker/compose.yaml": "services: {a: {build: {context: .., dockerfile: docker/Dockerfile}}}"}, ".", None, {}, "docker/compose.yaml:1"),
        ({"docker-bake.hcl": BAKE}, ".", "prod", {"A": "1"}, "docker-bake.hcl:7"),
        ({"docker-bake.json": '{"target": {\n"a": {"dockerfile": "docker/Dockerfile"}}}'}, ".", None, {}, "docker-bake.json:2"),
        (workflow(".", "docker/Dockerfile"), ".", None, {"A": "1"}, ".github/workflows/ci.yml:10"),
        (workflow("src", "./docker/Dockerfile"), "src", None, {"A": "1"}, ".github/workflows/ci.yml:10"),
        ({".github/workflows/a.yml": "jobs:\n a:\n  steps:\n  - run: |\n     npm test\n     docker build -t x -f docker/Dockerfile src\n"}, "src", None, {}, ".github/workflows/a.yml:6"),
        ({"Makefile": "image:\n\t@docker build --no-cache --build-arg A=1 \\\n\t  -t x:$(TAG) -f docker/Dockerfile --target=prod . && echo done\n"}, ".", "prod", {"A": "1"}, "Makefile:2"),
        ({"Makefile": "image:\n\tcd docker && docker build -t x ..\n\tcd docker && docker buildx build -t x .\n"}, "docker", None, {}, "Makefile:3"),
        ({"build.sh": 'docker build -f docker/Dockerfile "$(pwd)"\n'}, ".", None, {}, "build.sh:1"),
        ({"package.json": '{"scripts": {\n"image": "docker build -f docker/Dockerfile ."}}'}, ".", None, {}, "package.json:2"),
        ({".gitlab-ci.yml": "a:\n  script:\n    - 'docker build -f docker/Dockerfile .'\n"}, ".", None, {}, ".gitlab-ci.yml:3"),
        # compose is asked first
        ({"compose.yaml": COMPOSE, "Makefile": "a:\n\tdocker build -f docker/Dockerfile src\n"}, ".", "prod", {"VERSION": "1.10"}, "compose.yaml:5"),
    ],
)  # fmt: skip
def test_what_builds_it_names_the_context(tmp_path, files, context, target, args, reason):
    """A file that builds this Dockerfile says from where, with which target and arguments."""
    lay(tmp_path, {"docker/Dockerfile": "FROM a\n", "src/a": "", **files})

    found = find_context(tmp_path / "docker" / "Dockerfile")

    assert found.context == (tmp_path / context)
    assert (found.target, found.build_args) == (target, args)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"compose.yaml": "services: {a: {build: .}}"},
        {"compose.yaml": "services: [\n  build: {{"},
        {"compose.yaml": "services:\n  a:\n    build: {context: ${CTX}, dockerfile: docker/Dockerfile}"},
        {"compose.yaml": "services:\n  a:\n    build: https://example.org/a.git"},
        {"compose.yaml": "services:\n  a:\n    build: {context: ., dockerfile: docker/Dockerfile, dockerfile_inline: FROM a}"},
        {"compose.yaml": "services:\n  a:\n    build: {context: gone, dockerfile: ../docker/Dockerfile}"},
        {"compose.yaml": "when: 2020-99-99\nbuild: 1"},
        {"docker-bake.hcl": 'target "a" { context = CTX\n dockerfile = "docker/Dockerfile" }'},
        {"docker-bake.hcl": 'target "a" { dockerfile = "docker/Dockerfile'},
        {"docker-bake.json": '{"target": ['},
        workflow("${{ matrix.context }}", "docker/Dockerfile"),
        {"Makefile": "# docker build -f docker/Dockerfile .\n"},
        {"Makefile": "a:\n\tdocker build -f $(FILE) .\n"},
        {"build.sh": "docker build -f docker/Dockerfile - < x\n"},
        {"build.sh": "docker build -f docker/Dockerfile https://example.org/a.git\n"},
        {"package.json": '{"scripts": 1, "build": 2}'},
    ],
)  # fmt: skip
def test_what_does_not_name_it_plainly_is_passed_over(tmp_path, files):
    """Malformed files, variables, addresses and other Dockerfiles leave the own folder."""
    lay(tmp_path, {"docker/Dockerfile": "FROM a\nCOPY Dockerfile /\n", **files})

    found = find_context(tmp_path / "docker" / "Dockerfile")

    assert found.context == tmp_path / "docker"
    assert found.reason == "the Dockerfile's own folder"


def test_a_context_without_the_sources_gives_way(tmp_path):
    """Where two builds disagree, the one that holds what is copied is taken."""
    lay(tmp_path, {
        "docker/Dockerfile": "FROM a\nCOPY --chown=a \\\n src/a ./\n",
        "src/a": "",
        "compose.yaml": "services: {a: {build: docker}}",
        "Makefile": "a:\n\tdocker build -f docker/Dockerfile .\n",
    })  # fmt: skip

    assert find_context(tmp_path / "docker" / "Dockerfile").context == tmp_path


@pytest.mark.parametrize(
    ("copied", "context"),
    [
        ("COPY package.json src ./", "."),
        ("COPY --from=x gone ./\nCOPY $A *.c ./", "docker"),
        ("COPY gone ./", "docker"),
        ('COPY ["package.json", "./"]', "docker"),
        ("COPY ../package.json ./", "."),
        ("COPY .. ./", "docker"),
    ],
)
def test_sources_tell_the_context(tmp_path, copied, context):
    """If nothing builds it, the nearest folder that holds all it copies is the context."""
    lay(tmp_path, {"docker/Dockerfile": f"FROM a\n{copied}\n", "package.json": "", "src/a": ""})

    assert find_context(tmp_path / "docker" / "Dockerfile").context == tmp_path / context


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dockerfile", True), ("dockerfile", True), ("Dockerfile.dev", True), ("api.Dockerfile", True),
        ("api.dockerfile", True), ("Containerfile", True), ("Containerfile.ci", True),
        ("Dockerfile.go", True), ("Dockerfile.alpine3.19", True),
        ("Dockerfile.dockerignore", False), ("Dockerfile.j2", False), ("Dockerfile.tmpl", False),
        ("Dockerfile.dev.erb", False), ("Dockerfile.in", False), ("Dockerfile.md", False),
        ("Dockerfile~", False), ("Dockerfiles", False), ("dockerfile.go", False),
        (".dockerignore", False), ("MyDockerfile", False), ("Dockerfile.prod.template", False),
    ],
)  # fmt: skip
def test_names(name, expected):
    """Dockerfiles go by a few names; templates and ignore files are none."""
    assert is_dockerfile(name) is expected


def test_dockerfiles_of_a_folder(tmp_path):
    """Without git all folders are searched but .git and node_modules."""
    for name in ("Dockerfile", "a b/x.Dockerfile", "node_modules/x/Dockerfile", ".git/Dockerfile"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("FROM a\n")

    assert find_dockerfiles(tmp_path) == [tmp_path / "Dockerfile", tmp_path / "a b/x.Dockerfile"]


def test_dockerfiles_of_a_repository(tmp_path):
    """In a repository what git ignores is left out, what is new and untracked is not."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    for name in ("sub/Dockerfile", "sub/out/Dockerfile", "Dockerfile.dev"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("FROM a\n")
    (tmp_path / ".gitignore").write_text("out\n")

    assert find_dockerfiles(tmp_path) == [tmp_path / "Dockerfile.dev", tmp_path / "sub/Dockerfile"]
    assert find_dockerfiles(tmp_path / "sub") == [tmp_path / "sub/Dockerfile"]
