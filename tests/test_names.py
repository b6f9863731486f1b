"""Names against keys: each fault is told by its own finding, and sound buckets by none."""

from __future__ import annotations

import unicodedata
from posixpath import splitext
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.utils import secure_filename as theirs

from s3doctor.finding import Severity
from s3doctor.names import is_picture, platform_key, secure_filename
from s3doctor.names.comparing import compare
from s3doctor.names.platform import platform_keys
from s3doctor.names.rewrites import folded, folded_all
from s3doctor.names.table import NONE, first_of_each, isin, once, repeated
from s3doctor.s3.listing import Listing
from s3doctor.s3.listing_page import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from s3doctor.finding import Finding
    from s3doctor.names.comparing import Comparison

P = "set/images/"


def listing(keys: Sequence[str], *, size: int = 9, storage: str = "STANDARD", gap: str | None = None) -> Listing:
    page = page_of(keys, [size] * len(keys), [storage] * len(keys))
    return Listing("bucket", P, (page,), gaps=() if gap is None else ((gap, None),))


def against(names: Sequence[str], keys: Sequence[str], **options: str | int) -> Comparison:
    return compare(names, listing([P + key for key in keys], **options), P)  # type: ignore[arg-type]


def codes(found: Comparison) -> dict[str, int]:
    return {finding.code: finding.count for finding in found.findings}


def only(found: Comparison) -> Finding:
    (finding,) = found.findings
    return finding


def test_a_sound_bucket_has_no_findings() -> None:
    names = ["a.jpg", "b/c.PNG", "b/d.jpeg"]
    found = against(names, [*names, ""])
    assert found.findings == ()
    assert (found.names, found.keys, found.pictures, found.present, found.missing, found.unlisted) == (3, 3, 3, 3, 0, 0)
    assert (found.rewrite, found.mended) == ("", 0)


@pytest.mark.parametrize(
    ("names", "keys", "code", "words"),
    [
        (
            ["images/a.jpg", "images/b.jpg"],
            ["a.jpg", "b.jpg"],
            "f-prefix",
            "have a folder in front that the keys do not have ('images/')",
        ),
        (
            ["set/images/a.jpg"],
            ["a.jpg"],
            "f-prefix",
            "have 2 folders in front that the keys do not have ('set/images/')",
        ),
        (["./a.jpg"], ["a.jpg"], "f-prefix", "have a folder in front that the keys do not have ('./')"),
        (
            ["s3://bucket/set/images/a.jpg"],
            ["a.jpg"],
            "f-prefix",
            "have 5 folders in front that the keys do not have ('s3://bucket/set/images/')",
        ),
        (
            ["C:\\data\\a.jpg"],
            ["a.jpg"],
            "f-prefix",
            "have 2 folders in front that the keys do not have ('C:\\\\data\\\\')",
        ),
        (["b\\a.jpg"], ["b/a.jpg"], "f-prefix", "have '\\' between folders"),
        (
            ["a.jpg", "b.jpg"],
            ["train/a.jpg", "train/b.jpg"],
            "f-prefix",
            "have a folder less than the keys in front ('train/')",
        ),
        (["a.jpg", "b.jpg"], ["x/a.jpg", "y/b.jpg"], "f-prefix", "have a folder less than the keys in front"),
        (["p/q/a.jpg"], ["x/a.jpg"], "f-prefix", "lie in another folder ('p/q/')"),
        (["A.JPG"], ["a.jpg"], "f-case", "differ from the key in upper and lower case only"),
        (
            ["é.jpg"],
            [unicodedata.normalize("NFD", "é.jpg")],
            "f-unicode",
            "differ from the key in Unicode form only (NFC, NFD)",
        ),
        (["a%20b.jpg"], ["a b.jpg"], "f-unicode", "differ from the key in percent-encoding only"),
        (["a.jpg "], ["a.jpg"], "f-unicode", "differ from the key in white space at the ends only"),
        (["a.png"], ["a.jpg"], "f-extension", "differ from the key in the extension only"),
    ],
)
def test_one_rewrite_explains(names: list[str], keys: list[str], code: str, words: str) -> None:
    found = against(names, keys)
    finding = only(found)
    assert (finding.code, finding.count, finding.severity) == (code, len(names), Severity.ERROR)
    assert (found.rewrite, found.mended, found.missing, found.unlisted) == (words, len(names), len(names), 0)
    assert finding.examples[0].where == names[0]
    assert finding.examples[0].value in {P + key for key in keys}


