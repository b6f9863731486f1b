"""The logs of the libraries beneath us: at level DEBUG they hold session tokens, signatures and presigned URLs."""

from __future__ import annotations

import logging
from typing import Final

from s3doctor.s3.redaction import redacted

TALKATIVE: Final = ("botocore.auth", "botocore.endpoint", "botocore.httpsession", "urllib3.connectionpool")
"""Loggers that write down requests as they are sent: with their headers, their query, or as text of an exception."""


class Hush(logging.Filter):
    """Redacts a record before any handler sees it; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the record's text, and the text of its exception, by what may be shown of them."""
        if record.exc_info:
            record.exc_text = redacted(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


_HUSH: Final = Hush()


def hush() -> None:
    """From now on the talkative loggers of this process tell no secret. May be called any number of times."""
    for name in TALKATIVE:
        logging.getLogger(name).addFilter(_HUSH)
