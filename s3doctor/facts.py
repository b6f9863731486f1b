"""A fact is worked out once, when it is first asked for, whoever asks and from whichever thread."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_GUARD = threading.Lock()


class _Slot:
    """The place of one fact of one object: its lock, then its value or the error that finding it out raised."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.known = False
        self.value: Any = None
        self.error: Exception | None = None

    def get(self, find_out: Callable[[], Any]) -> Any:  # noqa: ANN401 - a fact may be of any type
        with self.lock:
            if not self.known:
                try:
                    self.value = find_out()
                except Exception as error:  # noqa: BLE001 - kept, and raised for everyone who asks
                    self.error = error
                self.known = True
        if self.error is not None:
            raise self.error
        return self.value


class fact(Generic[T]):  # noqa: N801 - used as a decorator, like property
    """A lazy attribute: thread-safe, found out once, its error remembered too."""

    def __init__(self, find_out: Callable[[Any], T]) -> None:
        self.find_out = find_out
        self.name = find_out.__name__
        self.__doc__ = find_out.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> fact[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> fact[T] | T:
        """The fact's value for this object."""
        if instance is None:
            return self
        with _GUARD:
            slot: _Slot = instance.__dict__.setdefault(f"_fact_{self.name}", _Slot())
        value: T = slot.get(lambda: self.find_out(instance))
        return value


def known(instance: object, name: str) -> Any:  # noqa: ANN401 - a fact may be of any type
    """The value of the object's fact of this name; None where nobody asked for it yet, or it could not be found out."""
    slot: _Slot | None = instance.__dict__.get(f"_fact_{name}")
    return slot.value if slot and slot.known else None


class Memo:
    """Facts with arguments: one value for each key, found out once."""

    def __init__(self) -> None:
        self._slots: dict[tuple[object, ...], _Slot] = {}

    def get(self, key: tuple[object, ...], find_out: Callable[[], T]) -> T:
        """The value for this key, worked out by `find_out` when it is first asked for."""
        with _GUARD:
            slot = self._slots.setdefault(key, _Slot())
        value: T = slot.get(find_out)
        return value
