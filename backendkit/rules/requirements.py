"""Rules for phase 1: goals, requirements and quality that can be built and tested (ISO/IEC/IEEE 29148)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backendkit.model import Design, Located, Measure, Path, parse_measure
from backendkit.model.architecture import Element
from backendkit.model.measure import why_not
from backendkit.model.requirements import Functional, Goal, Quality
from backendkit.rules import language
from backendkit.rules.engine import Hits, rule
from backendkit.rules.facts import gaps, listed


@rule("REQ002", "empty-requirements", 1)
def empty_requirements(design: Design) -> Hits:
    """There are goals, and requirements that serve them.
    Why: without a goal nobody can say which requirement matters, or when the system is a success.
    Bad: {}
    Good: goals: [{id: G1, text: Double the sales}], functional: [{id: R1}]"""
    here = ("requirements",)
    if not design.requirements.goals:
        yield here, "No goal says why the system is built", "add what shall be better, and for whom"
    if not design.requirements.functional:
        yield here, "No requirement says what the system shall do", "add one, as 'When …, the shop shall …'"


@rule("REQ003", "empty-sentence", 1)
def empty_sentence(design: Design) -> Hits:
    """Goals, requirements, constraints, assumptions and questions say something.
    Why: nobody can build, test or answer an empty line.
    Bad: functional: [{id: R1}]
    Good: functional: [{id: R1, text: The shop shall list all books.}]"""
    kinds = ("goal", "requirement", "constraint", "assumption", "question")
    return gaps(design, *kinds, text="what it is about")


@rule("REQ004", "no-priority", 1)
def no_priority(design: Design) -> Hits:
    """Every requirement says how much it is wanted.
    Why: when time runs out, the team must know what goes first.
    Bad: functional: [{id: R1}]
    Good: functional: [{id: R1, priority: must}]"""
    words = "how much it is wanted (must, should, could or wont)"
    return gaps(design, "requirement", "quality", priority=words)


@rule("REQ005", "half-written-quality", 1)
def half_written_quality(design: Design) -> Hits:
    """A quality requirement names its characteristic and one measure.
    Why: 'fast' cannot be tested; a number with a unit is the gate of a test and the threshold of an alert.
    Bad: quality: [{id: Q1, characteristic: reliability}]
    Good: quality: [{id: Q1, characteristic: reliability, measure: availability >= 99.9 % over 30 d}]"""
    return gaps(design, "quality", characteristic="which quality it asks for", measure="how it is measured")


@rule("REQ006", "unreadable-measure", 1)
def unreadable_measure(design: Design) -> Hits:
    """A measure is one line: what is measured, a comparison, a number, a unit.
    Why: what cannot be read cannot become a test, an alert or a number in the document.
    Bad: quality: [{id: Q1, measure: answers within a second}]
    Good: quality: [{id: Q1, measure: p95 latency <= 1 s at 20 req/s}]"""
    for at in design.records("goal", "quality"):
        it = at.record
        if isinstance(it, Goal | Quality) and it.measure and (reason := why_not(it.measure)):
            what, _, mend = reason.rstrip(".").rpartition(": ")
            yield (*at.path, "measure"), f"The measure of {at.address} cannot be read, {what}", mend


@rule("REQ007", "no-acceptance", 2)
def no_acceptance(design: Design) -> Hits:
    """A requirement says how one sees that it is met.
    Why: the criteria become the tests; without them two people test two different things.
    Bad: functional: [{id: R1, priority: must}]
    Good: functional: [{id: R1, acceptance: ["Given a sold book, when one searches, then it is gone."]}]"""
    words = "how one sees that it is met (Given …, when …, then …)"
    return gaps(design, "requirement", unless=lambda it: it.priority == "wont", acceptance=words)


@rule("REQ008", "requirement-without-goal", 2)
def requirement_without_goal(design: Design) -> Hits:
    """A requirement serves a goal, or comes from a constraint.
    Why: work that serves no goal is the first that can be left out.
    Bad: goals: [{id: G1}], functional: [{id: R1}]
    Good: goals: [{id: G1}], functional: [{id: R1, goals: [G1]}]"""
    forced = {it.id for it in design.requirements.constraints}
    if design.requirements.goals:
        words = "which goal it serves"
        yield from gaps(design, "requirement", unless=lambda it: it.source in forced, goals=words)


@rule("REQ009", "no-pattern", 2)
def no_pattern(design: Design) -> Hits:
    """A requirement follows a sentence pattern: who acts, `shall`, what; before it when, while, where or if.
    Why: the pattern (EARS) shows who acts and when, which is what builders and testers ask first.
    Bad: {name: Shop, requirements: {functional: [{id: R1, text: Readers can search.}]}}
    Good: {name: Shop, requirements: {functional: [{id: R1, text: The shop shall let readers search.}]}}"""
    systems = (it.title for _, it in design.each(Element) if it.level == "system")
    system = design.name or next(systems, "system")
    for at, path, text in _sentences(design):
        if path[-1] == "text" and not language.ears(text):
            better = language.rewrite(text, system)
            yield path, f"{at.address} follows no sentence pattern", f"write '{better.rstrip('.')}'"


@rule("REQ010", "vague-word", 2)
def vague_word(design: Design) -> Hits:
    """Requirements avoid words that two people would test differently.
    Why: 'fast' means a second to one and a minute to another; the quarrel comes after the work.
    Bad: functional: [{id: R1, text: The shop shall answer quickly.}]
    Good: functional: [{id: R1, text: The shop shall answer within 2 seconds.}]"""
    for at, path, text in _sentences(design):
        for word, instead in language.vague(text):
            yield path, f"Two people would test '{word}' in {at.address} differently", instead


@rule("REQ011", "several-shalls", 2)
def several_shalls(design: Design) -> Hits:
    """One requirement, one `shall`.
    Why: two demands in one sentence cannot be ranked, built, tested or dropped apart.
    Bad: functional: [{id: R1, text: The shop shall list books and shall sell them.}]
    Good: functional: [{id: R1, text: The shop shall list books.}]"""
    for at, path, text in _sentences(design):
        if path[-1] == "text" and (count := len(re.findall(r"(?i)\bshall\b", language.plain(text)))) > 1:
            yield path, f"{at.address} says shall {count} times", "make a requirement of each"


@rule("REQ012", "half-said-latency", 2)
def half_said_latency(design: Design) -> Hits:
    """A latency says for how many of the calls it holds, and under which load.
    Why: an average hides the slowest readers, and every system is fast while nobody uses it.
    Bad: quality: [{id: Q1, measure: latency <= 200 ms}]
    Good: quality: [{id: Q1, measure: p95 latency <= 200 ms at 50 req/s}]"""
    for at, it in _measures(design):
        known = bool(it.percentile) or it.statistic in ("max", "median")
        missing = [*["the share of calls"] * (not known), *["the load"] * (not it.load)]
        if missing and it.metric in ("latency", "response time"):
            message = f"The latency of {at.address} leaves open {listed(missing)}"
            yield (*at.path, "measure"), message, "write it like 'p95 latency <= 200 ms at 50 req/s'"


@rule("REQ013", "forgotten-quality", 2)
def forgotten_quality(design: Design) -> Hits:
    """Speed, reliability and security are each asked for.
    Why: what nobody asks for is decided by accident, and these three are the dearest to add later.
    Bad: functional: [{id: R1}]
    Good: functional: [{id: R1}], quality: [{id: Q1, characteristic: performance-efficiency}, {id: Q2,
      characteristic: reliability}, {id: Q3, characteristic: security}]"""
    asked = {it.characteristic for it in design.requirements.quality}
    missing = [name for name in ("performance-efficiency", "reliability", "security") if name not in asked]
    if missing and design.requirements.functional:
        message = f"No quality requirement asks for {listed(missing, 'or')}"
        yield ("requirements", "quality"), message, "add one with a measure, or waive this with the reason"


@rule("REQ014", "no-bad-day", 2)
def no_bad_day(design: Design) -> Hits:
    """An integration says what happens when it fails, an assumption what changes when it turns out false.
    Why: both will happen one day, and the code then does what nobody decided.
    Bad: integrations: [{id: pay}]
    Good: integrations: [{id: pay, failure: The order waits and the reader is told.}]"""
    yield from gaps(design, "integration", failure="what happens when it does not answer")
    yield from gaps(design, "assumption", otherwise="what changes when it turns out false")


@rule("REQ015", "question-to-nobody", 2)
def question_to_nobody(design: Design) -> Hits:
    """An open question says who can answer it, and by when.
    Why: a question without a name and a date is answered by whoever writes the code.
    Bad: questions: [{id: O1, text: May a seller withdraw?}]
    Good: questions: [{id: O1, text: May a seller withdraw?, asks: owner, by: "2026-12-01"}]"""
    return gaps(design, "question", unless=lambda it: it.answer, asks="who can answer", by="by when")


@rule("REQ016", "same-sentence", 1)
def same_sentence(design: Design) -> Hits:
    """Nothing is demanded twice.
    Why: one of the two is changed one day, and the other then contradicts it.
    Bad: functional: [{id: R1, text: The shop shall sell.}, {id: R2, text: the shop shall sell}]
    Good: functional: [{id: R1, text: The shop shall sell.}, {id: R2, text: The shop shall buy.}]"""
    seen: dict[str, str] = {}
    for at, path, text in _sentences(design):
        if path[-1] == "text" and (first := seen.setdefault(language.same(text), at.address)) != at.address:
            yield path, f"{at.address} says the same as {first}", "delete one of them, or say how they differ"


@rule("REQ017", "contradicting-measures", 1)
def contradicting_measures(design: Design) -> Hits:
    """One thing is measured against one number.
    Why: with two limits for the same thing nobody knows which test decides.
    Bad: quality: [{id: Q1, measure: memory <= 2 GB}, {id: Q2, measure: memory <= 3 GB}]
    Good: quality: [{id: Q1, measure: memory of search <= 2 GB}, {id: Q2, measure: memory <= 3 GB}]"""
    seen: dict[object, tuple[str, Measure]] = {}
    for at, it in _measures(design):
        scene = getattr(getattr(at.record, "scenario", None), "environment", "")
        under = (it.percentile, it.statistic, it.load, it.load_unit, it.per, it.window, it.window_unit)
        where, first = seen.setdefault((it.metric, it.scope, scene, under), (at.address, it))
        one_way = it.operator[0] == first.operator[0]
        low, high = (first, it) if it.operator[0] == "<" else (it, first)
        if it.base_target != first.base_target if one_way else low.base_target > high.base_target:
            message = f"{at.address} ({it}) and {where} ({first}) set two numbers for one thing"
            yield (*at.path, "measure"), message, "keep one, or say how they differ: of what, at which load"


@rule("REQ018", "everything-is-a-must", 3)
def everything_is_a_must(design: Design) -> Hits:
    """Not everything is a must.
    Why: where all is equally wanted, time and money decide what is left out, not the team.
    Bad: functional: [{id: A, priority: must}, {id: B, priority: must}, {id: C, priority: must}, {id: D,
      priority: must}, {id: E, priority: must}, {id: F, priority: must}]
    Good: functional: [{id: A, priority: must}, {id: B, priority: could}]"""
    wanted = [it.priority for it in design.requirements.functional]
    if len(wanted) > 5 and set(wanted) == {"must"}:
        message = f"All {len(wanted)} requirements are a must"
        yield ("requirements", "functional"), message, "ask of each what happens if it comes a month later"


@rule("REQ019", "named-by-nothing", 2)
def named_by_nothing(design: Design) -> Hits:
    """Every goal is served by something, every stakeholder is named by something.
    Why: what nothing serves is not reached; who is listed but wants nothing was probably not asked.
    Bad: goals: [{id: G1}, {id: G2}], functional: [{id: R1, goals: [G1]}]
    Good: goals: [{id: G1}], functional: [{id: R1, goals: [G1]}]"""
    named = {mention.target for mention in design.references}
    for at in design.records("goal", "stakeholder") if design.requirements.functional else ():
        if at.record.id and at.record.id not in named:
            goal = at.kind == "goal"
            mend = f"name {at.address} in {'what serves it' if goal else 'a goal, source or question'}"
            yield at, f"{'Nothing serves the goal' if goal else 'Nothing speaks of'} {at.address}", mend


def _sentences(design: Design) -> Iterator[tuple[Located, Path, str]]:
    """The sentences of the requirements and of their acceptance, when they are in English."""
    for at, it in design.each(Functional) if design.language[:2].lower() in ("en", "") else ():
        if language.same(it.text):
            yield at, (*at.path, "text"), it.text
        yield from ((at, (*at.path, "acceptance", index), text) for index, text in enumerate(it.acceptance))


def _measures(design: Design) -> Iterator[tuple[Located, Measure]]:
    for at, it in design.each(Quality):
        if measure := parse_measure(it.measure):
            yield at, measure
