"""Examining a file: read, map, parse, check, match. Writes nothing to the store."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gis.formats import Defect, Reading, read
from gis.formats.readers import holds_sheets
from gis.formats.reading import is_begun
from surveys import networks
from surveys.communities import Communities, known
from surveys.errors import FileRefused
from surveys.fields import Number
from surveys.intake import attached, declared, ragged, returned
from surveys.intake.changed import listed
from surveys.intake.continuation import as_before, continued
from surveys.intake.examination import Examination, Part
from surveys.intake.helpers import helping
from surveys.intake.identity import numbers_given
from surveys.intake.joins import joined, must_be_named
from surveys.intake.layers import Help, LayerExaminer
from surveys.intake.left_out import left_out
from surveys.intake.log import ProblemLog
from surveys.intake.memory import as_remembered, by_hand, headings_of, remembered
from surveys.intake.options import WORK, Options, coordinates, read_options
from surveys.intake.plan import LayerPlan, open_layer, plan, wanted
from surveys.intake.preview import tell
from surveys.intake.problem import Problem
from surveys.intake.repeats import without_parents
from surveys.intake.same import before as same_files
from surveys.intake.same import identity, repeated
from surveys.intake.seen import gather
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.thai import valid_person_id
from surveys.words import Words, words

# Called with what is going on, rows done, and rows in all (None while unknown).
Progress = Callable[[Words, int, int | None], None]

# What an examination works with: worker processes, if any, and where progress goes.
Means = tuple[ProcessPoolExecutor | None, Progress]
# What people write between the digits of an identity card.
_BETWEEN_DIGITS = str.maketrans("", "", " -")

READING = words("กำลังอ่านไฟล์", "Reading the file")
CHECKING = words("กำลังตรวจข้อมูล", "Checking the rows")


def quiet(_what: Words, _done: int, _total: int | None) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Upload:
    """A file sent for a network: where it is, what its owner calls it, what was said of it.

    ``folder`` (private) receives the raw file, the staged rows and the problems; whoever made it
    deletes it once the examination is accepted or dropped. The file may lie in it already as "raw".
    """

    file: Path
    file_name: str
    network: str
    options: Options
    folder: Path


def examine(upload: Upload, store: Store, actor: Actor, progress: Progress = quiet) -> Examination:
    """Examine a file for a network: what would become of every row, and why.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not import, or the network is not there. A file that cannot be taken is
        no error here: its examination is ``refused``.
    """
    actor.must("import")
    folder, raw = upload.folder, upload.folder / "raw"
    if upload.file != raw:
        # What was kept of an earlier file may be this very file of the disk: it is not written over.
        raw.unlink(missing_ok=True)
        shutil.copyfile(upload.file, raw)
    _clear(folder)
    begun = Examination(
        folder, upload.file_name, "", upload.network, upload.options, store.revision(upload.network)
    )
    log = ProblemLog(begun.problem_file, sheets=holds_sheets(begun.file_name))
    with ThreadPoolExecutor(1) as thread:
        digest = thread.submit(_digest, raw)
        try:
            with helping(raw) as pool:
                found = _examined(begun, digest, store, log, (pool, progress))
        except FileRefused as refusal:
            log.add([refusal.problem, *refusal.others])
            found = replace(begun, digest=digest.result())
        finally:
            shutil.rmtree(folder / WORK, ignore_errors=True)
    gather(folder, found.parts)
    done = replace(
        found, counts=dict(log.counts), aside=dict(+log.aside), problems=tuple(log.listed),
        changes=listed(store, found, actor),
    )  # fmt: skip
    tell(done)
    done.save()
    return done


def _examined(
    begun: Examination, digest: Future[str], store: Store, log: ProblemLog, means: Means
) -> Examination:
    """Read, plan, and examine the layers, unless all this was imported before."""
    reading = _read(begun, means[1])
    begun = replace(begun, digest=digest.result())
    before = continued(reading, store, begun.network)
    if before is not None:
        begun = replace(begun, options=as_before(begun.options, before, reading), continues=before.import_id)
    else:
        begun, reading = _as_remembered(begun, store, reading, means[1])
        log.add(_remembers(begun, store))
    log.add(_problem(defect) for defect in reading.defects)
    communities = joined(known(store, begun.network), begun.options.communities)
    given = partial(numbers_given, known=communities, here=(store, begun.network))
    plans, said = plan(
        reading, begun.file_name, store.types(begun.network), begun.options, given,
        networks.bounds(store, begun.network),
    )  # fmt: skip
    log.add(said)
    must_be_named(plans, begun.options.communities)
    told = identity(begun.digest, begun.network, plans, begun.options)
    same = repeated(store, begun.network, told)
    shared = _help(plans, communities, means[0])
    if same is None and (earlier := same_files(store, begun.network, told)) is not None:
        log.add([earlier.remark()])
        shared = replace(shared, earlier=earlier)
    parts = () if same else _examine_layers(shared, begun, store, log, means[1])
    named = attached.beside(reading.pictures, parts)
    if before is not None:
        back = returned.gather(begun.folder, before, plans, parts)
        waiting = attached.waiting(store, before.import_id, before.digest, back)
        if waiting and not reading.pictures:
            log.add([Problem(attached.NAMED, value=str(len(waiting)))])
        named += waiting
    new = attached.gather(begun, named, parts, store)
    left = left_out(said, reading.layers) if parts else ()
    return replace(begun, parts=parts, identity=told, same_as=same, attached=new, left_out=left)


def _as_remembered(
    begun: Examination, store: Store, reading: Reading, progress: Progress
) -> tuple[Examination, Reading]:
    """Take a file as people chose for an earlier one with the same headings, unless they say how now."""
    taken = replace(reading, layers=tuple(wanted(reading, begun.options)))
    begun = replace(begun, headings=headings_of(taken))
    found = None if by_hand(begun.options) else remembered(begun.headings, store, begun.network)
    options = as_remembered(begun.options, found, reading, store.types(begun.network)) if found else None
    if found is None or options is None:
        return begun, reading
    begun = replace(begun, options=options, remembers=found.import_id)
    if coordinates(options):
        # Only the reader makes places of the columns chosen for them.
        shutil.rmtree(begun.folder / WORK)
        reading = _read(begun, progress)
    return begun, reading


def _remembers(begun: Examination, store: Store) -> list[Problem]:
    """Say that choices of an earlier import were made again, and which."""
    if begun.remembers is None:
        return []
    types = store.types(begun.network)
    names = {f.name: f.words for record_type in types.values() for f in record_type.fields}
    kinds = [types[name].words for name in {begun.options.type, *begun.options.layers.values()} if name]
    said = {
        column: names.get(field, words("ไม่ใช้", "not used")) for column, field in begun.options.columns.items()
    }
    th = ", ".join([*(w.th for w in kinds), *(f"{column} → {w.th}" for column, w in said.items())])
    en = ", ".join([*(w.en for w in kinds), *(f"{column} → {w.en}" for column, w in said.items())])
    return [Problem("mapping_remembered", value=str(begun.remembers), near=words(th, en))]


def _clear(folder: Path) -> None:
    """Delete what an earlier examination of the same file left."""
    for pattern in ("*.arrow", "*.sqlite", "problems.csv"):
        for path in folder.glob(pattern):
            path.unlink()
    if not is_begun(folder / WORK):
        # Of a run that was killed.
        shutil.rmtree(folder / WORK, ignore_errors=True)


def _digest(file: Path) -> str:
    """Return the digest of a file, and have it on the disk: both take time, and the reader does not wait."""
    with file.open("rb") as stream:
        told = hashlib.file_digest(stream, "sha256").hexdigest()
        os.fsync(stream.fileno())
        return told


def _read(begun: Examination, progress: Progress) -> Reading:
    """Read the file in the child.

    Raises
    ------
    FileRefused
        If it cannot be read.
    """
    work, options = begun.folder / WORK, read_options(begun.options)

    def tell(done: int, total: int | None) -> None:
        progress(READING, done, total)

    reading = read(begun.raw, begun.file_name, options, work, tell)
    if options.layer and without_parents(reading.layers, open_layer):
        # Rows of a repeat are told by those of another layer, asked for or not.
        shutil.rmtree(work)
        reading = read(begun.raw, begun.file_name, replace(options, layer=()), work, tell)
    if reading.refusal:
        raise FileRefused(_problem(reading.refusal))
    _must_have_headings(reading)
    return replace(reading, layers=tuple(map(ragged.kept_out_again, reading.layers)))


def _must_have_headings(reading: Reading) -> None:
    """Refuse a layer whose heading holds a national id: its first record stands where its headings belong.

    Headings are shown to everybody who sees the import, and the record would be lost.

    Raises
    ------
    FileRefused
        With the layer.
    """
    for layer in reading.layers:
        for column in layer.columns:
            if valid_person_id(column.translate(_BETWEEN_DIGITS)):
                raise FileRefused(Problem("headings_missing", layer.name, value=layer.name))


def _problem(defect: Defect) -> Problem:
    detail = ", ".join(defect.detail.values())
    value = detail if defect.value is None else defect.value
    return Problem(defect.code, defect.layer, defect.row, defect.column, None, value, detail=detail)


def _help(plans: tuple[LayerPlan, ...], known: Communities, pool: ProcessPoolExecutor | None) -> Help:
    types = Counter(p.record_type.name for p in plans)
    return Help(plans, known, pool, {name: {} for name, count in types.items() if count > 1})


def _examine_layers(
    shared: Help, begun: Examination, store: Store, log: ProblemLog, progress: Progress
) -> tuple[Part, ...]:
    total = sum(p.layer.rows for p in shared.plans)
    done, parts = 0, []
    for number, layer_plan in enumerate(shared.plans):
        examiner = LayerExaminer(layer_plan, begun, store, log, shared, number)
        parts.append(examiner.run(partial(_checked, progress, done, total), _layer_problems(layer_plan)))
        for code, count in layer_plan.layer.defect_counts.items():
            listed = sum(d.code == code for d in layer_plan.layer.defects)
            # Only now: what is counted already is not listed.
            log.count(code, count - listed)
        done += layer_plan.layer.rows
    log.add(declared.remarks(begun.folder, parts, shared.communities, (store, begun.network)))
    return tuple(parts)


def _checked(progress: Progress, before: int, total: int, rows: int) -> None:
    """Report rows of a layer that were checked, after those of the layers before it."""
    progress(CHECKING, before + rows, total)


def _layer_problems(layer_plan: LayerPlan) -> list[Problem]:
    by_name: Mapping[str, Words] = {f.name: f.words for f in layer_plan.record_type.fields}
    columns = layer_plan.columns
    measured = {
        column
        for name, column in columns.fields.items()
        if isinstance(layer_plan.record_type.by_name[name].kind, Number)
    }
    found = [
        replace(_problem(defect), layer=layer_plan.layer.name)
        for defect in layer_plan.layer.defects
        # Of a number on the plan or a name nothing is in doubt: it stays as it is written.
        if defect.code != "point_or_thousands" or defect.column in measured
    ]
    second = {column: (name,) for column, name in columns.second.items()}
    for column, fields in (*columns.ambiguous.items(), *columns.near.items(), *second.items()):
        said = [by_name[name] for name in fields]
        near = words(" / ".join(w.th for w in said), " / ".join(w.en for w in said))
        others = " / ".join(columns.instead_of(column))
        code = "column_second" if column in second else "column_near"
        if column in columns.ambiguous:
            code = "column_rival" if others else "column_ambiguous"
        found.append(
            Problem(
                code, layer_plan.layer.name, column=column, value=others or column, near=near, likely=fields
            )
        )
    return found