@pytest.mark.parametrize(
    ("names", "keys", "options"),
    [
        (["images/a.jpg", "images/b.jpg"], ["a.jpg", "b.jpg"], "--strip-prefix images/"),
        (["my set/a.jpg"], ["a.jpg"], "--strip-prefix 'my set/'"),
        (["a.jpg", "b.jpg"], ["train/a.jpg", "train/b.jpg"], "--add-prefix train/"),
        (["p/q/a.jpg"], ["x/a.jpg"], "--strip-prefix p/q/ --add-prefix x/"),
        (["p/a.jpg", "q/b.jpg"], ["x/a.jpg", "x/b.jpg"], ""),
        (["p/a.jpg", "q/b.jpg"], ["a.jpg", "b.jpg"], ""),
        (["b\\a.jpg"], ["b/a.jpg"], ""),
        (["A.JPG"], ["a.jpg"], ""),
    ],
)
def test_what_rewrites_all_names_alike_is_said(names: list[str], keys: list[str], options: str) -> None:
    fix = only(against(names, keys)).fix
    assert ("fix-coco" in fix) is bool(options)
    assert not options or fix.endswith(f" s3doctor fix-coco {options} IN OUT")


def test_the_rewrite_that_mends_most_comes_first_and_nothing_is_counted_twice() -> None:
    found = against(
        ["A.jpg", "i/b.jpg", "i/c.jpg", "gone.jpg", "here.jpg"], ["a.jpg", "b.jpg", "c.jpg", "here.jpg", "x.jpg"]
    )
    assert codes(found) == {"f-prefix": 2, "f-case": 1, "f-missing": 1, "f-unlisted": 1}
    assert (
        found.findings[0].summary
        == "2 of 4 names without an object have a folder in front that the keys do not have ('i/')"
    )
    assert (found.present, found.missing, found.unlisted) == (1, 4, 1)


def test_an_object_that_belongs_to_another_name_mends_nothing() -> None:
    found = against(["a.jpg", "sub/a.jpg"], ["a.jpg"])
    assert codes(found) == {"f-missing": 1}


def test_a_missing_name_shows_what_looks_like_it() -> None:
    found = against(["img_1.jpg"], ["IMG-00001.png"])
    missing = next(finding for finding in found.findings if finding.code == "f-missing")
    assert missing.examples[0].text == f"nearest: {P}IMG-00001.png"


def test_a_base_name_that_fits_several_is_ambiguous() -> None:
    found = against(["a.jpg", "q/b.jpg", "r/b.jpg"], ["x/a.jpg", "y/a.jpg", "b.jpg"])
    assert codes(found) == {"f-missing": 3, "f-ambiguous": 3, "f-unlisted": 3}


def test_names_beyond_the_end_of_a_listing_are_not_called_missing() -> None:
    found = against(["a.jpg", "b.jpg", "y.jpg", "z.jpg"], ["a.jpg", "c.jpg"], gap=P + "c.jpg")
    assert (found.present, found.missing, found.unjudged) == (1, 1, 2)
    assert codes(found) == {"f-missing": 1, "f-unlisted": 1}


def test_names_may_repeat() -> None:
    assert against(["a.jpg", "a.jpg", "b.jpg", "b.jpg"], ["a.jpg"]).missing == 1


def test_without_names_nothing_is_unlisted() -> None:
    assert against([], ["a.jpg"]).findings == ()
    assert against([], ["", "x/"]).keys == 0
    assert against(["a.jpg"], []).missing == 1


def test_what_the_platform_passes_over() -> None:
    finding = only(against([], ["a.webp", "b.webp", "c.bmp", "._d.jpg", ".DS_Store", "e", "f.jpg"]))
    assert (finding.code, finding.count, finding.severity) == ("f-unsupported", 6, Severity.WARNING)
    assert finding.summary.endswith("2 .webp, 1 .bmp, 1 ._* of macOS, 1 .DS_Store, 1 without an extension")
    assert only(against([], ["Thumbs.db", "x/.DS_Store", "a.jpg"])).severity is Severity.INFO


def test_empty_and_archived_pictures() -> None:
    assert codes(against([], ["a.jpg", "x/"], size=0)) == {"f-zero-bytes": 1}
    finding = only(against([], ["a.jpg", "b.jpg"], storage="DEEP_ARCHIVE"))
    assert (finding.code, finding.count) == ("f-archived", 2)
    assert "2 in DEEP_ARCHIVE" in finding.summary
    assert against([], ["a.jpg"], storage="GLACIER_IR").findings == ()


def test_each_object_has_its_own_storage_class() -> None:
    page = page_of([P + "a.jpg", P + "b.jpg"], [1, 1], ["STANDARD", "GLACIER"])
    finding = only(compare([], Listing("bucket", P, (page,)), P))
    assert [example.where for example in finding.examples] == [P + "b.jpg"]


