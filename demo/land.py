"""What stands behind each kind of land in the demonstration city: whose it is, and how people hold it.

Agencies are named because their land is the subject; every deed, lease and private owner is made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Land:
    """One kind of land: whose it is, the papers of its plots, the footing and hardship of its people."""

    owner: str
    custodian: str | None
    papers: Weights
    tenures: Weights
    causes: Weights
    lease_years: tuple[int, ...] = (3,)


_CROWN = "สำนักงานทรัพย์สินพระมหากษัตริย์"

# fmt: off
LANDS: dict[str, Land] = {
    "treasury": Land("กระทรวงการคลัง", "กรมธนารักษ์", {"lease": 0.7, "nsl": 0.3},
        {"lease": 0.6, "lease_oral": 0.15, "sublease": 0.1, "squat_state": 0.15},
        {"lease_ending": 0.4, "crowded": 0.3}, (3, 30)),
    "railway": Land("การรถไฟแห่งประเทศไทย", "การรถไฟแห่งประเทศไทย", {"none": 0.85, "lease": 0.15},
        {"squat_state": 0.75, "lease": 0.12, "lease_oral": 0.13},
        {"railway": 0.9, "eviction": 0.7, "crowded": 0.3}),
    "crown": Land(_CROWN, _CROWN, {"lease": 0.9, "consent": 0.1},
        {"lease": 0.75, "lease_oral": 0.15, "sublease": 0.1},
        {"lease_ending": 0.25, "crowded": 0.2}, (3, 30)),
    "port": Land("การท่าเรือแห่งประเทศไทย", "การท่าเรือแห่งประเทศไทย", {"none": 0.8, "lease": 0.2},
        {"squat_state": 0.65, "lease": 0.2, "lease_oral": 0.15},
        {"eviction": 0.5, "crowded": 0.5, "fire": 0.1}),
    "waterway": Land("ที่ดินของรัฐ", "สำนักการระบายน้ำ กรุงเทพมหานคร", {"none": 1.0},
        {"squat_state": 0.92, "consent": 0.08}, {"canal": 0.9, "eviction": 0.8, "flood": 0.5}),
    "public": Land("ที่ดินของรัฐ", "สำนักงานเขต (สมมติ)", {"nsl": 0.6, "none": 0.4},
        {"squat_state": 0.8, "consent": 0.2}, {"crowded": 0.3, "flood": 0.3}),
    "local": Land("กรุงเทพมหานคร", "สำนักงานเขต (สมมติ)", {"consent": 0.6, "none": 0.4},
        {"consent": 0.55, "squat_state": 0.45}, {"flood": 0.3, "crowded": 0.2}),
    "temple": Land("วัดใบโพธิ์เงิน (สมมติ)", "สำนักงานพระพุทธศาสนา (สมมติ)",
        {"lease": 0.5, "consent": 0.3, "none": 0.2},
        {"lease": 0.4, "lease_oral": 0.35, "consent": 0.25}, {"lease_ending": 0.35, "crowded": 0.4}),
    "private": Land("เจ้าของเอกชน (สมมติ)", None, {"chanote": 0.9, "ns3k": 0.1},
        {"lease_oral": 0.36, "lease": 0.18, "squat_private": 0.28, "consent": 0.08, "owner": 0.08,
         "hire_purchase": 0.02},
        {"eviction": 0.5, "crowded": 0.3, "flood": 0.15}, (1, 3)),
}
# fmt: on
DEEDS = ("chanote", "ns3k")
