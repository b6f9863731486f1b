"""May a browser show it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks import bucket, credentials
from s3doctor.checks.judging import DENIED, trouble
from s3doctor.checks.layout import dataset_exists
from s3doctor.connection import ANNOTATIONS, Setup
from s3doctor.model import Cause, Evidence, Family, Finding, Outcome, Severity, check, fail, passed, unknown
from s3doctor.remedies.cors import cors_fix
from s3doctor.s3 import probes
from s3doctor.s3.servers import Server

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer

ANY_ORIGIN = "https://any-origin.s3doctor.example"
SERVER_ERROR = 500
OTHER_METHODS = ("HEAD", "PUT", "POST", "DELETE")
NOT_ENABLED = "CORS is not enabled"


@check(
    "CORS001",
    "the bucket lets web pages read",
    needs=[bucket.exists, credentials.given],
    unless_failed=[bucket.metadata_exists, dataset_exists],
    section="3.3",
    per_dataset=True,
)
def preflight(dataset: DatasetContext) -> Outcome:
    """The platform's web page loads what it shows straight from your bucket. A browser first asks the bucket whether
    pages of another origin may read; without a CORS rule the answer is no, and the page stays empty."""
    refused = [(origin, answer) for origin, answer in _preflights(dataset) if not _allows(answer, origin)]
    evidence = [answer.evidence for _, answer in _preflights(dataset)]
    name = dataset.connection.browsed_bucket
    if not refused:
        return passed(f"{name} answers preflights for {_origins(dataset)}", evidence=evidence)
    origin, answer = refused[0]
    if answer.http is None or answer.http >= SERVER_ERROR:
        return trouble(dataset.context, answer, f"{name} gave no answer to the preflight", bucket=name)
    if not answer.from_s3 and not answer.code:
        return _no_judge(dataset, evidence)
    cause = _cause(dataset, origin, answer)
    if not dataset.connection.setup.writes:
        return passed(
            "no CORS rule for every page, and this set-up asks for none", evidence=evidence, findings=[_note(cause)]
        )
    fix = cors_fix(dataset.connection, name, cause.text)
    return fail(f"a browser may not read from {name}", evidence=evidence, cause=cause, fix=fix)


@check("CORS002", "a web page gets what it asks for", needs=[preflight], section="3.3", per_dataset=True)
def presigned(dataset: DatasetContext) -> Outcome:
    """The platform gives browsers presigned links. S3 must answer them with the header that lets a web page of
    another origin use what it gets."""
    name, key = dataset.connection.browsed_bucket, _sample_key(dataset)
    origin = _asked_origins(dataset)[0]
    answer = probes.presigned_get(dataset.s3, name, key, origin)
    if _allows_reading(answer, origin):
        what = "an object" if answer.ok else "the answer"
        return passed(f"a page of {_origins(dataset)} may use {what}", evidence=[answer.evidence])
    if not dataset.connection.setup.writes:
        return passed("no CORS headers, and this set-up asks for none", evidence=[answer.evidence])
    if answer.ok:
        cause = Cause("no-cors-header", "The answer has no Access-Control-Allow-Origin header for this origin.")
        fix = cors_fix(dataset.connection, name, cause.text)
        return fail("a browser throws the answer away", evidence=[answer.evidence], cause=cause, fix=fix)
    if answer.http in (403, 404):
        text = "there is no object that the key may read to try it on"
        return unknown(text, evidence=[answer.evidence], needed=False)
    return trouble(dataset.context, answer, "the presigned link does not work", bucket=name)


def _no_judge(dataset: DatasetContext, evidence: list[Evidence]) -> Outcome:
    """The answer has no mark of S3: it tells nothing about the bucket's rule."""
    server = dataset.context.server
    needed = dataset.connection.setup.writes and server is not Server.MOTO
    return unknown(f"{server.value} does not answer preflights as S3 does", evidence=evidence, needed=needed)


def _asked_origins(dataset: DatasetContext) -> tuple[str, ...]:
    return dataset.connection.origins or (ANY_ORIGIN,)


def _origins(dataset: DatasetContext) -> str:
    return ", ".join(dataset.connection.origins) or "any origin"


def _preflights(dataset: DatasetContext) -> list[tuple[str, Answer]]:
    return [(origin, _preflight(dataset, origin)) for origin in _asked_origins(dataset)]


def _preflight(dataset: DatasetContext, origin: str, method: str = "GET") -> Answer:
    name, key = dataset.connection.browsed_bucket, _sample_key(dataset)
    return dataset.once(
        ("preflight", origin, method), lambda: probes.preflight(dataset.s3, name, key, origin, method=method)
    )


def _sample_key(dataset: DatasetContext) -> str:
    """An object on the metadata side, or the name of one: a preflight is the same for both."""
    if dataset.connection.setup is not Setup.METADATA_BUCKET:
        return dataset.prefix + ANNOTATIONS
    name, prefix = dataset.connection.browsed_bucket, dataset.connection.metadata_prefix(dataset.name)
    entries = dataset.context.listed(name, prefix).data.get("Contents", ())
    return str(entries[0]["Key"]) if entries else f"{prefix}thumbnails/s3doctor.jpg"


def _allows(answer: Answer, origin: str, method: str = "GET") -> bool:
    methods = answer.headers.get("access-control-allow-methods", "")
    return answer.ok and _allows_reading(answer, origin) and method in [name.strip() for name in methods.split(",")]


def _allows_reading(answer: Answer, origin: str) -> bool:
    return answer.headers.get("access-control-allow-origin", "") in ("*", origin)


def _cause(dataset: DatasetContext, origin: str, answer: Answer) -> Cause:
    """No rule, a rule without GET, or a rule for others: told apart by S3's words and by asking for other methods."""
    if NOT_ENABLED in answer.message:
        return Cause("no-cors-rule", "The bucket has no CORS rule at all.")
    others = [method for method in OTHER_METHODS if _allows(_preflight(dataset, origin, method), origin, method)]
    if others:
        return Cause(
            "cors-without-get", f"The bucket has a CORS rule for this origin, for {', '.join(others)} but not GET."
        )
    if answer.http != DENIED:
        return Cause("no-cors-answer", "The bucket's answer to the preflight allows nothing.", "likely")
    hint = "" if dataset.connection.origins else " If you limited it to the platform's address, name it with --origin."
    return Cause("cors-other-origin", f"The bucket has a CORS rule, but not for {_origins(dataset)}.{hint}", "likely")


def _note(cause: Cause) -> Finding:
    return Finding(
        "cors-none",
        Severity.INFO,
        1,
        cause.text,
        consequence="The page asks for a CORS rule only where metadata is kept in a bucket of yours. Whether the "
        "platform's page needs one on a read-only bucket is not documented, and not verified here.",
        fix="Nothing has to be done. If images stay blank in the browser, add the page's CORS rule to this bucket.",
    )


FAMILY = Family("CORS", "The browser", (preflight, presigned))
