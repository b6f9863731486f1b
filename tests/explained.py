"""The examples of `s3doctor explain`, told by the doctor itself: `python tests/explained.py` saves them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coco.made import make
from coco.mutations import MUTATIONS

from s3doctor import diagnose
from s3doctor.cli.demo import without_proxy
from s3doctor.coco import examine
from s3doctor.demo import cases
from s3doctor.demo.examples import EXPLAINED, NO_PATIENT, patient, settled
from s3doctor.demo.patients import prepare
from s3doctor.demo.server import EmbeddedS3
from s3doctor.report.detail import example_line
from s3doctor.report.wording import HANDS

if TYPE_CHECKING:
    from s3doctor.finding import Finding
    from s3doctor.model import Report, Result


def of_rules() -> dict[str, Any]:
    """What each rule for COCO files says of the file that is faulty in its way."""
    told = {}
    for code, mutation in MUTATIONS.items():
        truth, guess = mutation.applied(make(7, 4, 3, 1, None, "images"))
        findings = examine(truth, guess, target=mutation.target).findings
        told[code] = of_finding(next(finding for finding in findings if finding.code == code))
    return told


def of_finding(finding: Finding) -> dict[str, str]:
    """What a finding says, and its first place."""
    place = example_line(finding.examples[0]) if finding.examples else ""
    return {"summary": finding.summary, "example": place}


def of_checks(name: str, report: Report) -> dict[str, Any]:
    """What a patient shows: of each check whose example it is, what is said and what is prescribed."""
    return {
        result.code: of_result(result)
        for result in report.results
        if result.code not in NO_PATIENT and (case := patient(result.code)) is not None and case.name == name
    }


def of_result(result: Result) -> dict[str, Any]:
    """What a check says, and what to paste, without what differs from run to run."""
    outcome = result.outcome
    assert outcome.fix is not None
    documents = [[paper.title, paper.language, settled(paper.text)] for paper in outcome.fix.documents]
    return {
        "summary": settled(outcome.summary),
        "cause": settled(outcome.cause.text) if outcome.cause else "",
        "fix": settled(outcome.fix.text),
        "who": HANDS[outcome.fix.who],
        "documents": documents,
        "commands": [settled(command) for command in outcome.fix.commands],
    }


def main() -> None:
    """Examine the patients and write down what is said."""
    codes: dict[str, Any] = {}
    for name in cases.names():
        with without_proxy(), EmbeddedS3() as s3:
            codes |= of_checks(name, diagnose(prepare(cases.load(name), s3)))
    document = {"checks": dict(sorted(codes.items())), "rules": of_rules()}
    EXPLAINED.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
