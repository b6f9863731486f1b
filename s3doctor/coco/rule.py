"""A Rule is one thing that can be wrong with a COCO file, with what comes of it and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from s3doctor.finding import Severity

__all__ = ["ERROR", "INFO", "TARGETS", "WARNING", "Rule", "worst"]

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

TARGETS = ("platform", "pycocotools", "both")
_RANK = {INFO: 1, WARNING: 2, ERROR: 3}


def worst(*severities: Severity | None) -> Severity | None:
    """The gravest of some severities; None stands for «does not matter»."""
    known = [severity for severity in severities if severity is not None]
    return max(known, key=_RANK.__getitem__, default=None)


@dataclass(frozen=True)
class Rule:
    """One thing that can be wrong.

    `title` completes the sentence «n of m annotations: …». `platform` and `pycocotools` are its severities for these
    two readers, None where the reader does not mind. `on_platform` and `on_pycocotools` say what each does with such
    data (tenyks-sdk 0.5.33 and pycocotools 2.0.11, measured). `peers` names other validators that notice it.
    """

    code: str
    group: str
    title: str
    platform: Severity | None
    pycocotools: Severity | None
    on_platform: str
    on_pycocotools: str
    fix: str
    peers: str = ""

    def severity(self, target: str) -> Severity | None:
        """How grave the fault is for a target (`platform`, `pycocotools` or `both`), None where it does not matter."""
        if target == "both":
            return worst(self.platform, self.pycocotools)
        return self.platform if target == "platform" else self.pycocotools

    @property
    def why(self) -> str:
        """What each reader does with such data, in one text."""
        return f"The platform: {self.on_platform} pycocotools: {self.on_pycocotools}"
