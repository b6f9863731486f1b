"""How much is tried: the numbers that tests take and the README tells."""

from __future__ import annotations

AT_ONCE = 50
"""Examinations of one bucket at once."""
WRITING = 10
"""Examinations at once that write and remove."""
MOST_REQUESTS = 60
"""Requests of one examination of a dataset of twelve images: half of them are one for each image or file."""
ROUND, ROUND_QUICKLY = 1000, 300
"""Connections of a round in one process: in full, and in the tests that everybody runs."""
