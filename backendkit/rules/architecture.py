"""Rules for phase 2a: elements that stand, talk and own, decisions that can be followed (C4 model, MADR)."""

from __future__ import annotations

from collections import defaultdict
from typing import get_args

from backendkit.model import Design
from backendkit.model.architecture import Decision, Element, Relation
from backendkit.model.database import Engine, Entity
from backendkit.model.requirements import Functional
from backendkit.rules.engine import Hits, rule
from backendkit.rules.facts import circles, gaps, listed
from backendkit.rules.language import words


@rule("ARC002", "empty-architecture", 1)
def empty_architecture(design: Design) -> Hits:
    """There is a system, and a style for its insides.
    Why: the system is the line between what the team builds and what it only talks to.
    Bad: elements: [{id: data, kind: container}]
    Good: style: monolith, elements: [{id: shop, kind: system}]"""
    if not any(it.level == "system" and not it.external for it in design.architecture.elements):
        yield ("architecture",), "No system is drawn", "add an element of kind system: what the team builds"
    if design.architecture.elements and not design.architecture.style:
        yield ("architecture",), "There is no style", "write style: modular-monolith, microservices …"


@rule("ARC003", "misplaced-element", 1)
def misplaced_element(design: Design) -> Hits:
    """Every element has a kind; a container stands in a system, a component in a container.
    Why: pictures of the system, and of its insides, are drawn from this.
    Bad: elements: [{id: data, kind: container}]
    Good: elements: [{id: shop, kind: system}, {id: data, kind: container, in: shop}]"""
    levels = {it.id: it.level for it in design.architecture.elements}
    for at, it in design.each(Element):
        home = {"container": "system", "component": "container"}.get(it.level or "", "")
        if not it.level:
            yield at, f"{at.address} has no kind", "write person, system, container or component"
        elif (levels.get(it.in_) or home) != home if it.in_ else home and not it.external:
            place = f"write the id of a {home} as `in`" if home else "take away `in`"
            yield at, f"The {it.level} {at.address} stands {f'in {it.in_}' if it.in_ else 'nowhere'}", place


@rule("ARC004", "half-described-container", 3)
def half_described_container(design: Design) -> Hits:
    """A container says what it is made with, and what for.
    Why: newcomers read the picture before the code, and operations must know what to run.
    Bad: elements: [{id: data, kind: container}]
    Good: elements: [{id: data, kind: container, technology: postgresql, about: All but photos.}]"""
    known = {"technology": "its technology", "about": "what it is for"}
    return gaps(design, "element", unless=lambda it: it.level != "container" or it.external, **known)


@rule("ARC005", "lonely-element", 2)
def lonely_element(design: Design) -> Hits:
    """Every element, and every integration, talks to something.
    Why: what nothing talks to is not needed, or a relation was forgotten.
    Bad: elements: [{id: shop, kind: system}, {id: bank, kind: system}]
    Good: elements: [{id: shop, kind: system}, {id: bank, kind: system}], relations: [{id: pays, from: shop,
      to: bank}]"""
    within = {it.id: it.in_ for it in design.architecture.elements}
    talks = {end for it in design.architecture.relations for end in (it.from_, it.to)}
    parts = {it.id for it in design.architecture.elements if it.level == "component"}
    quiet = parts if not parts & talks else set()  # nobody draws the insides yet
    for end in list(talks):
        while (end := within.get(end, "")) and end not in talks:
            talks.add(end)
    if len(within) > 1 and not talks:
        here = ("architecture", "relations")
        yield here, "No relation says who talks to whom", "add one for each pair that does"
    for at in design.records("element", "integration") if len(within) > 1 and talks else ():
        if at.record.id not in talks | quiet:
            yield at, f"Nothing talks to {at.address}", "add a relation from or to it, or delete it"


