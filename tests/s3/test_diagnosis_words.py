"""Every cause has words that can be filled in, whatever is known of the answer."""

from __future__ import annotations

import shlex

import pytest

from s3doctor.s3.answer import Answer
from s3doctor.s3.diagnosis import CAUSES, NATURES, Situation
from s3doctor.s3.diagnosis_facts import facts, in_command, in_words

FULL = facts(
    Answer("GetObject", "s3://photos/a; rm -rf $HOME.jpg", 403, "AccessDenied", "no"), Situation(username="an na")
)
EMPTY = facts(Answer("GetCallerIdentity", "sts"), Situation())


@pytest.mark.parametrize("kind", CAUSES)
def test_the_words_of_a_cause_can_be_filled_in(kind: str) -> None:
    known = CAUSES[kind]
    assert known.nature in NATURES
    assert known.confidence in {"certain", "likely", "possible"}
    for values in (FULL, EMPTY):
        for template in (known.text, known.fix, *known.alternatives):
            text = in_words(template, values)
            assert text
            assert "{" not in text


@pytest.mark.parametrize("kind", [kind for kind, known in CAUSES.items() if known.commands])
def test_commands_quote_strangers_names(kind: str) -> None:
    for command in CAUSES[kind].commands:
        assert "rm" not in shlex.split(in_command(command, FULL))
        assert shlex.split(in_command(command, EMPTY))
