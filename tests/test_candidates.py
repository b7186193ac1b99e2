"""The candidates are whole and sober, and a question becomes a decision that the weighing understands."""

from __future__ import annotations

import pytest

from backendkit.candidates import Question, pose, questions
from backendkit.decide import weigh_options
from backendkit.model import Design, UserError, apply, edits
from backendkit.model.architecture import Decision

QUESTIONS = pytest.mark.parametrize("question", questions(), ids=lambda one: one.id)
WANTED = {
    "language": {"python", "javascript", "java", "csharp", "go", "ruby"},
    "framework": {"express", "django", "flask", "fastapi", "spring-boot", "rails", "aspnet", "go-http"},
    "database": {"postgresql", "mysql", "sqlite", "mongodb", "cassandra", "dynamodb", "redis"},
    "hosting": {
        "virtual-machine", "platform", "serverless", "kubernetes", "firebase", "amplify", "supabase",
    },
}  # fmt: skip


@QUESTIONS
def test_the_usual_names_are_there(question: Question) -> None:
    assert {each.id for each in question.candidates} == WANTED[question.id]
    assert 5 <= len(question.criteria) <= 6


@QUESTIONS
def test_every_candidate_has_a_score_and_one_short_sentence_by_every_criterion(question: Question) -> None:
    for each in question.candidates:
        assert [*each.scores] == [*each.reasons] == [*question.criteria]
        assert all(0 <= score <= 5 for score in each.scores.values())
        for reason in each.reasons.values():
            assert reason.endswith(".")
            assert reason.count(". ") == 0
            assert 3 <= len(reason.split()) <= 18
        assert {*each.serves} <= {"web", "mobile", "desktop"}


@QUESTIONS
def test_nobody_is_best_or_worst_by_everything(question: Question) -> None:
    for key in question.criteria:
        scores = [each.scores[key] for each in question.candidates]
        assert len(set(scores)) > 1, key
    for each in question.candidates:
        assert max(each.scores.values()) > min(each.scores.values()), each.id
        assert max(each.scores.values()) >= 4, each.id


def test_what_the_design_serves_narrows_the_candidates() -> None:
    local = Design.load({"platforms": {"serves": ["desktop"]}})
    database = next(one for one in questions(local) if one.id == "database")
    assert [each.id for each in database.candidates] == ["postgresql", "sqlite"]
    both = Design.load({"platforms": {"serves": ["desktop", "mobile"]}})
    assert questions(both) == questions()


@QUESTIONS
def test_a_question_becomes_a_decision_that_is_weighed(question: Question) -> None:
    posed = edits(Design(), pose(Design(), question.id, "D1"))
    design = Design.load(apply(Design().values(), posed))
    decision = design.find("D1")
    assert decision
    assert isinstance(decision.record, Decision)
    assert (decision.record.status, decision.record.name) == ("proposed", question.title)
    found = weigh_options(decision.record)
    assert found.winners
    assert not found.gaps
    assert all(option.good for option in decision.record.options)
    assert not [one for one in design.references if not design.resolve(one)]


def test_only_those_who_are_named_stand_in_the_decision() -> None:
    record = pose(Design(), "database", "D1", among=["sqlite", "postgresql"]).record
    assert [option["id"] for option in record["options"]] == ["postgresql", "sqlite"]


def test_another_question_is_answered_with_those_there_are() -> None:
    with pytest.raises(UserError, match="language, framework, database, hosting"):
        pose(Design(), "editor", "D1")