@pytest.mark.parametrize(
    ("one", "other", "severity"),
    [
        ("a.jpg", "a.png", Severity.WARNING),
        ("dir/a.jpg", "dir_a.jpg", Severity.ERROR),
        ("a b.jpg", "a_b.jpg", Severity.ERROR),
        ("img(1).jpg", "img1.jpg", Severity.ERROR),
        ("café.jpg", "cafe.jpg", Severity.ERROR),
        ("日本.jpg", "写真.jpg", Severity.ERROR),
        ("x/日本.jpg", "x/写真.png", Severity.WARNING),
    ],
)
def test_keys_that_collide_on_the_platform(one: str, other: str, severity: Severity) -> None:
    finding = only(against([one, other], sorted([one, other])))
    assert (finding.code, finding.count, finding.severity) == ("f-key-collision", 2, severity)
    assert platform_key(one) == platform_key(other) == finding.examples[0].value


def test_keys_that_differ_in_case_only() -> None:
    found = against([], ["A.jpg", "a.jpg", "b.jpg"])
    assert codes(found) == {"f-case-collision": 2}
    assert found.findings[0].examples[0].text == f"beside {P}a.jpg"


def test_a_prefix_repeated_in_a_key() -> None:
    finding = only(against([], ["a.jpg", f"x/{P}b.jpg"]))
    assert (finding.code, finding.count, finding.examples[0].where) == ("f-repeated-prefix", 1, f"{P}x/{P}b.jpg")


def test_siblings() -> None:
    wide = listing(["set/images/a.jpg", "set/images_old/a.jpg", "set/images_old/b.jpg", "other/x"])
    finding = only(compare(["a.jpg"], wide, P))
    assert (finding.code, finding.count, finding.severity) == ("f-sibling-prefix", 1, Severity.WARNING)
    assert finding.examples[0].where == "set/images_old"
    beside = compare(["a.jpg"], listing(["set/images/a.jpg"]), P, folders=[P, "set/images2/", "set/metadata/"])
    assert (only(beside).severity, only(beside).examples[0].where) == (Severity.INFO, "set/images2/")


def test_a_whole_bucket_has_no_siblings() -> None:
    assert compare(["a.jpg"], Listing("bucket", "", (page_of(["a.jpg"], [1], ["STANDARD"]),)), "").findings == ()


@pytest.mark.parametrize(
    "name",
    [
        "a b.jpg",
        "../../etc/passwd",
        "日本.jpg",
        "i contain cool ümläuts.txt",
        ".",
        "_x_",
        "a\tb\xa0c",
        "ﬁ½.png",
        "a\u0130.jpg",
        "CON.jpg",
        "x" * 500,
    ],
)
def test_secure_filename_is_werkzeugs(name: str) -> None:
    assert secure_filename(name) == theirs(name)


@settings(deadline=None)
@given(st.lists(st.text("aZ9-_./ \n()é日", min_size=1, max_size=8), max_size=5), st.booleans())
def test_many_keys_at_once_are_the_keys_one_by_one(names: list[str], extension: bool) -> None:  # noqa: FBT001 - a parameter
    assert list(platform_keys(names, extension=extension)) == [
        platform_key(name, extension=extension) for name in names
    ]


@settings(deadline=None)
@given(st.text("aZ9-_./ ()é日", min_size=1, max_size=12))
def test_the_base_name_is_werkzeugs_and_folders_stay(name: str) -> None:
    folder, slash, base = name.rpartition("/")
    assert platform_key(name) == (folder + slash + theirs(splitext(base)[0])).replace("/", "_")
    assert platform_key(name, extension=True) == (folder + slash + theirs(base)).replace("/", "_")


def test_examples_are_few_and_counts_are_full() -> None:
    keys = sorted(f"{n:04}.{kind}" for n in range(500) for kind in ("jpg", "png", "webp"))
    found = against([f"{n:04}.jpg" for n in range(500)] + [f"x/{n}.jpg" for n in range(700)], keys)
    assert codes(found) == {"f-missing": 700, "f-unlisted": 500, "f-unsupported": 500, "f-key-collision": 1000}
    assert {len(finding.examples) for finding in found.findings} == {5}


def test_extensions_count_in_any_case() -> None:
    assert is_picture("a.JpEg")
    assert not is_picture("a.jpg.txt")


def test_a_rare_fault_among_many_objects_is_found_behind_a_common_one() -> None:
    keys = [f"{n:06}.jpg" for n in range(120_001)]
    names = [f"images/{key}" for key in keys[:-1]] + [keys[-1].upper()]
    found = against(names, keys)
    assert codes(found) == {"f-prefix": 120_000, "f-case": 1}
    assert found.mended == 120_000


