"""Which record type a layer holds, and which column is which field: told by headings, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from surveys.intake.geometry_kinds import fits
from surveys.intake.naming import called_itself, named, named_by_path
from surveys.record import SHAPE, GeometryKind, RecordType
from surveys.thai import Ref
from surveys.words import LANGS, folded, normal, words

# Headings of our own row id and of the row ids other programs give.
OWN_ID = "id"
SOURCE_IDS = ("source_id", "_uuid", "X_uuid", "meta/instanceID", "instanceID", "KEY", "osm_id")
_SOURCE_IDS = tuple(folded(name) for name in SOURCE_IDS)
# What names the form, the same in every submission.
_FORM_ID = folded("formhub/uuid")
# Headings so common that they say nothing of the record type.
_COMMONPLACE = frozenset(
    folded(h) for h in (
        "name", "name_th", "name_en", "type", "kind", "id", "code", "title", "description", "desc", "source", "note",
        "notes", "remark", "remarks", "comment", "level", "area", "plot", "head", "owner", "user", "zone", "state",
        "ชื่อ", "ประเภท", "หมายเหตุ", "เลขที่", "width", "sex", "gender",
    )
)  # fmt: skip
# Headings our workbook of rows kept out adds; when it comes back mended they are no data.
ADDED = (
    words("แถวในไฟล์", "row of the file"),
    words("เหตุที่กันไว้", "why it was kept out"),
    words("วิธีแก้", "what to do"),
)
OF_FILE = "รหัสไฟล์เดิม / mark of the file"
ADDED_HEADINGS = (
    f"{ADDED[0].th} / {ADDED[0].en}", ADDED[1].th, ADDED[2].th, ADDED[1].en, ADDED[2].en, OF_FILE,
)  # fmt: skip
_OURS = frozenset(folded(heading) for heading in ADDED_HEADINGS)
# The cells of a ragged row beyond the last heading have a column each in that workbook.
EXTRA = "เกินมา {number} / extra cell {number}"
_EXTRA = re.compile(r"\s*เกินมา\s*([0-9]{1,4})\s*/\s*extra cell\s*\1\s*")
# Under this the workbook has the shapes of a file whose columns do not hold them.
SHAPE_HEADING = "wkt"
# What survey servers write beside the answers by themselves; R makes "X_id" of "_id", "meta.audit" of "meta/audit".
_SERVER = frozenset((
    "_id", "_index", "_notes", "_status", "_tags", "_version", "_version_", "__version__", "_duration", "_edited",
    "_submission_time", "_submitted_by", "_validation_status", "_geolocation", "_attachments", "_media_count",
    "_total_media", "_media_all_received", "_xform_id", "_xform_id_string", "_bamboo_dataset_id", "_date_modified",
    "_last_edited", "_review_status", "_review_comment", "_parent_index", "_parent_table_name", "_uuid",
    "_submission__id", "_submission__uuid", "_submission__submission_time", "_submission__validation_status",
    "_submission__notes", "_submission__status", "_submission__submitted_by", "_submission___version__",
    "_submission__tags", "formhub/uuid", "formhub_uuid", "meta/instanceid", "meta/instancename", "meta/rootuuid",
    "meta/deprecatedid", "meta/audit", "__id", "__system/submissiondate", "__system/updatedat",
    "__system/submitterid", "__system/submittername", "__system/reviewstate", "__system/deviceid",
))  # fmt: skip
# What phones say of themselves; a field of a network that is called so is what is meant.
_PHONE = frozenset((
    "start", "end", "starttime", "endtime", "start_time", "end_time", "deviceid", "subscriberid", "simserial",
    "sim_serial", "simid", "imei", "phonenumber", "phone_number", "username", "audit", "instanceid", "instancename",
    "submissiondate", "submitterid", "submittername", "attachmentspresent", "attachmentsexpected", "reviewstate",
    "formversion", "edits", "key", "parent_key",
))  # fmt: skip
# ODK Central names the rows of a repeat so beside the answers of their parent.
_OF_REPEAT = ("set-of-", "set.of.")
# The parts of a place that stand beside the place itself.
_PART_OF_PLACE = re.compile(r"(.*/)?_[^/]+_(latitude|longitude|altitude|precision)")
# Headings of the sheet of a template that explains how to fill it in: what stands below is for people.
EXPLAINS = (
    words("ชื่อช่อง", "Heading"), words("ตอน", "Part of the form"), words("จำเป็นไหม", "Is it needed?"),
    words("เขียนอย่างไร", "How it is written"), words("ตัวอย่างคำตอบ", "Example of an answer"),
    words("ความเป็นส่วนตัว", "Who sees it"), words("คำตอบที่เลือกได้", "Answers to choose from"),
)  # fmt: skip
_ENOUGH = 2
# How many types are named when none can be told; kinds of geometry, the one that says most first.
_LIKELY = 4
_EXACT: tuple[GeometryKind | None, ...] = ("point", "line", "polygon", "place", "course", "any", None)
# How plainly a layer speaks of a type, whether its rows can be told apart, whether its own name says so, and how
# many fields it has.
_Score = tuple[int, bool, bool, int]
_NEAR = 84.0
_DIGITS = re.compile(r"\d+")
# How a reader numbers a heading that stood before.
_NUMBERED = re.compile(r"(.+) \(\d+\)")
# Other headings of columns, by heading.
KnownAs = Mapping[str, Sequence[str]]
_AS_WRITTEN: KnownAs = {}


@dataclass(frozen=True)
class ColumnMap:
    """Which column of a layer feeds which field; what is left over, and what it may have meant.

    ``near`` are fields with almost the heading of a column, ``ambiguous`` those with just that: several of one
    column, or one of several columns that say it equally well. ``second`` are columns of a field that another
    column, which says it better, feeds.
    """

    fields: Mapping[str, str]
    own_id: str | None
    source_id: str | None
    unmapped: tuple[str, ...]
    near: Mapping[str, tuple[str, ...]]
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    second: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, str]:
        """Map columns to fields (``fields`` is field to column)."""
        return {column: field for field, column in self.fields.items()}

    def best(self, name: str) -> str | None:
        """Return the column of a field, or the most telling of those of which a person must choose one."""
        asked = (column for column, fields in self.ambiguous.items() if fields == (name,))
        return self.fields.get(name) or next(asked, None)

    def instead_of(self, column: str) -> tuple[str, ...]:
        """Return the other columns that mean the field a column would feed."""
        if column in self.second:
            return (self.fields[self.second[column]],)
        asked = self.ambiguous.get(column, ())
        others = (one for one, fields in self.ambiguous.items() if fields == asked and one != column)
        return tuple(others) if len(asked) == 1 else ()


def map_columns(
    record_type: RecordType,
    columns: Sequence[str],
    taken: Iterable[str] = (),
    chosen: Mapping[str, str] | None = None,
    known_as: KnownAs = _AS_WRITTEN,
) -> ColumnMap:
    """Map the headings of a layer to the fields of a type.

    Parameters
    ----------
    columns : headings as they stand in the file
    taken : headings that are coordinates already
    chosen : column to field, as a person decided; the field "-" leaves a column unmapped
    known_as : other headings of columns, as the reader tells them (:class:`gis.formats.Layer`)
    """
    decided = dict(chosen or {})
    again = _repeated(columns)
    known_as = {**known_as, **{column: (*known_as.get(column, ()), as_) for column, as_ in again.items()}}
    free = [column for column in columns if column not in set(taken) and column not in decided]
    fields = {field: column for column, field in decided.items() if field != "-"}
    claims: dict[str, list[tuple[int, str]]] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    for column in free:
        if by_server(column):
            continue
        open_to = [one for one in _meanings(record_type, column, known_as) if one[0] not in fields]
        if len(open_to) > 1:
            # Two fields have this heading: which is meant only a person can say.
            ambiguous[column] = tuple(name for name, _ in open_to)
            continue
        for name, rank in open_to:
            claims.setdefault(name, []).append((rank, column))
    won, second = _won(record_type, claims)
    fields |= won
    rivals = {name: sorted(claims[name], key=lambda one: one[0]) for name in claims if name not in won}
    ambiguous |= {column: (name,) for name, several in rivals.items() for _, column in several}
    used = set(fields.values()) | (added(columns) & set(free))
    spelt = {
        column: _spellings(column, known_as) for column in free if column not in used and not _of_form(column)
    }
    source_id = next((c for s in _SOURCE_IDS for c in spelt if s in spelt[c]), None)
    open_ = {*free, *(column for column, name in decided.items() if name == "-")} - used - {source_id}
    left = tuple(column for column in columns if column in open_)
    own = next((c for c in free if folded(c) == OWN_ID and not by_server(c)), None)
    second = {column: name for column, name in second.items() if column in open_ - {own}}
    unasked = [c for c in left if not (c in ambiguous or c in second or c in decided or beside_answers(c))]
    near = _near(record_type, unasked, set(fields))
    return ColumnMap(fields, own, source_id, left, near, ambiguous, second)


def _won(
    record_type: RecordType, claims: Mapping[str, list[tuple[int, str]]]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the column of each field, of several the one that says it best; and the others, with their field.

    A field whose columns say it equally well gets none, unless records are told by it.
    """
    won, second = dict[str, tuple[int, str]](), dict[str, str]()
    telling = {part for key in record_type.keys for part in key} | {record_type.ordinal, *record_type.title}
    for name, columns in claims.items():
        own = record_type.by_name[name].own_headings
        ranked = sorted(columns, key=lambda one: (beside_answers(one[1]), one[0]))
        best, others = ranked[0], [one for one in ranked[1:] if not beside_answers(one[1])]
        rivals = [one for one in others if not _same_series(best[1], one[1])]
        if rivals and name not in telling and (best[0] < own) == (rivals[0][0] < own):
            continue
        won[name] = best
        second |= {column: name for _, column in rivals}
    return {name: won[name][1] for name in sorted(won, key=lambda name: won[name][0])}, second


