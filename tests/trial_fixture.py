"""A small trial for tests, with people, eligible participants, and the blinded half of a list.

Needs Django; works at both doors. A list made here holds nothing: its commitments are of random
content, as good as any to the clinic door, which cannot tell.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from randomization.core.commitments import list_root
from randomization.core.numbers import draw_numbers
from randomization.models import Envelope, RandomizationList, Step, Stratum
from randomization.services import take_step
from randomization.signatures import statement_of
from tests.plugins.kept_worlds import KeptStep
from trial.core.numbers import format_number
from trial.models import (
    Consent,
    Delegation,
    EligibilityCheck,
    Participant,
    ParticipantStatus,
    Site,
    Status,
    Trial,
    User,
)
from trial.people.delegating import delegate
from trial.people.installing import install_trial
from trial.people.site_days import open_site
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, ProtocolFile, load_protocol

START = datetime(2015, 10, 5, 7, 30, tzinfo=UTC)
"""Monday 5 October 2015, 09:30 in Montpellier."""


@dataclass
class TrialFixture:
    """One trial with one site and whoever was asked for."""

    trial: Trial
    site: Site
    people: dict[str, Delegation] = field(default_factory=dict)
    serial: int = 0

    def person(self, role: Role, name: str = "") -> Delegation:
        """The person of that name (the role's, if none is given) with that duty in the whole trial."""
        username = name or f"{self.trial.environment}-{role}"
        if username not in self.people:
            user, _ = User.objects.get_or_create(username=username)
            duty = delegate(user=user, trial=self.trial, role=role, site=None, by=None, at=START)
            self.people[username] = duty
        return self.people[username]

    @property
    def nurse(self) -> Delegation:
        return self.person(Role.STUDY_NURSE)

    def participant(self, *statuses: Status, consented: bool = True, eligible: bool = True) -> Participant:
        """A participant who went through these statuses; consented and found eligible if none is given."""
        self.serial += 1
        number = format_number(self._number_format, self.site.number, self.serial)
        born = date(1960 + (self.serial - 1) % 35, 5, 1)  # nobody is taken for somebody else
        who = {"screened_by": self.nurse, "screened_at": START, "birth_month": born}
        participant = Participant.objects.create(trial=self.trial, site=self.site, number=number, **who)
        if consented:
            Consent.objects.create(
                participant=participant, signed_on=START.date(), recorded_by=self.nurse, recorded_at=START
            )
            self._check(participant, eligible)
        for sequence, status in enumerate(statuses or (Status.SCREENING, Status.ELIGIBLE), 1):
            ParticipantStatus.objects.create(
                participant=participant, sequence=sequence, status=status, by=self.nurse, at=START
            )
        return participant

    @transaction.atomic
    def blinded_list(
        self,
        size: int = 36,
        *,
        environment: str = "",
        until: Step = Step.ACTIVATED,
        strata: tuple[str, ...] = ("all",),
        name: str = "main",
        reserve_of: RandomizationList | None = None,
    ) -> RandomizationList:
        """The blinded half of a list of `size` envelopes per stratum, taken as far as `until`."""
        makers = [
            self.person(Role.UNBLINDED_STATISTICIAN, f"{self.trial.environment}-stat{n}") for n in (1, 2)
        ]
        list_ = self._signed_list(
            size, environment or self.trial.environment, strata, name, makers[0], reserve_of
        )
        for step, by in zip(
            (Step.DRAFT, Step.CHECKED, Step.SEALED, Step.ACTIVATED),
            (makers[0], makers[0], makers[0], makers[1]),
            strict=True,
        ):
            take_step(list_=list_, step=step, by=by, at=START)
            if step == until:
                break
        return list_

    def _signed_list(
        self,
        size: int,
        environment: str,
        strata: tuple[str, ...],
        name: str,
        by: Delegation,
        reserve_of: RandomizationList | None = None,
    ) -> RandomizationList:
        commitments = [secrets.token_bytes(32) for _ in range(size * len(strata))]
        list_ = RandomizationList(
            trial=self.trial,
            sequence=RandomizationList.objects.filter(trial=self.trial).count() + 1,
            environment=environment,
            name=name,
            envelope_count=len(commitments),
            root=list_root(commitments).hex(),
            design_commitment=secrets.token_hex(32),
            made_by=by,
            made_at=START - timedelta(days=1),
            reserve_of=reserve_of,
        )
        _sign(list_)
        list_.save(force_insert=True)
        numbers = draw_numbers(len(commitments), environment, hashlib.sha256(name.encode()).digest())
        for place, key in enumerate(strata, 1):
            stratum = Stratum.objects.create(list=list_, place=place, key=key, size=size)
            Envelope.objects.bulk_create(
                Envelope(
                    stratum=stratum,
                    position=position,
                    number=next(numbers),
                    commitment=commitments[(place - 1) * size + position - 1].hex(),
                )
                for position in range(1, size + 1)
            )
        return list_

    def _check(self, participant: Participant, eligible: bool) -> None:
        EligibilityCheck.objects.create(
            participant=participant,
            protocol_version=self.trial.protocol_version,
            answers={},
            eligible=eligible,
            failures=[],
            checked_by=self.nurse,
            checked_at=START,
        )

    @property
    def _number_format(self):  # type: ignore[no-untyped-def]
        return self.trial.protocol_version.protocol.number_format


LEFT = ("account", "duty")
"""Two ways in which somebody is no longer there."""


def leave(duty: Delegation, how: str) -> None:
    """The person's account is inactive from now on, or the duty has ended."""
    if how == "account":
        User.objects.filter(pk=duty.user_id).update(is_active=False)
    else:
        Delegation.objects.filter(pk=duty.pk).update(ended_at=START)


@cache
def protocol_file() -> ProtocolFile:
    """The file of most tests, read once: its reader has tests of its own, and nothing changes it."""
    return load_protocol(PROTOCOLS / "nct02059759.toml")


def new_trial(environment: str = "live") -> TrialFixture:
    """The trial NCT02059759, installed as that environment, with its site open."""
    trial = install_trial(file=protocol_file(), environment=environment, at=START)
    site = open_site(site=trial.sites.get(), on=date(2015, 9, 1), by=None, at=START)
    return TrialFixture(trial=trial, site=site)


WORLD = KeptStep("world", lambda made: new_trial())
"""What nearly every test begins with; kept between tests."""


def _sign(list_: RandomizationList) -> None:
    key = Ed25519PrivateKey.generate()
    list_.signer_public_key = key.public_key().public_bytes_raw().hex()
    list_.signature = key.sign(statement_of(list_).to_bytes()).hex()
