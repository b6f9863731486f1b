"""Every folder of `fixtures/buckets/` over HTTP: the doctor must say of it, code by code, what its case.toml says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from explained import of_checks
from msgspec import structs

from s3doctor import diagnose
from s3doctor.checks import FAMILIES
from s3doctor.demo import cases
from s3doctor.demo.examples import NO_PATIENT, explained, patient
from s3doctor.demo.patients import prepare
from s3doctor.model import Status
from s3doctor.report.table import render
from s3doctor.report.wording import first_step

if TYPE_CHECKING:
    from gateway.gateway import Gateway

    from s3doctor.demo.cases import Expected
    from s3doctor.demo.server import EmbeddedS3
    from s3doctor.model import Report, Result

ON_A_GATEWAY = (
    *("healthy", "metadata-bucket", "single-bucket", "pasted-policy", "pasted-policy-with-dataset", "no-policy"),
    *("list-only", "bucket-arn-missing", "explicit-deny", "wrong-secret", "unknown-key", "no-such-bucket"),
    *("missing-annotations", "write-denied", "delete-denied", "metadata-list-denied", "metadata-under-dataset"),
    *("too-powerful", "versioned-metadata", "no-cors", "cors-other-origin", "cors-without-get", "cors-for-origin"),
)
"""Patients that a Ceph gateway can host: it has neither STS nor regions nor archives."""

NO_STS = {"CRED003": "unknown", "CRED004": "unknown", "BUCKET007": "unknown"}
"""Without STS nobody says whose key it is; everything works all the same, so the exit code does not tell."""

OTHERWISE = {
    "no-policy": {f"PERM00{number}": "unknown" for number in (2, 3, 4, 8)},
}
"""A gateway says only AccessDenied, without AWS's sentence: with listing refused too, a missing object looks alike."""

EXIT_CODES = {"delete-denied": 4}
"""Asking a gateway beforehand might delete something; so the trial object is written, stays, and is reported."""


def said(result: Result) -> str:
    """A verdict with what stands in its way: `skip after PERM001`."""
    return f"{result.status.value} after {result.blocked_by}" if result.blocked_by else result.status.value


def expected(result: Result, expect: Expected) -> str:
    """What the case wants to hear of this check, in the same words: what it says of the check, else of its family."""
    if result.code in expect.statuses:
        return expect.statuses[result.code]
    for name in (result.code, result.code.rstrip("0123456789")):
        for cause, names in expect.skip.items():
            if name in names:
                return f"skip after {cause}"
    return "pass"


def words(result: Result) -> str:
    """All that a result says: what was found, why, and what to do."""
    cause, fix = result.outcome.cause, result.outcome.fix
    return " ".join([result.outcome.summary, cause.text if cause else "", fix.text if fix else ""])


def titled(result: Result | None) -> str:
    """A result's code."""
    return result.code if result else "nothing"


def disagreements(report: Report, expect: Expected) -> list[str]:
    """Code, expected and heard, for every check that says something else; codes that nobody spoke of."""
    found = [
        f"{result.code}: expected {expected(result, expect)}, heard {said(result)}: {result.outcome.summary}"
        for result in report.results
        if expected(result, expect) != said(result)
    ]
    if expect.begin_with and titled(first_step(report)) != expect.begin_with:
        found.append(f"expected to begin with {expect.begin_with}, heard {titled(first_step(report))}")
    heard = {result.code: words(result) for result in report.results}
    found += [f"{code}: expected, not heard" for code in expect.statuses if code not in heard]
    return found + [
        f"{code}: expected the words {text!r}, heard: {heard.get(code)}"
        for code, text in expect.says.items()
        if text not in heard.get(code, "")
    ]


@pytest.mark.parametrize("name", cases.names())
def test_patient(name: str, embedded_s3: EmbeddedS3) -> None:
    case = cases.load(name)
    connection = prepare(case, embedded_s3)
    embedded_s3.forget_accesses()
    report = diagnose(connection)
    found = disagreements(report, case.expect)
    assert found == []
    assert report.exit_code() == case.expect.exit_code
    shown = {code: explained()["checks"][code] for code in explained()["checks"] if patient(code) == case}
    assert of_checks(name, report) == shown, (
        "PYTHONPATH=.:tests python tests/explained.py brings the pages of explain up to date"
    )
    if not connection.setup.writes:
        assert [access for access in embedded_s3.accesses if access.could_write] == []


