"""The key: given at all, known to AWS, signed with the right secret, at the right time (section B3 of the taxonomy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.s3.diagnosis_facts import base_operation, right_region
from s3doctor.s3.diagnosis_model import Known
from s3doctor.s3.keyid import is_temporary, what_is

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Situation

_KEYS = "In the IAM console open Users, {user}, Security credentials, Access keys."
_LIST_KEYS = ("aws iam list-access-keys --user-name={user}",)

CAUSES: dict[str, Known] = {
    "no-credentials": Known(
        "credentials",
        "No access key was given, and none was found.",
        "Give the key to s3doctor: --credentials-csv with the file that the AWS console gave you, --profile, or the "
        "environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    ),
    "partial-credentials": Known(
        "credentials",
        "Half of an access key was given: {message}",
        "Give both parts: the access key ID and the secret access key.",
    ),
    "profile-not-found": Known(
        "credentials",
        "There is no such profile: {message}",
        "Take a name from the list that this command prints.",
        commands=("aws configure list-profiles",),
    ),
    "config-unreadable": Known(
        "credentials",
        "The AWS configuration of this machine cannot be used: {message}",
        "Correct the files in ~/.aws, or give the key with --credentials-csv instead.",
        commands=("aws configure list",),
    ),
    "login-expired": Known(
        "credentials",
        "The profile signs in through AWS's login page, and the login has expired.",
        "Sign in again with the command below. For the platform make the access key of an IAM user: it cannot sign in.",
        commands=("aws sso login",),
    ),
    "key-has-line-break": Known(
        "credentials",
        "The access key contains a line break or another invisible character. It was copied with it.",
        "Copy the key again without spaces or line breaks, or give the CSV file that the AWS console made: "
        "--credentials-csv.",
    ),
    "not-an-access-key-id": Known(
        "credentials",
        "What was given as the access key ID is {what}.",
        "Take the Access key ID from the CSV file that the AWS console made for the user. It begins with AKIA.",
    ),
    "invalid-access-key-id": Known(
        "credentials",
        "AWS does not know the access key ID {key_id}. It was deactivated or deleted, or it is misspelt.",
        _KEYS
        + " Is the key there, and Active? If it is inactive, activate it. If it is not there, create a new one and "
        "hand that over.",
        commands=_LIST_KEYS,
        confidence="likely",
        alternatives=(
            "The key belongs to another partition of AWS: China and GovCloud have keys of their own.",
            "The key belongs to another provider than the endpoint.",
        ),
    ),
    "key-unknown-here": Known(
        "credentials",
        "AWS knows the key {key_id}, but not where it was used: {given_region}, {endpoint}.",
        "Look up the region of the bucket and give it as --region. If the bucket is in China or in GovCloud, it "
        "needs a key from there. If it is not Amazon's, it needs a key of its own provider.",
        alternatives=("The region is one that has to be enabled first for the account of the key.",),
        confidence="likely",
    ),
    "temporary-key-without-token": Known(
        "credentials",
        "{key_id} is a temporary key (it begins with ASIA), and it was given without its session token.",
        "Use the long-lived access key of an IAM user: it begins with AKIA. The platform cannot use a temporary "
        "one, as it expires.",
    ),
    "wrong-secret": Known(
        "credentials",
        "The secret access key does not belong to the access key ID {key_id}, or it is incomplete.",
        "Copy both parts again from the same line of the CSV file. If you no longer have it, create a new access "
        "key: AWS never shows a secret twice.",
        alternatives=(
            "Characters such as + and / of the secret were changed on the way.",
            "A proxy changes the request's headers.",
        ),
        confidence="likely",
    ),
    "request-altered": Known(
        "credentials",
        "The key is right, as AWS's identity service accepts it. Yet S3 finds that the request was changed after it "
        "was signed.",
        "Look for a proxy or a gateway between this machine and S3 that changes headers or addresses, and go round it.",
        confidence="likely",
        alternatives=("The endpoint has keys of its own and does not know this secret.",),
    ),
    "clock-skew": Known(
        "credentials",
        "The clock of this machine is {skew}. AWS refuses requests that are more than 15 minutes off.",
        "Set the clock and let it be set by the network (NTP). In a virtual machine or a container, set that of the "
        "host.",
        commands=("sudo timedatectl set-ntp true",),
    ),
    "expired-token": Known(
        "credentials",
        "The temporary key has expired.",
        "Use the long-lived access key of an IAM user, as the set-up page says: it begins with AKIA.",
    ),
    "invalid-token": Known(
        "credentials",
        "AWS does not accept the session token: it is incomplete, or it belongs to another key.",
        "Use the long-lived access key of an IAM user, which needs no token: it begins with AKIA.",
        alternatives=("The token is not valid in this region.",),
    ),
    "token-not-valid-here": Known(
        "credentials",
        "The key is right, but its session token is not valid in {given_region}. That region has to be enabled "
        "first in the account of the key, or the token comes from the global identity service.",
        "Enable the region for the account (AWS console, Account, AWS Regions), or make the session with the identity "
        "service of a region (AWS_STS_REGIONAL_ENDPOINTS=regional).",
        confidence="likely",
    ),
    "account-problem": Known(
        "account",
        "AWS has closed the account or the bucket ({code}). Most often a bill is unpaid, or the account is suspended.",
        "Contact AWS Support from the account that owns the bucket. Nothing in IAM has to be changed.",
    ),
    "authorization-stripped": Known(
        "credentials",
        "The request arrived at AWS without its signature. Something on the way removed it, most often a proxy.",
        "See that the proxy does not remove the Authorization header for *.amazonaws.com, or go round it.",
        confidence="likely",
    ),
    "credential-malformed": Known(
        "credentials",
        "AWS cannot read the access key ID: it is empty, or it contains characters that do not belong there.",
        "Copy the Access key ID again from the CSV file that the AWS console made for the user.",
    ),
    "signature-version": Known(
        "credentials",
        "S3 does not take this kind of signature: it wants version 4, as for every object that KMS encrypts.",
        "Remove signature_version or any other setting for S3 signatures from ~/.aws/config. If a program of yours "
        "makes the address, let it sign with version 4.",
        commands=("aws configure set default.s3.signature_version s3v4",),
        confidence="likely",
    ),
    "china-restricted": Known(
        "account",
        "The Chinese regions of AWS refuse this request ({code}): the account or the network is not cleared for it.",
        "Ask AWS China (Sinnet or NWCD) about the ICP filing of the account, and check that the key belongs to it.",
        confidence="likely",
    ),
    "root-key": Known(
        "credentials",
        "This is an access key of the account's root user: it may do everything, closing the account included.",
        "Never hand over a root key. Delete it (console, Security credentials of the root user) and make an IAM "
        "user with the policy that s3doctor policy prints.",
    ),
    "other-user": Known(
        "credentials",
        "The key does not belong to the user {user}.",
        "Take the CSV file of {user}, or hand over the name of the user that the key belongs to.",
        commands=("aws sts get-caller-identity",),
    ),
    "sts-unreachable": Known(
        "network",
        "AWS's identity service (STS) cannot be reached from here, while S3 can. So the key's owner is not known.",
        "Nothing needs to be done for the platform. To let s3doctor look, allow HTTPS to "
        "sts.{given_region}.amazonaws.com.",
        verify="Run s3doctor from a network that reaches sts.amazonaws.com.",
    ),
    "iam-propagating": Known(
        "temporary",
        "The same request works now. A change of a key or a policy takes up to some minutes to be seen everywhere.",
        "If something was changed just now, wait a minute and run s3doctor again.",
        confidence="likely",
    ),
}

BY_FAULT = {
    "NoCredentialsError": "no-credentials",
    "PartialCredentialsError": "partial-credentials",
    "ProfileNotFound": "profile-not-found",
    "ConfigParseError": "config-unreadable",
    "ConfigNotFound": "config-unreadable",
    "CredentialRetrievalError": "config-unreadable",
    "InfiniteLoopConfigError": "config-unreadable",
    "InvalidConfigError": "config-unreadable",
    "InvalidRetryModeError": "config-unreadable",
    "InvalidS3AddressingStyleError": "config-unreadable",
    "LoginRefreshRequired": "login-expired",
    "LoginTokenLoadError": "login-expired",
    "SSOTokenLoadError": "login-expired",
    "TokenRetrievalError": "login-expired",
    "UnauthorizedSSOTokenError": "login-expired",
}
BY_CODE = {
    "AccountProblem": "account-problem",
    "AllAccessDisabled": "account-problem",
    "InvalidPayer": "account-problem",
    "NotSignedUp": "account-problem",
    "AuthorizationQueryParametersError": "signature-version",
    "UnsupportedSignature": "signature-version",
    "ExpiredToken": "expired-token",
    "ExpiredTokenException": "expired-token",
    "TokenRefreshRequired": "expired-token",
    "UnauthorizedAccess": "china-restricted",
    "UnauthorizedAccessError": "china-restricted",
    "UnexpectedIPError": "china-restricted",
    "MissingAuthenticationToken": "authorization-stripped",
    "MissingSecurityHeader": "authorization-stripped",
    "RequestExpired": "clock-skew",
    "RequestTimeTooSkewed": "clock-skew",
}
_KEY_UNKNOWN = ("InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSecurity", "UnrecognizedClientException")
_TOKEN_REFUSED = ("InvalidToken", "InvalidTokenId")


def recognise(answer: Answer, situation: Situation) -> str:
    """What is wrong with the key, empty where nothing is known to be."""
    if answer.ok:
        return _owner(answer, situation)
    if answer.http is None:
        broken = answer.fault == "HTTPClientError" and "header value" in answer.message.lower()
        return "key-has-line-break" if broken else BY_FAULT.get(answer.fault, "")
    return _refused(answer, situation)


def _refused(answer: Answer, situation: Situation) -> str:
    """Why AWS refused the key, empty where it was something else."""
    if answer.code == "InvalidSecurity" and (right_region(answer) or situation.region).startswith("cn-"):
        return "china-restricted"
    if answer.code in _KEY_UNKNOWN:
        return _unknown_key(answer, situation)
    if answer.code == "SignatureDoesNotMatch":
        return _signature(answer, situation)
    if answer.code in _TOKEN_REFUSED:
        return "token-not-valid-here" if situation.sts == "ok" else "invalid-token"
    return BY_CODE.get(answer.code, "") or _by_message(answer)


def _unknown_key(answer: Answer, situation: Situation) -> str:
    """Why AWS does not know a key: told apart by its first letters and by what the identity service says of it."""
    key_id = situation.access_key_id
    if what_is(key_id):
        return "not-an-access-key-id"
    if is_temporary(key_id) and not situation.has_token:
        return "temporary-key-without-token"
    elsewhere = situation.sts == "ok" and base_operation(answer) != "GetCallerIdentity"
    return "key-unknown-here" if elsewhere else "invalid-access-key-id"


def _signature(answer: Answer, situation: Situation) -> str:
    """Why a signature is wrong: STS says so of a wrong clock, too."""
    if "signature expired" in answer.message.lower() or "not yet current" in answer.message.lower():
        return "clock-skew"
    return "request-altered" if situation.sts == "ok" else "wrong-secret"


def _by_message(answer: Answer) -> str:
    message = answer.message.lower()
    if "credential is mal-formed" in message or "non-empty access key" in message:
        return "credential-malformed"
    if "aws4-hmac-sha256" in message or "signature version 4" in message:
        return "signature-version"
    return ""


def _owner(answer: Answer, situation: Situation) -> str:
    """Whether a key that works is one that may be handed over."""
    arn = str(answer.data.get("Arn", ""))
    if base_operation(answer) != "GetCallerIdentity" or not arn:
        return ""
    if arn.endswith(":root"):
        return "root-key"
    return "other-user" if situation.username and arn.rpartition("/")[2] != situation.username else ""
