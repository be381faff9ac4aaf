"""A real mail server on a loopback port that keeps what it gets, and can be told to say no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.processes import free_port

GREYLISTED = "451 4.7.1 Try again later"
NO_SUCH_MAILBOX = "550 5.1.1 No such mailbox"
BUSY = "421 4.3.2 Busy"


@dataclass(frozen=True)
class Letter:
    """One message as it came over the wire: its recipients of the SMTP dialogue, and what it says."""

    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def text(self) -> str:
        return self.message.get_content()

    @property
    def said(self) -> tuple[object, ...]:
        """Everything but the moment: two letters that say the same are the same message."""
        return (self.recipients, self.message["Subject"], self.message["Message-ID"], self.text)


@dataclass
class Letterbox:
    """The handler of the server. `answers` holds, by recipient, what it says next; then it says yes."""

    port: int
    letters: list[Letter] = field(default_factory=list)
    answers: dict[str, list[str]] = field(default_factory=dict)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take the recipient, or say what was asked for."""
        if self.answers.get(address):
            return self.answers[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message; `hang up` ends the conversation instead of answering."""
        if self.answers.get("hang up after"):
            self.answers["hang up after"].pop()
            server.transport.close()
            return ""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, policy=policy.default)
        self.letters.append(Letter(tuple(envelope.rcpt_tos), message))  # type: ignore[arg-type]
        return "250 OK"

    def to(self) -> list[str]:
        """Who got something, in the order of arrival."""
        return [letter.recipients[0] for letter in self.letters]


@contextmanager
def letterbox() -> Iterator[Letterbox]:
    """A mail server for the time of the block."""
    box = Letterbox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
