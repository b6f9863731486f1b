"""Which pictures are opened where all are: one after the other, in the memory of a number for each name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.names.platform import ARCHIVED
from s3doctor.names.table import hashes
from s3doctor.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from s3doctor.coco.names import ImageNames
    from s3doctor.s3.listing import Listing


def all_listed(names: ImageNames, listing: Listing) -> Iterator[Picture]:
    """Each object that the file names, in the listing's order, but for what is archived.

    Of images with the same name the first counts. A million names cost 16 MB, and no picture is made before it is
    asked for.
    """
    import numpy as np

    if not len(names):
        return
    known = hashes(names)
    order = np.argsort(known, kind="stable")
    rising, cut = known[order], len(listing.prefix)
    for keys, sizes, classes, _ in listing.columns():
        here = hashes(key[cut:] for key in keys)
        places = np.searchsorted(rising, here)
        places[places == len(rising)] = 0
        for at in (rising[places] == here).nonzero()[0].tolist():
            name, row = keys[at][cut:], int(order[places[at]])
            if name and names[row] == name and classes[at] not in ARCHIVED:
                width, height = int(names.widths[row]), int(names.heights[row])
                yield Picture(keys[at], sizes[at], name, width or None, height or None)
