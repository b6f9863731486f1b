"""`s3doctor check --dry-run`: what would be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from s3doctor.connection import Connection


def planned(connection: Connection) -> str:
    """Each kind of request in words, with its cost and the trace that it leaves."""
    from tabulate import tabulate

    from s3doctor.plan import steps

    rows = [
        (step.operation.replace(", ", ",\n"), step.count, step.where, step.price, step.trace)
        for step in steps(connection)
    ]
    widths = [21, 6, 20, 5, 16]
    table = tabulate(rows, ("request", "number", "where", "class", "trace"), maxcolwidths=widths)
    return (
        f"{table}\n\nNothing was sent. The numbers are for one dataset. A thousand requests of the\n"
        "class GET cost about 0.0004 US$, of PUT and LIST about 0.005 US$. The events are\n"
        "CloudTrail's; data events are noted only where you switched them on.\n"
    )
