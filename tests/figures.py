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
FUZZED = {
    "key files": 60,
    "configuration files": 100,
    "policies": 60,
    "COCO files": 60,
    "pages of listings": 150,
    "answers to diagnose": 250,
    "HTTP answers": 60,
}
"""Arbitrary inputs of each kind, besides those that are kept as examples."""
SITUATIONS = 10
"""Arbitrary policies, each with a fault at a step of the round trip, besides those that are kept as examples."""
