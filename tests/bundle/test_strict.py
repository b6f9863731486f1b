"""What names a customer is in no file of a strict bundle; what is kept on purpose is in them all the same."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from s3doctor.bundle import Packing, write
from s3doctor.bundle.names import learn
from s3doctor.bundle.pseudonyms import Pseudonyms, is_ours
from s3doctor.connection import Connection, Setup
from s3doctor.demo import cases
from s3doctor.demo.patients import prepare
from s3doctor.engine import Visit
from s3doctor.finding import Example, Finding, Severity
from s3doctor.model import Leftover, Outcome, Report, Status

if TYPE_CHECKING:
    from pathlib import Path

    from s3doctor.demo.server import EmbeddedS3

CANARIES = {
    "bucket": "canary-bucket",
    "metadata bucket": "canary-meta",
    "metadata directory": "canary_written",
    "dataset": "canaryset",
    "images directory": "canarypics",
    "directory": "canarynight",
    "file name": "canaryfile_03.jpg",
    "name without object": "canarymissing.jpg",
    "object without name": "canaryloose.jpg",
    "other object": "canarynotes.txt",
    "category": "Canary Tram",
    "category in umlauts": "canaryb\u00e4r",
    "supercategory": "canarykind",
    "field": "canaryfield",
    "value": "canaryvalue",
    "text id": "canaryid",
    "user": "canaryuser",
    "policy": "canarypolicy",
    "origin": "canaryorigin.example",
    "CSV file": "canarycsv_accessKeys.csv",
    "note": "canaryconsole",
}


def document() -> dict[str, Any]:
    """A COCO file in which every kind of name is also the example of some finding."""
    names = ["canarynight/canaryfile_01.jpg", "canaryfile_02.jpg", "canaryfile_03.jpg", "canarymissing.jpg"]
    images = [{"id": n, "file_name": name, "width": 160, "height": 120} for n, name in enumerate(names, 1)]
    images.append({"id": "canaryid", "file_name": "canaryfile_03.png", "width": 160, "height": 120})
    categories = [
        {"id": 1, "name": "Canary Tram", "supercategory": "canarykind"},
        {"id": 1, "name": "canary tram"},
        {"id": 2, "name": "canaryb\u00e4r"},
        {"id": 3, "name": "image"},
    ]
    boxes = [[10, 10, 20, 20], [10, 10, "canaryvalue", 20], [900, 900, 9, 9]]
    rows = [
        {"id": n, "image_id": n, "category_id": n, "bbox": box, "area": 400, "iscrowd": 0}
        for n, box in enumerate(boxes, 1)
    ]
    return {"images": images, "categories": categories, "annotations": rows, "canaryfield": 1}


@pytest.fixture
def connection(embedded_s3: EmbeddedS3) -> Connection:
    """A bucket whose every name is a canary."""
    s3 = embedded_s3.admin_client("s3")
    for bucket in ("canary-bucket", "canary-meta"):
        s3.create_bucket(Bucket=bucket)
    picture = cases.load("healthy").objects("x")["x/images/shape_01.jpg"]
    put = {"canarypics/canaryloose.jpg": picture, "canarypics/canarynotes.txt": b"no picture"}
    for image in document()["images"]:
        if "missing" not in image["file_name"]:
            put[f"canarypics/{image['file_name']}"] = picture
    put["annotations.json"] = json.dumps(document()).encode()
    put["predictions.json"] = json.dumps({**document(), "annotations": None, "predictions": []}).encode()
    for key, content in put.items():
        s3.put_object(Bucket="canary-bucket", Key=f"canaryset/{key}", Body=content)
    reading = {
        "Effect": "Allow",
        "Action": ["s3:ListBucket", "s3:GetObject"],
        "Resource": "arn:aws:s3:::canary-bucket*",
    }
    policy = {"Version": "2012-10-17", "Statement": [reading]}
    credentials = embedded_s3.create_user("canaryuser", {"canarypolicy": policy})
    return Connection(
        "canary-bucket",
        replace(
            credentials,
            source="the file canarycsv_accessKeys.csv",
            notes=("Read from https://canaryconsole.example/x.",),
        ),
        datasets=("canaryset",),
        images="canarypics",
        username="canaryuser",
        endpoint_url=embedded_s3.endpoint_url,
        setup=Setup.METADATA_BUCKET,
        metadata_bucket="canary-meta",
        metadata_dir="canary_written",
        origins=("https://canaryorigin.example",),
    )


def unzipped(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def visited(connection: Connection) -> Visit:
    visit = Visit(connection, pictures=2)
    list(visit)
    return visit


def test_no_canary_of_any_kind_is_in_a_strict_bundle(connection: Connection, tmp_path: Path) -> None:
    visit = visited(connection)
    report = visit.report()
    for level in ("standard", "strict"):
        write(str(tmp_path / f"{level}.zip"), report, visit, level)
    standard, strict = unzipped(tmp_path / "standard.zip"), unzipped(tmp_path / "strict.zip")
    told = json.dumps(json.loads(standard["report.json"]), ensure_ascii=False) + standard["requests.jsonl"]
    assert [kind for kind, name in CANARIES.items() if name not in told] == ["supercategory", "policy"]
    for file, text in strict.items():
        found = [line for line in text.splitlines() if "canary" in line.lower()]
        assert found == [], file
    key = connection.credentials.access_key_id
    assert not [file for file, text in strict.items() if key[-4:] in text]
    document = json.loads(strict["report.json"])
    assert document["subject"]["access key ID"] == f"{key[:4]}\u2026"
    assert {result["status"] for result in document["results"]} > {"fail", "pass"}


def test_what_support_needs_and_names_nobody_is_kept(connection: Connection, tmp_path: Path) -> None:
    visit = visited(connection)
    report = visit.report()
    write(str(tmp_path / "strict.zip"), report, visit, "strict")
    strict = unzipped(tmp_path / "strict.zip")
    ids = {e.request_id for result in report.results for e in result.outcome.evidence if e.request_id}
    assert ids
    assert all(one in strict["report.json"] for one in ids)
    [region] = [r["summary"] for r in json.loads(strict["report.json"])["results"] if r["code"] == "BUCKET004"]
    assert region == "bucket-1 is in us-east-1"
    rows = list(map(json.loads, strict["requests.jsonl"].splitlines()))
    assert {row["operation"] for row in rows} > {"ListObjectsV2", "GetObject"}
    findings = {f["code"]: f for r in json.loads(strict["report.json"])["results"] for f in r["findings"]}
    assert findings["bbox-shape"]["examples"][0]["value"][2].startswith("text-")
    assert findings["bbox-shape"]["examples"][0]["where"] == "/annotations/1/bbox"
    assert findings["top-unknown-key"]["examples"][0]["where"].startswith("/text-")
    assert "Kept on purpose" in strict["README.txt"]


def test_one_bundle_of_several_examinations_has_one_pseudonym_for_each_name(
    connection: Connection, tmp_path: Path
) -> None:
    whole, part = visited(connection), Visit(connection, ["CRED", "BUCKET"])
    list(part)
    for level in ("standard", "strict"):
        packing = Packing(level, ["canary-acme", "canary-beta", "canary-gamma"])
        for name, visit in (("canary-acme", whole), ("canary-beta", part)):
            packing.add(name, visit.report(), visit)
        packing.write(str(tmp_path / f"{level}.zip"), packing.told("canary-gamma, canary-acme: canary-bucket\n"))
    standard, strict = unzipped(tmp_path / "standard.zip"), unzipped(tmp_path / "strict.zip")
    files = ["environment.json", "report.html", "report.json", "report.txt", "requests.jsonl"]
    assert list(standard) == [
        *("README.txt", "summary.txt"),
        *(f"canary-acme/{file}" for file in files),
        *(f"canary-beta/{file}" for file in files),
    ]
    assert list(strict)[2] == "connection-1/environment.json"
    assert strict["summary.txt"] == "connection-3, connection-1: bucket-1\n"
    assert not [name for name, text in strict.items() if "canary" in text.lower() or "canary" in name]
    subjects = [json.loads(strict[f"connection-{n}/report.json"])["subject"] for n in (1, 2)]
    assert subjects[0]["bucket"] == subjects[1]["bucket"] == "bucket-1"
    assert subjects[0]["key of"] == subjects[1]["key of"]
    secret = connection.credentials.secret_access_key.reveal()
    assert not [name for name, text in standard.items() if secret in text]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("account 123456789012", "account acct-1"),
        ("key AKIA\u20264X9Q", "key AKIA\u2026"),
        ("id AIDAIOSFODNN7EXAMPLE", "id id-1"),
        ("arn:aws:kms:eu-west-1:123456789012:key/1a2b-3c4d", "arn:aws:kms:eu-west-1:acct-1:key/kms-1"),
        ("arn:aws:kms:eu-west-1:123456789012:alias/acme", "arn:aws:kms:eu-west-1:acct-1:alias/kms-1"),
        ("arn:aws:iam::123456789012:policy/acme-deny", "arn:aws:iam::acct-1:policy/policy-1"),
        ("organisation o-a1b2c3d4e5", "organisation org-1"),
        ("through vpce-0a1b2c3d4", "through vpce-1"),
        ("at http://minio.acme.com:9000/x", "at http://host-1:9000/x"),
        ("from 10.1.2.3", "from host-1"),
        ("at https://s3.eu-west-1.amazonaws.com/", "at https://s3.eu-west-1.amazonaws.com/"),
        ("at https://acme.signin.aws.amazon.com/console", "at https://host-1/console"),
        ("moto 5.2.1, AP 0.668", "moto 5.2.1, AP 0.668"),
    ],
)
def test_some_names_are_known_by_their_shape(text: str, told: str) -> None:
    assert Pseudonyms().text(text) == told


def test_a_name_that_is_a_word_of_coco_is_replaced_in_quotes_and_values_only() -> None:
    rename = Pseudonyms()
    rename.add_value("category", "image")
    rename.add_value("category", "tram")
    assert is_ours("image")
    assert not is_ours("tram")
    summary = "categories with fewer than 10 objects: 'image' 3, 'tram' 2, 'bus' 1"
    finding = Finding("cls-rare", Severity.INFO, 3, summary, (Example("/categories/1/acme", "is 'image'", b"image"),))
    told = rename.everywhere(Outcome(Status.PASS, "2 image files of tram", findings=(finding,)))
    assert told.summary == "2 image files of category-2"
    listed = "'category-1' 3, 'category-2' 2, 'text-1' 1"
    assert told.findings[0].summary == f"categories with fewer than 10 objects: {listed}"
    assert told.findings[0].examples == (Example("/categories/1/text-2", "is 'category-1'", "category-1"),)


def test_the_version_of_what_was_left_behind_is_kept() -> None:
    rename = Pseudonyms()
    rename.add("bucket", "acme")
    rename.add_key("meta/x")
    assert rename.everywhere(Leftover("acme", "meta/x", "acme")) == Leftover("bucket-1", "dir-1/key-1", "acme")


def test_names_that_no_request_holds_are_learnt_too(embedded_s3: EmbeddedS3) -> None:
    allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    key = embedded_s3.create_user("powerful", {"all": allowed})
    given = replace(prepare(cases.load("healthy"), embedded_s3), credentials=key)
    embedded_s3.admin_client("s3").create_bucket(Bucket="canary-other")
    visit = Visit(replace(given, inventory="/home/canary/lists/canary.json", dask="tls://canary.example:8786"))
    assert visit.context.all_buckets.ok
    rename = Pseudonyms()
    learn(rename, Report(notes=("arn:aws:sts::123456789012:assumed-role/canaryrole/canarysession",)), visit)
    text = "canary-other /home/canary/lists/canary.json canary.json canary.example canaryrole canarysession"
    assert not [word for word in rename.text(text).split() if "canary" in word]
    assert rename.text("canary-other") == rename.text("s3://canary-other/").removeprefix("s3://").rstrip("/")
