"""The demonstration city, taken in through the ordinary use cases, file by file."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import typer

from api.progress import shown
from demo import steps
from surveys import networks
from surveys.city import proposals
from surveys.dates import today
from surveys.errors import Refused, StoreUnavailable
from surveys.intake.accept import accept
from surveys.intake.examine import Upload, examine
from surveys.intake.options import Options
from surveys.roles import Actor
from surveys.store.store import Store
from surveys.view import frames
from surveys.words import words

SURVEYOR = Actor("demo:surveyor", "surveyor")
PLANNER = Actor("demo:planner", "planner")
SECRETARY = Actor("demo:secretary", "secretary")
STEWARD = Actor("demo:steward", "steward")


def make(where: Path | str) -> None:
    """Make the demonstration city in a store; one that is there already is kept.

    Raises
    ------
    Refused
        If the city in the store was left half made.
    """
    if "://" in str(where) or Path(where).exists():
        store = Store.open(where)
        if steps.NETWORK_CODE not in store.networks():
            _fill_aloud(store)
        elif store.counts(steps.NETWORK_CODE)["land_proposal"] >= len(steps.PROPOSALS):
            typer.echo(f"ใช้เมืองสาธิตเดิมใน {where} / the demonstration city in {where} is kept")
        else:
            # Its proposals come last and are never deleted.
            raise Refused(
                words(
                    f"เมืองสาธิตใน {where} สร้างไม่เสร็จ ลบไฟล์นี้แล้วสั่งใหม่",
                    f"The demonstration city in {where} was left half made; delete the file and try again.",
                )
            )
        store.close()
    else:
        _make_beside(Path(where).absolute())


def _fill_aloud(store: Store) -> None:
    typer.echo("กำลังสร้างเมืองสาธิต (ข้อมูลสมมติ) / making the demonstration city (made-up data)")
    fill(store)


def _make_beside(path: Path) -> None:
    """Fill a new store in a folder beside its place and move it there when it is complete."""
    making = path.with_name(path.name + ".making")
    # What an interrupted run left.
    shutil.rmtree(making, ignore_errors=True)
    try:
        making.mkdir(mode=0o700)
    except OSError as error:
        raise StoreUnavailable(
            words(
                f"สร้าง {path.name} ไม่ได้: {error.strerror}", f"{path.name} cannot be made: {error.strerror}."
            )
        ) from error
    try:
        made = making / path.name
        key = path.with_name(path.name + ".key")
        if key.exists():
            # It may open backups of an older store.
            shutil.copy2(key, making)
        store = Store.open(made, create=True)
        _fill_aloud(store)
        store.close()
        for journal in ("-wal", "-shm"):
            # Of a store that is gone; SQLite would play it into the new one.
            path.with_name(path.name + journal).unlink(missing_ok=True)
        shutil.copytree(store.files, path.with_name(path.name + ".files"), dirs_exist_ok=True)
        made.with_name(key.name).replace(key)
        # The last: where the store is, all is there.
        made.replace(path)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def fill(store: Store) -> list[dict[str, Any]]:
    """Add the network, import its files in order, file its proposals; return the reports."""
    facts = {"name_en": steps.NETWORK_NAME_EN, "made_up": 1, "attribution": "\n".join(steps.ATTRIBUTIONS)}
    networks.add(store, STEWARD, steps.NETWORK_CODE, steps.NETWORK_NAME, steps.BOUNDS, facts)
    reports = []
    with tempfile.TemporaryDirectory(prefix="mankong-") as made:
        folder = Path(made)
        for number, step in enumerate(steps.make(folder)):
            reports.append(_import(store, folder, number, step))
    for proposal in steps.PROPOSALS:
        _propose(store, proposal)
    return reports


def _import(store: Store, folder: Path, number: int, step: steps.Step) -> dict[str, Any]:
    """Take one file in as a surveyor would."""
    work = folder / f"import-{number}"
    work.mkdir()
    options = Options(type=step.type, layers=dict(step.layers), crs=step.crs, encoding=step.encoding)
    with shown(False) as progress:
        found = examine(
            Upload(folder / step.file, step.file, steps.NETWORK_CODE, options, work),
            store,
            SURVEYOR,
            progress,
        )
        report = accept(found, store, SURVEYOR, progress)
    typer.echo(f"  {step.file}: รับเข้า {report['taken']:,} กันไว้ {report['quarantined']:,} / taken, kept out")
    return report


def _propose(store: Store, proposal: steps.Proposal) -> None:
    """File a proposal and, where the committee met on it, record what it said."""
    targets = _targets(store, proposal)
    draft = proposals.Draft(proposal.title, proposal.option, proposal.households, targets)
    filed = proposals.file(store, steps.NETWORK_CODE, PLANNER, draft)
    if proposal.decision:
        # No meeting is before the filing, and the city is filed as it is made.
        decision = proposals.Decision(proposal.decision, today(), proposal.reason)
        proposals.decide(store, steps.NETWORK_CODE, SECRETARY, filed["id"], decision)


def _targets(store: Store, proposal: steps.Proposal) -> list[tuple[str, str]]:
    """Find the communities and plots a proposal names by code and number."""
    found = frames(store, steps.NETWORK_CODE, PLANNER, ("community", "land_plot"))
    communities, plots = found["community"], found["land_plot"]
    named = communities.index[communities["code"].isin(proposal.communities)] if not proposal.plots else []
    wanted = set(proposal.plots)
    keys = zip(plots["community"], plots["plot_no"], strict=True)
    chosen = [record_id for record_id, key in zip(plots.index, keys, strict=True) if key in wanted]
    return [*(("community", str(i)) for i in named), *(("land_plot", str(i)) for i in chosen)]
