"""What a bucket's CORS rules say to a web page of another origin, found out as a browser does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.model import Cause
from s3doctor.s3 import probes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from s3doctor.dataset import DatasetContext
    from s3doctor.s3.answer import Answer

ANY_ORIGIN = "https://any-origin.s3doctor.example"
OTHER_METHODS = ("HEAD", "PUT", "POST", "DELETE")
NOT_ENABLED = "CORS is not enabled"
NOT_ALLOWED = "This CORS request is not allowed"
NO_RULES = "NoSuchCORSConfiguration"
DENIED = 403


def allows(answer: Answer, origin: str, method: str = "GET") -> bool:
    """Whether a browser would go on to send its request after this answer to the preflight."""
    methods = [name.strip() for name in answer.headers.get("access-control-allow-methods", "").split(",")]
    return answer.ok and allows_reading(answer, origin) and method in methods


def allows_reading(answer: Answer, origin: str) -> bool:
    """Whether a browser would give this answer to a page of the origin."""
    return answer.headers.get("access-control-allow-origin", "") in ("*", origin)


class Crossing:
    """The questions of web pages from these origins to one object of a bucket."""

    def __init__(self, dataset: DatasetContext, bucket: str, key: str, origins: Sequence[str]) -> None:
        self.bucket = bucket
        self._dataset = dataset
        self._key = key
        self._origins = origins

    @property
    def answers(self) -> list[Answer]:
        """The answer to the preflight of each origin."""
        return [self._preflight(origin) for origin in self._origins]

    @property
    def refused(self) -> list[tuple[str, Answer]]:
        """The origins whose pages may not read, with the answers that say so."""
        asked = zip(self._origins, self.answers, strict=True)
        return [(origin, answer) for origin, answer in asked if not allows(answer, origin)]

    def cause(self, origin: str, answer: Answer) -> Cause:
        """No rule, a rule without GET, or a rule for others: told apart by S3's words and by asking further."""
        if NOT_ENABLED in answer.message:
            return Cause("no-cors-rule", "The bucket has no CORS rule at all.")
        others = [method for method in OTHER_METHODS if allows(self._preflight(origin, method), origin, method)]
        if others:
            text = f"The bucket has a CORS rule for this origin, for {', '.join(others)} but not GET."
            return Cause("cors-without-get", text)
        if answer.http != DENIED:
            return Cause("no-cors-answer", "The bucket's answer to the preflight allows nothing.", "likely")
        return self._other_origin(answer)

    def _other_origin(self, answer: Answer) -> Cause:
        """The rules themselves tell it for certain, where the key may read them; S3's words, where it is AWS's S3."""
        given = ", ".join(self._dataset.connection.origins)
        hint = "" if given else " If you limited it to the platform's address, name that with --origin."
        asked = given or "pages of any origin"
        rules = self._rules
        if rules.code == NO_RULES:
            return Cause("no-cors-rule", "The bucket has no CORS rule at all.")
        origins = _origins_that_may_get(rules)
        if origins:
            return Cause("cors-other-origin", f"The bucket's CORS rules allow {origins}, not {asked}.{hint}")
        if NOT_ALLOWED in answer.message:
            return Cause("cors-other-origin", f"The bucket has CORS rules, and none is for {asked}.{hint}")
        return Cause(
            "cors-refused", f"The bucket has no CORS rule at all, or none that is for {asked}.{hint}", "likely"
        )

    @property
    def _rules(self) -> Answer:
        return self._dataset.once(("cors", self.bucket), lambda: probes.cors_rules(self._dataset.s3, self.bucket))

    def _preflight(self, origin: str, method: str = "GET") -> Answer:
        return self._dataset.once(
            ("preflight", self.bucket, origin, method),
            lambda: probes.preflight(self._dataset.s3, self.bucket, self._key, origin, method=method),
        )


def _origins_that_may_get(rules: Answer) -> str:
    listed = [rule for rule in rules.data.get("CORSRules", ()) if "GET" in rule["AllowedMethods"]]
    return ", ".join(dict.fromkeys(origin for rule in listed for origin in rule["AllowedOrigins"]))
