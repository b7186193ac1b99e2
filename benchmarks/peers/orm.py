"""FastAPI and the SQLAlchemy ORM as their tutorials write it: a session for each call, models in and out."""

import os
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from fastapi.security import OAuth2PasswordBearer
from joserfc.errors import JoseError
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import String, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from peers import tokens


class Base(DeclarativeBase):
    """The tables."""


class BookRow(Base):
    """A book in the database."""

    __tablename__ = "book"
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    pages: Mapped[int]


class NewBook(BaseModel):
    """What a caller sends."""

    title: str = Field(max_length=80)
    pages: int


class Book(NewBook):
    """What a caller gets."""

    model_config = ConfigDict(from_attributes=True)
    number: int


engine = create_engine(f"sqlite:///{os.environ['BOOKS']}", connect_args={"check_same_thread": False})


@event.listens_for(engine, "connect")
def quick(connection: object, record: object) -> None:
    """The same care for the disk as the others take."""
    for line in ("journal_mode=wal", "synchronous=normal"):
        connection.execute(f"PRAGMA {line}")  # type: ignore[attr-defined]


Base.metadata.create_all(engine)
make_session = sessionmaker(engine)
with make_session.begin() as first:
    first.add_all([BookRow(title=f"Book {n}", pages=n) for n in range(60)])


def database() -> Iterator[Session]:
    """A session for one call."""
    with make_session() as session:
        yield session


def member(token: Annotated[str, Depends(OAuth2PasswordBearer("token"))]) -> None:
    """Only members."""
    try:
        claims = tokens.read(token)
    except (JoseError, ValueError):
        raise HTTPException(401) from None
    if claims["role"] != "member":
        raise HTTPException(403)


app = FastAPI(dependencies=[Depends(member)])
Database = Annotated[Session, Depends(database)]


@app.get("/books/{number}")
def get_book(number: int, session: Database) -> Book:
    """One."""
    row = session.get(BookRow, number)
    if row is None:
        raise HTTPException(404)
    return Book.model_validate(row)


@app.get("/books")
def list_books(session: Database, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> dict[str, list[Book]]:
    """A page."""
    rows = session.scalars(select(BookRow).order_by(BookRow.number).limit(limit))
    return {"items": [Book.model_validate(row) for row in rows]}


@app.post("/books", status_code=201)
def add_book(book: NewBook, session: Database) -> Book:
    """Another."""
    row = BookRow(**book.model_dump())
    session.add(row)
    session.commit()
    return Book.model_validate(row)
