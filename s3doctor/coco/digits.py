"""Numbers from their JSON text, many at once: NumPy reads eight characters of each in one step."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
import numpy.typing as npt

__all__ = ["PAD", "WIDTH", "Misread", "Tokens", "decimals", "tokens_of"]

WIDTH = 8
PAD = b" " * (2 * WIDTH)
"""What has to stand before and after the text, so that words can be read across its ends."""
_LIST = msgspec.json.Decoder(list[float])
_CHUNK = 1 << 14  # numbers in work at once: what they need stays in the processor's cache
_LONGEST = 32
_LONGEST_WHOLE = 15  # decimal digits that a float holds exactly, whatever they are

_ZEROS = np.uint64(int.from_bytes(b"0" * WIDTH, "little"))
_MARKS = np.uint64(0x1010101010101010)  # dots and signs differ from zeros in these bits, digits do not
_HALF, _BYTE, _ONE = np.uint64(4), np.uint64(8), np.uint64(1)
_LOW_WORDS = np.uint64(0x000000FF000000FF)
_UPPER, _POWER, _SIGNED_POWER = np.uint64(0xDF), np.uint64(ord("E")), len("e+")
_DOT, _MINUS, _ZERO, _NINE = b".-09"
_FIRST, _SPAN = np.uint8(_MINUS), np.uint8(_NINE - _MINUS)
_NUMERIC = bytes(character in b"0123456789.-" for character in range(256))

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Positions = npt.NDArray[np.intp]

# By the length of a number: which bytes of its word are its own.
_OWN = np.array([((1 << 8 * length) - 1) << 8 * (WIDTH - length) for length in range(WIDTH + 1)], np.uint64)
# A product with this brings the number of the byte that holds the dot into the top three bits: 0 where there is none.
_WHICH_BYTE = np.uint64(sum(byte << (57 - 8 * byte) for byte in range(1, WIDTH - 1)))
_POWERS = np.array([1.0, *(10.0 ** (WIDTH - 1 - byte) for byte in range(1, WIDTH))])


class Misread(ValueError):  # noqa: N818 - it says what happened
    """The characters are no numbers, or not of the kind that was expected."""


@dataclass(frozen=True)
class Tokens:
    """Where numbers stand in `text`, in order: from `starts` to `ends`, `lengths` apart. `text` has PAD at both ends.

    `gaps` says how far it is to the next number, `after` has the eight characters that follow each but the last.
    `powers` marks numbers with an exponent (None where there are none), `minuses` is how many signs stand elsewhere.
    """

    text: bytes
    starts: Positions
    ends: Positions
    gaps: Positions
    after: Words
    minuses: int
    powers: npt.NDArray[np.bool_] | None = None

    def words(self, places: Positions) -> Words:
        """The eight characters from each place on, the first in the lowest byte."""
        found: Words = _every(self.text)[places]
        return found

    def check(self) -> None:
        """Raises Misread where characters are no numbers of JSON (two dots are found by `decimals`)."""
        codes = np.frombuffer(self.text, np.uint8)
        first = codes[self.starts]
        negative = np.flatnonzero(first == _MINUS)
        if negative.size:
            first[negative] = codes[self.starts[negative] + 1]
        if self.minuses != negative.size:
            raise Misread("a minus inside a number")
        if first.size and (first.min() < _ZERO or codes[self.ends - 1].min() < _ZERO):
            raise Misread("a number begins or ends with its dot, or is a mere minus")
        zero = np.flatnonzero(first == _ZERO)
        after = codes[self.starts[zero] + 1 + (codes[self.starts[zero]] == _MINUS)]
        if ((after >= _ZERO) & (after <= _NINE)).any():
            raise Misread("a number begins with a zero too many")

    def whole(self, which: Positions) -> Ints:
        """Some of the numbers, which must be whole, not negative, and of at most 15 digits. Raises Misread."""
        ends = self.ends[which]
        lengths = ends - self.starts[which]
        most = int(lengths.max(initial=0))
        if most > _LONGEST_WHOLE:
            raise Misread("a number of many digits")
        numbers = _digits(self.words(ends - WIDTH), np.minimum(lengths, WIDTH))
        if most > WIDTH:
            numbers += _digits(self.words(ends - 2 * WIDTH), np.maximum(lengths - WIDTH, 0)) * 10**WIDTH
        return numbers

    def real(self, which: Positions | npt.NDArray[np.bool_]) -> Floats:
        """Some of the numbers, exactly as float() reads them. Raises Misread."""
        ends = self.ends[which]
        lengths = ends - self.starts[which]
        odd = lengths > WIDTH if self.powers is None else (lengths > WIDTH) | self.powers[which]
        long = np.flatnonzero(odd)
        if not long.size:
            return decimals(self.text, ends, lengths, signed=self.minuses > 0)
        their = lengths[long]
        if int(their.max()) > _LONGEST:
            raise Misread("a number of many digits")
        lengths[long] = 0
        numbers = decimals(self.text, ends, lengths, signed=self.minuses > 0)
        numbers[long] = self._decoded(ends[long] - their, their)
        return numbers

    def _decoded(self, starts: Positions, lengths: Positions) -> list[float]:
        """Long numbers and those with an exponent, read by the decoder: each with the character that follows it."""
        ends = np.cumsum(lengths + 1)
        places = np.arange(ends[-1]) + np.repeat(starts - ends + lengths + 1, lengths + 1)
        codes = np.frombuffer(self.text, np.uint8)[places]
        codes[ends - 1] = ord(",")
        try:
            return _LIST.decode(b"[%s]" % codes[:-1].tobytes())
        except msgspec.DecodeError:
            raise Misread("no number, or one too large") from None


def tokens_of(text: bytes) -> Tokens:
    """All that may be numbers in a text: what consists of digits, dots and signs."""
    padded = b"".join((PAD, text, PAD))
    starts, ends = _edges(padded)
    gaps, after = starts[1:] - ends[:-1], _every(padded)[ends[:-1]]
    powers = np.flatnonzero((gaps <= _SIGNED_POWER) & ((after & _UPPER) == _POWER))
    minuses = padded.count(b"-") if b"-" in padded else 0  # many times faster than to count in vain
    if not powers.size:
        return Tokens(padded, starts, ends, gaps, after, minuses)
    minuses -= int(np.count_nonzero(np.frombuffer(padded, np.uint8)[starts[powers + 1]] == _MINUS))
    marks, heads, tails = np.zeros(starts.size, bool), np.ones(starts.size, bool), np.ones(starts.size, bool)
    marks[powers], heads[powers + 1], tails[powers] = True, False, False
    between = tails[:-1]
    return Tokens(padded, starts[heads], ends[tails], gaps[between], after[between], minuses, marks[heads])


def _edges(text: bytes) -> tuple[Positions, Positions]:
    """Where each run of such characters begins, and where it ends. The text begins and ends with another."""
    numeric = _numeric(text)
    edges = np.flatnonzero(numeric[1:] != numeric[:-1])
    return edges[0::2] + 1, edges[1::2] + 1


def _numeric(text: bytes) -> npt.NDArray[np.bool_]:
    """Which characters a number may have. They are neighbours in ASCII, but for a slash among them."""
    if b"/" in text:
        return np.frombuffer(text.translate(_NUMERIC), np.bool_)
    numeric: npt.NDArray[np.bool_] = np.frombuffer(text, np.uint8) - _FIRST <= _SPAN
    return numeric


def _every(text: bytes) -> Words:
    """The eight characters from each position on."""
    return np.ndarray((len(text) - WIDTH + 1,), "<u8", text, 0, (1,))


def _values(words: Words, lengths: Positions) -> Words:
    """The value of each digit of a number; 0 before the number, and something above 15 for dots and signs."""
    values: Words = (words ^ _ZEROS) & _OWN[lengths]
    return values


def _digits(words: Words, lengths: Positions) -> Ints:
    values = _values(words, lengths)
    if (values & _MARKS).any():
        raise Misread("no whole number")
    return _integers(values).astype(np.int64)


def decimals(text: bytes, ends: Positions, lengths: Positions, *, signed: bool) -> Floats:
    """The numbers of at most eight characters that end at some positions. `signed`: one may be negative.

    Raises Misread. Exactly as float() reads them: whole digits divided by a power of ten are rounded once.
    """
    every = _every(text)
    numbers = np.empty(ends.size)
    for start in range(0, ends.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        values = _values(every[ends[part] - WIDTH], lengths[part])
        numbers[part] = _signed(values) if signed else _decimals(values)
    return numbers


def _signed(values: Words) -> Floats:
    """As `_decimals`, where the first character may be a minus, the value of which is odd."""
    signs = values & (values << _HALF) & _MARKS
    numbers = _decimals(values & ~((signs << _ONE) - (signs >> _HALF)))
    return np.where(signs != 0, -numbers, numbers)


def _decimals(values: Words) -> Floats:
    """The values of eight characters each, of which one may be a dot: close the gap, read whole digits, divide."""
    dots = values & _MARKS
    below = (dots >> _HALF) - _ONE
    if (dots & (dots - _ONE)).any():
        raise Misread("two dots in a number")
    above = ~((dots << _HALF) - _ONE)
    closed = ((values & below) << _BYTE) | (values & above)
    if np.count_nonzero(dots) < dots.size:
        closed = np.where(dots == 0, values, closed)
    which = ((dots * _WHICH_BYTE) >> np.uint64(61)).view(np.int64)
    numbers: Floats = _integers(closed) / _POWERS[which]
    return numbers


def _integers(digits: Words) -> Words:
    """Eight digits each, the first in the lowest byte: pairs, then fours, then all are joined by multiplication."""
    pairs = digits * np.uint64(10) + (digits >> _BYTE)
    high = (pairs & _LOW_WORDS) * np.uint64(0x000F424000000064)
    low = ((pairs >> np.uint64(16)) & _LOW_WORDS) * np.uint64(0x0000271000000001)
    found: Words = (high + low) >> np.uint64(32)
    return found
