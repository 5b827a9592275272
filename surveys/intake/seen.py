"""Which records each import spoke of: every row taken or unchanged, kept beside its report.

A row that changes nothing opens no version; only this list says that the file held it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from surveys.intake.examination import Part

FILE = "seen.arrow"
_NAMES = pa.dictionary(pa.int16(), pa.string())
SCHEMA = pa.schema([("type", _NAMES), ("layer", _NAMES), ("id", pa.string()), ("row", pa.int64())])


def gather(folder: Path, parts: Iterable[Part]) -> None:
    """Write the lists of an examination's parts as one Arrow file: type, layer, record id, row of the file."""
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    target = str(folder / FILE)
    with pa.OSFile(target, "wb") as file, pa.ipc.new_file(file, SCHEMA, options=options) as writer:
        # One dictionary for the whole file, as its format wants.
        parts = list(parts)
        types, layers = (sorted({getattr(part, name) for part in parts}) for name in ("type", "layer"))
        for part in parts:
            named = (types.index(part.type), types), (layers.index(part.layer), layers)
            for name in part.seen:
                _copy(folder / name, named, writer)


def _copy(
    source: Path, named: tuple[tuple[int, list[str]], ...], writer: pa.ipc.RecordBatchFileWriter
) -> None:
    with pa.memory_map(str(source)) as file:
        for batch in pa.ipc.open_file(file).read_all().to_batches():
            said = [_repeated(number, words, len(batch)) for number, words in named]
            writer.write_batch(pa.record_batch([*said, batch["id"], batch["row"]], schema=SCHEMA))


def _repeated(number: int, names: list[str], count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.repeat(pa.scalar(number, pa.int16()), count), pa.array(names, pa.string())
    )


def read(folder: Path) -> pa.Table | None:
    """Read the list of an import from the folder of its report; None for one made before lists were kept."""
    path = folder / FILE
    if not path.exists():
        return None
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).read_all()