@rule("ARC006", "half-said-relation", 1)
def half_said_relation(design: Design) -> Hits:
    """A relation has two different ends, and says what for.
    Why: an arrow without a verb means something else to every reader.
    Bad: relations: [{id: stores, from: service, to: data}]
    Good: relations: [{id: stores, from: service, to: data, does: reads and writes}]"""
    yield from gaps(design, "relation", from_="who begins", to="who answers", does="what for")
    for at, it in design.each(Relation):
        if it.from_ and it.from_ == it.to:
            yield at, f"{at.address} goes from {it.to} to itself", "name the part inside that is meant"


@rule("ARC007", "relation-without-protocol", 3)
def relation_without_protocol(design: Design) -> Hits:
    """Between containers and systems a relation says over which protocol.
    Why: the protocol decides about firewalls, encryption and what a failure looks like.
    Bad: elements: [{id: api, kind: container}, {id: data, kind: container}], relations: [{id: stores,
      from: api, to: data}]
    Good: elements: [{id: api, kind: container}, {id: data, kind: container}], relations: [{id: stores,
      from: api, to: data, over: SQL}]"""
    ends = {it.id for it in design.architecture.elements if it.level in ("system", "container")}
    ends |= {it.id for it in design.requirements.integrations}
    for at, it in design.each(Relation):
        if not it.over and {it.from_, it.to} <= ends:
            yield at, f"{at.address} does not say over which protocol", "write over: HTTPS, SQL, AMQP …"


@rule("ARC008", "containment-circle", 1)
def containment_circle(design: Design) -> Hits:
    """No element stands inside itself.
    Why: such a picture cannot be drawn, and nobody knows what belongs to what.
    Bad: elements: [{id: a, in: b}, {id: b, in: a}]
    Good: elements: [{id: a, in: b}, {id: b}]"""
    for circle in circles({it.id: [it.in_] for it in design.architecture.elements if it.id and it.in_}):
        if at := design.find(circle[0]):
            yield at, f"{' is in '.join(circle)}", "take away one `in`"


@rule("ARC009", "idle-container", 3)
def idle_container(design: Design) -> Hits:
    """A container meets a requirement, owns data, holds components that do, or is what people use.
    Why: every running part costs; one that nothing asks for can go.
    Bad: elements: [{id: api, kind: container, satisfies: [R1]}, {id: cache, kind: container}]
    Good: elements: [{id: api, kind: container, satisfies: [R1]}, {id: cache, kind: container,
      satisfies: [Q1]}]"""
    busy = {id for it in design.architecture.elements if it.satisfies or it.owns for id in (it.id, it.in_)}
    people = {at.record.id for at in design.records("stakeholder")}
    people |= {it.id for it in design.architecture.elements if it.level == "person"}
    busy |= {it.to for it in design.architecture.relations if it.from_ in people} if busy else set()
    for at, it in design.each(Element):
        if busy and it.level == "container" and not it.external and it.id not in busy:
            yield at, f"{at.address} meets no requirement and owns nothing", "write what it satisfies"


@rule("ARC010", "half-written-decision", 2)
def half_written_decision(design: Design) -> Hits:
    """A decision weighs two options or more; an accepted one has its choice, its consequences and its date.
    Why: whoever asks in two years wants to know what else there was, and what was known then.
    Bad: decisions: [{id: D1, status: proposed, options: [{id: sql}]}]
    Good: decisions: [{id: D1, status: proposed, options: [{id: sql}, {id: documents}]}]"""
    for at, it in design.each(Decision):
        if len(it.options) < 2:
            yield at, f"{at.address} weighs fewer than two options", "add what else there was"
    said = {"chosen": "what was chosen", "consequences": "what follows", "date": "when it was decided"}
    yield from gaps(design, "decision", unless=lambda it: it.status != "accepted", **said)


