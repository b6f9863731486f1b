from __future__ import annotations

import threading
import time

from s3doctor.footprints import Footprints
from s3doctor.model import Leftover


def test_what_is_removed_leaves_nothing() -> None:
    footprints = Footprints()
    footprints.planned("bucket", "key")
    footprints.gone("bucket", "key")
    assert footprints.leftovers == ()


def test_what_nobody_knows_to_be_removed_is_a_leftover() -> None:
    footprints = Footprints()
    footprints.planned("bucket", "key")
    footprints.version("bucket", "key", "v1")
    footprints.wait(0.01)
    assert footprints.leftovers == (Leftover("bucket", "key", "v1"),)


def test_what_could_not_be_removed_is_a_leftover_and_nobody_waits_for_it() -> None:
    footprints = Footprints()
    footprints.planned("bucket", "key")
    footprints.kept("bucket", "key", "v1")
    began = time.monotonic()
    footprints.wait(30)
    assert time.monotonic() - began < 15
    assert footprints.leftovers == (Leftover("bucket", "key", "v1"),)


def test_waiting_ends_as_soon_as_all_is_tidied_up() -> None:
    footprints = Footprints()
    footprints.planned("bucket", "key")
    threading.Timer(0.05, footprints.gone, ("bucket", "key")).start()
    began = time.monotonic()
    footprints.wait(30)
    assert time.monotonic() - began < 15
    assert footprints.leftovers == ()
