"""FastAPI and SQLAlchemy Core as somebody writes it who cares for speed: one held connection, tokens remembered."""

import json
import os
import time
from functools import lru_cache
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from joserfc.errors import JoseError
from pydantic import BaseModel, Field

from peers import tokens

metadata = sa.MetaData()
books = sa.Table(
    "book", metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
)  # fmt: skip
engine = sa.create_engine(
    f"sqlite:///{os.environ['BOOKS']}", poolclass=sa.StaticPool, connect_args={"check_same_thread": False}
)
with engine.begin() as first:
    first.exec_driver_sql("PRAGMA journal_mode=wal")
    first.exec_driver_sql("PRAGMA synchronous=normal")
    metadata.create_all(first)
    first.execute(sa.insert(books), [{"title": f"Book {n}", "pages": n} for n in range(60)])
remembered = lru_cache(tokens.read)
NAMES = tuple(books.c.keys())


class Book(BaseModel):
    """What a caller sends."""

    title: str = Field(max_length=80)
    pages: int = Field(ge=-(2**53) + 1, le=2**53 - 1)


async def member(request: Request) -> None:
    """Only members."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        claims = remembered(token)
    except (JoseError, ValueError):
        raise HTTPException(401) from None
    if kind.lower() != "bearer" or claims["exp"] < time.time():
        raise HTTPException(401)
    if claims["role"] != "member":
        raise HTTPException(403)


app = FastAPI(dependencies=[Depends(member)])


def answer(data: Any, status: int = 200) -> Response:
    """JSON, as it is."""
    return Response(json.dumps(data, separators=(",", ":")), status, media_type="application/json")


@app.get("/books/{number}")
async def get_book(number: int) -> Response:
    """One."""
    with engine.begin() as connection:
        row = connection.execute(sa.select(books).where(books.c.number == number)).first()
    if row is None:
        raise HTTPException(404)
    return answer(dict(zip(NAMES, row, strict=True)))


@app.get("/books")
async def list_books(limit: Annotated[int, Query(ge=1, le=100)] = 20, offset: int = 0) -> Response:
    """A page."""
    with engine.begin() as connection:
        rows = connection.execute(sa.select(books).order_by(books.c.number).limit(limit).offset(offset)).all()
    return answer({"items": [dict(zip(NAMES, row, strict=True)) for row in rows]})


@app.post("/books", status_code=201)
async def add_book(book: Book) -> Response:
    """Another."""
    values = book.model_dump()
    with engine.begin() as connection:
        number = connection.execute(sa.insert(books).values(values).returning(books.c.number)).scalar_one()
    return answer({"number": number, **values}, 201)
