"""From what pycocotools said to the outcome of a check."""

from __future__ import annotations

import cocofiles

from s3doctor.checks.files import judged_oracle
from s3doctor.coco.oracle import Consultation
from s3doctor.coco.rules import RULES
from s3doctor.finding import Finding, Severity
from s3doctor.model import Report, Result, Status


def test_trouble_is_unknown_and_nobody_needs_it() -> None:
    outcome = judged_oracle(Consultation(summary="did not get through", trouble="COCO(): not done after 60 s"))
    assert (outcome.status, outcome.needed) == (Status.UNKNOWN, False)
    assert outcome.summary == "not found out: COCO(): not done after 60 s"
    assert outcome.fix is not None
    from s3doctor.checks.annotations import loads

    assert Report((Result(loads, outcome),)).exit_code() == 0


def test_what_was_not_asked_is_skipped_with_its_reason() -> None:
    outcome = judged_oracle(Consultation(summary="pycocotools was not asked: for a reason", asked=False))
    assert (outcome.status, outcome.summary) == (Status.SKIP, "pycocotools was not asked: for a reason")


def test_findings_fail_or_warn_and_none_pass_with_the_summary() -> None:
    assert judged_oracle(Consultation(summary="AP 0.5")).summary == "AP 0.5"
    for severity, status in ((Severity.ERROR, Status.FAIL), (Severity.WARNING, Status.WARN)):
        finding = Finding("oracle-disagrees", severity, 1, "it fails", fix=RULES["oracle-disagrees"].fix)
        assert judged_oracle(Consultation((finding,), summary="AP 0.5")).status is status


def test_the_small_pair_is_what_the_other_tests_take_it_for() -> None:
    assert (len(cocofiles.truth()["annotations"]), len(cocofiles.guess()["predictions"])) == (80, 60)
