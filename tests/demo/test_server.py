"""The embedded S3 answers as AWS does, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from s3doctor.connection import Credentials
    from s3doctor.demo.server import EmbeddedS3
