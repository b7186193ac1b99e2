"""Rules for phase 3: tools that are named with their versions, services that start, secrets that stay secret.

The Twelve-Factor App (https://12factor.net).
"""

from __future__ import annotations

import re
from collections import defaultdict

from backendkit.model import Design, Path
from backendkit.model.architecture import Decision, Element
from backendkit.model.environment import Service, Tool, Variable
from backendkit.rules.engine import Hits, rule
from backendkit.rules.facts import gaps, listed, tokens

VERSIONED = ("language", "framework", "database", "runtime")
SHELL_NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
REAL = re.compile(
    r"-----BEGIN|\b[spr]k_live_|\bAKIA[0-9A-Z]{16}|\bgh[pousr]_\w{20}|\bglpat-|\bxox[abprs]-|\beyJ[\w-]{10,}\."
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-|\b(?=[A-Z+=]*\d)(?=[\d+=]*[A-Z])[A-Z\d+=]{20}",
    re.IGNORECASE,
)
"""How keys of well-known providers begin, and any long word in which letters and digits are mixed."""
HINTS = {"secret", "password", "passwd", "token", "key", "keys", "credential", "credentials"}
ALIKE = {
    "postgres": "postgresql", "pg": "postgresql", "mongo": "mongodb", "node": "nodejs", "express": "expressjs",
    "js": "javascript", "ts": "typescript", "golang": "go", "react.js": "react", "vue.js": "vue", "k8s": "kubernetes",
    "ruby on rails": "rails", "spring": "spring boot", "asp.net core": "asp.net", "sql server": "mssql", "sqlite3": "sqlite",
}  # fmt: skip
"""Other words for the same thing."""


@rule("ENV002", "empty-environment", 1)
def empty_environment(design: Design) -> Hits:
    """The design names the tools that it is built with.
    Why: who joins the team wants to know on the first day what to install, and who chose it.
    Bad: services: [{id: mailbox, image: "axllent/mailpit:v1.27"}]
    Good: tools: [{id: python, kind: language, version: "3.12"}]"""
    if not design.environment.tools:
        yield ("environment",), "No tool is named", "write the language first, with its version"


@rule("ENV003", "shown-secret", 1)
def shown_secret(design: Design) -> Hits:
    """A secret has no default, and no example that could be a real one.
    Why: this file is committed and printed; a secret that stood in it once is a secret no more.
    Bad: variables: [{id: API_KEY, secret: true, about: Opens the bank., default: letmein}]
    Good: variables: [{id: API_KEY, secret: true, about: Opens the bank., example: 32 letters}]"""
    for at, it in design.each(Variable):
        if it.secret and it.default:
            yield (
                (*at.path, "default"),
                f"The secret {at.address} has a default",
                "take it away: each place sets its own",
            )
        if it.secret and REAL.search(it.example):
            message = f"The example of the secret {at.address} looks like a real one"
            yield (*at.path, "example"), message, "describe its form; if it was real, have it replaced"


@rule("ENV004", "unexplained-variable", 2)
def unexplained_variable(design: Design) -> Hits:
    """Every variable says what it is for.
    Why: somebody sets it at night on a machine they do not know, and has only this sentence.
    Bad: variables: [{id: MAIL_URL}]
    Good: variables: [{id: MAIL_URL, about: "Where mails go, as smtp://localhost:1025."}]"""
    return gaps(design, "variable", about="what it is for")


@rule("ENV005", "odd-variable", 1)
def odd_variable(design: Design) -> Hits:
    """The name of a variable holds capital letters, digits and underscores.
    Why: no shell sets a variable with a hyphen in it, and on some systems small and capital letters are the same.
    Bad: variables: [{id: mail-url, about: Where mails go.}]
    Good: variables: [{id: MAIL_URL, about: Where mails go.}]"""
    for at, it in design.each(Variable):
        if it.id and not SHELL_NAME.fullmatch(it.id):
            better = "_".join(tokens(it.id)).upper().lstrip("0123456789_") or "a word in capital letters"
            yield at, f"{at.address} is no name for a variable", f"write {better}"


@rule("ENV006", "shared-port", 1)
def shared_port(design: Design) -> Hits:
    """No two services listen on one port of the machine.
    Why: the second one does not start.
    Bad: services: [{id: data, image: "postgres:17", port: 5432}, {id: copy, image: "postgres:17", port: 5432}]
    Good: services: [{id: data, image: "postgres:17", port: 5432}, {id: copy, image: "postgres:17", port: 5433}]"""
    takers: defaultdict[int, list[str]] = defaultdict(list)
    for at, it in design.each(Service):
        for port in filter(None, (it.port, it.page)):
            if takers[port]:
                message = f"{at.address} listens on {port}, and so does {takers[port][0]}"
                yield at, message, f"give it another one, as {port + 1}"
            takers[port].append(at.address)


