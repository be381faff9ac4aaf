"""The pharmacy's part of the script: what differs from world to world, and only that.

Run by `tests.blinding.run` as a process of the pharmacy door. The list is made by the product's own
services from one seed; only which arm an envelope holds is changed, and how the arms are called.

Commitments are public and cover the arm, hidden by a salt of 256 bits that no one outside can guess. To
compare everything else byte for byte they are here computed over the same record with the arm and block
left out, when they are made and when they are checked alike: what is called an ideal commitment. Then
root, signature, audit hashes and receipts are the same in every world, and nothing has to be masked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from randomization.core import commitments, making
from tests.blinding.set_up import PLACES
from tests.blinding.sweep_depths import EVERY, Depth
from tests.blinding.worlds import World

SEED = bytes([1]) * 32
CODE_BROKEN = 8
"""Where that participant stands among those of the first site, as the clinic screened them."""
DAYS = ("2015-10-06", "2015-10-07")


def use_assignment_of(world: World) -> None:
    """Let this process make the world's list. Before Django is set up, so that all import the new one."""
    real = making.allocations

    def allocations(design: Any, seed: bytes) -> Iterator[Any]:
        rows = list(real(design, seed))
        codes = [arm.code for arm in design.arms]
        arms = world.assign([codes.index(row.arm) for row in rows])
        return (replace(row, arm=codes[arm]) for row, arm in zip(rows, arms, strict=True))

    making.allocations = allocations
    take_any_order()
    if not world.real_commitments:
        idealise()


def take_any_order() -> None:
    """Take every order as common: twelve of one arm, or the arms of a world that guesses, are no real list.

    The verdict itself is shown in tests/sealed; here it would only stop the worlds that are most telling.
    """
    from randomization.core.order import verdict

    real = verdict.verdict_on

    def common(*known: Any) -> verdict.Verdict:
        return replace(real(*known), once_in=1, seen=None)

    verdict.verdict_on = common


def idealise() -> None:
    """Commit to everything but the arm, the block and the design."""
    from randomization.core.sealed_record import SealedRecord

    real_content, real_design = commitments.content_commitment, commitments.design_commitment

    def content_commitment(content: bytes) -> bytes:
        return real_content(replace(SealedRecord.from_bytes(content), arm="-", block=0).to_bytes())

    commitments.content_commitment = content_commitment

    class Nothing:
        @staticmethod
        def as_json() -> str:
            return "{}"

    commitments.design_commitment = lambda design, salt: real_design(Nothing(), salt)  # type: ignore[arg-type]


def relabel(world: World) -> None:
    """Call the arms otherwise behind this door. The protocol's text stays as it is installed."""
    from trial.models import trials

    real, labels = trials._parsed, world.labels

    def parsed(text: str, digest: str, version: str) -> Any:
        protocol = real(text, digest, version)
        arms = tuple(relabelled(arm, place, labels) for place, arm in enumerate(protocol.arms))
        return replace(protocol, arms=arms)

    trials._parsed = parsed


def relabelled(arm: Any, place: int, labels: Any) -> Any:
    """One arm with its other name, and its other volume."""
    from trial.core.protocol import Text

    if labels.codes:
        arm = replace(arm, code=labels.codes[place], label=Text(labels.labels[place], labels.labels[place]))
    if labels.volumes:
        arm = replace(
            arm, preparations=tuple(replace(row, volume_ml=labels.volumes[place]) for row in arm.preparations)
        )
    return arm


