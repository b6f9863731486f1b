"""An examination with an inventory in the place of a listing, on a real server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from between import Between
from inventory import made
from objectserver import ObjectServer, error

from s3doctor.cli import main
from s3doctor.cli.exits import Exit
from s3doctor.connection import BadInput, Connection, Credentials, Secret
from s3doctor.context import Context
from s3doctor.engine import Visit
from s3doctor.inventory import Inventory
from s3doctor.inventory.facts import FEW, SAMPLED, sizes_now
from s3doctor.model import Report, Status
from s3doctor.tidy import tidy

if TYPE_CHECKING:
    from s3doctor.demo.server import EmbeddedS3

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)
NAMES = ["a.png", "b.png", "c.png"]
MANIFEST = "to/pictures/all/2018-01-03T02-00Z/manifest.json"
DATA = "to/pictures/all/data/one.csv.gz"


def coco(names: list[str]) -> bytes:
    """A ground truth of pictures of one pixel."""
    images = [{"id": number, "file_name": name, "width": 1, "height": 1} for number, name in enumerate(names, 1)]
    box = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1, 1], "area": 1, "iscrowd": 0}
    document: dict[str, Any] = {"images": images, "annotations": [box], "categories": [{"id": 1, "name": "thing"}]}
    return json.dumps(document).encode()


def filled(s3: EmbeddedS3, rows: list[made.Row], names: list[str] = NAMES, **manifest: Any) -> Connection:
    """A bucket of the pictures a, b and c, and its inventory of these rows in another."""
    admin = s3.admin_client("s3")
    admin.create_bucket(Bucket="pictures")
    admin.create_bucket(Bucket="inventories")
    for name in NAMES:
        admin.put_object(Bucket="pictures", Key=f"ds/images/{name}", Body=PNG)
    admin.put_object(Bucket="pictures", Key="ds/annotations.json", Body=coco(names))
    body = made.as_csv([("pictures", *row) for row in rows])
    admin.put_object(Bucket="inventories", Key=DATA, Body=body)
    admin.put_object(Bucket="inventories", Key=MANIFEST, Body=made.manifest({DATA: body}, **manifest))
    allow = {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject"], "Resource": "*"}
    key = s3.create_user("reader", {"read": {"Version": "2012-10-17", "Statement": [allow]}})
    return Connection(
        "pictures",
        key,
        datasets=("ds",),
        endpoint_url=s3.endpoint_url,
        inventory=f"s3://inventories/{MANIFEST}",
        timeout=120,
    )


def rows_of(names: list[str]) -> list[made.Row]:
    return [(f"ds/images/{name}", len(PNG), "STANDARD") for name in names]


def examined(connection: Connection) -> tuple[Report, dict[str, tuple[Status, str]]]:
    visit = Visit(connection, select=["IMG"])
    list(visit)
    report = visit.report()
    return report, {result.code: (result.status, result.outcome.summary) for result in report.results}


def test_objects_come_from_the_inventory_and_its_age_is_told(embedded_s3: EmbeddedS3) -> None:
    connection = filled(embedded_s3, rows_of(NAMES))
    embedded_s3.forget_accesses()
    report, told = examined(connection)
    assert told["IMG001"][0] is Status.PASS
    assert told["IMG001"][1].startswith(
        "3 file names, each with its object, by the inventory of 2018-01-03 02:00 UTC ("
    )
    assert told["IMG002"][0] is Status.PASS
    assert told["IMG003"] == (Status.PASS, "3 pictures are as the file describes them")
    assert any("not of a listing" in note for note in report.notes)


def test_a_manifest_on_this_machine(embedded_s3: EmbeddedS3, tmp_path: Path) -> None:
    path = made.written(tmp_path, rows_of(NAMES), "Parquet")
    embedded = filled(embedded_s3, [])
    _, told = examined(replace(embedded, inventory=str(path)))
    assert told["IMG001"][0] is Status.PASS


def test_several_datasets_fetch_the_inventory_once(embedded_s3: EmbeddedS3) -> None:
    rows = [*rows_of(NAMES), *((f"other/images/{name}", len(PNG), "STANDARD") for name in NAMES)]
    connection = replace(filled(embedded_s3, rows), datasets=("ds", "other", "none"))
    admin = embedded_s3.admin_client("s3")
    for name in NAMES:
        admin.put_object(Bucket="pictures", Key=f"other/images/{name}", Body=PNG)
    admin.put_object(Bucket="pictures", Key="other/annotations.json", Body=coco(NAMES))
    with Between(embedded_s3.endpoint_url) as between:
        visit = Visit(replace(connection, endpoint_url=between.url), select=["IMG001"])
        results = list(visit)
    passed = [result for result in results if result.status is Status.PASS]
    assert len(passed) == 2
    assert len([asked for asked in between.asked if asked.target.endswith(DATA)]) == 1


def test_a_dataset_that_is_none_of_those_examined_has_its_objects_too(embedded_s3: EmbeddedS3) -> None:
    connection = filled(embedded_s3, rows_of(NAMES))
    context = Context(replace(connection, datasets=("elsewhere",)))
    assert context.dataset("ds").listing.count == len(NAMES)
    assert context.inventories == {}
    context.closing.close()


def test_the_sizes_of_very_many_images_are_doubted_aloud(tmp_path: Path) -> None:
    names = [f"{number:05}.png" for number in range(FEW + 1)]
    rows = [(f"ds/images/{name}", 20 + (number % 10 == 0), "STANDARD") for number, name in enumerate(names)]
    path = made.written(tmp_path, rows)
    key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))

    def fault(_: int, key: str) -> bytes | None:
        return error(404, "NoSuchKey", "Gone") if key.endswith("7.png") else None

    with ObjectServer(default=b"x" * 20, fault=fault) as server:
        given = Connection("pictures", key, endpoint_url=server.url, region="us-east-1", inventory=str(path))
        context = Context(given)
        sizes = {key: size for key, size, _ in rows}
        now = sizes_now(context, sizes, list(sizes))
        assert server.requests == SAMPLED
        few = sizes_now(context, sizes, list(sizes)[:20])
        assert server.requests == SAMPLED + 20
        assert set(few.values()) == {20}
    gone = len(sizes) - len(now)
    changed = sum(now[key] != sizes[key] for key in now)
    assert 60 < gone < 140
    assert 60 < changed < 140
    assert context.notes[1].startswith(
        f"Sizes of {FEW + 1:,} images are those of the inventory of 2018-01-03 02:00 UTC ("
    )
    assert f". Of 1,000 that were looked at again, {gone + changed:,} have changed or are gone: " in context.notes[1]
    assert context.notes[2].startswith(f"{gone} images to be opened are gone since the inventory, such as ds/images/")


def test_that_sizes_could_not_be_looked_at_is_said(tmp_path: Path) -> None:
    rows = [(f"ds/images/{number:05}.png", 20, "STANDARD") for number in range(FEW + 1)]
    path = made.written(tmp_path, rows)
    with ObjectServer(fault=lambda _, __: error(403, "AccessDenied", "Access Denied")) as server:
        key = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
        given = Connection("pictures", key, endpoint_url=server.url, region="us-east-1", inventory=str(path))
        context = Context(given)
        sizes = {key: size for key, size, _ in rows}
        assert sizes_now(context, sizes, list(sizes)) == sizes
    assert context.notes[1].endswith("; whether they are so still could not be looked at.")


def test_the_command_line_refuses_a_wrong_manifest_also_among_many(
    embedded_s3: EmbeddedS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = filled(embedded_s3, rows_of(NAMES))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SECRET_OF_THE_READER", connection.credentials.secret_access_key.reveal())
    Path("s3doctor.toml").write_text(
        f"""
        [connections.one]
        bucket = "pictures"
        endpoint-url = "{embedded_s3.endpoint_url}"
        access-key-id = "{connection.credentials.access_key_id}"
        secret-access-key-env = "SECRET_OF_THE_READER"
        inventory = "no-manifest.json"
        """,
        encoding="utf-8",
    )
    assert main(["check", "one", "--select", "IMG"]) == Exit.USAGE
    assert "--inventory no-manifest.json cannot be read" in capsys.readouterr().err
    assert main(["check", "--all", "--select", "IMG"]) == Exit.USAGE
    assert "--inventory no-manifest.json cannot be read" in capsys.readouterr().out


def test_what_the_inventory_lacks_is_looked_for_again(embedded_s3: EmbeddedS3) -> None:
    """b has come since, c has another size than it had, d is in the file alone."""
    rows = [*rows_of(["a.png"]), ("ds/images/c.png", 10, "STANDARD")]
    report, told = examined(filled(embedded_s3, rows, [*NAMES, "d.png"]))
    assert told["IMG001"][0] is Status.FAIL
    assert told["IMG001"][1].startswith("1 name has no object, by the inventory of")
    assert told["IMG003"] == (
        Status.PASS,
        "2 of 3 pictures opened, each as described; 95 % sure that under 77.7 % of all are not",
    )
    again = "Of 2 names that the inventory lacks, 2 were looked for again: 1 are still missing, 1 have come since."
    assert f"ds/images/: {again}" in report.notes


def test_an_image_that_is_gone_since_is_told_of(embedded_s3: EmbeddedS3) -> None:
    report, told = examined(filled(embedded_s3, rows_of([*NAMES, "z.png"]), [*NAMES, "z.png"]))
    assert told["IMG003"][0] is Status.PASS
    assert "1 images to be opened are gone since the inventory, such as ds/images/z.png." in report.notes


def test_an_empty_object_and_one_in_the_archive_that_have_come(embedded_s3: EmbeddedS3) -> None:
    connection = filled(embedded_s3, rows_of(NAMES), [*NAMES, "empty.png", "cold.png"])
    admin = embedded_s3.admin_client("s3")
    admin.put_object(Bucket="pictures", Key="ds/images/empty.png", Body=b"")
    admin.put_object(Bucket="pictures", Key="ds/images/cold.png", Body=PNG, StorageClass="GLACIER")
    _, told = examined(connection)
    assert told["IMG001"][0] is Status.PASS
    assert told["IMG002"][1].startswith("1 picture has no bytes; and 1 other kind of fault")


def test_a_name_that_cannot_be_looked_for_is_unknown(embedded_s3: EmbeddedS3) -> None:
    """Without leave to list, S3 does not tell a missing object from a forbidden one."""
    connection = filled(embedded_s3, rows_of(NAMES), [*NAMES, "d/e.png"])
    admin = embedded_s3.admin_client("iam")
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::pictures/ds/images/d/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    admin.put_user_policy(UserName="reader", PolicyName="deny", PolicyDocument=document)
    _, told = examined(connection)
    assert told["IMG001"] == (
        Status.UNKNOWN,
        "of 1 file names it is not known whether they have an object",
    )


def test_an_inventory_that_cannot_be_read_leaves_the_images_unknown(embedded_s3: EmbeddedS3) -> None:
    connection = filled(embedded_s3, rows_of(NAMES))
    embedded_s3.admin_client("s3").put_object(Bucket="inventories", Key=DATA, Body=b"changed")
    _, told = examined(connection)
    assert {status for status, _ in told.values()} == {Status.UNKNOWN}
    assert told["IMG001"][1] == (
        f"the objects under ds/images/ are not known: {DATA} is not the file that the manifest describes: "
        "its size or MD5 differs"
    )


def test_pictures_of_an_inventory_that_cannot_be_read_are_unknown(embedded_s3: EmbeddedS3) -> None:
    connection = filled(embedded_s3, rows_of(NAMES))
    embedded_s3.admin_client("s3").put_object(Bucket="inventories", Key=DATA, Body=b"changed")
    (result,) = Visit(connection, select=["IMG003"])
    assert result.status is Status.UNKNOWN
    assert result.outcome.summary.startswith(f"it is not known which images are in the bucket: {DATA} is not the file")


@pytest.mark.parametrize("code", ["IMG001", "IMG003"])
def test_an_inventory_that_cannot_be_compared_leaves_the_images_unknown(embedded_s3: EmbeddedS3, code: str) -> None:
    """As where DuckDB finds no room to spill to."""
    visit = Visit(filled(embedded_s3, rows_of(NAMES)), select=[code])
    inventory = visit.context.dataset("ds").listing
    assert isinstance(inventory, Inventory)
    inventory.close()
    (result,) = visit
    assert result.status is Status.UNKNOWN
    assert "could not be compared (Connection Error: " in result.outcome.summary
    assert not inventory.directory.exists()


def test_an_inventory_of_another_prefix_leaves_the_images_unknown(embedded_s3: EmbeddedS3) -> None:
    _, told = examined(filled(embedded_s3, [("elsewhere/a.png", 1, "STANDARD")]))
    assert {status for status, _ in told.values()} == {Status.UNKNOWN}
    assert told["IMG002"][1].endswith("has no object there: it is older than the images, or of another prefix")


def test_a_manifest_that_is_not_there_leaves_the_images_unknown(embedded_s3: EmbeddedS3) -> None:
    connection = replace(filled(embedded_s3, rows_of(NAMES)), inventory="s3://inventories/no/manifest.json")
    _, told = examined(connection)
    assert told["IMG001"][0] is Status.UNKNOWN
    assert "GetObject s3://inventories/no/manifest.json: 404 NoSuchKey" in told["IMG001"][1]


def test_a_directory_without_pictures_and_an_inventory_that_cannot_be_read(embedded_s3: EmbeddedS3) -> None:
    connection = filled(embedded_s3, rows_of(NAMES))
    admin = embedded_s3.admin_client("s3")
    admin.put_object(Bucket="pictures", Key="ds/texts/a.txt", Body=b"text")
    admin.put_object(Bucket="inventories", Key=DATA, Body=b"changed")
    visit = Visit(replace(connection, images="texts"), select=["LAYOUT002"])
    (result,) = visit
    assert result.status is Status.UNKNOWN
    assert result.outcome.summary.startswith("no image was seen in ds/texts/, and not all of it: ")


def test_the_inventory_of_another_bucket_is_refused_at_once(embedded_s3: EmbeddedS3) -> None:
    connection = filled(embedded_s3, rows_of(NAMES), bucket="somebody-elses")
    with pytest.raises(BadInput, match="is the inventory of bucket 'somebody-elses': expected that of pictures"):
        list(Visit(connection))


def test_more_bytes_than_the_disk_has_room_for(embedded_s3: EmbeddedS3) -> None:
    huge = [{"key": DATA, "size": 1 << 60, "MD5checksum": "0" * 32}]
    _, told = examined(filled(embedded_s3, rows_of(NAMES), files=huge))
    assert "the inventory has 1,152,921,504,606,846,976 bytes, and " in told["IMG001"][1]


@pytest.mark.parametrize("given", ["s3://bucket", "s3://bucket/", "s3:///key", "s3://bucket/folder/"])
def test_an_uri_without_a_manifest(given: str) -> None:
    with pytest.raises(BadInput, match=r"--inventory is .*: expected s3://bucket/path/manifest.json or a file's path"):
        tidy(Connection("pictures", inventory=given))


def test_an_inventory_and_a_limit_contradict_each_other(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--inventory does not go with --max-objects"):
        tidy(Connection("pictures", inventory=str(tmp_path), max_objects=5))
