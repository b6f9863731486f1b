"""What an answer means: why, how sure that is, who can mend it and how."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from s3doctor.model import Cause, Document, Fix
from s3doctor.remedies.arn import literal
from s3doctor.s3 import (
    diagnosis_access,
    diagnosis_browser,
    diagnosis_credentials,
    diagnosis_denials,
    diagnosis_network,
    diagnosis_objects,
    diagnosis_place,
    diagnosis_policies,
    diagnosis_transit,
    diagnosis_writes,
)
from s3doctor.s3.denied import PolicyKind, parse_denied
from s3doctor.s3.diagnosis_facts import facts, in_command, in_words
from s3doctor.s3.diagnosis_model import NATURES, Diagnosis, Known, Situation

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Recogniser

__all__ = ["CAUSES", "NATURES", "Diagnosis", "Known", "Situation", "diagnose", "remarks"]

CAUSES: dict[str, Known] = {
    "works": Known("works", "{uri} answered as it should.", "Nothing needs to be done."),
    "unexplained": Known(
        "unknown",
        "The request was refused in words that are not documented: {http} {code} {message}",
        "Search the AWS documentation for {code}. If it does not help, please report it.",
        confidence="possible",
    ),
    **diagnosis_network.CAUSES,
    **diagnosis_place.CAUSES,
    **diagnosis_credentials.CAUSES,
    **diagnosis_policies.CAUSES,
    **diagnosis_access.CAUSES,
    **diagnosis_objects.CAUSES,
    **diagnosis_writes.CAUSES,
    **diagnosis_transit.CAUSES,
    **diagnosis_browser.CAUSES,
}
"""Every cause that can be found, by its stable kind."""

_ORDER: tuple[Recogniser, ...] = (
    diagnosis_browser.recognise,
    diagnosis_credentials.recognise,
    diagnosis_place.recognise,
    diagnosis_writes.recognise,
    diagnosis_objects.recognise,
    diagnosis_denials.recognise,
    diagnosis_transit.recognise,
    diagnosis_network.recognise,
)
"""The order of asking: each layer can only be judged when the ones before it are in order."""

_INCONCLUSIVE = ("network", "not-s3", "temporary")
_EXPLICABLE = (PolicyKind.IDENTITY, PolicyKind.UNNAMED)


def diagnose(answer: Answer, situation: Situation | None = None) -> Diagnosis:
    """What this answer means. Any answer gets a diagnosis; one that worked gets `works`, or what is wrong with it."""
    situation = situation or Situation()
    if answer.ok:
        serious = [found for found in remarks(answer, situation) if found.nature != "remark"]
        return serious[0] if serious else _told("works", answer, situation)
    if situation.works_later:
        return _told("iam-propagating", answer, situation)
    return _told(_kind(answer, situation), answer, situation)


def remarks(answer: Answer, situation: Situation | None = None) -> tuple[Diagnosis, ...]:
    """What is wrong or worth knowing about an answer that worked; empty for one that did not."""
    situation = situation or Situation()
    if not answer.ok:
        return ()
    kinds = [
        diagnosis_place.recognise_stranger(answer, situation),
        diagnosis_credentials.recognise(answer, situation),
        *diagnosis_objects.remarks(answer),
        *diagnosis_browser.remarks(answer, situation),
        *diagnosis_writes.remarks(answer),
    ]
    return tuple(_told(kind, answer, situation) for kind in kinds if kind)


def _kind(answer: Answer, situation: Situation) -> str:
    """The kind of the cause of an answer that did not work; a code that came without a status proves nothing."""
    if answer.http is None:
        answer = replace(answer, code="")
    elif stranger := diagnosis_place.recognise_stranger(answer, situation):
        return stranger
    found = (recognise(answer, situation) for recognise in _ORDER)
    kind = next(filter(None, found), "") or diagnosis_objects.recognise_by_status(answer) or "unexplained"
    return kind if CAUSES[kind].nature in _INCONCLUSIVE else _by_server(answer) or kind


def _by_server(answer: Answer) -> str:
    """What a status of 500 and above means whatever the code beside it says: a server at fault proves nothing."""
    faulty = answer.http is not None and answer.http >= 500 and answer.http != 501  # noqa: PLR2004 - HTTP's own numbers
    return diagnosis_transit.recognise_by_status(answer) if faulty else ""


def _told(kind: str, answer: Answer, situation: Situation) -> Diagnosis:
    """The known cause with the facts of this answer filled in."""
    known, values = CAUSES[kind], facts(answer, situation)
    cause = Cause(
        kind,
        in_words(known.text, values),
        known.confidence,
        tuple(in_words(other, values) for other in known.alternatives),
    )
    fix = Fix(
        in_words(known.fix, values).strip(),
        known.who,
        _statement(kind, answer, values["arn"][0]),
        tuple(in_command(command, values) for command in known.commands),
        known.verify,
    )
    return Diagnosis(cause, fix, known.nature, known.temporary)


def _statement(kind: str, answer: Answer, arn: str) -> tuple[Document, ...]:
    """The statement that is missing in a policy of the user, where AWS named the action; `arn` was asked for."""
    denied = parse_denied(answer.message)
    kms = kind.startswith("kms-") and kind != "kms-key-elsewhere"
    if not denied or not (kms or (not denied.explicit and denied.policy in _EXPLICABLE)):
        return ()
    actions = ["kms:Decrypt", "kms:GenerateDataKey"] if denied.action == "kms:GenerateDataKey" else denied.action
    resource = denied.resource or ("KMS_KEY_ARN" if kms else arn)
    statement = {"Effect": "Allow", "Action": actions, "Resource": _pattern(resource)}
    return (Document("Statement for the policy of the user", json.dumps(statement, indent=2)),)


def _pattern(arn: str) -> str:
    """The directory of an object as a policy names it; any other ARN as it is."""
    start, slash, _ = arn.rpartition("/")
    return literal(start) + "/*" if slash and ":s3:::" in arn else arn
