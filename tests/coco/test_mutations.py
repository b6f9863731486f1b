"""Each rule fires on its own fault, and no other rule does."""

from __future__ import annotations

import pytest
from coco.made import ELEMENT, Pair, holds, make, sound
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


@pytest.mark.parametrize("code", ["stat-xyxy", "stat-normalised", "stat-cxcywh", "stat-yxhw", "stat-bottom-origin"])
def test_what_follows_from_boxes_that_mean_something_else_is_not_to_be_mended_by_itself(code: str) -> None:
    mutation = MUTATIONS[code]
    truth, guess = mutation.applied(make(seed=1, images=20, categories=3, step=1, indent=None, order="images"))
    examined = examine(truth, guess, target=mutation.target).predictions
    found = {finding.code: finding for finding in examined.findings} if examined else {}
    assert not found[code].follows
    boxes = [finding for finding in found.values() if finding.code.startswith("bbox-")]
    assert {finding.follows for finding in boxes} == {code}
    assert {finding.fix for finding in boxes} == {f"First mend what {code} says: this seems to follow from it."}
