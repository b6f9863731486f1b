"""Beneath an exception of botocore: what really went wrong."""

from __future__ import annotations

import errno
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEEPEST = 32
"""How many exceptions of one chain are looked at."""

VERIFY_CODES = {
    9: "not yet valid",
    10: "expired",
    18: "unknown CA",
    19: "unknown CA",
    20: "unknown CA",
    21: "unknown CA",
    62: "hostname mismatch",
    64: "hostname mismatch",
}
"""OpenSSL's X509_V_ERR numbers that matter here: 9 and 10 the validity dates, 18 to 21 a chain that ends nowhere
trusted (self-signed, self-signed in the chain, no issuer, one certificate only), 62 and 64 the name or IP address."""

CERTIFICATE = "CERTIFICATE_VERIFY_FAILED"

TELLING = (
    "NameResolutionError",
    "gaierror",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "ConnectionAbortedError",
    "BrokenPipeError",
    "RemoteDisconnected",
    "IncompleteRead",
    "RecursionError",
    "TimeoutError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
)
"""Names of exceptions that say by themselves what happened, the most telling first."""

_DULL = frozenset({"Exception", "MaxRetryError", "NewConnectionError", "ProtocolError", "OSError"})


def unfold(error: BaseException, outside: BaseException | None = None) -> tuple[BaseException, ...]:
    """The exception and all those beneath it, nearest first.

    Looks at botocore's `kwargs["error"]`, urllib3's `reason` and `original_error`, exceptions among the arguments,
    `__cause__` and `__context__`. `outside` is an exception that was being handled before: it is not entered.
    """
    chain = [error]
    for current in chain:
        for beneath in _beneath(current):
            if beneath is not outside and not any(beneath is known for known in chain) and len(chain) < DEEPEST:
                chain.append(beneath)
    return tuple(chain)


def reason_of(chain: Sequence[BaseException]) -> str:
    """The name of what lay beneath: a stable word, empty if the exception at the top says all there is.

    A certificate that was refused (by OpenSSL, or by urllib3, which compares the names itself) gives
    `CERTIFICATE_VERIFY_FAILED: expired`, `…: not yet valid`,
    `…: hostname mismatch`, `…: unknown CA`; any other fault of TLS gives OpenSSL's own name for it
    (`WRONG_VERSION_NUMBER`).
    """
    for error in chain:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"{CERTIFICATE}: {VERIFY_CODES.get(error.verify_code, error.verify_message)}"
        if type(error).__name__ == "CertificateError":
            return f"{CERTIFICATE}: hostname mismatch"
    for error in chain:
        if isinstance(error, ssl.SSLError) and error.reason:
            return str(error.reason)
    names = [type(error).__name__ for error in chain[1:]]
    for name in TELLING:
        if name in names:
            return name
    return _errno_of(chain) or next((name for name in reversed(names) if name not in _DULL), "")


def _errno_of(chain: Sequence[BaseException]) -> str:
    """The name of the operating system's error number, such as `ENETUNREACH`."""
    numbers = (error.errno for error in chain if isinstance(error, OSError) and error.errno)
    return errno.errorcode.get(next(numbers, 0), "")


def _beneath(error: BaseException) -> Iterator[BaseException]:
    kwargs = getattr(error, "kwargs", None)
    candidates = (
        kwargs.get("error") if isinstance(kwargs, dict) else None,
        getattr(error, "reason", None),
        getattr(error, "original_error", None),
        *error.args,
        error.__cause__,
        error.__context__,
    )
    yield from (candidate for candidate in candidates if isinstance(candidate, BaseException))
