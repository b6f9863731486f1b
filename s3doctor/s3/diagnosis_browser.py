"""What a web page may read: CORS as a browser sees it (section B8 of the taxonomy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.model import Who
from s3doctor.s3.diagnosis_facts import base_operation
from s3doctor.s3.diagnosis_model import Known

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Situation

_PASTE = (
    "In the S3 console open {bucket}, Permissions, Cross-origin resource sharing (CORS), and paste the rule that "
    "s3doctor cors prints. "
)
_SHOW = ("s3doctor cors --bucket={bucket}",)

CAUSES: dict[str, Known] = {
    "cors-not-enabled": Known(
        "browser",
        "{bucket} has no CORS rule: a browser lets no web page read from it.",
        _PASTE,
        Who.BUCKET_OWNER,
        commands=_SHOW,
    ),
    "cors-origin-not-allowed": Known(
        "browser",
        "{bucket} has CORS rules, and none of them allows {method} from {origin}. Scheme, host and port have to be "
        "the same, and one rule must allow origin, method and headers together.",
        _PASTE + "Keep the rules that are there.",
        Who.BUCKET_OWNER,
        commands=_SHOW,
        confidence="likely",
        alternatives=("The origin is allowed, but not with this method.",),
    ),
    "cors-method-not-allowed": Known(
        "browser",
        "No CORS rule of {bucket} allows {method} from {origin}.",
        "Add {method} to AllowedMethods of the rule, if the page needs it. The platform needs GET.",
        Who.BUCKET_OWNER,
        commands=_SHOW,
        confidence="likely",
        alternatives=("No rule allows this origin at all.",),
    ),
    "cors-headers-not-allowed": Known(
        "browser",
        "No CORS rule of {bucket} lets a page from {origin} send {asked_headers}.",
        "Add {asked_headers} to AllowedHeaders of the rule, if the page needs it. The platform's own rule has none.",
        Who.BUCKET_OWNER,
        commands=_SHOW,
        confidence="likely",
        alternatives=("No rule allows this origin or this method at all.",),
    ),
    "cors-no-origin": Known(
        "client",
        "The question was incomplete: a preflight has to say where the page comes from (Origin).",
        "Please report it: s3doctor always says it. Else something on the way removes the Origin header.",
        Who.S3DOCTOR,
    ),
    "cors-redirect": Known(
        "browser",
        "S3 sends the browser on to another address, and a browser does not follow in a preflight. The bucket is in "
        "{region}, or it is new.",
        "Hand over {region} as the region of {bucket}, so that the platform makes the right addresses. If the "
        "bucket is less than a day old, wait.",
        Who.PLATFORM,
    ),
    "cors-header-missing": Known(
        "browser",
        "The object came, but without leave for the web page ({origin}) to read it: there is no "
        "Access-Control-Allow-Origin.",
        _PASTE,
        Who.BUCKET_OWNER,
        commands=_SHOW,
        confidence="likely",
        alternatives=("A cache or a CDN in front of the bucket removes the header, or does not pass Origin on.",),
    ),
    "cors-cached": Known(
        "remark",
        "The answer depends on the page that asks, and does not say so (Vary: Origin). A browser may keep one "
        "without leave and use it for another page: then pictures fail now and then.",
        "The platform loads pictures with crossorigin everywhere, or adds something unique to the address. You need "
        "not do anything.",
        Who.PLATFORM,
        confidence="possible",
    ),
    "cors-headers-hidden": Known(
        "remark",
        "A web page cannot see headers such as ETag of this bucket's objects: the CORS rule exposes none.",
        "Nothing needs to be done for the platform. A page that wants ETag needs it in ExposeHeaders.",
    ),
    "cors-any-origin": Known(
        "remark",
        "Any web page may read from {bucket}, if it has a valid address of an object (AllowedOrigins is *).",
        "It works. To narrow it, put the platform's own origin in the place of *.",
        Who.BUCKET_OWNER,
    ),
    "cors-method-unsupported": Known(
        "browser",
        "S3 does not take this CORS rule: it names a method that S3 does not know. * and OPTIONS are not allowed "
        "there.",
        "Name the methods one by one: GET, HEAD, PUT, POST, DELETE. The platform needs GET.",
        Who.BUCKET_OWNER,
        commands=_SHOW,
    ),
    "cors-malformed": Known(
        "browser",
        "S3 cannot read this CORS configuration. The console takes JSON, a bare list of rules; the command line "
        "wants it inside CORSRules.",
        "Paste the form that s3doctor cors prints for the place where you paste it.",
        Who.BUCKET_OWNER,
        commands=_SHOW,
    ),
}

_REDIRECTS = (301, 302, 307, 308)


def recognise(answer: Answer, situation: Situation) -> str:
    """Why a web page may not read, empty for what is not about web pages."""
    operation = base_operation(answer)
    if answer.code == "NoSuchCORSConfiguration":
        return "cors-not-enabled"
    if operation == "PutBucketCors":
        unsupported = "unsupported http method" in answer.message.lower()
        return "cors-method-unsupported" if unsupported else {"MalformedXML": "cors-malformed"}.get(answer.code, "")
    return _preflight(answer, situation) if operation == "Preflight" else ""


def remarks(answer: Answer, situation: Situation) -> list[str]:
    """What a browser would find in an answer that worked; nothing where no Origin was sent."""
    if not situation.origin or not answer.resource.startswith("s3://"):
        return []
    headers = answer.headers
    allowed = headers.get("access-control-allow-origin", "")
    if allowed not in {"*", situation.origin}:
        return ["cors-header-missing"]
    found = [] if "origin" in headers.get("vary", "").lower() else ["cors-cached"]
    if base_operation(answer) != "Preflight" and "access-control-expose-headers" not in headers:
        found.append("cors-headers-hidden")
    return [*found, "cors-any-origin"] if allowed == "*" else found


def _preflight(answer: Answer, situation: Situation) -> str:
    """Why a preflight was refused."""
    if answer.http in _REDIRECTS:
        return "cors-redirect"
    if "insufficient information" in answer.message.lower():
        return "cors-no-origin"
    return _forbidden(answer, situation) if answer.http == 403 else ""  # noqa: PLR2004 - HTTP's Forbidden


def _forbidden(answer: Answer, situation: Situation) -> str:
    if "not enabled" in answer.message.lower():
        return "cors-not-enabled"
    if situation.asked_headers:
        return "cors-headers-not-allowed"
    return "cors-method-not-allowed" if situation.method != "GET" else "cors-origin-not-allowed"
