"""From the child's messages to verdicts, findings and a line for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from s3doctor.coco.rules import RULES
from s3doctor.finding import Example, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from s3doctor.coco.oracle.process import Ran

__all__ = ["Verdict", "findings_of", "summary_of", "trouble_of", "verdicts_of"]

GOOD = 0.1
FEWER = 5
HANGING = 0.5


@dataclass(frozen=True)
class Verdict:
    """What pycocotools made of the files in one way of matching them.

    `loads` says whether it read them, `agrees` whether that is what s3doctor expected. `ap` and `ap50` are average
    precisions from 0 to 1, None without an evaluation; `matched` says how predictions and ground truth were matched,
    empty where the annotations were merely loaded. `images` is how many were looked at, `sampled` whether there are
    more. `seconds` is what the whole consultation took, `memory` its peak in bytes (0 where unknown). `trouble` is
    what went wrong.
    """

    agrees: bool = True
    loads: bool = True
    ap: float | None = None
    ap50: float | None = None
    matched: str = ""
    images: int = 0
    rows: int = 0
    sampled: bool = False
    seconds: float = 0.0
    memory: int = 0
    trouble: str = ""


def _each(ran: Ran, kind: str) -> Iterator[Any]:
    return (message[kind] for message in ran.messages if kind in message)


def _last(ran: Ran, kind: str) -> Any:  # noqa: ANN401 - a message may be anything
    return next(iter(reversed(list(_each(ran, kind)))), None)


def verdicts_of(ran: Ran, *, sampled: bool) -> tuple[Verdict, ...]:
    """One verdict for each evaluation, the one that counts first; one for the loading where there was none."""
    memory = (_last(ran, "done") or {"memory": 0})["memory"]
    common = {"seconds": ran.seconds, "memory": memory}
    made = [
        Verdict(
            ap=score["ap"],
            ap50=score["ap50"],
            matched=score["words"],
            images=score["images"],
            rows=score["rows"],
            sampled=sampled or score["images"] < score["of"],
            **common,
        )
        for score in _each(ran, "score")
    ][::-1]
    made += [Verdict(loads=False, matched="id", trouble=text, **common) for text in _each(ran, "refused")]
    problem = _problem(ran)
    if problem:
        return (*made, Verdict(agrees=False, loads=False, trouble=problem, **common))
    loaded = _last(ran, "loaded") or {"images": 0, "rows": 0}
    return tuple(made) or (Verdict(images=loaded["images"], rows=loaded["rows"], sampled=sampled, **common),)


def _problem(ran: Ran) -> str:
    """What went wrong, empty where nothing did."""
    phase = _last(ran, "phase") or "reading the files"
    if ran.ended == "crashed":
        return f"{phase}: the process died" + (f" of {ran.signal}" if ran.signal else "")
    if ran.ended == "time":
        return f"{phase}: not done after {ran.seconds:.0f} s"
    if ran.ended:
        return "it was interrupted"
    fault = _last(ran, "fault")
    return f"{phase}: {fault}" if fault else _last(ran, "trouble") or ""


def _disagrees(ran: Ran) -> bool:
    """Whether pycocotools itself failed. A child that was too slow counts only where it was busy all the time."""
    if not _last(ran, "phase"):
        return False
    if ran.ended == "time":
        return ran.busy is not None and ran.busy > HANGING * ran.seconds
    return ran.ended == "crashed" or _last(ran, "fault") is not None


def trouble_of(ran: Ran, findings: tuple[Finding, ...]) -> str:
    """Why nothing was found out, empty where something was."""
    return "" if findings else _problem(ran)


def findings_of(ran: Ran, *, foreseen: bool) -> tuple[Finding, ...]:
    """What pycocotools found that the rules did not. Failures that were `foreseen` are none."""
    if _disagrees(ran):
        return () if foreseen else (_finding("oracle-disagrees", 1, _problem(ran), Example("", _problem(ran))),)
    scores = list(_each(ran, "score"))
    if not scores:
        return ()
    by_id = scores[0]["ap50"] or 0.0 if len(scores) > 1 else 0.0
    refused = _last(ran, "refused")
    final, reading = scores[-1], _last(ran, "reading")
    if (len(scores) > 1 or refused) and (final["ap50"] or 0.0) >= max(GOOD, FEWER * by_id):
        return (_permuted(final, refused or f"AP50 {by_id:.3f}"),)
    return _explained(final, reading) if reading else ()


def _permuted(score: dict[str, Any], by_id: str) -> Finding:
    hint = f"AP50 {score['ap50']:.3f} matched by {score['words']}; by id: {by_id}"
    examples = [
        Example(where, f"id {mine} in the predictions, {other} in the annotations", name)
        for where, few in zip(("/images", "/categories"), score["examples"], strict=True)
        for name, mine, other in few
    ]
    return _finding("oracle-ids-permuted", sum(score["renumbered"]), hint, *examples)


def _explained(score: dict[str, Any], reading: dict[str, Any]) -> tuple[Finding, ...]:
    """AP is near 0, and `reading` is what raises it most."""
    now, then = score["ap50"] or 0.0, reading["ap50"]
    if then < max(GOOD, FEWER * now):
        hint = f"AP50 {now:.3f} over {score['images']:,} images"
        return (_finding("oracle-nothing-matches", score["rows"], hint),) if now < GOOD / FEWER else ()
    if reading["kind"] == "categories":
        code, how = "oracle-categories-permuted", reading["words"]
    else:
        code, how = "oracle-boxes-misread", f"with the boxes of the {reading['kind']} read as {reading['words']}"
    return (_finding(code, score["rows"], f"AP50 {now:.3f} as it is, {then:.3f} {how}"),)


def _finding(code: str, count: int, hint: str, *examples: Example) -> Finding:
    rule = RULES[code]
    severity = rule.severity("both") or Severity.ERROR
    return Finding(code, severity, count, f"{rule.title}: {hint}", examples, rule.why, rule.fix)


def summary_of(name: str, verdicts: tuple[Verdict, ...], ran: Ran) -> str:
    """One line: what it loaded or the AP, how matched, on how many images."""
    problem = _problem(ran)
    if problem:
        return f"{name} did not get through: {problem}"
    first = verdicts[0]
    part = " (a sample)" if first.sampled else ""
    if not first.matched:
        return f"{name} loads it: {first.images:,} images{part}, {first.rows:,} annotations"
    if first.ap is None:
        return f"{name} found nothing to evaluate in {first.images:,} images{part}, matched by {first.matched}"
    text = f"{name}: AP {first.ap:.3f} (AP50 {first.ap50:.3f}) on {first.images:,} images{part}"
    others = [f"; by {other.matched} {_brief(other)}" for other in verdicts[1:]]
    return f"{text}, matched by {first.matched}{''.join(others)}"


def _brief(verdict: Verdict) -> str:
    if not verdict.loads:
        return f"refused ({verdict.trouble})"
    return "nothing to evaluate" if verdict.ap is None else f"AP {verdict.ap:.3f}"
