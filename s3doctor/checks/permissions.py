"""What may this key really do: list, read, write, delete, and nothing more?"""

from __future__ import annotations

from s3doctor.checks import listing, measure, reading, writing
from s3doctor.model import Family

FAMILY = Family("PERM", "Permissions", (*listing.CHECKS, *reading.CHECKS, *writing.CHECKS, *measure.CHECKS))
