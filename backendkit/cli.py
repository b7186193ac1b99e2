"""The same verbs from a shell (Typer): errors are one sentence, 1 means a design has something wrong, 2 means wrong use."""

from __future__ import annotations

import errno
import os
import re
import sys
import tempfile
import traceback
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from backendkit.model import DesignError, UserError

PROGRAM = os.environ.get("BACKENDKIT_PROGRAM", "backendkit")
"""What people type to come here: `python3 run.py` says so."""

app = typer.Typer(
    name="backendkit",
    help="Design a backend phase by phase: one design file in; pictures, findings, a running prototype and a document out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DesignPlace = Annotated[str, typer.Argument(metavar="DESIGN", help="A design folder or a store URL.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where it is written.")]


class Format(StrEnum):
    """How findings are printed."""

    text = "text"
    json = "json"


class Kind(StrEnum):
    """What can be drawn."""

    er = "er"
    context = "context"
    container = "container"
    states = "states"


class Theme(StrEnum):
    """Colours of a picture."""

    light = "light"
    dark = "dark"


class Form(StrEnum):
    """What a design can be exported as."""

    schema = "schema"
    openapi = "openapi"
    ddl = "ddl"
    mermaid = "mermaid"


class Page(StrEnum):
    """What a document can be built as."""

    pdf = "pdf"
    html = "html"


@app.command(epilog=f"Example: {PROGRAM} new work/library")
def new(design: DesignPlace) -> None:
    """Make a new, empty design."""
    from backendkit.store import masked, new_design

    made = new_design(design)
    typer.echo(f"Made {made.where}. Next: {_line('check', masked(design))}")


@app.command("import", epilog=f"Example: {PROGRAM} import shop.sqlite work/shop")
def import_(
    source: Annotated[str, typer.Argument(help="A database URL, a SQLite file or an OpenAPI file.")],
    design: DesignPlace,
    schema: Annotated[
        list[str] | None, typer.Option(help="A database schema to read; may be given again.")
    ] = None,
) -> None:
    """Read an existing system into a new design.

    Onto an existing design it changes nothing and prints what differs.
    """
    from backendkit.readers import differences, read_system
    from backendkit.store import design_exists, dump, masked, new_design, open_design

    imported = read_system(source, schemas=tuple(schema or ()))
    if design_exists(design):
        found = differences(open_design(design).design, imported.design)
        for line in found or ("Nothing differs.",):
            typer.echo(line)
        typer.echo(f"{masked(design)} exists already and was not changed.")
    else:
        made = new_design(design, text=dump(imported.design))
        read = imported.design
        typer.echo(
            f"Made {made.where}: {_count(read.database.entities, 'entity', 'entities')}, "
            f"{_count(read.api.resources, 'resource')}, {_count(read.api.endpoints, 'endpoint')}."
        )
        typer.echo(f"Next: {_line('check', masked(design))}")
    for line in imported.unread:
        typer.echo(f"Not understood: {line}", err=True)


@app.command(epilog=f"Example: {PROGRAM} check data/bookshop")
def check(
    design: DesignPlace,
    format: Annotated[Format, typer.Option(help="text for people, json for programs.")] = Format.text,
) -> None:
    """Say what is missing or doubtful, most basic first."""
    from backendkit import rules
    from backendkit.store import open_design

    opened = open_design(design)
    findings = rules.check(opened.design)
    show = rules.as_json if format is Format.json else rules.as_text
    typer.echo(show(findings, line=opened.lines()))
    raise typer.Exit(1 if findings else 0)


@app.command(epilog=f"Example: {PROGRAM} draw data/bookshop er -o er.svg")
def draw(
    design: DesignPlace,
    what: Annotated[Kind, typer.Argument(help="Which picture.")],
    output: Output = None,
    theme: Annotated[Theme, typer.Option(help="For a light or a dark page.")] = Theme.light,
) -> None:
    """Draw entities (er), the architecture (C4) or state machines.

    er: the entities; context: the system among its neighbours; container: the parts inside it; states: the lives of
    things.
    """
    from backendkit.draw import picture
    from backendkit.store import open_design

    target = output or Path(f"{what.value}.svg")
    ending = target.suffix.lower().lstrip(".")
    if ending not in ("svg", "pdf", "png"):
        raise UserError(f"{target}: found the ending '{target.suffix}', allowed are .svg, .pdf and .png.")
    _write(target, picture(open_design(design).design, what.value, format=ending, theme=theme.value))


@app.command(epilog=f"Example: {PROGRAM} export data/bookshop openapi -o openapi.json")
def export(
    design: DesignPlace,
    what: Annotated[Form, typer.Argument(help="Which form.")],
    output: Output = None,
) -> None:
    """Write the design in another form.

    schema: JSON Schema of the file; openapi: OpenAPI 3.1; ddl: SQL tables; mermaid: ER diagram as text.
    Without -o it goes to the screen.
    """
    from backendkit import writers
    from backendkit.store import open_design

    text = writers.export(open_design(design).design, what.value)
    if output:
        _write(output, text.encode())
    else:
        typer.echo(text)


@app.command(epilog=f"Example: {PROGRAM} serve data/bookshop --port 8000")
def serve(
    design: DesignPlace,
    data: Annotated[
        str | None, typer.Option(metavar="URL", help="A database whose rows are copied in.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 0,
    rows: Annotated[
        str,
        typer.Option(metavar="N", help="Rows made up for each table; 'stated' takes what the design states."),
    ] = "20",
    on: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="A database of its own that lasts, as sqlite:///shop.db; rows are kept."
        ),
    ] = None,
) -> None:
    """Run the prototype of the API until Ctrl+C."""
    from backendkit import prototype
    from backendkit.model import UserError
    from backendkit.store import open_design

    if rows != "stated" and not (rows.isascii() and rows.isdigit()):
        raise UserError(f"--rows is '{rows}': allowed are a whole number from 0, or the word stated.")
    wanted: prototype.Rows = "stated" if rows == "stated" else int(rows)
    prototype.serve(open_design(design).design, data=data, port=port, rows=wanted, on=on)


@app.command(epilog=f"Example: {PROGRAM} attack data/bookshop --only sql-injection")
def attack(
    design: DesignPlace,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="One attack; may be given again.")
    ] = None,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Attack a variant without guards instead, to see what happens.")
    ] = False,
) -> None:
    """Attack the prototype (OWASP API Security Top 10) and write down what came of it.

    Ends with 1 when an attack succeeded. What nothing in the design can be attacked by is told as not tried.
    """
    from backendkit.prototype import start
    from backendkit.store import open_design
    from backendkit.verify import Unsafe, keep_outcomes, run_attacks

    opened = open_design(design)
    with start(opened.design) as api:
        outcomes = run_attacks(Unsafe(api) if unsafe else api, only=only or ())
    for outcome in outcomes:
        typer.echo(str(outcome))
        if outcome.telling and outcome.state == "succeeded":
            typer.echo(f"  {outcome.telling.sent}: {outcome.telling.came}")
    if not unsafe and not opened.worked:
        keep_outcomes(opened, outcomes)
        typer.echo("Written to evidence.jsonl.", err=True)
    raise typer.Exit(1 if any(outcome.state == "succeeded" for outcome in outcomes) else 0)