def _same_series(one: str, other: str) -> bool:
    """Tell whether two headings are levels of one thing, ADM2_PCODE and ADM3_PCODE: the finer counts, as declared."""
    if _repeated((one, other)):
        return False
    return folded(one) != folded(other) and _DIGITS.sub("", folded(one)) == _DIGITS.sub("", folded(other))


def _repeated(columns: Sequence[str]) -> dict[str, str]:
    """Return the columns whose heading stood in the file before and was numbered, each with that heading."""
    told = {column: _NUMBERED.fullmatch(column) for column in columns}
    return {column: found[1] for column, found in told.items() if found and found[1] in told}


def added(columns: Iterable[str]) -> set[str]:
    """Return the columns of a layer that our workbook of rows kept out adds; its shapes only where they are read."""
    there = set(columns)
    ours = {column for column in there if folded(column) in _OURS or extra(column) is not None}
    return ours | (there & {SHAPE_HEADING} if ours else set())


def extra(column: str) -> int | None:
    """Return which of the cells beyond the last heading a column of our workbook holds (from 1); None for others."""
    found = _EXTRA.fullmatch(column)
    return int(found[1]) if found else None


def by_server(column: str) -> bool:
    """Tell whether a survey server writes a column by itself: "_notes" is no note of the survey's."""
    name = _as_servers_write(column)
    return name in _SERVER or name.startswith(_OF_REPEAT) or _PART_OF_PLACE.fullmatch(name) is not None


