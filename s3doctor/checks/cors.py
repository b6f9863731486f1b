"""May a browser show it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.checks import bucket, credentials
from s3doctor.checks.crossing import ANY_ORIGIN, Crossing, allows_reading
from s3doctor.checks.judging import is_s3, trouble
from s3doctor.checks.layout import dataset_exists
from s3doctor.connection import ANNOTATIONS, Setup
from s3doctor.model import Cause, Evidence, Family, Finding, Outcome, Severity, check, fail, passed, unknown
from s3doctor.remedies.cors import cors_fix
from s3doctor.s3 import probes
from s3doctor.s3.servers import Server

if TYPE_CHECKING:
    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer

SERVER_ERROR, REDIRECTS = 500, range(300, 400)


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
    crossing, notes = _browsed(dataset), _data_bucket(dataset)
    evidence = [answer.evidence for answer in crossing.answers]
    refused = crossing.refused
    if not refused:
        return passed(f"{crossing.bucket} lets pages of {_origins(dataset)} read", evidence=evidence, findings=notes)
    origin, answer = refused[0]
    if answer.http is None or answer.http >= SERVER_ERROR or answer.http in REDIRECTS:
        return trouble(dataset.context, answer, "a browser follows no redirect here", bucket=crossing.bucket)
    if not is_s3(answer) and not answer.code:
        return _no_judge(dataset, evidence)
    cause = crossing.cause(origin, answer)
    if not dataset.connection.setup.writes:
        words = "no CORS rule for every page, and this set-up asks for none"
        return passed(words, evidence=evidence, findings=[_note(crossing.bucket, cause)])
    fix = cors_fix(dataset.connection, crossing.bucket)
    return fail(
        f"a browser may not read from {crossing.bucket}", evidence=evidence, cause=cause, fix=fix, findings=notes
    )


@check("CORS002", "a web page gets what it asks for", needs=[preflight], section="3.3", per_dataset=True)
def presigned(dataset: DatasetContext) -> Outcome:
    """The platform gives browsers presigned links. S3 must answer them with the header that lets a web page of another
    origin use what it gets."""
    name, key = dataset.connection.browsed_bucket, _sample_key(dataset)
    origin = _asked_origins(dataset)[0]
    answer = probes.presigned_get(dataset.s3, name, key, origin)
    if allows_reading(answer, origin):
        what = "an object" if answer.ok else "the answer"
        words = f"a page of {_origins(dataset)} may use {what}"
        return passed(words, evidence=[answer.evidence], findings=_kept_by_browsers(answer))
    if not dataset.connection.setup.writes:
        return passed("no CORS headers, and this set-up asks for none", evidence=[answer.evidence])
    if answer.ok:
        cause = Cause("no-cors-header", "The answer has no Access-Control-Allow-Origin header for this origin.")
        fix = cors_fix(dataset.connection, name)
        return fail("a browser throws the answer away", evidence=[answer.evidence], cause=cause, fix=fix)
    if answer.http in (403, 404):
        text = "there is no object that the key may read to try it on"
        return unknown(text, evidence=[answer.evidence], needed=False)
    return trouble(dataset.context, answer, "the presigned link does not work", bucket=name)


def _browsed(dataset: DatasetContext) -> Crossing:
    """The bucket that the page's section on CORS is about."""
    return Crossing(dataset, dataset.connection.browsed_bucket, _sample_key(dataset), _asked_origins(dataset))


def _data_bucket(dataset: DatasetContext) -> list[Finding]:
    """What is worth knowing of the other bucket that browsers get links to: the page asks for no rule there."""
    if dataset.connection.setup is not Setup.METADATA_BUCKET:
        return []
    crossing = Crossing(dataset, dataset.bucket, dataset.prefix + ANNOTATIONS, _asked_origins(dataset)[:1])
    return [_note(crossing.bucket, crossing.cause(*refused)) for refused in crossing.refused if is_s3(refused[1])]


def _no_judge(dataset: DatasetContext, evidence: list[Evidence]) -> Outcome:
    """The answer has no mark of S3: it tells nothing about the bucket's rule."""
    server = dataset.context.server
    needed = dataset.connection.setup.writes and server is not Server.MOTO
    return unknown(f"{server.value} does not answer preflights as S3 does", evidence=evidence, needed=needed)


def _asked_origins(dataset: DatasetContext) -> tuple[str, ...]:
    return dataset.connection.origins or (ANY_ORIGIN,)


def _origins(dataset: DatasetContext) -> str:
    return ", ".join(dataset.connection.origins) or "any origin"


def _sample_key(dataset: DatasetContext) -> str:
    """An object on the metadata side, or the name of one: a preflight is the same for both."""
    if dataset.connection.setup is not Setup.METADATA_BUCKET:
        return dataset.prefix + ANNOTATIONS
    name, prefix = dataset.connection.browsed_bucket, dataset.connection.metadata_prefix(dataset.name)
    entries = dataset.context.listed(name, prefix).data.get("Contents", ())
    return str(entries[0]["Key"]) if entries else f"{prefix}thumbnails/s3doctor.jpg"


def _kept_by_browsers(answer: Answer) -> list[Finding]:
    """A browser may keep an answer that is for one page and give it to another, unless the answer says so."""
    allowed = answer.headers.get("access-control-allow-origin", "*")
    if allowed == "*" or "origin" in answer.headers.get("vary", "").lower():
        return []
    return [
        Finding(
            "cors-vary",
            Severity.INFO,
            1,
            "the answer depends on the page that asks, and does not say so (Vary: Origin)",
            consequence="A browser may keep an answer without leave and use it for another page: pictures fail now and "
            "then.",
            fix="Nothing has to be done in the bucket; the platform can load pictures with crossorigin everywhere.",
        )
    ]


def _note(name: str, cause: Cause) -> Finding:
    return Finding(
        "cors-none",
        Severity.INFO,
        1,
        f"{name}: {cause.text}",
        consequence="The page asks for a CORS rule only where metadata is kept in a bucket of yours. Whether the "
        "platform's page needs one on a bucket that it only reads from is not documented, and not verified here.",
        fix="Nothing has to be done. If images stay blank in the browser, add the page's CORS rule to this bucket.",
    )


FAMILY = Family("CORS", "The browser", (preflight, presigned))
