"""Examines one file: hands what the reader meets to the tables, and draws the conclusions at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s3doctor.coco.categories import MOST, Categories
from s3doctor.coco.conclusions import conclude, explain
from s3doctor.coco.events import Array, Batch, Broken, Member, Top, Value
from s3doctor.coco.examination import FileExamination, Summary
from s3doctor.coco.fields import fields_of, note_oddities
from s3doctor.coco.formats import recognise
from s3doctor.coco.images import Images, borrowed
from s3doctor.coco.landmarks import Landmarks
from s3doctor.coco.ledger import Ledger, Place
from s3doctor.coco.memory import calm
from s3doctor.coco.opening import sniff
from s3doctor.coco.reader import Reader
from s3doctor.coco.rows import Rows
from s3doctor.coco.source import Buffer, Source, opened
from s3doctor.coco.statistics import counted
from s3doctor.coco.untyped import decode

if TYPE_CHECKING:
    from s3doctor.coco.images import Sizes
    from s3doctor.coco.typed import Shape

__all__ = ["Session"]

_KNOWN = frozenset(["info", "licenses", "images", "annotations", "categories", "predictions", "tags", "type", "videos"])
_ROWS = ("predictions", "annotations", "results", "detections")


class Session:
    """One file on its way through the examination."""

    def __init__(
        self, role: str, target: str, examples: int, block_size: int, against: FileExamination | None = None
    ) -> None:
        self.role = role
        self.against = against
        self.ledger = Ledger(target, examples)
        self.block_size = block_size
        self.images = Images(self.ledger)
        self.categories = Categories(self.ledger)
        self.rows = Rows(self.ledger, predicted=role == "predictions")
        self.top = ""
        self.kinds: dict[str, str] = {}
        self.complete: set[str] = set()
        self.first: dict[str, Any] = {}
        self.readable = False
        self._utf8 = _Utf8(self.ledger)
        self._landmarks = Landmarks()

    def run(self, source: Source) -> FileExamination:
        """Read the source to its end and judge it. Raises OSError where it cannot be read."""
        with calm(), opened(source) as stream:
            buffer = Buffer(stream, self.block_size, self._utf8.watch)
            if sniff(buffer, self.ledger):
                try:
                    self._walk(Reader(buffer, self.ledger))
                    self.readable = True
                except Broken:
                    pass
                finally:
                    self.images.shape.close()
                    self.rows.shape.close()
                buffer.drain()
                self._utf8.finish()
            buffer.drain()
            self._conclude()
            self._landmarks.complete(self.ledger, source)
            return self._result(buffer.size)

    def _walk(self, reader: Reader) -> None:
        current: Array | None = None
        for event in reader.events():
            if not isinstance(event, Batch) and current is not None:
                self.complete.add(current.pointer)
                current = None
            if isinstance(event, Top):
                self.top = event.kind
            elif isinstance(event, Member):
                self.kinds[event.key] = event.kind
            elif isinstance(event, Value):
                self._value(event)
            elif isinstance(event, Array):
                current = event
                self._prepare(event)
                if event.pointer == self._rows_pointer():
                    self.rows.sizes = self._sizes()
                    if "/images" in self.complete:
                        self.rows.by_image.use(self.images)
            else:
                self._batch(event)
        if current is not None:
            self.complete.add(current.pointer)

    def _table(self, pointer: str) -> Any:  # noqa: ANN401 - one of three tables
        if pointer == "/images":
            return self.images
        if pointer == "/categories":
            return self.categories
        return self.rows if pointer == self._rows_pointer() else None

    def _rows_pointer(self) -> str:
        """Which array holds the rows: the first that fits the file's role."""
        if self.top == "array":
            return "" if self.role == "predictions" else "/annotations"
        if self.role == "annotations":
            return "/annotations"
        return next((f"/{key}" for key in _ROWS if self.kinds.get(key) == "array"), "/predictions")

    def _prepare(self, array: Array) -> None:
        """Elements that are many are decoded with types, of which the array's table has learnt."""
        table = self._table(array.pointer)
        if table is not None and table is not self.categories:
            shape: Shape = table.shape
            array.typed, array.begin = shape.decode, shape.begin

    def _sizes(self) -> Sizes | None:
        """Where the sizes of images come from; None as long as they may still come."""
        if self.top == "array":
            return borrowed(self.against.image_names) if self.against else self.images.sizes
        if "/images" not in self.complete:
            return None
        if self.against is None or self.images.table().widths.any():
            return self.images.sizes
        return borrowed(self.against.image_names, self.images)

    def _batch(self, batch: Batch) -> None:
        if not batch.first:
            self.first[batch.array.pointer] = decode(batch.elements()[0]).value
        self._landmarks.note(batch)
        table = self._table(batch.array.pointer)
        if table is None:
            self._unknown(batch)
        elif table is self.categories:
            fields = fields_of(batch, table.shape, self.ledger, everything=True)
            table.look(fields)
        else:
            fields = fields_of(batch, table.shape, self.ledger)
            table.look(fields)

    def _unknown(self, batch: Batch) -> None:
        for index, element in enumerate(batch.elements()):
            decoded = decode(element)
            note_oddities(decoded, batch.place(index), self.ledger, element=False)

    def _value(self, value: Value) -> None:
        note_oddities(value.decoded, value.place, self.ledger, element=False)
        if isinstance(value.decoded.value, dict):
            self.first.setdefault("*", value.decoded.value)
            self.kinds[value.key] = "null" if value.decoded.value is None else self.kinds.get(value.key, "")

    def _conclude(self) -> None:
        if self.readable:
            self._top_level()
        masks = bool(self.rows.masks.drawn)
        self.images.finish(masks=masks, sizes=self.role == "annotations" or masks)
        self.categories.finish()
        whole = self.readable and "/images" in self.complete
        known = self.readable and "/categories" in self.complete and len(self.categories) <= MOST
        self.rows.finish(
            self.images if whole else None,
            self.categories if known else None,
            self._sizes() or self.images.sizes,
        )
        if self.readable:
            conclude(self.ledger, self.images, self.categories, self.rows)
            self._mistaken()
        explain(self.ledger)

    def _mistaken(self) -> None:
        """The file may be something else altogether."""
        place = Place((0,), "")
        other = recognise(self.top, self.kinds, self.first)
        if other:
            self.ledger.keep_groups("file", "top")
            self.ledger.note("top-wrong-format", place, None, f"it looks like {other}")
        elif self.role == "annotations" and self.rows.scored >= 0.9 * max(1, len(self.rows)):
            self.ledger.drop("score-in-gt")
            self.ledger.note(
                "top-swapped-files", place, None, "nearly all annotations have a score: these are predictions"
            )
        elif (
            self.role == "annotations" and self.kinds.get("predictions") == "array" and "annotations" not in self.kinds
        ):
            self.ledger.note("top-swapped-files", place, None, "it holds predictions and no annotations")
        elif self.role == "predictions" and len(self.rows) and not self.rows.scored and "annotations" in self.kinds:
            self.ledger.note(
                "top-swapped-files", place, None, "no prediction has a score: this looks like ground truth"
            )

    def _top_level(self) -> None:
        if self.role == "annotations":
            if self.top != "object":
                self.ledger.note("top-type", Place((0,), ""), None, f"it is of type {self.top}")
                return
            self._missing("images", "annotations", "categories")
            if "/annotations" in self.complete and not len(self.rows):
                self.ledger.note("top-empty-annotations", Place((0,), "/annotations"))
        else:
            self._prediction_shape()
        if "/images" in self.complete and not len(self.images):
            self.ledger.note("top-empty-images", Place((0,), "/images"))
        if "/categories" in self.complete and not len(self.categories) and len(self.rows):
            self.ledger.note("top-empty-categories", Place((0,), "/categories"))
        for key in self.kinds if "pred-shape" not in self.ledger else ():
            if key not in _KNOWN:
                self.ledger.note("top-unknown-key", Place((0,), f"/{key}"), key)

    def _missing(self, *keys: str) -> None:
        for key in keys:
            kind = self.kinds.get(key, "missing")
            if kind in ("missing", "null"):
                near = next((one for one in self.kinds if key.startswith(one.rstrip("s").lower())), "")
                text = f"{key} is {kind}" + (f"; is {near!r} meant?" if near and near != key else "")
                self.ledger.note("top-missing-key", Place((0,), f"/{key}"), None, text)
            elif kind != "array":
                self.ledger.note("top-list-type", Place((0,), f"/{key}"), None, f"{key} is of type {kind}")

    def _prediction_shape(self) -> None:
        place = Place((0,), "")
        pointer = self._rows_pointer()
        if self.top == "array" and isinstance(self.first.get(""), list):
            self.ledger.drop("top-list-type")
            self.ledger.note("pred-shape", place, None, "a list of lists")
            return
        if self.top == "array":
            self.ledger.note("pred-shape-list", place, None, "a list of results")
        elif self.top != "object" or pointer not in self.complete:
            self.ledger.note(
                "pred-shape", place, None, f"{self.top} with {', '.join(sorted(self.kinds)) or 'nothing'}"[:80]
            )
            return
        else:
            code = "pred-shape-object" if pointer == "/predictions" else "pred-shape-annotations"
            self.ledger.note(code, Place((0,), pointer), None, f"the rows stand under {pointer}")
            for key in ("images", "categories"):
                if self.kinds.get(key, "null") == "null":
                    self.ledger.note("pred-own-tables", Place((0,), f"/{key}"), None, f"{key} is missing")
        if not len(self.rows):
            self.ledger.note("pred-empty", Place((0,), pointer))

    def _shape(self) -> str:
        if self.top == "array":
            return "results list" if self.role == "predictions" else "list"
        if self.top != "object":
            return self.top or "not JSON"
        keys = [key for key in ("images", "annotations", "categories", *_ROWS) if key in self.kinds]
        return "object with " + (", ".join(dict.fromkeys(keys)) or "none of the lists of COCO")

    def _summary(self) -> Summary:
        widths, heights = self.rows.statistics.histograms()
        names = self.categories.known
        used = self.rows.by_category.result()
        by_category = [
            (names[code].name if code in names else str(code), count)
            for code, count in zip(used.codes.tolist(), used.counts.tolist(), strict=True)
        ]
        by_category.sort(key=lambda pair: -pair[1])
        return Summary(
            counted(self.rows.by_image.result().counts, len(self.images)),
            widths,
            heights,
            self.rows.scores.histogram(),
            tuple(by_category[:1000]),
        )

    def _result(self, size: int) -> FileExamination:
        return FileExamination(
            self.role,
            self.ledger.findings(),
            size,
            self._shape(),
            self.readable,
            len(self.images),
            len(self.rows),
            len(self.categories),
            self._rows_pointer(),
            self.images.table(),
            tuple(self.categories.rows),
            self.rows.by_image.result(),
            self.rows.by_category.result(),
            self.rows.scored,
            self.rows.duplicates.sample,
            self.rows.statistics.medians(),
            self._summary(),
        )