@app.command(epilog=f"Example: {PROGRAM} scaffold data/bookshop work/bookshop-service")
def scaffold(
    design: DesignPlace,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the source goes.")],
    check: Annotated[bool, typer.Option("--check", help="Change nothing, print what differs.")] = False,
) -> None:
    """Write the prototype's source, or bring it up to date.

    What you edited stays. With --check it prints how the folder differs from what would be written, and ends with 1.
    """
    from backendkit.scaffold import compare_scaffold, write_scaffold
    from backendkit.store import open_design

    opened = open_design(design)
    if check:
        found = compare_scaffold(opened, folder)
        typer.echo(str(found))
        raise typer.Exit(0 if found.same else 1)
    typer.echo(str(write_scaffold(opened, folder)))


@app.command(epilog=f"Example: {PROGRAM} document data/bookshop --to pdf --to html")
def document(
    design: DesignPlace,
    to: Annotated[list[Page] | None, typer.Option(help="pdf or html; may be given again.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FOLDER", help="Where it goes.")
    ] = None,
) -> None:
    """Run the notebooks and typeset one document."""
    from backendkit.runner import lighten, terminal_progress

    lighten()
    from backendkit.document import build_document
    from backendkit.store import open_design

    pages = tuple(page.value for page in to or [Page.pdf])
    built = build_document(open_design(design), to=pages, out=output, progress=terminal_progress())
    for line in (*built.warnings, *built.missing):
        typer.echo(line, err=True)
    for file in built.files:
        typer.echo(f"The document is {file}")
    raise typer.Exit(1 if built.missing else 0)


