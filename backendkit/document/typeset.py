"""One notebook to one PDF or HTML file: pandoc reads the pieces (https://pandoc.org), Typst sets the pages (https://typst.app)."""

from __future__ import annotations

import base64
import calendar
import datetime
import json
import os
import re
import subprocess
import tempfile
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backendkit.document.content import Asset, Block, Pictures, blocks, clean
from backendkit.draw import FONTS
from backendkit.draw.palette import DARK, LIGHT
from backendkit.model import UserError

if TYPE_CHECKING:
    from nbformat import NotebookNode

HERE = Path(__file__).parent
SECONDS = 180
TEXT_WIDTH = 465  # points between the margins of a page
_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=-|$)")
_HTML = (
    "--standalone",
    "--template=template.html",
    "--toc",
    "--toc-depth=3",
    "--number-sections",
    "--mathml",
)
_START = '#import "template.typ": *\n#show: report\n\n'


@dataclass(slots=True)
class _Source:
    """A notebook taken apart: pieces, pictures, the words on the cover, and the pictures that cannot be shown."""

    pieces: list[Block]
    pictures: Pictures
    meta: dict[str, Any]
    broken: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def today() -> datetime.date:
    """The date that the document carries; SOURCE_DATE_EPOCH sets it (https://reproducible-builds.org)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    return datetime.date.today()


def pdf(notebook: NotebookNode, asset: Asset) -> tuple[bytes, list[str]]:
    """Typeset a run notebook as a tagged PDF; give it and what its makers should know."""
    source = _taken_apart(notebook, asset)
    body = _START + _written(source, "typst")
    with tempfile.TemporaryDirectory(prefix="backendkit-") as folder:
        root = Path(folder)
        (root / "media").mkdir()
        (root / "template.typ").write_bytes((HERE / "template.typ").read_bytes())
        for name, data in source.pictures.files.items():
            (root / "media" / name).write_bytes(data)
        return _compiled(root, body, source), source.warnings


def html(notebook: NotebookNode, asset: Asset) -> tuple[bytes, list[str]]:
    """Write a run notebook as one HTML file that needs no other file; give it and what its makers should know."""
    source = _taken_apart(notebook, asset)
    text = _written(source, "html5")

    def inlined(match: re.Match[str]) -> str:
        kind = {"svg": "svg+xml", "jpg": "jpeg"}.get(match[2], match[2])
        data = base64.b64encode(source.pictures.files[match[1]]).decode()
        return f'src="data:image/{kind};base64,{data}"'

    text = re.sub(r'src="media/(p[0-9a-f]{16}\.(\w+))"', inlined, text)
    return text.encode(), source.warnings


def _taken_apart(notebook: NotebookNode, asset: Asset) -> _Source:
    import typst

    pictures = Pictures()
    source = _Source(list(blocks(notebook, pictures, asset)), pictures, _meta(notebook))
    logo = next((pictures.add(data, kind) for kind in ("svg", "png") if (data := asset(f"logo.{kind}"))), "")
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
    sizes = {name: _size(name, data, fonts) for name, data in pictures.files.items()}
    names = {logo: "the logo"} | {file: text for text, file in pictures.sources.items()}
    for piece in (piece for piece in source.pieces if "file" in piece):
        names[piece["file"]] = piece.get("caption") or "a picture"
        size = sizes[piece["file"]]
        if not isinstance(size, str) and size[0]:
            piece["ratio"] = size[1] / size[0]
            piece.setdefault("landscape", size[0] > max(1.6 * TEXT_WIDTH, 1.3 * size[1]))
    for name, reason in sizes.items():
        if isinstance(reason, str):
            source.broken.append(name)
            source.warnings.append(f"Left out, because it cannot be drawn: {names[name]} ({reason}).")
    if not _LANGUAGE.match(said := str(notebook.metadata.get("designdoc", {}).get("language") or "en")):
        source.warnings.append(
            f"'{said}' is no language code such as de or pt-BR: the document says English."
        )
    source.meta["logo"] = f"media/{logo}" if logo and logo not in source.broken else ""
    return source


def _meta(notebook: NotebookNode) -> dict[str, Any]:
    day = today()
    known = notebook.metadata.get("designdoc", {})
    empty = {"title": "Design", "kind": "", "version": "", "summary": "", "language": "en", "unspoken": ""}
    meta = {**empty, "authors": [], "missing": [], "cover": False, **known}
    meta = {key: clean(value) if isinstance(value, str) else value for key, value in meta.items()}
    language = _LANGUAGE.match(meta["language"])
    meta["language"] = language[0].lower() if language else "en"
    return {**meta, "date": f"{day.day} {day:%B %Y}", "day": [day.year, day.month, day.day]}


def _size(name: str, data: bytes, fonts: Any) -> tuple[float, float] | str:
    """Try a picture alone: the width and height that it asks for in points, or why it cannot be drawn."""
    import typst

    with tempfile.TemporaryDirectory(prefix="backendkit-") as root:
        (Path(root) / name).write_bytes(data)
        probe = f'#context [#let s = measure(image("{name}")); #metadata((s.width.pt(), s.height.pt())) <s>]'
        try:
            found = typst.query(probe.encode(), "<s>", field="value", one=True, root=root, font_paths=fonts)
        except RuntimeError as error:
            return str(error).removeprefix("failed to compile document: ").strip().splitlines()[0]
        width, height = json.loads(found)
        return width, height


def _written(source: _Source, target: str) -> str:
    """Let pandoc read everything that people wrote, in its sandbox, and write it for the target."""
    import pypandoc

    meta = {key: value for key, value in source.meta.items() if key not in ("day", "cover")}
    for name, palette in (("light", LIGHT), ("dark", DARK)):
        meta[name] = [f"--{key.replace('_', '-')}: {colour};" for key, colour in palette._asdict().items()]
    pieces = {"pieces": source.pieces, "sources": source.pictures.sources, "meta": meta}
    text = json.dumps({**pieces, "target": target, "broken": dict.fromkeys(source.broken, True)})
    command = [pypandoc.get_pandoc_path(), "--sandbox", "--from=reader.lua", f"--to={target}", "--wrap=none"]
    command += _HTML if target == "html5" else ()
    try:
        done = subprocess.run(
            command, check=False, input=text.encode(), capture_output=True, cwd=HERE, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"The text could not be read in {SECONDS} seconds: shorten the notes.") from None
    said = done.stderr.decode(errors="replace")
    if done.returncode:
        raise UserError(f"The text of the document could not be read: {said.strip()[:300]}")
    source.warnings += dict.fromkeys(line[8:] for line in said.splitlines() if line.startswith("warning\t"))
    return done.stdout.decode()


def _compiled(root: Path, body: str, source: _Source) -> bytes:
    """Set the pages, tagged, in the shipped font; other fonts of this machine only help with letters it has not."""
    data, error, unshown = _typst(root, body, source.meta, alone=True)
    if unshown:
        data, error, unshown = _typst(root, body, source.meta, alone=False)
    if unshown:
        listed = " ".join(f"{sign} (U+{ord(sign):04X})" for sign in sorted(unshown)[:20])
        said = "No font of this machine has these characters, so their numbers are printed"
        source.warnings.append(f"{said}: {listed}.")
        body, source.meta = _named(root, body, source.meta, unshown)
        data, error, unshown = _typst(root, body, source.meta, alone=False)
    if error:
        source.warnings.append(f"The PDF carries no tags for screen readers: {error}.")
        data, error, _ = _typst(root, body, source.meta, alone=False, tagged=False)
    if error:
        raise UserError(f"The pages could not be set ({error}): please report this with the notebook.")
    return data


def _typst(
    root: Path, body: str, meta: dict[str, Any], *, alone: bool, tagged: bool = True
) -> tuple[bytes, str, set[str]]:
    """Compile: the PDF, or what is wrong, and the characters that no font shows."""
    import typst

    (root / "main.typ").write_text(body, encoding="utf-8", newline="\n")
    try:
        data: bytes = typst.compile(
            str(root / "main.typ"),
            root=str(root),
            font_paths=[str(FONTS)],
            ignore_system_fonts=alone,
            sys_inputs={"meta": json.dumps({**meta, "colours": LIGHT._asdict()})},
            timestamp=calendar.timegm((*meta["day"], 0, 0, 0)),
            pdf_standards=["ua-1"] if tagged else [],
        )
        return data, "", set()
    except typst.TypstError as error:
        texts = "".join(_UNSHOWN.findall(error.diagnostic))
        texts = re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), texts)
        return b"", error.message, {sign for sign in texts if ord(sign) > 127}


def _named(root: Path, body: str, meta: dict[str, Any], signs: set[str]) -> tuple[str, dict[str, Any]]:
    """Put the number of a character in its place, in the text and in the pictures; joiners just go."""
    names = {
        ord(sign): "" if unicodedata.category(sign) == "Cf" else f"(U+{ord(sign):04X})" for sign in signs
    }
    for path in (root / "media").glob("*.svg"):
        path.write_text(path.read_text(encoding="utf-8").translate(names), encoding="utf-8")
    return body.translate(names), json.loads(json.dumps(meta, ensure_ascii=False).translate(names))
