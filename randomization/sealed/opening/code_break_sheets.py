"""The code-break pack: one sheet for each number of a list, printed when the list is sealed.

Each sheet is folded twice, so that only its upper part shows, and sealed. It works when nothing else does.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from randomization.models import RandomizationList, Step
from randomization.queries import current_step
from randomization.sealed.vault.envelope_contents import contents_of
from randomization.sealed.vault.trail import record_sealed
from trial.core.french import french_amount
from trial.core.protocol import Arm, Protocol
from trial.core.sentences import Sentence
from trial.models import Delegation
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal

MARGIN, LINE = 20 * mm, 6 * mm
FOLD = A4[1] / 2


class NotYetSealed(Refusal):
    """The list is not sealed yet, or is closed, so no pack is printed."""

    code = "not_yet_sealed"


@dataclass(frozen=True, repr=False)
class Sheet:
    """What one sheet says. `receives` is for the inside."""

    trial: str
    list_name: str
    root: str
    number: str
    receives: tuple[str, ...]


def code_break_pack(*, list_: RandomizationList, by: Delegation, at: datetime) -> bytes:
    """The pack of a list as PDF. That it was printed is entered in the sealed trail first.

    Raises NotPermitted, NotYetSealed, SealDamaged or KeyFault.
    """
    require(by, Permission.MANAGE_LISTS, trial=list_.trial_id)
    step = RandomizationList.objects.annotate(step=current_step()).get(pk=list_.pk).step
    if step not in {Step.SEALED, Step.ACTIVATED, Step.EXHAUSTED}:
        raise NotYetSealed(
            Sentence(
                "%(name)s is %(step)s. The pack is printed of a list that is sealed.",
                name=list_.name,
                step=str(Step(step).label),
            )
        )
    with transaction.atomic(durable=True):
        body = {"list": str(list_.pk), "sheets": list_.envelope_count}
        record_sealed(
            action="code_break_pack.printed", subject=list_.name, by=by, at=at, trial=list_.trial, body=body
        )
    return pdf(sheets_of(list_), printed=f"{at:%Y-%m-%d %H:%M} UTC, {by.user.shown_name}")


def sheets_of(list_: RandomizationList) -> Iterator[Sheet]:
    """A sheet for each number, in the order of the numbers: the order of the list is nobody's affair."""
    protocol = list_.trial.protocol_version.protocol
    found = [(envelope.number, record.arm) for envelope, record in contents_of(list_)]
    for number, arm in sorted(found):
        yield Sheet(list_.trial.acronym, list_.name, list_.root, number, told(protocol.arm(arm), protocol))


def told(arm: Arm, protocol: Protocol) -> tuple[str, ...]:
    """What a doctor has to know of an arm: name, products and doses, a line for each language."""
    lines = [f"{arm.label.en} / {arm.label.fr}"]
    for made in arm.preparations:
        name = protocol.product_label(made.product)
        volume = f"{made.volume_ml} mL" + (f", {made.concentration}" if made.concentration else "")
        lines.append(f"{name.en}: {made.dose.en}, {volume}")
        lines.append(french_amount(f"{name.fr}\u00a0: {made.dose.fr}, {volume}"))
    return tuple(lines)


def pdf(sheets: Iterable[Sheet], *, printed: str) -> bytes:
    """The sheets, one to a page."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=1)
    canvas.setTitle("Code-break pack. UNBLINDED")
    canvas.setAuthor("Velum")
    for sheet in sheets:
        _outside(canvas, sheet, printed)
        _inside(canvas, sheet)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _outside(canvas: Canvas, sheet: Sheet, printed: str) -> None:
    """The upper half, which shows when the sheet is folded."""
    _banner(canvas, A4[1] - MARGIN, "UNBLINDED INSIDE / LEVÉE D’AVEUGLE À L’INTÉRIEUR")
    canvas.setFont("Helvetica-Bold", 34)
    canvas.drawString(MARGIN, A4[1] - MARGIN - 5 * LINE, sheet.number)
    _lines(
        canvas,
        A4[1] - MARGIN - 7 * LINE,
        (
            f"{sheet.trial}, {sheet.list_name}",
            "Open in an emergency only, if knowing the treatment changes the care.",
            "N’ouvrir qu’en urgence, si connaître le traitement change la prise en charge.",
            "Opened on / ouvert le\u00a0: ______________________  at / à\u00a0: ______________",
            "By / par\u00a0: ________________________________________________________",
            "Why / motif\u00a0: ______________________________________________________",
            f"Root / racine\u00a0: {sheet.root}",
            f"Printed {printed}",
        ),
    )
    canvas.setDash(2, 2)
    canvas.line(0, FOLD, A4[0], FOLD)
    canvas.setDash()
    canvas.setFont("Helvetica", 8)
    canvas.drawCentredString(
        A4[0] / 2, FOLD + 4, "Fold here, print inwards, seal. / Plier ici, texte à l’intérieur, cacheter."
    )


def _inside(canvas: Canvas, sheet: Sheet) -> None:
    """The lower half, folded inwards."""
    _banner(canvas, FOLD - MARGIN, "UNBLINDED / HORS AVEUGLE")
    canvas.setFont("Helvetica", 12)
    canvas.drawString(MARGIN, FOLD - MARGIN - 3 * LINE, f"{sheet.number} receives / reçoit\u00a0:")
    for row, line in enumerate(sheet.receives):
        canvas.setFont("Helvetica-Bold" if row == 0 else "Helvetica", 14 if row == 0 else 11)
        canvas.drawString(MARGIN, FOLD - MARGIN - (5 + 1.4 * row) * LINE, line)
    _lines(
        canvas,
        MARGIN + 3 * LINE,
        (
            "Tell only those who treat this person now. Fill in the other half, then have it entered:",
            "pharmacy door, Emergency unblinding, “A printed sheet was opened”; or telephone the sponsor.",
            "Ne le dire qu’aux soignants. Remplir l’autre moitié et faire saisir l’ouverture dans Velum.",
        ),
    )


def _banner(canvas: Canvas, y: float, words: str) -> None:
    canvas.setFillGray(0)
    canvas.rect(MARGIN, y - LINE, A4[0] - 2 * MARGIN, 2 * LINE, fill=1, stroke=0)
    canvas.setFillGray(1)
    canvas.setFont("Helvetica-Bold", 15)
    canvas.drawCentredString(A4[0] / 2, y - 0.25 * LINE, words)
    canvas.setFillGray(0)


def _lines(canvas: Canvas, y: float, lines: Iterable[str]) -> None:
    canvas.setFont("Helvetica", 10)
    for row, line in enumerate(lines):
        canvas.drawString(MARGIN, y - row * 1.25 * LINE, line)
