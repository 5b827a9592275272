"""The log of what people did: append-only, each row carrying the digest of the one before it.

An event is written in the transaction of the change it tells of. Personal data stays out of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from surveys.dates import iso
from surveys.roles import Actor
from surveys.store.schema import table
from surveys.words import Words, words

ACTIONS: dict[str, Words] = {
    "network_added": words("เพิ่มเครือข่าย", "network added"),
    "import": words("นำเข้าไฟล์", "file imported"),
    "undo": words("ยกเลิกการนำเข้า", "import undone"),
    "redo": words("นำกลับมาใช้", "import redone"),
    "community_created": words("สร้างชุมชน", "community created"),
    "field_added": words("เพิ่มช่องข้อมูลของเครือข่าย", "field of the network's own added"),
    "field_retired": words("เลิกใช้ช่องข้อมูลของเครือข่าย", "field of the network's own retired"),
    "field_brought_back": words("นำช่องข้อมูลของเครือข่ายกลับมาใช้", "field of the network's own brought back"),
    "choice_added": words("เพิ่มตัวเลือกของเครือข่าย", "choice of the network's own added"),
    "choice_retired": words("เลิกใช้ตัวเลือกของเครือข่าย", "choice of the network's own retired"),
    "choice_brought_back": words("นำตัวเลือกของเครือข่ายกลับมาใช้", "choice of the network's own brought back"),
    "record_corrected": words("แก้ไขข้อมูล", "record corrected"),
    "record_ended": words("ยุติรายการ", "record ended"),
    "correction_taken_back": words("ยกเลิกการแก้ไข", "correction taken back"),
    "original_taken": words("ดาวน์โหลดไฟล์ต้นฉบับ", "original file taken out"),
    "attachment_taken": words("ดาวน์โหลดรูปถ่ายของรายการ", "photo of a record taken out"),
    "round_named": words("ระบุรอบสำรวจ", "survey round named"),
    "return_held": words("จัดเวทีคืนข้อมูล", "data given back at a meeting"),
    "return_concluded": words("บันทึกผลการคืนข้อมูล", "outcome of giving back recorded"),
    "proposal_filed": words("ยื่นข้อเสนอ", "proposal filed"),
    "proposal_decided": words("บันทึกมติ", "decision recorded"),
    "proposal_corrected": words("แก้มติที่บันทึกผิด", "decision corrected"),
    "double_decided": words("ตัดสินครัวเรือนที่อาจซ้ำ", "decision on households that may be one"),
    "double_withdrawn": words("ถอนผลตัดสินครัวเรือนซ้ำ", "decision on double households withdrawn"),
    "lists_decided": words("บันทึกมติเรื่องสองบัญชี", "decision on two lists recorded"),
    "lists_withdrawn": words("ถอนมติเรื่องสองบัญชี", "decision on two lists withdrawn"),
    "export": words("ส่งออกข้อมูล", "data exported"),
}


def record(
    connection: sa.Connection,
    actor: Actor,
    network: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append an event to the log, chained to the last one."""
    log = table("event")
    last = connection.scalar(sa.select(log.c.digest).order_by(log.c.id.desc()).limit(1)) or ""
    row = {
        "at": iso(datetime.now(UTC)), "actor": actor.name, "network": network, "action": action, "subject": subject,
        "detail": json.dumps(detail or {}, ensure_ascii=False, sort_keys=True),
    }  # fmt: skip
    chained = last + json.dumps(row, ensure_ascii=False, sort_keys=True)
    connection.execute(log.insert(), row | {"digest": hashlib.sha256(chained.encode()).hexdigest()})


def recent(connection: sa.Connection, network: str, limit: int = 50) -> list[dict[str, Any]]:
    """Return the latest events of a network, the newest first."""
    log = table("event")
    query = sa.select(log).where(log.c.network == network).order_by(log.c.id.desc()).limit(limit)
    return [dict(row) | {"detail": json.loads(row["detail"])} for row in connection.execute(query).mappings()]
