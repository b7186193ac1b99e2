"""Rules for phase 5: logins that work, rights that reach every call, rows with owners, secrets that stay so (RBAC)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from backendkit.model import Design, Located
from backendkit.model.api import Endpoint, Resource
from backendkit.model.database import Attribute, Check, Entity
from backendkit.model.development import BusinessRule, Derived
from backendkit.model.expression import is_expression, names, parse_expression
from backendkit.model.link import links, value_type
from backendkit.model.measure import read_bytes, read_rate, read_seconds
from backendkit.model.security import Authentication, Grant, Role
from backendkit.rules.engine import Hits, rule
from backendkit.rules.facts import listed, tokens
from backendkit.rules.language import words
from backendkit.threats import PROTECTED

_MAKES = ("create", "bulk")
_WRITES = (*_MAKES, "replace", "patch")
_RANGED = ("integer", "bigint", "decimal", "float", "date", "time", "datetime")
_HOLDS_SECRETS = ("", "string", "text", "binary", "uuid", "json", "other")


@rule("SEC002", "call-for-nobody", 1)
def call_for_nobody(design: Design) -> Hits:
    """Once there are roles or a login, some role may make every call.
    Why: what nobody grants is forbidden, and a call that was forgotten is found by its first caller.
    Bad: {api: {endpoints: [{id: search}]}, security: {roles: [{id: guest, who: anyone}]}}
    Good: {api: {endpoints: [{id: search}]}, security: {roles: [{id: guest, who: anyone}], grants:
      [{id: look, role: guest, endpoints: [search], of: any}]}}"""
    roles, grants = {it.id for it in design.security.roles if it.id}, design.security.grants
    if not roles:
        for at, _ in design.each(Authentication):
            yield at, f"{at.address} says how callers log in, but they have no role", "add roles and grants"
        return
    may = {(it.resource, each) for it in grants if it.role in roles for each in it.may}
    called = {each for it in grants if it.role in roles for each in it.endpoints}
    named = {it.resource for it in grants if it.resource}
    for at, of in design.each(Resource):
        lost = [each for each in dict.fromkeys(of.operations) if (of.id, each) not in may]
        if lost and (of.id in named or not named):  # API012 speaks of a resource that no grant names
            message = f"No role may use {listed(lost, 'or')} of {at.address}"
            yield at, message, "add a grant under security, or take it out of operations"
    for at, it in design.each(Endpoint):
        if it.id not in called:
            yield at, f"No role may call {at.address}", "add a grant under security, or delete the endpoint"


@rule("SEC003", "own-without-owner", 1)
def own_without_owner(design: Design) -> Hits:
    """What is granted for one's own rows has rows that lead to a user.
    Why: where nobody can tell whose a row is, either nobody gets it or everybody.
    Bad: {database: {entities: [{id: user, attributes: [{id: mail, type: text, key: true}]}, {id: book, attributes:
      [{id: isbn, type: text, key: true}]}]}, api: {resources: [{id: books, entity: book, operations: [get]}]},
      security: {authentication: {login: user.mail}, roles: [{id: member}], grants: [{id: g, role: member,
      may: [get], resource: books, of: own}]}}
    Good: {database: {entities: [{id: user, attributes: [{id: mail, type: text, key: true}]}, {id: book, attributes:
      [{id: isbn, type: text, key: true}, {id: seller, type: reference, to: user}]}]}, api: {resources: [{id: books,
      entity: book, operations: [get]}]}, security: {authentication: {login: user.mail}, roles: [{id: member}],
      grants: [{id: g, role: member, may: [get], resource: books, of: own}]}}"""
    who = {it.id: it.who for it in reversed(design.security.roles) if it.id}
    own = [(at, it) for at, it in design.each(Grant) if it.of != "any" and it.role in who]
    if not own:
        return
    from backendkit.rest import surface

    made = surface(design)
    if not (made.access and made.access.key):
        return  # nobody can log in: that is SEC006
    tables = {each.resource.id: each.table for each in reversed(made.collections)}
    rows = {each.endpoint.id: each.row for each in made.calls}
    for at, it in own:
        said = "for one's own rows" if it.of else "without `of`, so for one's own rows"
        start = f"{at.address} is granted {said}"
        if who[it.role] in ("anyone", "service"):
            yield at, f"{start}, but {it.role} is no user and owns none", "write of: any"
            continue
        if it.resource in tables and tables[it.resource] not in made.access.ways:
            message = f"{start}, but no single reference leads from a row of {it.resource} to a user"
            yield at, message, "name the reference under `owned`, or write of: any"
        for id in dict.fromkeys(each for each in it.endpoints if each in rows):
            row = rows[id]
            if not row:
                message = f"{start}, but the path of {id} names no row of a resource"
                yield at, message, "let the path begin as that of the row, or write of: any"
            elif row.table not in made.access.ways:
                message = f"{start}, but no single reference leads from the row of {id} to a user"
                yield at, message, "name the reference under `owned`, or write of: any"


@rule("SEC004", "encrypted-but-used", 2)
def encrypted_but_used(design: Design) -> Hits:
    """What is stored encrypted is no key and no reference, and nothing sorts, compares or computes by it.
    Why: the database sees only ciphertext; a key or a reference stays readable, a check is lost.
    Bad: {database: {entities: [{id: user, attributes: [{id: mail, key: true}]}]},
      security: {classified: [{id: m, attribute: user.mail, as: personal}]}}
    Good: {database: {entities: [{id: user, attributes: [{id: number, key: true}, {id: mail, unique: true}]}]},
      security: {classified: [{id: m, attribute: user.mail, as: personal}]}}"""
    classified = {it.attribute: it.as_ for it in design.security.classified if it.as_ in PROTECTED}
    if not classified:
        return
    from backendkit.rest.access import sealed

    hidden: dict[str, list[Attribute]] = {}
    for at, it in design.each(Attribute):
        if at.parent and (said := f"{at.parent.record.id}.{it.id}") in classified:
            if sealed(design, it, said):
                hidden.setdefault(at.parent.record.id, []).append(it)
                continue
            what = "a key" if it.key else "a reference" if it.to else "made by the database"
            message = f"{at.address} is {classified[said]}, but it is {what} and so stored as it is"
            yield at, message, "let another attribute be that, or classify it as internal"
    yield from _asked_in_vain(design, hidden)
    for at, entity, text in _computed(design):
        held = {it.id for it in hidden.get(entity, ())} & set(names(parse_expression(text)))
        if held:
            message = f"{at.address} looks at {listed(sorted(held))} of {entity}, stored encrypted"
            yield at, message, "write it as prose, for the service to keep, or classify that as internal"
    for one in links(design):
        for side, attributes in ((one.entity, one.of), (one.goal, one.onto)):
            if held := {it.id for it in attributes if it in hidden.get(side.id, ())}:
                message = f"{one.at.address} refers by {listed(sorted(held))} of {side.id}, stored encrypted"
                yield one.at, message, "refer by a key that is not classified"


@rule("SEC005", "unreadable-limit", 1)
def unreadable_limit(design: Design) -> Hits:
    """Times, rates and sizes are a number and a unit.
    Why: what cannot be read is not kept; the service takes its own value, or no limit at all.
    Bad: limits: {rate: often}
    Good: limits: {rate: 600 per minute}"""
    login, limits = design.security.authentication, design.security.limits
    told: list[tuple[str, str, str, Callable[[str], object], str]] = []
    if login:
        told += [
            ("authentication", "access", login.access, read_seconds, "a time, as 15 min"),
            ("authentication", "refresh", login.refresh, read_seconds, "a time, as 14 d"),
        ]
    if limits:
        told += [
            ("limits", "rate", limits.rate, read_rate, "a rate, as 600 per minute"),
            ("limits", "attempts", limits.attempts, read_rate, "a rate, as 5 per 10 min"),
            ("limits", "body", limits.body, read_bytes, "a size, as 1 MB"),
        ]
    for part, name, text, read, wanted in told:
        if text and not read(text):
            at = login.id if login and part == "authentication" else ""
            message = f"{name} of {at or part} is '{text}', which nobody can read"
            yield ("security", part, name), message, f"write {wanted}"


@rule("SEC006", "half-written-login", 1)
def half_written_login(design: Design) -> Hits:
    """Where there are users, the design says with what they log in and where their password is.
    Why: without that nobody can log in, and every right of a user is for nobody.
    Bad: authentication: {id: log-in, login: user.mail}
    Good: authentication: {id: log-in, login: user.mail, password: user.password_hash}"""
    said = design.security.authentication
    users = [it.id for it in _users(design)]
    if users and not said:
        message = f"Nobody can log in, so nobody is {listed(users, 'or')}"
        yield ("security",), message, "write authentication: {login: …, password: …}"
    for at, it in design.each(Authentication):
        if not it.login:
            if users or it.password or it.provider:
                yield at, f"{at.address} does not say what people log in with", "write login, as user.mail"
            continue
        if not (it.password or it.provider):
            message = f"{at.address} asks for {it.login}, but for no password"
            yield at, message, "write password, where its hash stands, or provider"
        entity = it.login.rpartition(".")[0]
        for name, other in (("password", it.password), ("role", it.role)):
            if other and other.rpartition(".")[0] != entity:
                message = f"{at.address} has its {name} in {other}, and {entity} has the login"
                yield at, message, "put both into one entity"
        found = design.entity(entity)
        if found and found.attributes and len(found.keys) != 1:
            message = f"{at.address} cannot tell users apart: {entity} has {len(found.keys) or 'no'} keys"
            yield at, message, f"give {entity} one key"


@rule("SEC007", "one-role-for-all", 1)
def one_role_for_all(design: Design) -> Hits:
    """Where users have several roles, an attribute says which one somebody has.
    Why: without it everybody who logs in has the first role, and nobody the others.
    Bad: authentication: {id: log-in, login: user.mail}, roles: [{id: member}, {id: moderator}]
    Good: authentication: {id: log-in, login: user.mail, role: user.role}, roles: [{id: member}, {id: moderator}]"""
    first, *others = [it.id for it in _users(design)] or [""]
    for at, it in design.each(Authentication):
        if others and not it.role:
            message = f"{at.address} does not say who is {listed(others, 'or')}: everybody is {first}"
            yield at, message, "write role, the attribute that tells, as user.role"


@rule("SEC008", "rights-for-the-taking", 2)
def rights_for_the_taking(design: Design) -> Hits:
    """No resource takes the role of a user, and none shows a password.
    Why: callers send what they like, and one more line makes them a moderator (mass assignment).
    Bad: {database: {entities: [{id: user, attributes: [{id: role, default: member}]}]}, api: {resources: [{id: users,
      entity: user, operations: [patch]}]}, security: {authentication: {login: user.mail, role: user.role}}}
    Good: {database: {entities: [{id: user, attributes: [{id: role, default: member}]}]}, api: {resources: [{id: users,
      entity: user, operations: [patch], readonly: [role]}]}, security: {authentication: {login: user.mail,
      role: user.role}}}"""
    said = design.security.authentication
    of, role = _parted(said.role if said else "")
    holder, password = _parted(said.password if said else "")
    for at, it in design.each(Resource):
        entity = design.entity(it.entity) or Entity()
        written = [each for each in it.operations if each in _WRITES]
        value = entity.attribute(role) if entity.id == of else None
        if value and written and role not in it.readonly:
            message = f"Whoever may {listed(written, 'or')} {at.address} writes {role} as well"
            yield at, message, f"put {role} under readonly, and change it by an endpoint of its own"
        elif value and {*_MAKES} & {*written} and not (value.optional or value.default or value.generated):
            message = f"A new row of {at.address} must bring its {role}, because nothing else gives one"
            yield at, message, f"give {of}.{role} a default"
        if entity.id == holder and entity.attribute(password) and password not in it.hide:
            yield at, f"{at.address} does not hide {password}", f"put {password} under hide"


@rule("SEC009", "plain-secret", 2)
def plain_secret(design: Design) -> Hits:
    """What looks like a secret is classified so that it is stored encrypted.
    Why: whoever sees a backup or a log of the database has every such key.
    Bad: {database: {entities: [{id: shop, attributes: [{id: api_key, type: text}]}]}, security: {roles: [{id: guest}]}}
    Good: {database: {entities: [{id: shop, attributes: [{id: api_key, type: text}]}]}, security: {roles:
      [{id: guest}], classified: [{id: key-of-shop, attribute: shop.api_key, as: secret}]}}"""
    security = design.security
    classified = {it.attribute: it.as_ for it in security.classified}
    for at, it in design.each(Attribute):
        said = f"{at.parent.record.id}.{it.id}" if at.parent else it.id
        as_ = classified.get(said, "")
        if as_ in PROTECTED or it.to or not _looks_secret(design, it):
            continue
        if said in classified or not words("personal") & {*tokens(it.id)}:  # else DAT020 asks for it
            message = f"{at.address} looks like a secret, but is {as_ or 'not classified'}"
            yield at, message, "classify it as secret, or give it another name"


def _users(design: Design) -> Iterator[Role]:
    """The roles of people who log in."""
    return (it for it in design.security.roles if it.id and it.who in ("", "user"))


def _parted(said: str) -> tuple[str, str]:
    """The entity and the attribute of an address."""
    entity, _, attribute = said.rpartition(".")
    return entity, attribute


def _asked_in_vain(design: Design, hidden: dict[str, list[Attribute]]) -> Hits:
    """Resources that order rows by what is encrypted, or narrow them from one value to another."""
    for at, it in design.each(Resource):
        held = {one.id: one for one in hidden.get(it.entity, ())}
        if sorts := [id for id in dict.fromkeys(it.sort) if id in held]:
            message = f"{at.address} sorts by {listed(sorts)}, stored encrypted and so in no order"
            yield at, message, "take that out of sort, or classify it as internal"
        types = {id: value_type(design, held[id]) for id in dict.fromkeys(it.filter) if id in held}
        if ranged := [id for id, type_ in types.items() if type_ and type_.name in _RANGED]:
            message = f"{at.address} finds {listed(ranged)}, stored encrypted, by equal values only"
            yield at, message, "take that out of filter, or classify it as internal"


def _computed(design: Design) -> Iterator[tuple[Located, str, str]]:
    """What the database compares or computes: where it stands, the entity, the expression."""
    found = [(at, at.parent.record.id, it.holds) for at, it in design.each(Check) if at.parent]
    if design.scoped("development"):
        found += [(at, it.entity, it.holds) for at, it in design.each(BusinessRule)]
        found += [(at, _parted(it.attribute)[0], it.is_) for at, it in design.each(Derived)]
    return (each for each in found if is_expression(each[2]))


def _looks_secret(design: Design, it: Attribute) -> bool:
    """Whether a text has the name of a secret, as api_key; not when it has a time or a number of one."""
    name = tokens(it.id)
    type_ = value_type(design, it)
    plain = (type_.name if type_ else "") in _HOLDS_SECRETS
    pairs = {"".join(pair) for pair in pairwise(name)}
    return plain and bool(words("secrets") & {*name, *pairs})