class Pharmacy:
    """The parts of the script by name."""

    def __init__(
        self, world: World, people: Any, watch: Any, secret: Path, depth: Depth, portions: tuple[int, ...]
    ) -> None:
        self.world, self.work, self.depth, self.portions = world, world.work, depth, portions
        self.people, self.watch, self.secret = people, watch, secret

    def at(self, day: str, minute: int) -> None:
        """Let it be that minute of that day at the site."""
        from tests.blinding.clinic_time import moment

        self.watch.fixed.move_to(moment(f"{day} 00:00") + timedelta(minutes=minute))

    def make_list(self) -> None:
        """The list that the trial begins with."""
        self.listed(None)

    def reserve_list(self) -> None:
        """On Wednesday afternoon the list is used up; a reserve comes, and stands by for it."""
        from randomization.models import RandomizationList

        self.at(DAYS[1], 14 * 60)
        self.listed(RandomizationList.objects.get())

    def listed(self, main: Any) -> None:
        """Two statisticians make, seal and activate a list, or the reserve of one."""
        from django.utils import timezone

        from randomization.core.design_file import Plan
        from randomization.sealed.lists.acceptance import check_list
        from randomization.sealed.lists.making import design_of, make_list
        from randomization.sealed.lists.steps import activate_list, seal_list
        from tests.keys import recovery_key_is_proved

        self.watch.fixed.begin(f"list {main}")
        one, two = self.people["stat.one"].delegation, self.people["stat.two"].delegation
        trial, at = one.trial, timezone.now()
        seed = SEED[1:] + bytes([2 if main else 1])
        design = design_of(trial, Plan(reserve=0 if main else self.world.reserve, targets={"all": PLACES}))
        list_ = make_list(
            trial=trial, environment="live", design=design, by=one, at=at, seed=seed, reserve_of=main
        )
        check_list(list_=list_, by=one, at=at)
        seal_list(list_=list_, by=one, at=at)
        if main is None:
            recovery_key_is_proved(one, at)
        activate_list(list_=list_, by=two, at=at)
        self.tell(list_)

    def tell(self, list_: Any) -> None:
        """Write down what the envelopes hold, for the planted leaks: an honest run never reads it."""
        from randomization.sealed.vault.envelope_contents import open_secret
        from randomization.sealed.vault.keys import pharmacy_key

        records = open_secret(list_, pharmacy_key()).records(list_)
        arms = {arm.code: arm for arm in list_.trial.protocol_version.protocol.arms}
        facts = {
            row.number: {
                "arm": row.arm,
                "block": row.block,
                "label": arms[row.arm].label.en,
                "product": arms[row.arm].preparations[0].product,
                "volume": arms[row.arm].preparations[0].volume_ml,
                "index": list(arms).index(row.arm),
            }
            for row in records
        }
        known = json.loads(self.secret.read_text())["envelopes"] if self.secret.exists() else {}
        self.secret.write_text(
            json.dumps(
                {
                    "envelopes": known | facts,
                    "lots": self.work.lots,
                    "note": self.work.note,
                    "minute": self.work.minute,
                }
            )
        )

    def stock(self) -> None:
        """Vials arrive at both sites, in as many deliveries as this world has."""
        from dosing.pharmacy.stock import products_of, receive_lot

        self.at("2015-10-05", 15 * 60)
        by = self.people["pharma.one"].delegation
        for site in by.trial.sites.all():
            for product, lot in zip(products_of(by.trial), self.work.lots, strict=False):
                for serial in range(self.work.deliveries):
                    self.watch.fixed.begin(f"delivery {site.number} {product} {serial}")
                    receive_lot(
                        site=site,
                        product=product,
                        lot_number=f"{site.number}{lot}",
                        expiry=date(2017, 4, 30),
                        quantity=self.work.vials,
                        confirmed={"quantity": self.work.vials},
                        by=by,
                        at=moment_now(),
                    )

    def morning(self, day: str) -> None:
        """Two pharmacists make everything of the day before seven, on the pages, in each world's own way."""
        from dosing.pharmacy.worklist import preparations

        self.at(day, self.work.minute)
        self.people.enter("pharma.one", "pharma.two")
        for _visit in range(self.work.visits):
            self.people.page("pharma.one", "/stock/")
        found = preparations(
            day=date.fromisoformat(day), by=self.people["pharma.one"].delegation, at=moment_now()
        )
        todo = [view for view in found if view.lots]
        for place, view in enumerate(reversed(todo) if self.work.backwards else todo):
            self.at(day, min(self.work.minute + place * self.work.pace // 3, 418))
            self.syringe(view, place)

    def seven(self, day: str) -> None:
        """At seven the clinic is told, by the pharmacy's own process."""
        from django.core.management import call_command

        self.at(day, 7 * 60)
        self.watch.fixed.begin(f"seven of {day}")
        call_command("publish_readiness", "--once", verbosity=0)

    def syringe(self, view: Any, place: int) -> None:
        """Prepare, check, release; in some worlds throw it away and begin anew."""
        own, note = f"/preparations/{view.id}/", {"note": self.work.note}
        lot = {"lot": view.lots[0].id}
        self.people.enter("pharma.one", "pharma.two")
        for _again in range(self.work.made_anew if place < 2 else 0):
            self.people.page("pharma.one", f"{own}prepare/", "POST", **lot, **note)
            self.people.page("pharma.one", f"{own}discard/", "POST", reason="Dropped")
        self.people.page("pharma.one", f"{own}prepare/", "POST", **lot, **note)
        self.people.page("pharma.two", f"{own}check/", "POST", **note)
        self.watch.begin(f"release {view.id}")
        signed = note | {"user_name": "pharma.one", "password": self.people.password()}
        answer = self.people.page("pharma.one", f"{own}release/", "POST", **signed)
        if answer.status_code != 302:
            raise RuntimeError(
                f"{own} was not released: {answer.status_code} {answer.content.decode()[-2000:]}"
            )

    def tuesday_morning(self) -> None:
        """The syringes of Tuesday."""
        self.morning(DAYS[0])

    def tuesday_seven(self) -> None:
        """What is ready on Tuesday: later than the clinic's early look, whenever the syringes were made."""
        self.seven(DAYS[0])

    def wednesday_morning(self) -> None:
        """The syringes of Wednesday."""
        self.morning(DAYS[1])
        self.seven(DAYS[1])

    def night(self) -> None:
        """At two in the night an investigator breaks one code; the treating doctor had called."""
        from trial.models import Participant

        if not self.world.code_break:
            return
        self.at("2015-10-07", 120)
        self.people.enter("investigator.one")
        number = Participant.objects.filter(site__number="01").order_by("number")[CODE_BROKEN].number
        found = self.people.page("investigator.one", "/code-break/", "POST", number=number, reason="Seizure")
        answer = self.people.page(
            "investigator.one", found.headers["Location"], "POST", password=self.people.password()
        )
        if answer.status_code != 200 or (
            self.world.labels.labels
            and not any(label in answer.content.decode() for label in self.world.labels.labels)
        ):
            raise RuntimeError(
                f"The code was not broken: {answer.status_code} {answer.content.decode()[-2000:]}"
            )

    def afternoon(self) -> None:
        """What is rare: a released syringe discarded, lots set aside and freed, vials destroyed, codes."""
        from django.urls import reverse

        from dosing.models import Readiness
        from dosing.pharmacy.slots import preparation_id
        from dosing.pharmacy.stock import stock

        self.at(DAYS[1], 14 * 60 + 30)
        self.people.enter("pharma.one")
        row = Readiness.objects.filter(date=DAYS[1]).order_by("participant__number").last()
        syringe = preparation_id(row.participant_id, row.number, row.date)
        self.sent("pharma.one", f"/preparations/{syringe}/discard/", reason="Dropped")
        for view in stock(by=self.people["pharma.one"].delegation, at=moment_now()):
            for act in ("quarantine_lot", "free_lot"):
                self.sent("pharma.one", reverse(act, args=[view.lot.id]), reason="12 °C for an hour")
            self.sent("pharma.one", reverse("destroy_lot", args=[view.lot.id]), reason="Broken", quantity=1)
        self.codes()

    def codes(self) -> None:
        """A doctor of another house opens one by a link; another was read from its printed sheet."""
        from randomization.models import Envelope
        from randomization.sealed.opening.one_time_links import make_link, use_link
        from randomization.sealed.opening.outside_code_breaks import reconcile_code_break

        by, at = self.people["investigator.one"].delegation, moment_now()
        drawn = Envelope.objects.filter(participant__site=by.site).order_by("participant__number")
        self.watch.fixed.begin("link")
        link = make_link(
            participant=drawn[0].participant, by=by, at=at, reason="Asked by telephone", doctor="Dr Blanc"
        )
        use_link(secret=link.secret, viewer=None, at=at)
        reconcile_code_break(
            number=drawn[1].number,
            means="paper",
            opened_by="Dr Noir",
            happened_at=at - timedelta(hours=1),
            reason="No network",
            by=by,
            at=at,
        )

    def sent(self, name: str, path: str, **typed: Any) -> None:
        """An act on a page that has to succeed. Raises RuntimeError."""
        answer = self.people.page(name, path, "POST", **typed)
        if answer.status_code != 302:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.content.decode()[-2000:]}")

    def onlookers(self) -> None:
        """Those who stay blinded and passers-by: every address of this door, looked at and sent nothing.

        If that is shared among portions, the addresses of this run's.
        """
        from tests.blinding.addresses import addresses
        from tests.blinding.people import NOBODY
        from tests.blinding.reset_state import ResetState, looked_at

        if not self.depth.onlookers:
            return
        self.at(DAYS[1], 15 * 60)
        self.people.enter("investigator.one")
        reset = ResetState(self.people, looked_at())
        mine = {portion % EVERY for portion in self.portions} if self.depth.shared else {*range(EVERY)}
        for place, address in enumerate(sorted(set(addresses()), key=lambda one: one.route)):
            for name in ("investigator.one", NOBODY) if place % EVERY in mine else ():
                for method in ("GET", "POST"):
                    self.people.ask(name, method, address.filled(self.places()[0]))
                    reset(name)

    def look_round(self) -> None:
        """Every address of this door, for the pharmacist and for the investigator, with all lines traced."""
        from tests.blinding.addresses import addresses

        self.at(DAYS[1], 15 * 60)
        self.watch.traced = True
        for name in ("pharma.one", "investigator.one"):
            self.people.enter(name)
            for address in sorted(set(addresses()), key=lambda one: one.route):
                for values in self.places():
                    self.visit(name, address, values)

    def places(self) -> list[dict[str, str]]:
        """What to fill into addresses: three participants, syringes and lots, drawn and not."""
        from dosing.pharmacy.models import Preparation
        from trial.models import Participant

        numbers = Participant.objects.order_by("number").values_list("number", flat=True)
        syringes = [str(row.pk) for row in Preparation.objects.order_by("participant__number", "date")[:3]]
        return [
            {"trial": self.people.trial, "number": number, "preparation": syringe}
            for number, syringe in zip(list(numbers)[3:6], syringes, strict=True)
        ]

    def visit(self, name: str, address: Any, values: dict[str, str]) -> None:
        """Look at one address, by token or by browser."""
        path = address.filled(values)
        if address.is_api:
            self.people.call(name, path.partition(f"/{self.people.trial}/")[2])
        elif "logout" not in path:
            self.people.page(name, path)


def moment_now() -> Any:
    """Now, on this process's clock."""
    from django.utils import timezone

    return timezone.now()
