"""The triggers of this application's tables. What a line means: `trial.walls.triggers`."""

from __future__ import annotations

from trial.walls.triggers import Trigger, append_only, ended_once, promise


def boxes(table: str, what: str, owner: str, key: tuple[str, ...]) -> list[Trigger]:
    """Rows that change in one way: sealed anew for a key that a re-keying names, in their own place."""
    other_key = (
        f"NEW.id <> OLD.id OR NEW.{owner} <> OLD.{owner} OR NEW.recipient <> OLD.recipient "
        "OR NEW.key_id = OLD.key_id OR NOT EXISTS (SELECT 1 FROM sealed_rekeying r "
        "WHERE r.recipient = NEW.recipient AND r.key_id = NEW.key_id)"
    )
    resealed = "a box is only ever sealed anew for another key"
    return [
        *(one for one in append_only(table, what, key) if one.on != "UPDATE"),
        promise(table, f"{table}_resealed_only", "UPDATE", other_key, resealed),
    ]


def somebody_is_named(table: str) -> Trigger:
    """Participant and duty are there. A foreign key says so too, but waits for whoever locks those rows."""
    nobody = (
        "NOT EXISTS (SELECT 1 FROM trial_participant p WHERE p.id = NEW.participant_id) "
        "OR NOT EXISTS (SELECT 1 FROM trial_delegation d WHERE d.id = NEW.by_id)"
    )
    return promise(table, f"{table}_names_somebody", "INSERT", nobody, "there is no such participant or duty")


TRIGGERS = (
    *boxes("sealed_seal", "seals", "envelope_id", key=("envelope_id", "recipient")),
    *boxes("sealed_listsecret", "secrets of a list", "list_id", key=("list_id", "recipient")),
    *append_only("sealed_sealedauditentry", "sealed audit entries", key=("chain_id", "sequence")),
    *append_only("sealed_pharmacypassword", "sealed passwords", key=("id",)),
    *append_only("sealed_sealedsignonlink", "links to accounts elsewhere", key=("id",)),
    *append_only("sealed_setaside", "lists that were set aside", key=("list_id",)),
    promise(
        "sealed_setaside",
        "only_drafts_are_set_aside",
        "INSERT",
        "EXISTS (SELECT 1 FROM randomization_liststep s WHERE s.list_id = NEW.list_id "
        "AND s.step NOT IN ('draft', 'checked'))",
        "a list is set aside before it is sealed",
    ),
    *append_only("sealed_codebreak", "code breaks", key=("id",)),
    *(somebody_is_named(table) for table in ("sealed_codebreak", "sealed_onetimelink")),
    *append_only("sealed_codebreakentered", "entries of code breaks", key=("code_break_id",)),
    *append_only("sealed_sealedanswer", "answers to requests", key=("delegation_id", "key")),
    *append_only("sealed_openedelsewhere", "code breaks", key=("code_break_id",)),
    *append_only("sealed_onetimelink", "one-time links", key=("digest",)),
    *append_only("sealed_onetimelinkcancelled", "cancelled one-time links", key=("link_id",)),
    *append_only("sealed_onetimelinkmailed", "mails of one-time links", key=("link_id",)),
    *ended_once(
        "sealed_doctoraddress",
        "addresses of doctors",
        end="ended_at",
        kept=("id", "trial_id", "doctor", "email", "entered_by_id", "entered_at"),
    ),
    *append_only("sealed_onetimelinkuse", "uses of one-time links", key=("link_id",)),
    *append_only("sealed_openingsignature", "signatures", key=("trial_id", "part")),
    *append_only("sealed_sealedsignature", "signatures", key=("id",)),
    promise(
        "sealed_sealedsignature",
        "sealed_sealedsignature_names_somebody",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM trial_delegation d WHERE d.id = NEW.by_id AND d.trial_id = NEW.trial_id) "
        "OR (NEW.site_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM trial_site s WHERE s.id = NEW.site_id))",
        "there is no such duty or site",
    ),
    *append_only("sealed_keyproof", "proofs of keys", key=("id",)),
    *append_only("sealed_rekeying", "re-keyings", key=("recipient", "key_id")),
    *append_only("sealed_enrolmentcode", "enrolment codes", key=("digest",)),
    *append_only("sealed_enrolmentcodeuse", "uses of enrolment codes", key=("code_id",)),
)
