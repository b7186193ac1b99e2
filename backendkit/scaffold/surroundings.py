"""What stands around the code: variables, services on one's machine, editor and checks before a commit.

Settings by variables (https://12factor.net/config), services by Compose (https://compose-spec.io), an editor's container
(https://containers.dev). Typed text becomes a value or a comment of one line, never more.
"""

from __future__ import annotations

import json
import keyword
import re
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from backendkit.model import Design
from backendkit.model.environment import Service, Variable
from backendkit.model.naming import ascii_snake, kebab, unique
from backendkit.scaffold.quoting import line


class Setting(NamedTuple):
    """A variable as it stands in .env.example."""

    name: str
    about: str
    default: str = ""
    secret: bool = False
    optional: bool = False


BUILT_IN: tuple[tuple[str, str, str, bool], ...] = (
    ("DATABASE_URL", "Where rows are kept; for PostgreSQL postgresql+psycopg://user:password@host/name.", "sqlite:///service.db", False),
    ("JWT_KEYS", "Keys that sign tokens, 32 letters or more, with commas between: the first signs, all are accepted.", "", True),
    ("ENCRYPTION_KEYS", "Keys that encrypt values in the database, with commas between: the first writes, all can read.", "", True),
    ("API_KEYS", "Programs that may call, as name:role:digest, with commas between.", "", True),
    ("OIDC_ISSUER", "The OpenID Connect provider whose tokens are taken, where there is one: exactly as they write it (iss).", "", False),
    ("ALLOWED_HOSTS", "Names under which the service answers, with commas between; other Host headers are refused.", "127.0.0.1,localhost,[::1]", False),
    ("LOG_LEVEL", "How much is logged: DEBUG, INFO, WARNING or ERROR.", "INFO", False),
    ("CREATE_TABLES", "Whether tables that are missing are made at the start; false where migrations make them.", "true", False),
    ("RATE_STORAGE", "Where calls are counted, where there is a limit; redis://host:6379 for several processes.", "memory://", False),
    ("OIDC_AUDIENCE", "For whom the provider's tokens have to be made out, where there is one.", "", False),
    ("OIDC_CLAIM", "The claim of those tokens that names the login; email counts only when it is verified.", "email", False),
)  # fmt: skip
"""What every service knows: name, what it is for, default, whether it is secret."""
USUAL_PORTS = {
    "postgres": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "mongo": 27017,
    "redis": 6379,
    "valkey": 6379,
}
"""Where well-known images listen inside, whatever the port outside is."""
PYTHON = "3.12"
IGNORED = (
    ".env",
    ".venv/",
    "__pycache__/",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    "*.db",
    "*.new",
)
EDITORCONFIG = """\
root = true

[*]
charset = utf-8
end_of_line = lf
insert_final_newline = true
trim_trailing_whitespace = true
indent_style = space
indent_size = 4
max_line_length = 110

[*.{json,yaml,yml,toml}]
indent_size = 2

[*.md]
trim_trailing_whitespace = false
"""
_BARE = re.compile(r"[\w./:@,+%=\[\]-]*", re.ASCII)
_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")


def surroundings(design: Design, *, urls: dict[str, int] | None = None) -> dict[str, str]:
    """The files around the code: relative path and text; `urls` are services that ask each other, with their ports.

    >>> sorted(surroundings(Design()))
    ['.devcontainer/devcontainer.json', '.editorconfig', '.env.example', '.gitignore', '.pre-commit-config.yaml']
    """
    found = {
        ".env.example": _variables((*settings(design), *_between(urls or {}))),
        ".gitignore": "".join(f"{name}\n" for name in IGNORED),
        ".editorconfig": EDITORCONFIG,
        ".pre-commit-config.yaml": _yaml(_checks(), "Before each commit. Once: .venv/bin/pre-commit install"),
        ".devcontainer/devcontainer.json": _container(design),
    }
    services = dict(_services(design))
    if services:
        kept = [each["source"] for one in services.values() for each in one.get("volumes", ())]
        found["compose.yaml"] = _yaml(
            {"services": services} | ({"volumes": {name: {} for name in kept}} if kept else {}),
            "What runs beside the code on your machine: docker compose up --detach --wait",
            "Secrets come from .env, and nobody else on the network reaches these ports.",
        )
    return found


def _between(urls: dict[str, int]) -> Iterator[Setting]:
    """What services need to ask each other."""
    if urls:
        yield Setting("SERVICES_KEY", "By what the services know each other; the same for all.", "", True)
    for name, port in urls.items():
        yield Setting(f"{name.upper()}_URL", f"Where the service {name} answers.", f"http://127.0.0.1:{port}")


def settings(design: Design) -> tuple[Setting, ...]:
    """Every variable with a name that a shell takes: those of every service first, then the design's own."""
    own = {it.id: it for it in design.environment.variables if _NAME.fullmatch(it.id)}
    provider = design.security.authentication.provider if design.security.authentication else ""
    values = {"OIDC_ISSUER": provider, "OIDC_AUDIENCE": kebab(design.name or "service") if provider else ""}
    first = [
        _setting(name, own.pop(name, None), about, values.get(name) or default, secret)
        for name, about, default, secret in BUILT_IN
    ]
    return (*first, *(_setting(name, it) for name, it in own.items()))


