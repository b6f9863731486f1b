"""Key spaces as they are met in buckets of pictures, all below `images/`."""

from __future__ import annotations

import random
import uuid


def flat(count: int) -> list[str]:
    """Numbers padded with zeros, as COCO's own pictures have them."""
    return [f"images/img_{n:012}.jpg" for n in range(count)]


def unpadded(count: int) -> list[str]:
    """Numbers as they come, sorted as texts."""
    return sorted(f"images/{n}.jpg" for n in range(count))


def uuids(count: int) -> list[str]:
    """Random names."""
    draw = random.Random(1)
    return sorted(f"images/{uuid.UUID(int=draw.getrandbits(128), version=4)}.jpg" for _ in range(count))


def nested(count: int) -> list[str]:
    """Years, months, cameras: thirty times as many pictures in the largest folder as in the smallest."""
    draw = random.Random(2)
    folders = [f"images/{y}/{m:02}/cam{c:02}/" for y in range(2019, 2027) for m in range(1, 13) for c in range(1, 13)]
    weights = [draw.paretovariate(1.2) for _ in folders]
    scale = count / sum(weights)
    keys = [
        f"{folder}frame_{n:06}.jpg" for folder, w in zip(folders, weights, strict=True) for n in range(int(w * scale))
    ]
    return sorted([*keys, *(f"images/rest_{n:06}.jpg" for n in range(count - len(keys)))])


def skewed(count: int) -> list[str]:
    """Nineteen of twenty behind one prefix, the rest strewn about."""
    draw = random.Random(3)
    strewn = {
        f"images/{draw.choice('abcdefghijklmnopqrstuvwxyz')}{draw.getrandbits(60):x}.png" for _ in range(count // 20)
    }
    return sorted([*strewn, *(f"images/train/batch_7/{n:09}.jpg" for n in range(count - len(strewn)))])


def one_each(count: int) -> list[str]:
    """A folder for every picture."""
    draw = random.Random(4)
    return sorted(f"images/{draw.getrandbits(80):020x}/image.jpg" for _ in range(count))


def unicode(count: int) -> list[str]:
    """Names in several scripts, with spaces, plus signs and percent signs."""
    draw = random.Random(5)
    letters = "aé日本語😀 +%&ñ~"
    return sorted({f"images/{''.join(draw.choices(letters, k=9))}_{draw.randrange(count)}.jpg" for _ in range(count)})


SHAPES = {
    "flat": flat,
    "unpadded": unpadded,
    "uuid": uuids,
    "nested": nested,
    "skewed": skewed,
    "one folder each": one_each,
    "unicode": unicode,
}