@rule("ARC011", "second-best", 2)
def second_best(design: Design) -> Hits:
    """What is chosen scores highest, or the decision says why not.
    Why: a table that says one thing and a choice that says another are both not believed.
    Bad: decisions: [{id: D1, chosen: b, criteria: [{id: cost}], options: [{id: a, scores: {cost: 5}},
      {id: b, scores: {cost: 2}}]}]
    Good: decisions: [{id: D1, chosen: b, because: The team knows it., criteria: [{id: cost}],
      options: [{id: a, scores: {cost: 5}}, {id: b, scores: {cost: 2}}]}]"""
    for at, it in design.each(Decision):
        weights = {one.id: one.weight for one in it.criteria}
        points = {one.id: sum(one.scores.get(id, 0) * weights[id] for id in weights) for one in it.options}
        best = max(points, key=lambda id: points[id], default="")
        if it.chosen in points and points[best] > points[it.chosen] and not it.because:
            more = points[best] - points[it.chosen]
            message = f"{at.address} chose {it.chosen}, but {best} scores {more:g} more"
            yield (*at.path, "chosen"), message, "write `because`, or look at the weights again"


@rule("ARC012", "shared-database", 2)
def shared_database(design: Design) -> Hits:
    """In microservices, only one service writes to a database.
    Why: services that share tables cannot be changed or deployed apart, which is what they were split for.
    Bad: style: microservices, elements: [{id: data, store: database}], relations: [{id: a, from: orders,
      to: data, does: writes}, {id: b, from: stock, to: data, does: writes}]
    Good: style: microservices, elements: [{id: data, store: database}], relations: [{id: a, from: orders,
      to: data, does: writes}, {id: b, from: stock, to: data, does: reads}]"""
    writers = defaultdict(set)
    for it in design.architecture.relations:
        if it.does.lower().strip(" .") not in words("reading"):
            writers[it.to].add(it.from_)
    for at, data in design.each(Element) if design.architecture.style == "microservices" else ():
        engine = data.technology.lower() in get_args(Engine)
        if (data.store == "database" or (engine and not data.store)) and len(writers[data.id]) > 1:
            message = f"{at.address} is written by {listed(sorted(writers[data.id]))}"
            yield at, message, "give each its own, or let one write and the others ask it"


@rule("ARC013", "not-one-owner", 2)
def not_one_owner(design: Design) -> Hits:
    """Every entity is owned by one element, once elements own any.
    Why: rows that two parts write end up wrong, and rows that nobody owns are nobody's to mend.
    Bad: {database: {entities: [{id: book}]}, architecture: {elements: [{id: a, owns: [book]}, {id: b,
      owns: [book]}]}}
    Good: {database: {entities: [{id: book}]}, architecture: {elements: [{id: a, owns: [book]}, {id: b}]}}"""
    owners = defaultdict(list)
    for _, it in design.each(Element):
        for id in it.owns:
            owners[id].append(it.id)
    for at, entity in design.each(Entity) if owners else ():
        found = owners[entity.id]
        if len(found) != 1 and not entity.view:
            yield at, f"{at.address} is owned by {listed(found) or 'nobody'}", "let one element own it"


@rule("ARC014", "unmet-must", 2)
def unmet_must(design: Design) -> Hits:
    """Something in the design satisfies every must.
    Why: a must that no part, table or call takes up will be missing on the day of delivery.
    Bad: {requirements: {functional: [{id: R1, priority: must}, {id: R2}]},
      architecture: {elements: [{id: api, satisfies: [R2]}]}}
    Good: {requirements: {functional: [{id: R1, priority: must}]}, api: {resources: [{id: books,
      satisfies: [R1]}]}}"""
    met = {id for at in design.records() for id in getattr(at.record, "satisfies", ())}
    begun = design.architecture.elements or design.database.entities or design.api.resources
    open_ = [at for at, it in design.each(Functional) if it.priority == "must" and it.id not in met]
    for at in open_ if met else ():
        yield at, f"Nothing in the design satisfies {at.address}", "name it under `satisfies` where it is met"
    if open_ and begun and not met:
        message = "No part of the design says which requirement it meets"
        yield ("requirements", "functional"), message, "write `satisfies` at elements, entities and resources"
