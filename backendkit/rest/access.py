"""Who may call what, and whose a row is: the grants of a design as a matrix (RBAC), ownership as ways along references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from backendkit.model import Design
from backendkit.model.api import Resource
from backendkit.model.database import Attribute
from backendkit.model.measure import read_bytes, read_rate, read_seconds
from backendkit.model.security import Grant
from backendkit.rest.shapes import Access, Call, Collection, Field, Hop, Limit, Way

ENCRYPTED = ("personal", "sensitive", "secret")
"""What is classified so is stored encrypted."""
ATTEMPTS = (5, 900)
"""Logins that may fail for one account, and in how many seconds, where the design does not say."""


def sealed(design: Design, attribute: Attribute, said: str) -> str:
    """How an attribute is stored: encrypted, encrypted so that it can be found, or plainly (empty)."""
    if not design.scoped("security") or not any(
        each.attribute == said and each.as_ in ENCRYPTED for each in design.security.classified
    ):
        return ""
    if attribute.key or attribute.to or attribute.generated:
        return ""
    entity, login = design.entity(said.rpartition(".")[0]), design.security.authentication
    unique = entity and any(attribute.id in group for group in entity.unique_groups)
    filtered = any(
        entity and attribute.id in it.filter and it.entity == entity.id for it in design.api.resources
    )
    return "found" if unique or filtered or (login and login.login == said) else "sealed"


def enforced(design: Design) -> bool:
    """Whether callers must be known: as soon as there is a role."""
    return design.scoped("security") and any(role.id for role in design.security.roles)


def guarded(design: Design, resource: Resource) -> Resource:
    """A resource that takes no role from those whom it would raise: whoever may write their own row."""
    said = design.security.authentication
    entity, _, attribute = (said.role if said else "").rpartition(".")
    own = any(it.resource == resource.id and it.of != "any" for it in design.security.grants)
    if not (own and entity and entity == resource.entity and enforced(design)):
        return resource
    return resource.model_copy(update={"readonly": (*resource.readonly, attribute)})


def withheld(design: Design, said: str) -> bool:
    """Whether it is the hash of a password: no call shows it, and none writes it."""
    login = design.security.authentication
    return bool(login and login.password == said and enforced(design))


@dataclass
class Doors:
    """The access to a surface, found step by step; what cannot be kept is told in `gaps`."""

    design: Design
    columns: dict[str, tuple[Field, ...]]
    tables: dict[str, sa.Table]
    gaps: list[str]

    def __post_init__(self) -> None:
        self.fields = {id(field.column): field for fields in self.columns.values() for field in fields}
        self.names = {id(table): name for name, table in self.tables.items()}

    def found(self, collections: Sequence[Collection], calls: Sequence[Call]) -> Access | None:
        """The whole of it; None while the design has no role."""
        if not enforced(self.design):
            return None
        said, limits = self.design.security.authentication, self.design.security.limits
        user, login = self.place(said.login if said else "")
        key = self.key(user)
        attempts = read_rate(limits.attempts) if limits else None
        far = self.distances(user) if key else {}
        ways = {name: tuple(self.ways(name, user, far, ())) for name in far}
        return Access(
            user=user if key else "",
            key=key,
            login=login if key else None,
            password=self.beside(user, said.password if said else ""),
            role=self.beside(user, said.role if said else ""),
            anyone=self.roles("anyone"),
            users=self.roles("user", ""),
            services=self.roles("service"),
            grants=self.matrix(collections, calls),
            ways={name: found for name, found in ways.items() if found},
            seconds=read_seconds(said.access if said else "") or 900,
            stays=read_seconds(said.refresh if said else "") or 14 * 86400,
            provider=said.provider if said and key else "",
            attempts=Limit(*(attempts or ATTEMPTS)),
        )

    def roles(self, *who: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(role.id for role in self.design.security.roles if role.id and role.who in who)
        )

    def place(self, said: str) -> tuple[str, Field | None]:
        """The table and the value that an address names."""
        for name, fields in self.columns.items():
            entity = self.tables[name].info["entity"].id
            for field in fields:
                if f"{entity}.{field.attribute.id}" == said:
                    return name, field
        if said:
            self.gaps.append(f"Security names '{said}', which no table has.")
        return "", None

    def beside(self, user: str, said: str) -> Field | None:
        """A value of the users' own table."""
        table, field = self.place(said)
        if field and table != user:
            self.gaps.append(f"Security: '{said}' is left out, it stands not beside the login.")
            return None
        return field

    def key(self, user: str) -> Field | None:
        """What tells users apart: a single key."""
        keys = [field for field in self.columns.get(user, ()) if field.column.primary_key]
        if user and (len(keys) != 1 or keys[0].type.name in ("json", "binary")):
            self.gaps.append(
                "Nobody can log in: the entity of the login needs one plain attribute as its key."
            )
            return None
        return keys[0] if keys else None

    def matrix(self, collections: Sequence[Collection], calls: Sequence[Call]) -> dict[str, dict[str, str]]:
        """For each operation the roles that may, each with `any` or `own`."""
        found: dict[str, dict[str, str]] = {
            each.does(operation): {} for each in collections for operation in each.operations
        }
        found |= {call.name: {} for call in calls}
        names = {each.resource.id: each for each in reversed(collections)}
        known = {role.id for role in self.design.security.roles}
        for grant in self.design.security.grants:
            if grant.role not in known:
                self.gaps.append(f"Grant '{grant.id}' is left out: there is no role '{grant.role}'.")
                continue
            for name in self.granted(grant, names, calls):
                widest = "any" if "any" in (grant.of, found[name].get(grant.role)) else "own"
                found[name][grant.role] = widest
        return found

    def granted(self, grant: Grant, names: dict[str, Collection], calls: Sequence[Call]) -> Iterator[str]:
        each = names.get(grant.resource)
        if each:
            yield from (each.does(operation) for operation in grant.may if operation in each.operations)
        yield from (call.name for call in calls if call.endpoint.id in grant.endpoints)

    def ways(self, name: str, user: str, far: dict[str, int], seen: tuple[str, ...]) -> Iterator[Way]:
        """The ways from a row of a table to the user that it belongs to."""
        if name == user:
            yield Way(())
            return
        for hop, may in self.first(name, far):
            if hop.to not in (*seen, name):
                for way in self.ways(hop.to, user, far, (*seen, name)):
                    both = (
                        tuple(each for each in may if each in way.may) if may and way.may else may or way.may
                    )
                    yield Way((hop, *way.hops), both)

    def first(self, name: str, far: dict[str, int]) -> list[tuple[Hop, tuple[str, ...]]]:
        """The references that lead to an owner: those that the design names, else the one that is nearest."""
        entity, hops = self.tables[name].info["entity"], [hop for hop in self.hops(name) if hop.to in far]
        named = [(it, it.by.rpartition(".")) for it in self.design.security.owned]
        mine = [(it, attribute) for it, (of, _, attribute) in named if of == entity.id]
        if mine:
            return [
                (hop, it.may)
                for it, attribute in mine
                for hop in hops
                if attribute in [field.attribute.id for field in hop.here]
            ]
        nearest = [hop for hop in hops if far[hop.to] == min(far[each.to] for each in hops)]
        return [(nearest[0], ())] if len(nearest) == 1 else []

    def hops(self, name: str, *, itself: bool = False) -> Iterator[Hop]:
        """The references of a table to others, and to itself where that is wanted, each once."""
        for rule in sorted(
            self.tables[name].foreign_key_constraints, key=lambda rule: tuple(rule.column_keys)
        ):
            to = self.names.get(id(rule.referred_table))
            if to and (itself or to != name):
                pairs = [
                    (self.fields[id(each.parent)], self.fields[id(each.column)]) for each in rule.elements
                ]
                yield Hop(name, tuple(here for here, _ in pairs), to, tuple(there for _, there in pairs))

    def distances(self, user: str) -> dict[str, int]:
        """How many references lie between each table and the users, where any lead there."""
        back: dict[str, list[str]] = {}
        for name in self.tables:
            for hop in self.hops(name):
                back.setdefault(hop.to, []).append(name)
        found, edge = {user: 0}, [user]
        for near in edge:
            for name in back.get(near, ()):
                if name not in found:
                    found[name] = found[near] + 1
                    edge.append(name)
        return found


def body_limit(design: Design) -> int:
    """The largest body in bytes; 1 MiB where the design does not say."""
    limits = design.security.limits
    return (read_bytes(limits.body) if limits and limits.body else None) or 2**20


def rate_limit(design: Design) -> Limit | None:
    """How many calls one caller may make; None where the design does not say."""
    limits = design.security.limits
    found = read_rate(limits.rate) if limits and limits.rate and design.scoped("security") else None
    return Limit(*found) if found else None


def unowned(access: Access, collections: Iterable[Collection]) -> Iterator[str]:
    """What is granted to owners although nobody can tell whose it is."""
    for each in collections:
        own = any("own" in access.grants[each.does(operation)].values() for operation in each.operations)
        if own and each.table not in access.ways:
            yield f"Resource '{each.resource.id}': nobody owns a row, because no single reference leads to a user."
