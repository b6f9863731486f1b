"""Each rule fires on its own fault, and no other rule does."""

from __future__ import annotations

import pytest
from coco.made import ELEMENT, Pair, holds, sound
from coco.mutations import MUTATIONS
from hypothesis import given, settings

from s3doctor.coco import RULES, examine

OURS = [code for code, rule in RULES.items() if rule.group != "oracle"]

QUIET = {"cls-rare"}


def test_every_rule_has_its_fault() -> None:
    assert set(MUTATIONS) == set(OURS)


@pytest.mark.parametrize("code", OURS)
def test_the_rule_fires_on_its_fault_and_no_other_does(code: str) -> None:
    mutation = MUTATIONS[code]

    @given(sound())
    @settings(max_examples=4, deadline=None, derandomize=True, database=None)
    def check(pair: Pair) -> None:
        truth, guess = mutation.applied(pair)
        examined = examine(truth, guess, target=mutation.target)
        found = examined.findings
        codes = {finding.code for finding in found}
        assert code in codes, found
        assert codes <= {code} | mutation.along | QUIET, [
            one for one in found if one.code not in {code} | mutation.along
        ]
        for finding in found:
            assert finding.count > 0
            assert finding.consequence
            assert finding.fix
            assert len(finding.examples) <= 5
        for data, file in ((truth, examined.annotations), (guess, examined.predictions)):
            places = [place for finding in (file.findings if file else ()) for place in finding.examples]
            assert all(holds(data, place) for place in places if ELEMENT.match(place.where)), places

    check()
