"""What an access key ID tells by itself."""

from __future__ import annotations

import pytest

from s3doctor.s3.keyid import account_of, is_key_id, is_temporary, looks_like_secret, what_is

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("AKIAIOSFODNN7EXAMPLE", ""),
        ("ASIAQNZGKIQY56JQ7WML", ""),
        ("somethingelse", ""),
        ("AIDACKCEVSQ6C2EXAMPLE", "unique ID of an IAM user"),
        ("AROADBQP57FF2AEXAMPLE", "unique ID of an IAM role"),
        ("GOOG1EXAMPLE", "Google"),
        ("LTAI5tExample", "Alibaba"),
        ("AKIAIOSFODNN7EXAMPL", "damaged"),
        ("ASIAIOSFODNN7EXAMPLE0", "damaged"),
        ("\N{CYRILLIC CAPITAL LETTER A}KIAIOSFODNN7EXAMPLE", "another alphabet"),
        (SECRET, "swapped"),
        ("arn:aws:iam::123456789012:user/anna", "ARN"),
        ("https://123456789012.signin.aws.amazon.com/console", "web address"),
        ("anna@example.com", "e-mail"),
        ("1234-5678-9012", "account ID"),
        ("123456789012", "account ID"),
    ],
)
def test_what_was_pasted_is_named_without_repeating_it(text: str, words: str) -> None:
    assert words in what_is(text)
    assert bool(words) == bool(what_is(text))
    assert text not in what_is(text)


def test_shapes() -> None:
    assert is_key_id("AKIAIOSFODNN7EXAMPLE")
    assert not is_key_id("AKIAIOSFODNN7EXAMPLE ")
    assert not is_key_id("AKIAIOSFODNN1EXAMPLE"), "there is no 1 in base32"
    assert is_temporary("ASIAQNZGKIQY56JQ7WML")
    assert not is_temporary("AKIAIOSFODNN7EXAMPLE")
    assert looks_like_secret(SECRET)
    assert not looks_like_secret(SECRET[:-1])
    assert not looks_like_secret("A" * 40)


def test_the_account_is_inside_the_key_id() -> None:
    assert account_of("ASIAQNZGKIQY56JQ7WML") == "029608264753", "the published example"
    assert account_of("AIDACKCEVSQ6C2EXAMPLE") == ""
