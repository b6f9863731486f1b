"""The place: region, endpoint and bucket (section B4 of the taxonomy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.model import Who
from s3doctor.s3.diagnosis_facts import base_operation, right_region, split
from s3doctor.s3.diagnosis_model import Known
from s3doctor.s3.region import did_you_mean, is_dotted, may_be_region

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Situation

_TELL_REGION = "Give {region} as --region, and hand it over to the platform as region_name."
_TELL_COMMAND = ("s3doctor check --bucket={bucket} --region={region}",)

CAUSES: dict[str, Known] = {
    "wrong-region": Known(
        "region",
        "{bucket} is in {region}, and it was asked for in {given_region}.",
        _TELL_REGION,
        commands=_TELL_COMMAND,
    ),
    "new-bucket-redirect": Known(
        "region",
        "S3 sends us on to {region}: the bucket is new, and its name is not yet known everywhere. This passes "
        "within a day, but web pages cannot follow until then.",
        _TELL_REGION,
        commands=_TELL_COMMAND,
    ),
    "opt-in-region": Known(
        "region",
        "{bucket} is in {region}, one of the regions that have to be enabled first, and it was asked for in "
        "{given_region}.",
        _TELL_REGION,
        commands=_TELL_COMMAND,
    ),
    "redirect-loop": Known(
        "not-s3",
        "The server sends us on to another address and does not say which, or round in circles.",
        "See that the endpoint is the address of the S3 service itself, not of a web page or a gateway in front of it.",
    ),
    "region-misspelt": Known(
        "region",
        "AWS has no region {given_region}, and there is no server of that name. Did you mean {meant}?",
        "Give the region as AWS spells it, for example eu-west-1. The S3 console shows it beside the bucket's name.",
    ),
    "bucket-name": Known(
        "bucket",
        "No bucket can have this name: {bucket}.",
        "Give the name alone, without s3://, without a path, and as the S3 console shows it: 3 to 63 of a to z, 0 "
        "to 9, dots and hyphens.",
    ),
    "parameter-refused": Known(
        "client",
        "The request could not be made: {message}",
        "Correct the name that the message mentions. If all names are right, please report it.",
        confidence="likely",
    ),
    "no-such-bucket": Known(
        "missing",
        "There is no bucket {bucket}.",
        "Compare the name with the list in the S3 console, letter by letter. If the bucket was deleted, do not hand "
        "the name over any more: anybody may take it.",
        alternatives=("The bucket is in another partition of AWS (China, GovCloud).",),
        commands=("aws s3api list-buckets --query='Buckets[].Name'",),
    ),
    "foreign-bucket": Known(
        "bucket",
        "{bucket} belongs to another account than the key.",
        "Check the name: is this really your bucket? If it is meant to be another account's, its owner has to allow "
        "access in the bucket policy.",
    ),
    "directory-bucket": Known(
        "bucket",
        "{bucket} is a directory bucket (S3 Express One Zone). Those have permissions of their own and cannot be "
        "shown by web pages.",
        "Use a general purpose bucket for the dataset.",
        commands=("aws s3 sync s3://{bucket}/ s3://GENERAL_PURPOSE_BUCKET/",),
    ),
    "access-point": Known(
        "bucket",
        "{bucket} is the name of an access point ({special}), not of a bucket. Policies must name the access point, "
        "and it may be open to one VPC only.",
        "Hand over the name of the bucket behind the access point. Else the policy's Resource must be the access "
        "point's ARN and …:accesspoint/NAME/object/*.",
        commands=("aws s3control list-access-points --account-id=ACCOUNT_ID",),
        confidence="likely",
    ),
    "dotted-bucket": Known(
        "bucket",
        "The name {bucket} contains a dot. The certificate of Amazon S3 does not cover such a name, and web "
        "browsers refuse it.",
        "Use a bucket without dots in its name for everything that a browser has to show. A bucket cannot be "
        "renamed: copy the data.",
        commands=("aws s3 sync s3://{bucket}/ s3://NAME_WITHOUT_DOTS/",),
        confidence="likely",
        alternatives=("Something else answers in the place of S3.",),
    ),
    "requester-pays": Known(
        "denied",
        "In {bucket} the requester pays, and S3 refuses every request that does not say so.",
        "Switch Requester pays off (S3 console, {bucket}, Properties), or ask the platform whether it can pay.",
        Who.BUCKET_OWNER,
        commands=(
            "aws s3api put-bucket-request-payment --bucket={bucket} --request-payment-configuration=Payer=BucketOwner",
        ),
    ),
    "website-endpoint": Known(
        "not-s3",
        "This is the address of a web site in S3, not of S3 itself: it serves pages and takes no keys.",
        "Leave --endpoint-url out for Amazon S3. The address of the service is s3.REGION.amazonaws.com, without "
        "website in it.",
    ),
    "method-not-allowed": Known(
        "client",
        "The server does not do this with {uri}: {message}",
        "See that the endpoint is the address of the S3 service. If it is, please report it.",
        Who.S3DOCTOR,
        alternatives=("The address is that of a web site or of a cache in front of S3.",),
        confidence="possible",
    ),
    "not-implemented": Known(
        "client",
        "The server does not know {action}. It is not Amazon S3, and it does not do all that S3 does.",
        "Ask the provider of {endpoint} whether it can do this.",
        confidence="likely",
    ),
    "not-s3": Known(
        "not-s3",
        "Something other than S3 answered: a proxy, a web filter or a login page of the network.",
        "Open any web page from this machine: is there a login or a warning? Ask your network's administrator to "
        "let HTTPS through to *.amazonaws.com. With --endpoint-url, see that it is the address of the S3 service.",
        verify="Run s3doctor again, or from another network.",
    ),
}

BY_CODE = {
    "EndpointNotFound": "opt-in-region",
    "IllegalLocationConstraintException": "opt-in-region",
    "IncorrectEndpoint": "opt-in-region",
    "InvalidAccessPointAliasError": "access-point",
    "InvalidBucketName": "bucket-name",
    "NoSuchBucket": "no-such-bucket",
    "TemporaryRedirect": "new-bucket-redirect",
}
BY_STATUS = {
    301: "redirect-loop",
    302: "redirect-loop",
    307: "new-bucket-redirect",
    308: "redirect-loop",
    405: "method-not-allowed",
    501: "not-implemented",
}
_MARKS = frozenset({"x-amz-request-id", "x-amz-bucket-region", "x-amzn-requestid"})
_NAMES = ("ParamValidationError", "InvalidRegionError", "UnsupportedS3ArnError", "InvalidDNSNameError")


def recognise_stranger(answer: Answer, situation: Situation) -> str:
    """Whether something other than S3 answered: neither an error document nor any mark of S3.

    Not every server that speaks S3 leaves marks: with an endpoint of its own only a web page counts.
    """
    marks = bool(answer.code) or not _MARKS.isdisjoint(answer.headers)
    page = "html" in answer.headers.get("content-type", "")
    if answer.ok:
        return "not-s3" if page and not marks else ""
    if page and answer.from_s3 and not answer.code:
        return "website-endpoint"
    return "" if marks or (situation.endpoint_url and not page) else "not-s3"


def recognise(answer: Answer, situation: Situation) -> str:
    """What is wrong with region, endpoint or bucket, empty where nothing is known to be."""
    if answer.http is None:
        return _before_sending(answer, situation)
    if _bare(answer, 404) and base_operation(answer) == "HeadBucket":
        return "no-such-bucket"
    if _elsewhere(answer, situation):
        return "wrong-region"
    return BY_CODE.get(answer.code, "") or BY_STATUS.get(answer.http, "")


def _elsewhere(answer: Answer, situation: Situation) -> bool:
    """Whether the bucket is in another region: S3 says so in a code, or only in a header (an answer to HEAD)."""
    region = right_region(answer)
    if answer.code == "PermanentRedirect":
        return True
    if answer.code == "AuthorizationHeaderMalformed" or _bare(answer, 301):
        return bool(region)
    return _bare(answer, 400) and bool(region) and region != (situation.region or "us-east-1")


def _bare(answer: Answer, status: int) -> bool:
    return answer.http == status and not answer.code


def _before_sending(answer: Answer, situation: Situation) -> str:
    """What was wrong before any answer came: names that cannot be, hosts that do not exist, circles."""
    if "RecursionError" in {answer.fault, answer.reason}:
        return "redirect-loop"
    region = situation.region
    misspelt = bool(did_you_mean(region)) or not may_be_region(region)
    no_host = answer.reason in {"NameResolutionError", "gaierror"}
    if answer.fault == "InvalidRegionError" or (region and misspelt and no_host and not situation.endpoint_url):
        return "region-misspelt"
    if "hostname mismatch" in answer.reason and is_dotted(split(answer, situation)[0]):
        return "dotted-bucket"
    if answer.fault in _NAMES:
        named = "bucket" in answer.message.lower() or answer.fault != "ParamValidationError"
        return "bucket-name" if named else "parameter-refused"
    return ""