def beside_answers(column: str) -> bool:
    """Tell whether a column holds no answer of anybody: a server or a phone adds it."""
    return by_server(column) or _as_servers_write(column) in _PHONE


def _as_servers_write(column: str) -> str:
    plain = normal(column).casefold()
    plain = plain.removeprefix("x") if plain.startswith("x_") else plain
    return plain.replace(".", "/") if plain.startswith(("meta.", "formhub.", "__system.")) else plain


def _of_form(column: str) -> bool:
    """Tell whether a column names the form, not the submission, though its last part is "uuid"."""
    return folded(column).endswith(_FORM_ID)


def for_people(columns: Sequence[str]) -> bool:
    """Tell whether a layer is the explaining sheet of a template of ours, which holds no records."""
    there = set(columns)
    return any(there >= {heading.of(lang) for heading in EXPLAINS} for lang in LANGS)


def _called(column: str, known_as: KnownAs) -> list[str]:
    """A heading and what else it is called: as the reader tells, else its last part behind a form's groups."""
    others = known_as.get(column, (column.rsplit("/", 1)[-1],))
    return [folded(name) for name in (column, *others)]


def _spellings(column: str, known_as: KnownAs) -> set[str]:
    """All a column is called."""
    return set(_called(column, known_as))


def _meanings(record_type: RecordType, column: str, known_as: KnownAs) -> list[tuple[str, int]]:
    """Return the fields a heading may mean, each with the rank of the alias it is.

    Other names count only where the whole heading means nothing: "วัน/เดือน/ปีเกิด" is no year.
    """
    for said in _called(column, known_as):
        if found := [(f.name, f.headings.index(said)) for f in record_type.fields if said in f.headings]:
            return found
    return []


def _near(record_type: RecordType, columns: Sequence[str], mapped: set[str]) -> dict[str, tuple[str, ...]]:
    """Return, for unmapped columns, the unmapped fields whose headings are almost the same."""
    known = {h: f.name for f in record_type.fields if f.name not in mapped for h in f.headings if len(h) > 3}
    near = {}
    for column in columns:
        hits = process.extract(folded(column), list(known), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=3)
        if hits and len(folded(column)) > 3:
            near[column] = tuple(dict.fromkeys(known[hit[0]] for hit in hits))
    return near