class _Utf8:
    """Sees every block and remembers where the text is no UTF-8."""

    _MOST = 1000

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._offset = 0
        self._tail = b""
        self._found: list[tuple[int, bytes]] = []

    def watch(self, block: bytes) -> None:
        """A block as it was read."""
        if not self._tail and block.isascii():
            self._offset += len(block)
            return
        data, self._tail = self._tail + block, b""
        start = 0
        while start < len(data) and len(self._found) < self._MOST:
            try:
                data[start:].decode()
                break
            except UnicodeDecodeError as error:
                at = start + error.start
                if error.reason == "unexpected end of data" and error.end == len(data) - start:
                    self._tail = data[at:]
                    break
                self._found.append((self._offset + at, data[at : at + 1]))
                start += error.end
        self._offset += len(data) - len(self._tail)

    def finish(self) -> None:
        """The end of a text: a character that began must have ended."""
        if self._tail and len(self._found) < self._MOST:
            self._found.append((self._offset, self._tail[:1]))
        most = "there are more" if len(self._found) == self._MOST else ""
        self.ledger.count("json-encoding", len(self._found), hint=most)
        for offset, seen in self._found[: self.ledger.limit]:
            self.ledger.show("json-encoding", Place((offset,), "", offset), seen.hex(" "), "bytes that are no UTF-8")
