"""Where an access key comes from: typed, the AWS console's CSV file, a profile, the environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from s3doctor.connection import BadInput, Credentials, Secret
from s3doctor.names_given import QUOTES, is_unseen

if TYPE_CHECKING:
    from botocore.session import Session

_KEY_ID = re.compile(r"A(?:KIA|SIA)[A-Z0-9]{12,124}")
_ROLES_OF_THIS_MACHINE = ("container-role", "iam-role")


def typed_key(access_key_id: str, secret_access_key: str, session_token: str = "", *, source: str) -> Credentials:
    """An access key as it was typed or pasted: cleared of what does not show, and turned round where swapped.

    `source` says in words where it came from. What was done is said in `notes`, which never hold the key.
    """
    notes: list[str] = []
    key_id = _clean(access_key_id, "access key ID", notes)
    secret = _clean(secret_access_key, "secret access key", notes)
    token = _clean(session_token, "session token", notes)
    if _KEY_ID.fullmatch(secret) and not _KEY_ID.fullmatch(key_id):
        key_id, secret = secret, key_id
        notes.append("The access key ID and the secret access key were given the wrong way round; they were swapped.")
    return Credentials(key_id, Secret(secret), Secret(token), source, tuple(notes))


def _clean(text: str, name: str, notes: list[str]) -> str:
    """No part of a key holds white space, characters that do not show, or quotes: pasting brings them."""
    kept = "".join(char for char in text if not is_unseen(char)).strip(QUOTES)
    if kept != text:
        notes.append(f"The {name} held spaces, line breaks, quotes or characters that do not show; they were left out.")
    return kept


def profile_key(profile: str) -> Credentials:
    """The key of a profile of AWS's shared files (`~/.aws/credentials`, `~/.aws/config`).

    Raises BadInput for a profile that does not exist (naming those that do), files that cannot be read, and a profile
    without a key.
    """
    source = f"the profile {profile}"
    credentials = _resolved(profile, source)
    if not credentials:
        raise BadInput(f"{source} holds no access key: expected aws_access_key_id and aws_secret_access_key in it")
    return credentials


def environment_key() -> Credentials | None:
    """The key that AWS's own tools would use here (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`, the default profile), or None.

    A machine's or container's role is not looked for: it is not what a customer hands over. Raises BadInput for half
    a key and for a profile named in `AWS_PROFILE` that does not exist.
    """
    return _resolved(None, "the environment")


def _resolved(profile: str | None, source: str) -> Credentials | None:
    """The key that botocore's chain of providers finds. Its messages are not passed on: they may quote a file."""
    from botocore import exceptions
    from botocore.session import Session

    session = Session(profile=profile)
    try:
        return _from_chain(session, source)
    except exceptions.ProfileNotFound as fault:
        raise BadInput(_no_such_profile(str(fault.kwargs["profile"]))) from fault
    except exceptions.PartialCredentialsError as fault:
        raise BadInput(f"{source} holds half a key: {fault.kwargs['cred_var']} is missing") from fault
    except exceptions.ConfigParseError as fault:
        raise BadInput(
            f"{fault.kwargs['path']} is not an AWS configuration file: expected sections and names"
        ) from fault
    except (exceptions.BotoCoreError, exceptions.ClientError) as fault:
        raise BadInput(f"{source} gave no key ({type(fault).__name__}): expected an access key in it") from fault


def _from_chain(session: Session, source: str) -> Credentials | None:
    chain = session.get_component("credential_provider")
    for provider in _ROLES_OF_THIS_MACHINE:
        chain.remove(provider)
    found = session.get_credentials()
    if found is None:
        return None
    key = found.get_frozen_credentials()
    return typed_key(key.access_key or "", key.secret_key or "", key.token or "", source=f"{source} ({found.method})")


def _no_such_profile(profile: str) -> str:
    from botocore.session import Session

    names = sorted(Session().available_profiles)
    found = f"expected one of {', '.join(names)}" if names else "AWS's shared files hold no profile at all"
    return f"there is no profile {profile}: {found}"