@pytest.mark.gateway
@pytest.mark.parametrize("name", ON_A_GATEWAY)
def test_patient_on_a_gateway(name: str, gateway: Gateway) -> None:
    case = cases.load(name)
    report = diagnose(prepare(case, gateway))
    skipped = {code for codes in case.expect.skip.values() for code in codes}
    no_sts = {code: status for code, status in NO_STS.items() if not {code, code.rstrip("0123456789")} & skipped}
    statuses = {**no_sts, **case.expect.statuses, **OTHERWISE.get(name, {})}
    found = disagreements(report, structs.replace(case.expect, statuses=statuses, says={}))
    assert found == []
    assert report.exit_code() == EXIT_CODES.get(name, case.expect.exit_code)


@pytest.mark.parametrize("name", cases.HEALTHY)
def test_healthy_ones_have_nothing_but_passes(name: str) -> None:
    expect = cases.load(name).expect
    assert (expect.exit_code, expect.statuses, expect.skip) == (0, {}, {})


def test_every_check_has_a_patient_that_it_fails_or_warns() -> None:
    """Told from what the cases expect, which the tests above hold the doctor to."""
    loaded = [cases.load(name).expect for name in cases.names()]
    ill = {code for expect in loaded for code, status in expect.statuses.items() if status in ("fail", "warn")}
    codes = {check.code for family in FAMILIES for check in family.checks}
    assert codes - ill == set(NO_PATIENT)


def prescribed(report: Report, prefix: str) -> list[tuple[str, str]]:
    """Title and text of the JSON documents that failing checks of a family tell the customer to paste."""
    failing = [r for r in report.results if r.code.startswith(prefix) and r.status is Status.FAIL and r.outcome.fix]
    documents = [d for r in failing if r.outcome.fix for d in r.outcome.fix.documents if d.language == "json"]
    return sorted({(document.title, document.text) for document in documents})


@pytest.mark.parametrize(
    "name",
    [
        "pasted-policy",
        "pasted-policy-with-dataset",
        "no-policy",
        "list-only",
        "bucket-arn-missing",
        "other-bucket",
        "images-denied",
        "write-denied",
        "delete-denied",
        "metadata-list-denied",
        "metadata-under-dataset",
    ],
)
def test_the_prescribed_policy_heals(name: str, embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load(name), embedded_s3)
    documents = prescribed(diagnose(connection), "PERM")
    iam = embedded_s3.admin_client("iam")
    for old in iam.list_user_policies(UserName="tenyks")["PolicyNames"]:
        iam.delete_user_policy(UserName="tenyks", PolicyName=old)
    for title, text in documents:
        iam.put_user_policy(UserName="tenyks", PolicyName=title, PolicyDocument=text)
    assert {result.code: said(result) for result in diagnose(connection).results if said(result) != "pass"} == {}


def test_one_policy_that_mends_several_checks_is_told_once(embedded_s3: EmbeddedS3) -> None:
    report = diagnose(prepare(cases.load("list-only"), embedded_s3))
    failed = [result.outcome for result in report.results if result.status is Status.FAIL]
    assert len(failed) == 3
    assert len({outcome.fix for outcome in failed}) == 1
    assert render(report).count("tenyksReadOnlyAccess (paste all of it):") == 1


@pytest.mark.parametrize("name", ["no-cors", "cors-without-get", "cors-other-origin", "cors-on-data-bucket-only"])
def test_the_prescribed_cors_rule_heals(name: str, embedded_s3: EmbeddedS3) -> None:
    connection = prepare(cases.load(name), embedded_s3)
    [(_, text)] = prescribed(diagnose(connection), "CORS")
    embedded_s3.admin_client("s3").put_bucket_cors(
        Bucket=connection.browsed_bucket, CORSConfiguration={"CORSRules": json.loads(text)}
    )
    assert diagnose(connection).verdict == "pass"
