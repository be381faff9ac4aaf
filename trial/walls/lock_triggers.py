"""After the data lock the database itself takes no fact about a participant, whoever writes it (decision 44).

The services refuse before; this is the one guard that every way to a table has to pass, a command, a task
and somebody's own SQL alike. Each application names its tables in its list of triggers.
"""

from __future__ import annotations

from trial.walls.triggers import Trigger, promise

SENTENCE = "the data of this trial are locked"
OF_PARTICIPANT = "SELECT p.trial_id FROM trial_participant p WHERE p.id = {}"


def facts(table: str, trial: str = "", *, only: str = "", columns: str = "") -> list[Trigger]:
    """No row is added to `table` once the trial of its participant is locked; with `columns`, none changes.

    `trial` is a query for the new row's trial where the row itself names no participant; `only` limits it
    to rows of a kind; `columns` are those of which a change is a new fact.
    """
    of_trial = trial or OF_PARTICIPANT.format("NEW.participant_id")
    locked = f"EXISTS (SELECT 1 FROM trial_datalock k WHERE k.trial_id = ({of_trial}))"  # noqa: S608 - ours
    when = f"({only}) AND {locked}" if only else locked
    found = [promise(table, f"{table}_locked", "INSERT", when, SENTENCE)]
    if columns:
        found.append(promise(table, f"{table}_stays_locked", f"UPDATE OF {columns}", when, SENTENCE))
    return found
