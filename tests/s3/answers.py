"""What a row of the taxonomy's section B is made of: a request, the answer as AWS documents it, and its cause."""

from __future__ import annotations

from dataclasses import dataclass, field

from replay import S3_HEADERS, answer, error

from s3doctor.model import Who
from s3doctor.s3.diagnosis import Situation

BUCKET, KEY = "photos", "street/images/a.jpg"
USER = "arn:aws:iam::123456789012:user/anna"
OBJECT = f"arn:aws:s3:::{BUCKET}/{KEY}"
KMS_KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
HTML = {"Content-Type": "text/html"}
EU = {"x-amz-bucket-region": "eu-central-1"}


@dataclass(frozen=True)
class Row:
    """`name` begins with the section and is the test's id; `answer` is what is replayed to `operation`."""

    name: str
    operation: str
    answer: bytes
    kind: str
    situation: Situation = field(default_factory=Situation)
    who: Who = Who.CUSTOMER
    bucket: str = BUCKET
    key: str = KEY


def denied(why: str, action: str = "s3:GetObject", on: str = f' on resource: "{OBJECT}"') -> bytes:
    """AWS's enhanced access-denied answer."""
    return error(403, "AccessDenied", f"User: {USER} is not authorized to perform: {action}{on} {why}")


def no(policy: str, action: str = "s3:GetObject") -> bytes:
    """The answer where no policy of a kind allows the action."""
    return denied(f"because no {policy} allows the {action} action", action)


def deny(policy: str, action: str = "s3:GetObject", arn: str = "") -> bytes:
    """The answer where a policy of a kind denies the action."""
    return denied(f"with an explicit deny in {policy}{arn and ': '}{arn}", action)


def ok(headers: dict[str, str], body: bytes = b"x") -> bytes:
    """A success of Amazon S3."""
    return answer(200, body, {**S3_HEADERS, **headers})


def sts(status: int, code: str, message: str) -> bytes:
    """AWS STS's error document."""
    body = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n'
        f"    <Code>{code}</Code>\n    <Message>{message}</Message>\n  </Error>\n"
        "  <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>\n</ErrorResponse>\n"
    )
    headers = {"x-amzn-RequestId": "01234567-89ab-cdef-0123-456789abcdef", "Content-Type": "text/xml"}
    return answer(status, body, headers)


def caller(arn: str) -> bytes:
    """AWS STS's answer to GetCallerIdentity."""
    body = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        f"<Arn>{arn}</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>123456789012</Account>"
        "</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
        "</GetCallerIdentityResponse>"
    )
    return answer(200, body, {"x-amzn-RequestId": "1", "Content-Type": "text/xml"})


PLAIN = error(403, "AccessDenied", "Access Denied")
SIGNATURE = error(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    "<AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256\n20261124T110000Z\n"
    "20261124/us-east-1/s3/aws4_request\n0123</StringToSign><SignatureProvided>ab12</SignatureProvided>",
)
INVALID_KEY = error(
    403,
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist in our records.",
    "<AWSAccessKeyId>AKIAIOSFODNN7EXAMPLE</AWSAccessKeyId>",
)
INVALID_TOKEN = error(
    400, "InvalidToken", "The provided token is malformed or otherwise invalid.", "<Token-0>SECRETTOKEN</Token-0>"
)
SCP_ARN = "arn:aws:organizations::246880240156:policy/o-abc/service_control_policy/p-xyz"
LIST, GET, HEAD, PUT, DELETE = "ListObjectsV2", "GetObject", "HeadObject", "PutObject", "DeleteObject"
WHOAMI, PREFLIGHT, PRESIGNED = "GetCallerIdentity", "Preflight", "GetObject (presigned)"
ORG, OWNER, DOCTOR, PLATFORM = Who.ORGANISATION_ADMIN, Who.BUCKET_OWNER, Who.S3DOCTOR, Who.PLATFORM
