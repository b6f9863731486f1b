"""Is it the picture that the file describes? Told from a picture's first bytes; knows nothing of AWS."""

from __future__ import annotations

from s3doctor.pictures.checking import Checked, Picture, check_pictures
from s3doctor.pictures.header import Header, read_header
from s3doctor.pictures.judging import judge
from s3doctor.pictures.sampling import at_most, confidence, sample

__all__ = [
    "Checked",
    "Header",
    "Picture",
    "at_most",
    "check_pictures",
    "confidence",
    "judge",
    "read_header",
    "sample",
]
