"""The one error tree, in the domain's words; HTTP status and exit code are tables at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from surveys.words import Words, words

if TYPE_CHECKING:
    from surveys.intake.problem import Problem


class MankongError(Exception):
    """Anything the product refuses, said in Thai and English."""

    def __init__(self, said: Words) -> None:
        super().__init__(f"{said.th} / {said.en}")
        self.said = said

    def __reduce__(self) -> tuple[Any, ...]:
        """Pass from one process to another with all it says."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[MankongError], arguments: tuple[Any, ...], said: dict[str, Any]) -> MankongError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(said)
    return error


class NotFound(MankongError):
    """What was named is not there (or belongs to another network)."""


class Refused(MankongError):
    """The request contradicts the data or itself."""


class Outdated(Refused):
    """Somebody else changed what the request is about; look again before changing it."""


class NotAllowed(MankongError):
    """The actor has no right to do this."""


class StoreUnavailable(MankongError):
    """The store is locked, full, damaged, or of a kind not served yet."""


class FileRefused(MankongError):
    """A file that cannot be taken; ``problem`` says why, ``others`` what else there is to say of it."""

    def __init__(self, problem: Problem, others: Sequence[Problem] = ()) -> None:
        super().__init__(
            words(f"{problem.message.th} — {problem.remedy.th}", f"{problem.message.en} {problem.remedy.en}")
        )
        self.problem = problem
        self.others = tuple(others)


def no_network(code: str) -> NotFound:
    """Make the error for a network that is not in the store."""
    return NotFound(words(f"ไม่มีเครือข่าย “{code}”", f"There is no network “{code}”."))


def no_record(type_name: str, record_id: str) -> NotFound:
    """Make the error for a record that is not in the store."""
    return NotFound(words(f"ไม่พบ {type_name} {record_id}", f"There is no {type_name} {record_id}."))
