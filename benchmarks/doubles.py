"""How long it takes to find doubles: ``python -m benchmarks.doubles [HOUSEHOLDS ...]`` prints a line each.

Made-up households of dense communities, a point every five metres, three members each; one in a
hundred stands twice.
"""

from __future__ import annotations

import sys
import time

import geopandas as gpd
import numpy as np
import pandas as pd

from surveys.city.doubles import candidates, columns_of
from surveys.planning.match import Frames

COUNTS = (10_000, 100_000)
IN_COMMUNITY, MEMBERS, APART_M = 200, 3, 5.0
_METRES_PER_DEGREE = 111_320.0
_LETTERS = "กขคงจชดตถทนบปพมยรลวส"


def _frame(
    type_name: str, columns: dict[str, object], ids: list[str], points: object = None
) -> gpd.GeoDataFrame:
    """Make records; what is not said is absent."""
    made = pd.DataFrame(columns, index=ids)
    for name in columns_of(type_name):
        made[name] = made[name].astype("str") if name in made else pd.Series(np.nan, ids, dtype="str")
    shapes = gpd.GeoSeries(points if points is not None else [None] * len(ids), index=ids, crs=4326)
    return gpd.GeoDataFrame(made, geometry=shapes)


def city(count: int) -> Frames:
    """Make the frames of a network of ``count`` households, and a hundredth more that stand twice."""
    rng = np.random.default_rng(2569)
    first = ["สม" + a + b for a in _LETTERS for b in ("ชาย", "หญิง", "ศรี", "พร", "ใจ", "บัติ")]
    last = ["ใจ" + a + b + c for a in _LETTERS for b in "าีูเแ" for c in "กดบงนมยว"]
    at, side = np.arange(count), int(np.sqrt(count)) + 1
    step = APART_M / _METRES_PER_DEGREE
    homes = _frame(
        "household",
        {
            "community": [f"K{n:04d}" for n in at // IN_COMMUNITY], "house_seq": at % IN_COMMUNITY + 1,
            "house_no": [f"{n % IN_COMMUNITY + 1}/{n // IN_COMMUNITY}" for n in at], "household_no": "1",
            "key": [f"house_seq={n % IN_COMMUNITY + 1}|household_no=1|" for n in at],
            "head_name": [f"นาย{first[a]} {last[b]}" for a, b in
                          zip(rng.integers(0, len(first), count), rng.integers(0, len(last), count), strict=True)],
            "head_id_digest": [f"head {n}" for n in at],
        },
        [f"{n:032x}" for n in at],
        gpd.points_from_xy(100.5 + at % side * step, 13.7 + at // side * step),
    )  # fmt: skip
    twice = homes.sample(count // 100, random_state=1)
    again = twice.assign(household_no="2", head_name=twice["head_name"].str.removeprefix("นาย"))
    homes = pd.concat([homes, again.set_index(np.array([f"f{n:031x}" for n in range(len(again))]))])
    own = homes.iloc[:count].loc[:, ["community", "house_seq", "house_no", "household_no"]]
    people = own.loc[own.index.repeat(MEMBERS)].to_dict("list")
    ids = [f"member {n}" for n in range(count * MEMBERS)]
    members = _frame("member", people | {"person_id_digest": ids}, ids)
    known = [f"K{n:04d}" for n in range(count // IN_COMMUNITY + 1)]
    return {
        "community": _frame("community", {"code": known, "name": [f"ชุมชน {code}" for code in known]}, known),
        "house": _frame("house", {}, []), "household": homes, "member": members,
    }  # fmt: skip


def main() -> None:
    """Print one line for each number of households."""
    for count in [int(text) for text in sys.argv[1:]] or COUNTS:
        frames = city(count)
        started, worked = time.perf_counter(), time.process_time()
        found = candidates(frames)
        seconds, processor = time.perf_counter() - started, time.process_time() - worked
        pairs = found.rows.drop_duplicates(["first", "second"])
        print(
            f"{len(frames['household']):,} households, {len(frames['member']):,} members: "
            f"{len(pairs):,} pairs in {seconds:.1f} s ({processor:.1f} s of a processor)"
        )


if __name__ == "__main__":
    main()
