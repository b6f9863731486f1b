"""Section B4: region, endpoint, bucket."""

from __future__ import annotations

from replay import S3_HEADERS, answer, error
from s3.answers import DOCTOR, EU, GET, HTML, LIST, OWNER, PLAIN, PRESIGNED, PUT, Row

from s3doctor.s3.diagnosis import Situation

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
ELSEWHERE = Situation(endpoint_url="https://s3.example")
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
    Row("B4-no-such-bucket-elsewhere", "HeadBucket", answer(404, headers={}), "no-such-bucket", ELSEWHERE),
    Row("B4-no-such-bucket-from-nobody", "HeadBucket", answer(404, headers={}), "not-s3"),
    Row("B4-redirected-elsewhere", "HeadBucket", answer(302, headers={}), "redirect-loop", ELSEWHERE),
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
