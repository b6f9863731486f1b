"""What AWS is documented to answer, and what each answer means: one row for each row of the taxonomy's section B."""

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

B2 = (
    Row("B2-01-identity-implicit", GET, no("identity-based policy"), "identity-policy-missing"),
    Row("B2-02-identity-explicit", GET, deny("an identity-based policy"), "identity-policy-deny"),
    Row("B2-03-resource-implicit", GET, no("resource-based policy"), "resource-policy-missing", who=OWNER),
    Row("B2-04-resource-explicit", GET, deny("a resource-based policy"), "resource-policy-deny", who=OWNER),
    Row("B2-05-scp-implicit", GET, no("service control policy"), "service-control-policy-missing", who=ORG),
    Row("B2-06-scp-explicit", GET, deny("a service control policy"), "service-control-policy-deny", who=ORG),
    Row(
        "B2-06-scp-explicit-with-arn",
        LIST,
        deny("a service control policy", "s3:ListBucket", SCP_ARN),
        "service-control-policy-deny",
        who=ORG,
    ),
    Row("B2-07-rcp-explicit", GET, deny("a resource control policy"), "resource-control-policy-deny", who=ORG),
    Row("B2-08-vpce-implicit", GET, no("VPC endpoint policy"), "vpc-endpoint-policy-missing"),
    Row("B2-09-vpce-explicit", GET, deny("a VPC endpoint policy"), "vpc-endpoint-policy-deny"),
    Row(
        "B2-10-vpce-through-scp",
        GET,
        deny("a VPC endpoint policy transitively through a service control policy"),
        "vpc-endpoint-policy-deny-by-organisation",
        who=ORG,
    ),
    Row("B2-11-boundary-implicit", GET, no("permissions boundary"), "permissions-boundary-missing"),
    Row("B2-12-boundary-explicit", GET, deny("a permissions boundary"), "permissions-boundary-deny"),
    Row("B2-13-session-implicit", GET, no("session policy"), "session-policy-missing"),
    Row("B2-13-session-explicit", GET, deny("a session policy"), "session-policy-deny"),
    Row("B2-13-sessions-explicit", GET, deny("a sessions policy"), "session-policy-deny"),
    Row("B2-14-role-trust-implicit", GET, no("role trust policy", "sts:AssumeRole"), "role-trust-policy-missing"),
    Row("B2-14-role-trust-explicit", GET, deny("the role trust policy", "sts:AssumeRole"), "role-trust-policy-deny"),
    Row(
        "B2-15-sse-c-blocked",
        PUT,
        denied(
            "because this bucket has blocked upload requests that specify Server Side Encryption with Customer "
            "provided keys (SSE-C). Please specify a different server-side encryption type",
            "s3:PutObject",
        ),
        "sse-c-blocked",
    ),
    Row(
        "B2-16-block-public-acls",
        PUT,
        denied(
            "because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access", "s3:PutObject"
        ),
        "public-acls-blocked",
    ),
    Row(
        "B2-17-block-public-policy",
        "PutBucketPolicy",
        denied(
            "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access",
            "s3:PutBucketPolicy",
        ),
        "public-policies-blocked",
    ),
    Row(
        "B2-18-kms-elsewhere",
        GET,
        denied(
            "because the resource does not exist in this Region, no resource-based policies allow access, or a "
            "resource-based policy explicitly denies access",
            "kms:Decrypt",
            f" on resource: {KMS_KEY}",
        ),
        "kms-key-elsewhere",
        who=OWNER,
    ),
    Row(
        "B2-18-kms-this-resource",
        PUT,
        denied(
            "because no resource-based policy allows the kms:GenerateDataKey action",
            "kms:GenerateDataKey",
            " on this resource",
        ),
        "kms-generate-data-key-denied",
    ),
    Row("B2-19-plain", LIST, PLAIN, "access-denied-unexplained"),
    Row(
        "B2-20-anonymous",
        GET,
        error(
            403,
            "AccessDenied",
            f'User: anonymous is not authorized to perform: s3:GetObject on resource: "{OBJECT}" because no '
            "resource-based policy allows the s3:GetObject action",
        ),
        "unsigned-request",
    ),
    Row("B2-rule-deny-without-a-policy", GET, denied("with an explicit deny"), "explicit-deny"),
    Row(
        "B2-rule-no-reason",
        GET,
        error(403, "AccessDenied", f"User: {USER} is not authorized to perform: s3:GetObject"),
        "not-authorised",
    ),
)