MD5 = "{:02x}1d8cd98f00b204e9800998ecf8427e"


def with_etags(objects: Sequence[tuple[str, int, str]]) -> Listing:
    """Pages of two objects each: name, size and ETag."""
    pages = []
    for start in range(0, len(objects), 2):
        names, sizes, etags = zip(*objects[start : start + 2], strict=True)
        pages.append(page_of([P + name for name in names], sizes, ["STANDARD"] * len(names), etags))
    return Listing("bucket", P, tuple(pages))


def test_copies_are_told_by_etag_and_size() -> None:
    one, other = f'"{MD5.format(1)}"', f'"{MD5.format(2)}"'
    objects = [
        ("a.jpg", 5, one),
        ("b.jpg", 5, other),
        ("c.png", 5, one),
        ("d.jpg", 6, one),
        ("e/a.jpg", 5, one),
        ("f.jpg", 5, other),
        ("g.txt", 5, one),
        ("h.jpg", 5, f'"{MD5.format(3)}"'),
    ]
    found = compare([], with_etags(objects), P)
    (finding,) = (finding for finding in found.findings if finding.code == "f-duplicate")
    assert (finding.severity, finding.count) == (Severity.INFO, 5)
    assert finding.summary == "5 pictures have the same bytes as another: 2 of them would be enough"
    assert [(example.where, example.text) for example in finding.examples] == [
        (P + "a.jpg", f"the same bytes as {P}c.png"),
        (P + "b.jpg", f"the same bytes as {P}f.jpg"),
    ]
    (finding,) = (f for f in compare([], with_etags(objects), P, examples=1).findings if f.code == "f-duplicate")
    assert [example.where for example in finding.examples] == [P + "a.jpg"]


@pytest.mark.parametrize("etag", [f'"{MD5.format(1)}-2"', '"e"', "", f'"{MD5.format(1).upper()}"'])
def test_an_etag_that_is_no_md5_tells_nothing(etag: str) -> None:
    md5 = f'"{MD5.format(9)}"'
    objects = [("a.jpg", 5, etag), ("b.jpg", 5, etag), ("c.jpg", 5, etag), ("d.jpg", 5, md5)]
    assert compare([], with_etags(objects), P).findings == ()


def test_empty_pictures_are_not_called_copies() -> None:
    md5 = f'"{MD5.format(1)}"'
    assert codes(compare([], with_etags([("a.jpg", 0, md5), ("b.jpg", 0, md5)]), P)) == {"f-zero-bytes": 2}


def test_what_is_not_inside_is_left_out_with_its_etag() -> None:
    md5 = f'"{MD5.format(1)}"'
    found = compare([], with_etags([("a.jpg", 5, md5), ("x/", 5, md5), ("b.jpg", 5, '"e"'), ("c.jpg", 5, md5)]), P)
    assert (codes(found), found.keys) == ({"f-duplicate": 2}, 3)


@settings(deadline=None)
@given(st.lists(st.text("aA._/ \n\0é", min_size=1, max_size=8).map(lambda text: text + ".jpg"), max_size=6))
def test_names_are_the_same_by_whichever_way_they_are_taken(names: list[str]) -> None:
    class Plain:
        def __iter__(self) -> Iterator[tuple[str, int, str]]:
            return iter([(P + name, 9, "STANDARD") for name in names])

        def covers(self, key: str) -> bool:
            return key.startswith(P)

    asked = [*names, "x.jpg"]
    assert compare(asked, Plain(), P) == compare(asked, listing([P + name for name in names]), P)


@given(st.lists(st.text("aA._/ \n\0é-", max_size=6).map(lambda text: text + ".jpg") | st.text("a./_\n", max_size=5)))
def test_many_forms_at_once_are_those_of_each(names: list[str]) -> None:
    assert list(folded_all(names)) == [folded(name) for name in names]
    for extension in (False, True):
        assert platform_keys(names, extension=extension) == [platform_key(name, extension=extension) for name in names]


@given(st.lists(st.integers(-3, 3)), st.lists(st.integers(-3, 3)))
def test_tables_do_what_numpy_does(these: list[int], those: list[int]) -> None:
    a, b = np.array([*these, NONE][:-1], np.int64), np.array(those, np.int64)
    assert isin(a, b).tolist() == np.isin(a, b).tolist()
    values, counts = np.unique(a, return_counts=True)
    assert once(a).tolist() == values[counts == 1].tolist()
    assert repeated(a).tolist() == np.isin(a, values[counts > 1]).tolist()
    assert first_of_each(a).tolist() == [at == these.index(value) for at, value in enumerate(these)]
    assert once(np.array([NONE, 5, NONE, 7, 7], np.int64)).tolist() == [5]