@app.command(epilog=f"Example: {PROGRAM} rules DAT001")
def rules(
    code: Annotated[str | None, typer.Argument(help="A rule to explain, as DAT001.")] = None,
) -> None:
    """List the rules, or explain one."""
    from backendkit.rules import catalogue, explain

    if code:
        typer.echo(explain(code))
        return
    for rule in catalogue():
        typer.echo(f"{rule.code}  {rule.summary}")


@app.command(epilog=f"Example: {PROGRAM} doctor data/bookshop")
def doctor(
    design: Annotated[str | None, typer.Argument(metavar="[DESIGN]", help="Look for its tools, too.")] = None,
) -> None:
    """Look at this machine, and say how to mend it.

    Versions, fonts, ports, libraries; with a design also its tools, services and variables. Each problem comes with the
    line that mends it.
    """
    from backendkit.doctor import examine
    from backendkit.store import open_design

    results = list(examine(open_design(design) if design else None))
    for result in results:
        typer.echo(str(result))
    raise typer.Exit(0 if all(result.good for result in results) else 1)


def _line(*words: str) -> str:
    """A line to type next, quoted where a word needs it."""
    quoted = [f'"{word}"' if re.search(r"[^\w./:\\-]", word) else word for word in words]
    return " ".join([PROGRAM, *quoted])


def _count(things: tuple[Any, ...], one: str, many: str = "") -> str:
    return f"{len(things)} {one if len(things) == 1 else many or one + 's'}"


def _write(target: Path, content: bytes) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror or error}.") from None
    typer.echo(f"Wrote {target}")


def main() -> NoReturn:
    """Run the command line; whatever happens ends in one sentence and an exit code."""
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = app(prog_name=PROGRAM, standalone_mode=False) or 0
    except DesignError as error:
        code = _fail(str(error), 1)
    except UserError as error:
        code = _fail(str(error), 2)
    except (typer.Abort, KeyboardInterrupt, BrokenPipeError):
        code = 130
    except Exception as error:  # noqa: BLE001 - the last line of defence: nobody sees a traceback
        code = _usage(error)
    sys.exit(code)


def _usage(error: Exception) -> int:
    """Wrong use is told by the command line's own sentence; anything else is our mistake and goes to a file."""
    show = getattr(error, "format_message", None)
    if show is not None:
        context = getattr(error, "ctx", None)
        hint = f" Try: {context.command_path} --help" if context else ""
        return _fail(f"{show().replace('Value error, ', '')}{hint}", 2)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _fail("The disk is full: make room and try again.", 2)
    handle, name = tempfile.mkstemp(prefix="backendkit-", suffix=".log", text=True)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return _fail(
        f"This is a mistake in backendkit, not yours ({type(error).__name__}). Details are in {name}.", 2
    )


def _fail(sentence: str, code: int) -> int:
    typer.echo(sentence, err=True)
    return code


if __name__ == "__main__":
    main()