B3 = (
    Row(
        "B3-not-an-access-key-id",
        LIST,
        INVALID_KEY,
        "not-an-access-key-id",
        Situation(access_key_id="AIDACKCEVSQ6C2EXAMPLE"),
    ),
    Row("B3-invalid-access-key-id", LIST, INVALID_KEY, "invalid-access-key-id"),
    Row(
        "B3-invalid-access-key-id-sts-agrees",
        LIST,
        INVALID_KEY,
        "invalid-access-key-id",
        Situation(access_key_id="AKIAIOSFODNN7EXAMPLE", sts="InvalidClientTokenId"),
    ),
    Row(
        "B3-invalid-client-token-id",
        WHOAMI,
        sts(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
        "invalid-access-key-id",
    ),
    Row(
        "B3-invalid-access-key-id-here-only",
        LIST,
        INVALID_KEY,
        "key-unknown-here",
        Situation(access_key_id="AKIAIOSFODNN7EXAMPLE", sts="ok", region="me-south-1"),
    ),
    Row(
        "B3-asia-without-token",
        LIST,
        INVALID_KEY,
        "temporary-key-without-token",
        Situation(access_key_id="ASIAIOSFODNN7EXAMPLE"),
    ),
    Row("B3-signature-does-not-match", LIST, SIGNATURE, "wrong-secret"),
    Row(
        "B3-signature-does-not-match-sts",
        WHOAMI,
        sts(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        ),
        "wrong-secret",
    ),
    Row("B3-signature-does-not-match-s3-only", LIST, SIGNATURE, "request-altered", Situation(sts="ok")),
    Row(
        "B3-request-time-too-skewed",
        LIST,
        error(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            "<RequestTime>20261124T104300Z</RequestTime><ServerTime>2026-11-24T11:00:00Z</ServerTime>"
            "<MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>",
        ),
        "clock-skew",
    ),
    Row(
        "B3-clock-skew-sts",
        WHOAMI,
        sts(
            403,
            "SignatureDoesNotMatch",
            "Signature expired: 20261124T104300Z is now earlier than 20261124T104500Z (20261124T110000Z - 15 min.)",
        ),
        "clock-skew",
    ),
    Row("B3-expired-token", LIST, error(400, "ExpiredToken", "The provided token has expired."), "expired-token"),
    Row(
        "B3-token-refresh-required",
        LIST,
        error(400, "TokenRefreshRequired", "The provided token must be refreshed."),
        "expired-token",
    ),
    Row("B3-invalid-token", LIST, INVALID_TOKEN, "invalid-token"),
    Row(
        "B3-invalid-token-opt-in-region",
        LIST,
        INVALID_TOKEN,
        "token-not-valid-here",
        Situation(sts="ok", region="ap-east-1"),
    ),
    Row(
        "B3-account-problem",
        LIST,
        error(
            403,
            "AccountProblem",
            "There is a problem with your AWS account that prevents the operation from completing.",
        ),
        "account-problem",
    ),
    Row(
        "B3-not-signed-up",
        LIST,
        error(403, "NotSignedUp", "Your account is not signed up for the Amazon S3 service."),
        "account-problem",
    ),
    Row(
        "B3-all-access-disabled",
        GET,
        error(403, "AllAccessDisabled", "All access to this Amazon S3 resource has been disabled."),
        "account-problem",
    ),
    Row(
        "B3-invalid-payer",
        GET,
        error(403, "InvalidPayer", "All access to this object has been disabled."),
        "account-problem",
    ),
    Row(
        "B3-missing-authentication-token",
        WHOAMI,
        sts(403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
        "authorization-stripped",
    ),
    Row(
        "B3-missing-security-header",
        LIST,
        error(400, "MissingSecurityHeader", "Your request is missing a required header."),
        "authorization-stripped",
    ),
    Row(
        "B3-unsupported-signature",
        PRESIGNED,
        error(400, "UnsupportedSignature", "The provided request is signed with an unsupported STS Token version."),
        "signature-version",
    ),
    Row(
        "B3-authorization-query-parameters-error",
        PRESIGNED,
        error(400, "AuthorizationQueryParametersError", "X-Amz-Algorithm only supports AWS4-HMAC-SHA256"),
        "signature-version",
    ),
    Row(
        "B3-kms-needs-v4",
        PRESIGNED,
        error(
            400,
            "InvalidArgument",
            "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
        ),
        "signature-version",
    ),
    Row(
        "B3-credential-malformed",
        LIST,
        error(
            400,
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the Credential is mal-formed; expecting "
            '"&lt;YOUR-AKID&gt;/YYYYMMDD/REGION/SERVICE/aws4_request".',
        ),
        "credential-malformed",
    ),
    Row(
        "B3-invalid-security",
        LIST,
        error(403, "InvalidSecurity", "The provided security credentials are not valid."),
        "china-restricted",
    ),
    Row(
        "B3-unauthorized-access-error",
        LIST,
        error(403, "UnauthorizedAccessError", "The request was made from an unauthorized place."),
        "china-restricted",
    ),
    Row("B3-root", WHOAMI, caller("arn:aws:iam::123456789012:root"), "root-key"),
    Row("B3-other-user", WHOAMI, caller(USER), "other-user", Situation(username="bert")),
    Row(
        "B3-right-user", WHOAMI, caller("arn:aws:iam::123456789012:user/team/anna"), "works", Situation(username="anna")
    ),
    Row("B3-iam-propagating", LIST, INVALID_KEY, "iam-propagating", Situation(works_later=True)),
    Row(
        "B3-presigned-expired",
        PRESIGNED,
        error(403, "AccessDenied", "Request has expired", "<X-Amz-Expires>60</X-Amz-Expires>"),
        "presigned-expired",
    ),
)

WEBSITE_PAGE = """<html>
<head><title>405 Method Not Allowed</title></head>
<body>
<h1>405 Method Not Allowed</h1>
<ul>
<li>Code: MethodNotAllowed</li>
<li>Message: The specified method is not allowed against this resource.</li>
</ul>
<hr/>
</body>
</html>
"""
HERE = Situation(region="us-east-1")
B4 = (
    Row(
        "B4-permanent-redirect",
        LIST,
        error(
            301,
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all "
            "future requests to this endpoint.",
            "<Endpoint>photos.s3.eu-central-1.amazonaws.com</Endpoint><Bucket>photos</Bucket>",
        ),
        "wrong-region",
        HERE,
    ),
    Row(
        "B4-authorization-header-malformed",
        LIST,
        error(
            400,
            "AuthorizationHeaderMalformed",
            "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
            "<Region>eu-central-1</Region>",
        ),
        "wrong-region",
        HERE,
    ),
    Row("B4-head-400", "HeadBucket", answer(400, headers={**S3_HEADERS, **EU}), "wrong-region", HERE),
    Row("B4-head-301", "HeadBucket", answer(301, headers={**S3_HEADERS, **EU}), "wrong-region", HERE),
    Row(
        "B4-temporary-redirect",
        LIST,
        error(
            307,
            "TemporaryRedirect",
            "Please re-send this request to the specified temporary endpoint. Continue to use the original request "
            "endpoint for future requests.",
            "<Endpoint>photos.s3.eu-central-1.amazonaws.com</Endpoint>",
        ),
        "new-bucket-redirect",
    ),
    Row(
        "B4-illegal-location-constraint",
        LIST,
        error(
            400,
            "IllegalLocationConstraintException",
            "The me-south-1 location constraint is incompatible for the region specific endpoint this request was sent "
            "to.",
            headers={"x-amz-bucket-region": "me-south-1"},
        ),
        "opt-in-region",
    ),
    Row("B4-incorrect-endpoint", LIST, error(400, "IncorrectEndpoint", "Wrong.", headers=EU), "opt-in-region"),
    Row("B4-endpoint-not-found", LIST, error(400, "EndpointNotFound", "Wrong.", headers=EU), "opt-in-region"),
    Row("B4-redirect-to-nowhere", "HeadBucket", answer(301), "redirect-loop"),
    Row(
        "B4-invalid-bucket-name",
        LIST,
        error(400, "InvalidBucketName", "The specified bucket is not valid.", "<BucketName>My_Photos</BucketName>"),
        "bucket-name",
    ),
    Row(
        "B4-no-such-bucket",
        LIST,
        error(404, "NoSuchBucket", "The specified bucket does not exist", "<BucketName>photos</BucketName>"),
        "no-such-bucket",
    ),
    Row("B4-no-such-bucket-head", "HeadBucket", answer(404), "no-such-bucket"),
    Row("B4-foreign-bucket", LIST, PLAIN, "foreign-bucket", Situation(expected_owner=True)),
    Row("B4-directory-bucket", LIST, PLAIN, "directory-bucket", bucket="photos--use1-az4--x-s3"),
    Row(
        "B4-invalid-access-point-alias",
        LIST,
        error(400, "InvalidAccessPointAliasError", "The specified access point alias name is not valid."),
        "access-point",
        bucket="photos-abcdefghijklmnopqrstuvwxyz123456-s3alias",
    ),
    Row("B4-access-point-alias", LIST, PLAIN, "access-point", bucket="photos-abcdefghijklmnopqrstuvwxyz12345-s3alias"),
    Row("B4-requester-pays", GET, PLAIN, "requester-pays", Situation(requester_pays_works=True), OWNER),
    Row(
        "B4-website-endpoint",
        PUT,
        answer(405, WEBSITE_PAGE, {**S3_HEADERS, **HTML}),
        "website-endpoint",
    ),
    Row(
        "B4-method-not-allowed",
        PUT,
        error(405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
        "method-not-allowed",
        who=DOCTOR,
    ),
    Row(
        "B4-not-implemented",
        LIST,
        error(501, "NotImplemented", "A header you provided implies functionality that is not implemented."),
        "not-implemented",
    ),
    Row("B4-200-without-s3-headers", PRESIGNED, answer(200, "<html></html>", HTML), "not-s3"),
)

B5 = (
    Row("B5-list-denied", LIST, no("identity-based policy", "s3:ListBucket"), "list-not-allowed"),
    Row(
        "B5-list-root-denied-prefix-allowed",
        LIST,
        no("identity-based policy", "s3:ListBucket"),
        "prefix-scoped-list",
        Situation(prefix_list_allowed=True),
    ),
    Row(
        "B5-list-200-get-403",
        GET,
        no("identity-based policy"),
        "object-path-not-allowed",
        Situation(list_allowed=True),
    ),
    Row("B5-get-403-plain-not-listed", GET, PLAIN, "missing-or-denied", Situation(list_allowed=False)),
    Row(
        "B5-no-such-key",
        GET,
        error(404, "NoSuchKey", "The specified key does not exist.", f"<Key>{KEY}</Key>"),
        "no-such-key",
    ),
    Row("B5-no-such-key-head", HEAD, answer(404), "no-such-key"),
    Row(
        "B5-delete-marker",
        GET,
        error(404, "NoSuchKey", "The specified key does not exist.", headers={"x-amz-delete-marker": "true"}),
        "deleted-object",
    ),
    Row("B5-some-objects-foreign", GET, PLAIN, "foreign-object", Situation(listed=True, other_owner=True), OWNER),
    Row("B5-some-objects-denied", GET, PLAIN, "object-differs", Situation(listed=True, reads_beside=True), OWNER),
    Row(
        "B5-kms-decrypt",
        GET,
        denied(
            "because no identity-based policy allows the kms:Decrypt action",
            "kms:Decrypt",
            f" on resource: {KMS_KEY}",
        ),
        "kms-decrypt-denied",
    ),
    Row(
        "B5-kms-disabled",
        GET,
        error(400, "KMS.DisabledException", f"{KMS_KEY} is disabled."),
        "kms-key-disabled",
        who=OWNER,
    ),
    Row(
        "B5-kms-pending-deletion",
        GET,
        error(400, "KMS.KMSInvalidStateException", f"{KMS_KEY} is pending deletion."),
        "kms-key-unusable",
        who=OWNER,
    ),
    Row(
        "B5-kms-not-found",
        PUT,
        error(400, "KMS.NotFoundException", "Key 'arn' does not exist"),
        "kms-key-missing",
        who=OWNER,
    ),
    Row(
        "B5-kms-invalid-key-usage",
        PUT,
        error(400, "KMS.InvalidKeyUsageException", "Wrong key usage."),
        "kms-key-wrong-usage",
        who=OWNER,
    ),
    Row(
        "B5-sse-c",
        GET,
        error(
            400,
            "InvalidRequest",
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
            "retrieve the object.",
        ),
        "sse-c-object",
    ),
    Row("B5-sse-c-head", HEAD, answer(400), "bad-head", who=DOCTOR),
    Row(
        "B5-glacier",
        GET,
        error(
            403,
            "InvalidObjectState",
            "The operation is not valid for the object's storage class",
            "<StorageClass>GLACIER</StorageClass>",
        ),
        "archived-object",
    ),
    Row(
        "B5-intelligent-tiering-archive",
        GET,
        error(
            403,
            "InvalidObjectState",
            "The operation is not valid for the object's access tier",
            "<StorageClass>INTELLIGENT_TIERING</StorageClass><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier>",
        ),
        "archive-access-tier",
    ),
    Row(
        "B5-invalid-range",
        GET,
        error(
            416,
            "InvalidRange",
            "The requested range is not satisfiable",
            "<RangeRequested>bytes=0-0</RangeRequested><ActualObjectSize>0</ActualObjectSize>",
        ),
        "empty-object",
    ),
    Row(
        "B5-precondition-failed",
        GET,
        error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold"),
        "precondition-failed",
        who=DOCTOR,
    ),
    Row("B5-not-modified", GET, answer(304), "not-modified", who=DOCTOR),
    Row(
        "B5-bad-digest",
        PUT,
        error(400, "BadDigest", "The CRC32 you specified did not match the calculated checksum."),
        "checksum-mismatch",
    ),
    Row("B5-gzip", GET, ok({"Content-Encoding": "gzip"}), "compressed-object", key="street/annotations.json"),
    Row(
        "B5-html-body",
        GET,
        ok({}, b"\xef\xbb\xbf\n<!DOCTYPE html>"),
        "html-instead-of-json",
        key="street/annotations.json",
    ),
    Row("B5-json", GET, ok({}, b'{"images": []}'), "works", key="street/annotations.json"),
    Row("B5-slow-down", GET, error(503, "SlowDown", "Please reduce your request rate."), "throttled"),
    Row(
        "B5-service-unavailable",
        GET,
        error(503, "ServiceUnavailable", "Reduce your request rate."),
        "service-unavailable",
    ),
    Row(
        "B5-internal-error",
        GET,
        error(500, "InternalError", "We encountered an internal error. Please try again."),
        "internal-error",
    ),
    Row(
        "B5-request-timeout",
        PUT,
        error(400, "RequestTimeout", "Your socket connection to the server was not read from or written to in time."),
        "request-timeout",
    ),
    Row(
        "B5-operation-aborted",
        "PutBucketPolicy",
        error(409, "OperationAborted", "A conflicting conditional operation is currently in progress. Try again."),
        "operation-aborted",
    ),
    Row("B5-head-503", HEAD, answer(503), "service-unavailable"),
    Row("B5-head-500", HEAD, answer(500), "internal-error"),
    Row("B5-head-429", HEAD, answer(429), "throttled"),
)

B6 = (
    Row("B6-put-denied", PUT, no("identity-based policy", "s3:PutObject"), "write-not-allowed"),
    Row("B6-put-bucket-policy", PUT, deny("a resource-based policy", "s3:PutObject"), "upload-conditions", who=OWNER),
    Row(
        "B6-kms-generate-data-key",
        PUT,
        denied(
            "because no identity-based policy allows the kms:GenerateDataKey action",
            "kms:GenerateDataKey",
            f" on resource: {KMS_KEY}",
        ),
        "kms-generate-data-key-denied",
    ),
    Row(
        "B6-acl-not-supported",
        PUT,
        error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs"),
        "acl-not-supported",
    ),
    Row(
        "B6-content-md5-required",
        PUT,
        error(
            400,
            "InvalidRequest",
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock "
            "parameters",
        ),
        "checksum-required",
    ),
    Row(
        "B6-invalid-encryption-algorithm",
        PUT,
        error(400, "InvalidEncryptionAlgorithmError", "The encryption request you specified is not valid."),
        "invalid-encryption-algorithm",
    ),
    Row(
        "B6-invalid-storage-class",
        PUT,
        error(400, "InvalidStorageClass", "The storage class you specified is not valid"),
        "invalid-storage-class",
    ),
    Row(
        "B6-entity-too-large",
        PUT,
        error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."),
        "entity-too-large",
    ),
    Row("B6-key-too-long", PUT, error(400, "KeyTooLongError", "Your key is too long"), "key-too-long"),
    Row(
        "B6-metadata-too-large",
        PUT,
        error(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size"),
        "metadata-too-large",
    ),
    Row(
        "B6-conditional-request-conflict",
        PUT,
        error(
            409, "ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation."
        ),
        "concurrent-write",
    ),
    Row(
        "B6-exists",
        PUT,
        error(
            412,
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            "<Condition>If-None-Match</Condition>",
        ),
        "object-exists",
        who=DOCTOR,
    ),
    Row("B6-delete-denied", DELETE, no("identity-based policy", "s3:DeleteObject"), "delete-not-allowed"),
    Row(
        "B6-object-lock",
        DELETE,
        error(403, "AccessDenied", "Access Denied because object protected by object lock."),
        "object-locked",
        who=OWNER,
    ),
    Row(
        "B6-mfa-delete",
        DELETE,
        error(403, "AccessDenied", "Mfa Authentication must be used for this request"),
        "mfa-delete",
        who=OWNER,
    ),
    Row("B6-put-ok", PUT, ok({}, b""), "works"),
)

B7 = (
    Row("B7-html-403", GET, answer(403, "<html><body>Log in<br></body></html>", HTML), "not-s3"),
    Row("B7-html-200", LIST, answer(200, "<html><body>Log in<br></body></html>", HTML), "not-s3"),
    Row("B7-html-200-sts", WHOAMI, answer(200, "<html><body>Log in<br></body></html>", HTML), "not-s3"),
    Row("B7-login-redirect", "HeadBucket", answer(302, headers={"Location": "https://login.example/?a=b"}), "not-s3"),
    Row("B7-html-503", GET, answer(503, "<html><br></html>", HTML), "not-s3"),
    Row(
        "B7-denied-from-here",
        GET,
        deny("a resource-based policy"),
        "denied-from-here",
        Situation(works_elsewhere=True),
        OWNER,
    ),
)

PAGE = Situation(origin="https://app.example")
NOT_ALLOWED = error(
    403,
    "AccessForbidden",
    "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / "
    "Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    "<Method>GET</Method><ResourceType>OBJECT</ResourceType>",
)
ALLOW = {"Access-Control-Allow-Origin": "https://app.example", "Access-Control-Allow-Methods": "GET"}
VARY = {"Vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"}
B8 = (
    Row(
        "B8-not-enabled",
        PREFLIGHT,
        error(
            403,
            "AccessForbidden",
            "CORSResponse: CORS is not enabled for this bucket.",
            "<Method>GET</Method><ResourceType>BUCKET</ResourceType>",
        ),
        "cors-not-enabled",
        PAGE,
        OWNER,
    ),
    Row(
        "B8-no-such-cors-configuration",
        "GetBucketCors",
        error(404, "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
        "cors-not-enabled",
        who=OWNER,
    ),
    Row("B8-not-allowed", PREFLIGHT, NOT_ALLOWED, "cors-origin-not-allowed", PAGE, OWNER),
    Row(
        "B8-head-not-allowed",
        PREFLIGHT,
        NOT_ALLOWED,
        "cors-method-not-allowed",
        Situation(origin="https://app.example", method="HEAD"),
        OWNER,
    ),
    Row(
        "B8-header-not-allowed",
        PREFLIGHT,
        NOT_ALLOWED,
        "cors-headers-not-allowed",
        Situation(origin="https://app.example", asked_headers="range"),
        OWNER,
    ),
    Row(
        "B8-insufficient-information",
        PREFLIGHT,
        error(400, "BadRequest", "Insufficient information. Origin request header needed."),
        "cors-no-origin",
        who=DOCTOR,
    ),
    Row(
        "B8-preflight-301",
        PREFLIGHT,
        error(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed …", headers=EU),
        "cors-redirect",
        PAGE,
        PLATFORM,
    ),
    Row(
        "B8-preflight-307",
        PREFLIGHT,
        error(307, "TemporaryRedirect", "Please re-send this request …", headers=EU),
        "cors-redirect",
        PAGE,
        PLATFORM,
    ),
    Row("B8-get-without-allow-origin", PRESIGNED, ok({}), "cors-header-missing", PAGE, OWNER),
    Row("B8-get-allowed", PRESIGNED, ok({**ALLOW, **VARY, "Access-Control-Expose-Headers": "ETag"}), "works", PAGE),
    Row("B8-preflight-allowed", PREFLIGHT, ok({**ALLOW, **VARY}, b""), "works", PAGE),
    Row("B8-preflight-other-code", PREFLIGHT, error(404, "NoSuchBucket", "No."), "no-such-bucket", PAGE),
    Row(
        "B8-put-cors-star",
        "PutBucketCors",
        error(400, "InvalidRequest", "Found unsupported HTTP method in CORS config. Unsupported method is *"),
        "cors-method-unsupported",
        who=OWNER,
    ),
    Row(
        "B8-put-cors-malformed",
        "PutBucketCors",
        error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our schema"),
        "cors-malformed",
        who=OWNER,
    ),
)

OTHER = (
    Row("unknown-code", GET, error(400, "SomethingNew", "Nobody knows."), "unexplained"),
    Row(
        "unknown-put-cors",
        "PutBucketCors",
        error(400, "SomethingNew", "Nobody knows."),
        "unexplained",
        who=Who.CUSTOMER,
    ),
    Row("unknown-head", "HeadBucket", answer(418), "unexplained"),
)

ROWS = (*B2, *B3, *B4, *B5, *B6, *B7, *B8, *OTHER)

REMARKS = (
    Row("B5-byte-order-mark", GET, ok({}, b"\xef\xbb\xbf{}"), "byte-order-mark", key="street/annotations.json"),
    Row("B6-versioned", PUT, ok({"x-amz-version-id": "3HL4kqtJlcpXroDTDmJ"}, b""), "versioned-bucket", who=OWNER),
    Row(
        "B6-object-lock-mode",
        HEAD,
        ok({"x-amz-object-lock-mode": "COMPLIANCE"}, b""),
        "object-lock-retention",
        who=OWNER,
    ),
    Row("B6-delete-marker", DELETE, ok({"x-amz-delete-marker": "true"}, b""), "delete-marker-left", who=OWNER),
    Row(
        "B8-cached-without-vary",
        PRESIGNED,
        ok({**ALLOW, "Access-Control-Expose-Headers": "ETag"}),
        "cors-cached",
        PAGE,
        PLATFORM,
    ),
    Row("B8-expose-headers-empty", PRESIGNED, ok({**ALLOW, **VARY}), "cors-headers-hidden", PAGE),
    Row(
        "B8-any-origin",
        PREFLIGHT,
        ok({"Access-Control-Allow-Origin": "*", **VARY}, b""),
        "cors-any-origin",
        PAGE,
        OWNER,
    ),
)
"""Answers that worked, and the one thing that is worth saying about each."""