@rule("ENV007", "loose-image", 2)
def loose_image(design: Design) -> Hits:
    """A service names an image with the tag of a version.
    Why: without one, two people on one day start two different programs, and nobody sees it.
    Bad: services: [{id: data, image: "postgres:latest"}]
    Good: services: [{id: data, image: "postgres:17"}]"""
    yield from gaps(design, "service", image="which image")
    for at, it in design.each(Service):
        _, _, tag = it.image.rpartition("/")[2].partition(":")
        if it.image and tag in ("", "latest") and "@" not in it.image:
            yield at, f"{at.address} takes whatever {it.image} is today", "write the version behind a colon"


@rule("ENV008", "unnamed-technology", 2)
def unnamed_technology(design: Design) -> Hits:
    """What the architecture and the database are made with stands among the tools.
    Why: the picture says one thing and the machines get another, until something only works on one of them.
    Bad: {architecture: {elements: [{id: api, kind: container, technology: django}]}, environment: {tools: [
      {id: flask}]}}
    Good: {architecture: {elements: [{id: api, kind: container, technology: django}]}, environment: {tools: [
      {id: django}]}}"""
    known = {word for it in design.environment.tools for word in _words(it.id, it.name)}
    known |= {_same(_bare(it.image)) for it in design.environment.services}
    mend = "add it to the tools, or write there what is taken"
    for at, it in design.each(Element) if design.environment.tools else ():
        lost = [word for word in re.split(r"\s*[,;+]\s*", it.technology) if word and _same(word) not in known]
        if lost and it.level == "container" and not it.external:
            yield at, f"{at.address} is made with {listed(lost)}, which no tool names", mend
    engine = design.database.engine or ""
    if engine and design.environment.tools and _same(engine) not in known:
        here: Path = ("database", "engine")
        yield here, f"The database is {engine}, which neither a tool nor a service names", mend


@rule("ENV009", "loose-version", 2)
def loose_version(design: Design) -> Hits:
    """A language, framework, runtime or database says its version.
    Why: what works on one machine and fails on the next is a version, most of the time.
    Bad: tools: [{id: python, kind: language}]
    Good: tools: [{id: python, kind: language, version: "3.12"}]"""
    return gaps(design, "tool", unless=lambda it: it.purpose not in VERSIONED, version="its version")


@rule("ENV010", "against-decision", 2)
def against_decision(design: Design) -> Hits:
    """A tool is the option that its decision chose.
    Why: one of the two is old, and whoever reads the other one is misled.
    Bad: {architecture: {decisions: [{id: D1, options: [{id: flask}, {id: django}], chosen: django}]},
      environment: {tools: [{id: flask, decision: D1}]}}
    Good: {architecture: {decisions: [{id: D1, options: [{id: flask}, {id: django}], chosen: django}]},
      environment: {tools: [{id: django, decision: D1}]}}"""
    for at, it in design.each(Tool):
        found = design.find(it.decision)
        decision = found.record if found and isinstance(found.record, Decision) else Decision()
        options = {one.id: _words(one.id, one.name) for one in decision.options}
        mine, chosen = _words(it.id, it.name), options.pop(decision.chosen, None)
        other = next((id for id, words in options.items() if mine & words), "")
        if chosen and other and not mine & chosen:
            message = f"{at.address} is {other}, but {it.decision} chose {decision.chosen}"
            yield at, message, "change the tool, or decide again"


@rule("ENV011", "unmarked-secret", 2)
def unmarked_secret(design: Design) -> Hits:
    """What opens something is marked as secret.
    Why: whoever writes the deployment puts secrets in one place and everything else in another.
    Bad: variables: [{id: BANK_API_KEY, about: Opens the bank.}]
    Good: variables: [{id: BANK_API_KEY, about: Opens the bank., secret: true}]"""
    for at, it in design.each(Variable):
        if not it.secret and HINTS & {*tokens(it.id)[-1:]}:
            yield at, f"{at.address} sounds like a secret", "write secret: true, or give it another name"


def _same(word: str) -> str:
    """One word for one thing, however people write it."""
    low = word.lower().strip()
    return re.sub(r"[^\w#+]", "", ALIKE.get(low, low))


def _words(*names: str) -> set[str]:
    return {_same(name) for name in names if name}


def _bare(image: str) -> str:
    """The name of an image without registry and tag."""
    return image.rpartition("/")[2].partition(":")[0].partition("@")[0]
