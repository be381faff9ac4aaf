"""What the pilot study's files say, read by pandas alone: `python published.py FOLDER` prints it as JSON.

It runs in an environment of its own and imports nothing of Velum: whoever counts the published figures must
not be whoever is compared with them. Days are ISO dates, as published.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

SCREENING = 1.0
BASELINE = 3.0
FAILED = "SCREEN FAILURE"


def read(folder: Path) -> dict[str, Any]:
    """The subjects, and the planned visits."""
    pandas = import_module("pandas")  # not among Velum's own libraries

    def table(name: str) -> Any:
        return pandas.read_sas(folder / f"{name}.xpt", encoding="latin-1").astype(object)

    people = table("dm")
    ends = table("ds")
    ends = ends[ends.DSCAT == "DISPOSITION EVENT"].set_index("USUBJID")
    exposure, visits = table("ex"), table("sv")
    subjects = [
        _subject(
            row,
            ends.loc[row.USUBJID],
            exposure[exposure.USUBJID == row.USUBJID],
            visits[visits.USUBJID == row.USUBJID],
        )
        for row in people.itertuples()
    ]
    return {"subjects": subjects, "visits": [_planned(row) for row in table("tv").itertuples()]}


def _subject(row: Any, end: Any, exposure: Any, visits: Any) -> dict[str, Any]:
    closed, open_ended = _patch_days(exposure)
    return {
        "id": row.USUBJID,
        "site": row.SITEID,
        "age": int(row.AGE),
        "arm": "" if row.ARMCD == "Scrnfail" else row.ARMCD,
        "end": end.DSDECOD,
        "ended": end.DSSTDTC[:10],
        "died": row.DTHDTC[:10] if isinstance(row.DTHDTC, str) else "",
        "patch_days": closed,
        "first_days_of_open_intervals": open_ended,
        "visits": sorted(
            [float(visit.VISITNUM), visit.VISIT, visit.SVSTDTC[:10]] for visit in visits.itertuples()
        ),
    }


def _patch_days(exposure: Any) -> tuple[list[str], list[str]]:
    """Each day of an interval with an end; and the first days of those that the file leaves without one."""
    closed: list[str] = []
    open_ended: list[str] = []
    for row in exposure.itertuples():
        first = date.fromisoformat(row.EXSTDTC)
        if not isinstance(row.EXENDTC, str) or not row.EXENDTC:
            open_ended.append(first.isoformat())
            continue
        days = (date.fromisoformat(row.EXENDTC) - first).days + 1
        closed += [(first + timedelta(day)).isoformat() for day in range(days)]
    return sorted(closed), sorted(open_ended)


def _planned(row: Any) -> list[Any]:
    day = row.VISITDY
    return [float(row.VISITNUM), row.VISIT, None if day != day else int(day)]


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1]))))
