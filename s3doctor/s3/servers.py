"""Which S3 server answers, and what may safely be asked of it: some ignore what makes a probe harmless."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer


class Server(str, Enum):
    """The servers whose behaviour has been measured; all others are OTHER, and nothing is taken for granted."""

    AWS = "Amazon S3"
    MOTO = "moto"
    CEPH = "Ceph object gateway"
    MINIO = "MinIO"
    SEAWEEDFS = "SeaweedFS"
    OTHER = "an S3-compatible server"

    @property
    def honours_put_condition(self) -> bool:
        """Whether `PUT If-Match` of a missing key is known to write nothing."""
        return self is not Server.OTHER

    @property
    def honours_delete_condition(self) -> bool:
        """Whether `DELETE If-Match` of a missing key is known to change nothing (Ceph ignores the condition)."""
        return self in (Server.AWS, Server.MOTO, Server.SEAWEEDFS)

    @property
    def judges_batches_by_object(self) -> bool:
        """Whether DeleteObjects surely needs s3:DeleteObject on the objects (moto and Ceph want it on the bucket)."""
        return self not in (Server.MOTO, Server.CEPH, Server.OTHER)

    @property
    def tells_by_missing_keys(self) -> bool:
        """Whether a missing key answers 403 to who may not read there (Ceph answers 404 to all who may list)."""
        return self in (Server.AWS, Server.MOTO, Server.SEAWEEDFS)


_BY_HEADER = {
    "amazons3": Server.AWS,
    "werkzeug": Server.MOTO,
    "minio": Server.MINIO,
    "seaweedfs": Server.SEAWEEDFS,
}


def recognise(answer: Answer, endpoint_url: str) -> Server:
    """The server behind an answer: Amazon's own without an endpoint, else by the marks that it leaves."""
    if not endpoint_url:
        return Server.AWS
    product = answer.headers.get("server", "").lower()
    for name, server in _BY_HEADER.items():
        if product.startswith(name):
            return server
    return Server.CEPH if answer.headers.get("x-amz-request-id", "").startswith("tx0000") else Server.OTHER