def own_settings(design: Design) -> tuple[Setting, ...]:
    """The design's own variables as fields of the service's settings; not those that start another program."""
    taken = {name for it in design.environment.services for name in it.variables}
    own = [each for each in settings(design)[len(BUILT_IN) :] if each.name not in taken]
    said = {it.id: "" if it.secret else line(it.default) for it in design.environment.variables}
    fields = (each._replace(name=each.name.lower(), default=said[each.name]) for each in own)
    return tuple(each for each in fields if _field(each.name))


def _field(name: str) -> bool:
    """Whether a class of settings can have such a field beside its own words."""
    return not (
        name.startswith(("_", "model_", "settings_")) or keyword.iskeyword(name) or hasattr(BaseModel, name)
    )


def _setting(
    name: str, it: Variable | None, about: str = "", default: str = "", secret: bool = False
) -> Setting:
    if it is None:
        return Setting(name, about, default, secret, optional=not secret)
    value = "" if it.secret else it.default or it.example or default
    return Setting(name, it.about or about, value, secret or it.secret, it.optional)


def _variables(found: tuple[Setting, ...]) -> str:
    head = "# Copy this file to .env and fill it in. .env belongs to one machine and into no repository.\n"
    return head + "".join(f"\n{_comment(each)}{_assignment(each)}\n" for each in found)


def _comment(it: Setting) -> str:
    about = line(it.about)
    words = [
        f"{about}." if about[-1:].isalnum() else about,
        "Secret." if it.secret else "",
        "May be missing." if it.optional else "",
    ]
    text = " ".join(filter(None, words))
    return "".join(f"# {part}\n" for part in textwrap.wrap(text, 108, break_on_hyphens=False))


def _assignment(it: Setting) -> str:
    """A line that sets it; one that only looks like it where the value could be read as something else."""
    value = "" if it.secret else line(it.default)
    if not value:
        spared = it.optional or any(it.name == name for name, _, default, _ in BUILT_IN if default)
        return f"# {it.name}=" if spared else f"{it.name}="
    if _BARE.fullmatch(value):
        return f"{it.name}={value}"
    return f"# {it.name}={value}" if re.search(r"['\\$]", value) else f"{it.name}='{value}'"


def _services(design: Design) -> Iterator[tuple[str, dict[str, Any]]]:
    known, taken = {each.name: each for each in settings(design)}, set[str]()
    for it in design.environment.services:
        if it.image.strip():
            name = unique(ascii_snake(it.id), taken).replace("_", "-")
            taken.add(name.replace("-", "_"))
            variables = [known[each] for each in it.variables if each in known]
            yield name, {key: value for key, value in _service(it, name, variables).items() if value}


def _service(it: Service, name: str, variables: list[Setting]) -> dict[str, Any]:
    must = ":?write it into .env"
    bare = it.image.rpartition("/")[2].partition(":")[0]
    inside = USUAL_PORTS.get(bare, it.port)
    path = line(it.volume)
    return {
        "image": _literal(it.image),
        "environment": {each.name: f"${{{each.name}{must if each.secret else ''}}}" for each in variables},
        "ports": [
            f"127.0.0.1:{out}:{into}" for out, into in ((it.port, inside), (it.page, it.page)) if out
        ],
        "volumes": [{"type": "volume", "source": f"{name}-data", "target": _literal(path)}]
        if path.startswith("/")
        else [],
        "healthcheck": {"test": ["CMD-SHELL", _literal(it.health)], "interval": "5s", "timeout": "3s", "retries": 12}
        if it.health.strip()
        else {},
    }  # fmt: skip


def _literal(text: str) -> str:
    """Text in which Compose replaces nothing."""
    return line(text).replace("$", "$$")


def _container(design: Design) -> str:
    versions = (
        re.match(r"3\.\d+", it.version) for it in design.environment.tools if it.id.lower() == "python"
    )
    python = next((found[0] for found in versions if found), PYTHON)
    about: dict[str, Any] = {
        "name": line(design.name).replace("$", "") or "service",
        "image": f"python:{python}",
        "runArgs": ["--network=host"],  # services are found at the same addresses inside and outside
        "postCreateCommand": 'pip install --editable ".[dev]" pre-commit',
        "forwardPorts": [8000],
        "customizations": {"vscode": {"extensions": ["ms-python.python", "charliermarsh.ruff"]}},
    }
    if any(it.image.strip() for it in design.environment.services):
        about["initializeCommand"] = "docker compose up --detach --wait"
    return json.dumps(about, indent=2, ensure_ascii=False) + "\n"


def _checks() -> dict[str, Any]:
    """Hooks that run what is installed beside the code, and fetch nothing."""
    commands = {"ruff": "ruff check --fix", "format": "ruff format", "types": "mypy"}
    hooks = [
        {"id": id, "name": command, "entry": command, "language": "system", "types": ["python"]}
        | ({"pass_filenames": False} if id == "types" else {})
        for id, command in commands.items()
    ]
    return {"repos": [{"repo": "local", "hooks": hooks}]}


def _yaml(values: dict[str, Any], *comments: str) -> str:
    from yaml12 import format_yaml

    return "".join(f"# {text}\n" for text in comments) + format_yaml(values).rstrip("\n") + "\n"
