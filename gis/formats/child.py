"""The process that opens users' files: `python -I -m gis.formats.child PARENT`, started by reading alone.

It is told the path of a request (JSON) on its standard input, writes Arrow files and manifest.json into the
directory named there, and prints the number of rows done as JSON lines. Its error text goes to its log only.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import logging
import os
import resource
import sys
from collections.abc import Callable, Mapping
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

from gis.formats.model import Defect, Limits, Reading, ReadOptions, Refused, is_full, options_from
from gis.formats.output import Output
from gis.formats.parents import with_parents
from gis.formats.readers import choose
from gis.formats.source import Source
from gis.parentage import end_with

_log = logging.getLogger(__name__)


def main(parent: int) -> int:
    """Read the file of a request under its limits; exit code 0 whenever a manifest was written."""
    sys.meta_path.insert(0, _Without())
    gc.disable()  # the process ends with its one file; collecting doubles the time of a large GeoJSON
    end_with(parent)
    import gis.formats.delimited  # noqa: F401 - what most files need, while the request is on its way

    progress = _own_stdout()
    asked = sys.stdin.readline()
    if not asked:
        # Nobody wants a file read any more.
        return 1
    answer(json.loads(Path(json.loads(asked)).read_text(encoding="utf-8")), progress)
    return 0


def answer(request: Mapping[str, Any], progress: Callable[[int], None]) -> None:
    """Read the file of a request under its limits, which are this process's from here on, and write the manifest."""
    _log_to(Path(request["log"]))
    options = options_from(request["options"])
    _limit(options.limits)
    directory = Path(request["directory"])
    _settle_in(directory / "scratch")
    reading = read_here(Path(request["path"]), request["name"], options, directory, progress)
    manifest = directory / "manifest.json"
    draft = manifest.with_suffix(".draft")
    draft.write_text(json.dumps(dataclasses.asdict(reading), default=str), encoding="utf-8")
    draft.replace(manifest)


class _Without(MetaPathFinder):
    """Pandas and geopandas as if not installed: pyarrow and pyogrio load them for 0.35 s, the child
    never uses them.
    """

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> None:
        if fullname in ("pandas", "geopandas"):
            raise ModuleNotFoundError(fullname)


def _log_to(path: Path) -> None:
    """Send what is said on both outputs to a file from here on."""
    with path.open("wb") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)


def _settle_in(scratch: Path) -> None:
    """Make a folder the place where libraries leave side files."""
    os.chdir(scratch)
    os.environ |= {"TMPDIR": str(scratch), "HOME": str(scratch)}


def _own_stdout() -> Callable[[int], None]:
    """Keep the pipe for progress, whatever libraries print."""
    pipe = os.fdopen(os.dup(1), "w", buffering=1, encoding="ascii")
    os.dup2(2, 1)

    def progress(rows: int) -> None:
        pipe.write(json.dumps({"rows": rows}) + "\n")

    return progress


def _limit(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.written_bytes, limits.written_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_here(
    path: Path, name: str, options: ReadOptions, directory: Path, progress: Callable[[int], None]
) -> Reading:
    """Read a file in this process: the child's whole work, without its limits. Never raises on the
    file's account.

    `directory` gets the Arrow files and a folder of scratch copies.
    """
    scratch = directory / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    output = Output(directory, options, progress)
    try:
        _read(Source(path, name, options, scratch), output)
    except Refused as refused:
        return Reading(output.format, (), refused.defect, tuple(output.log.kept))
    except MemoryError:
        return Reading(output.format, (), Defect("reader_died"))
    except (
        Exception
    ) as error:  # the last door: what a parser throws at a strange file is a refusal, and is logged
        _log.exception("reader failed")
        return Reading(output.format, (), Defect("disk_full" if is_full(error) else "reader_failed"))
    layers, defects = with_parents(output.layers), tuple(output.log.kept)
    return Reading(output.format, layers, None, defects, output.pictures)


def _read(source: Source, output: Output) -> None:
    size = source.path.stat().st_size
    if size > output.limits.file_bytes:
        raise Refused("file_too_large", detail={"bytes": str(size), "limit": str(output.limits.file_bytes)})
    reader = choose(source)
    output.format = reader.name
    if reader.needs_gdal:
        from gis.formats.confine import confine

        confine(reader.needs_gdal)
    reader.load()(source, output)
    if unseen := output.unseen():
        raise Refused("layer_unknown", value=", ".join(unseen))
    if not output.layers:
        raise Refused("no_rows")
    from gis.formats import pictures

    pictures.named(source, output)


if __name__ == "__main__":
    code = main(int(sys.argv[1]))
    # All is written; taking down what was loaded would keep the parent waiting.
    logging.shutdown()
    os._exit(code)