@dataclass(frozen=True)
class Guess:
    """What type a layer seems to be: the type, or the ones it could be."""

    type: str | None
    candidates: tuple[str, ...] = ()


def guess_type(
    types: Iterable[RecordType],
    columns: Sequence[str],
    taken: Sequence[str],
    names: tuple[str, ...],
    shapes: Mapping[int, int],
    known_as: KnownAs = _AS_WRITTEN,
) -> Guess:
    """Tell the record type of a layer from its headings, its name, its file's name, and its shapes.

    ``names`` are the file's, those of the folders the layer lies in, the outermost first, and its own. Folders count
    where the rest tells no type whose rows have numbers: people name them after villages and programmes too.
    ``shapes`` counts them by shapely type id; a type whose kind of geometry they are not is no candidate.
    """
    by_file = [record_type for record_type in types if record_type.by_file]
    fitting = [one for one in by_file if fits(one.geometry, shapes)]
    possible = frozenset(one.name for one in fitting)
    own, path = (named_by_path(by_file, part, possible) for part in (names[1:][-1:], names[1:]))
    for about in dict.fromkeys([path] if own else [own, path]):
        hints = _hints(by_file, columns, named(by_file, names[0]) | about)
        found = _guess(fitting, columns, (taken, known_as), (hints, about), shapes)
        kind = next((one for one in fitting if one.name == found.type), None)
        if kind and keyed(kind, map_columns(kind, columns, taken, None, known_as), has_geometry=False):
            break
    return found


def _guess(
    fitting: Sequence[RecordType],
    columns: Sequence[str],
    others: tuple[Sequence[str], KnownAs],
    named_so: tuple[Mapping[str, int], frozenset[str]],
    shapes: Mapping[int, int],
) -> Guess:
    """Tell the type that fits best; ``named_so`` says how plainly names speak of each, and what the layer is called."""
    (taken, known_as), (hints, own) = others, named_so
    scores: dict[str, _Score] = {}
    possible: dict[str, _Score] = {}
    for record_type in fitting:
        found = map_columns(record_type, columns, taken, None, known_as)
        whole = keyed(record_type, found, bool(shapes) and record_type.geometry is not None)
        # A field of which a person must choose the column is told of all the same.
        asked = {fields[0]: column for column, fields in found.ambiguous.items() if len(fields) == 1}
        told = {**asked, **found.fields}
        telling = sum(not _spellings(column, known_as) & _COMMONPLACE for column in told.values())
        name = record_type.name
        score = (telling + hints[name], whole, name in own, len(told))
        # A column of names alone, as the questions of a form have, makes no table a list of communities.
        if whole and (record_type.geometry if shapes else score[0]):
            possible[record_type.name] = score
        # A table of names and types whose file is called "settlement" may be its questionnaire.
        enough = telling or shapes or len(told) > _ENOUGH
        if enough and score[0] >= _ENOUGH:
            # The best may lack a part of its key: better say so than take it for something else.
            scores[record_type.name] = score
    best = sorted(scores, key=lambda name: scores[name], reverse=True)
    exact = {t.name: _EXACT.index(t.geometry) for t in fitting}
    rest = sorted(possible, key=lambda name: (-possible[name][0], exact[name], -possible[name][-1]))
    likely = tuple(dict.fromkeys([*best, *rest]))[:_LIKELY]
    if not best or (len(best) > 1 and scores[best[0]] == scores[best[1]]):
        return Guess(None, likely)
    return Guess(best[0], likely)


def keyed(record_type: RecordType, found: ColumnMap, has_geometry: bool) -> bool:
    """Tell whether the mapped columns can tell one record from another."""
    if found.source_id:
        return True
    there = set(found.fields) | ({SHAPE} if has_geometry else set()) | {record_type.ordinal}
    return any(all(part in there for part in key) for key in record_type.keys)


def _hints(types: Sequence[RecordType], columns: Sequence[str], spoken: frozenset[str]) -> dict[str, int]:
    """Tell how plainly the file's or layer's name (``spoken``), or a heading, names each type: 2, 1, or 0 for none.

    A heading that also refers to records of the type, as "ชุมชน" of a house does, says half as much.
    """
    headings = {folded(column) for column in columns}
    referring = {h for t in types for f in t.fields if isinstance(f.kind, Ref) for h in f.headings}
    by_heading = {
        t.name: max((1 if h in referring else 2 for h in called_itself(t) & headings), default=0)
        for t in types
    }
    return {t: 2 if t in spoken else by_heading[t] for t in by_heading}
