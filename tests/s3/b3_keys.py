"""Section B3: credentials, clock, identity."""

from __future__ import annotations

from replay import error
from s3.answers import GET, INVALID_KEY, INVALID_TOKEN, LIST, PRESIGNED, SIGNATURE, USER, WHOAMI, Row, caller, sts

from s3doctor.s3.diagnosis import Situation

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
        "B3-invalid-security-china",
        LIST,
        error(403, "InvalidSecurity", "The provided security credentials are not valid."),
        "china-restricted",
        Situation(region="cn-north-1"),
    ),
    Row(
        "B3-invalid-security",
        LIST,
        error(403, "InvalidSecurity", "The provided security credentials are not valid."),
        "invalid-access-key-id",
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
