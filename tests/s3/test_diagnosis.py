"""Each documented answer of AWS, replayed over HTTP byte for byte, gets its cause and no other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from replay import Replay
from s3.section_b import REMARKS, ROWS

from s3doctor.s3.answer import Answer
from s3doctor.s3.diagnosis import CAUSES, diagnose, remarks

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3.answers import Row

SECRETS = ("AKIAIOSFODNN7EXAMPLE", "SECRETTOKEN", "ab12", "0123</StringToSign>")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_answer_has_that_cause(row: Row, asked: Callable[[str, Row], Answer]) -> None:
    with Replay(row.answer) as server:
        answer = asked(server.url, row)
    found = diagnose(answer, row.situation)
    assert found.cause.kind == row.kind
    assert found.who is row.who
    assert found.nature == CAUSES[row.kind].nature
    assert found.fix.text
    shown = repr(answer) + repr(found)
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("row", REMARKS, ids=lambda row: row.name)
def test_an_answer_that_worked_gets_that_remark(row: Row, asked: Callable[[str, Row], Answer]) -> None:
    with Replay(row.answer) as server:
        answer = asked(server.url, row)
    assert [found.cause.kind for found in remarks(answer, row.situation)] == [row.kind]
    assert diagnose(answer, row.situation).cause.kind == "works", "a remark is no fault"
    assert remarks(answer, row.situation)[0].who is row.who


def test_an_answer_that_did_not_work_gets_no_remarks() -> None:
    assert remarks(Answer("GetObject", "s3://photos/a.jpg", 403)) == ()


def test_every_cause_is_provoked_by_a_test() -> None:
    """A cause that no answer leads to would be words without knowledge."""
    provoked = {row.kind for row in (*ROWS, *REMARKS)}
    made_to_happen = (Path(__file__).parent / "test_diagnosis_network.py").read_text("utf-8")
    assert [kind for kind in CAUSES if kind not in provoked and f'"{kind}"' not in made_to_happen] == []


def test_each_row_has_a_name_of_its_own() -> None:
    names = [row.name for row in (*ROWS, *REMARKS)]
    assert len(names) == len(set(names))
