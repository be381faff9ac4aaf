"""One JSON object a line, in UTC, without bodies, parameters, personal data, or the secret of an address.

The address of a calendar feed opens it for whoever has it, that of an invitation sets a password. A request
that is refused, or comes from a strange host, is logged with its address: by Django, by the server, by
whatever is below them. So every record of this process loses what looks like such a secret when it is made,
not where it is printed.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from trial import ZONE_RULES

SIGN = r"[A-Za-z0-9_\-]"
SECRET = re.compile(
    rf"(?<!{SIGN})(?!(?:[0-9a-f]+|[A-Za-z_]+)(?!{SIGN})){SIGN}{{40,}}"  # 32 random bytes, no digest, no name
    r"|(?<=[?&]code=)[^&\s\"']+|(?<=[?&]state=)[^&\s\"']+|(?<=id_token=)[^&\s\"']+"  # of a log-in elsewhere
    rf"|(?<=/feeds/){SIGN}{{8,}}|(?<=/invitation/){SIGN}{{8,}}|(?<=/link/)(?!{SIGN}{{8}}-{SIGN}{{4}}-){SIGN}{{8,}}|(?<=/answer/#){SIGN}+"
)
HIDDEN = "[secret]"
UNREAD = "A line of the log could not be searched for secrets, so it is not shown."


def without_secrets(text: str) -> str:
    """The text without what looks like the secret of an address."""
    return SECRET.sub(HIDDEN, text)


def hide_secrets() -> None:
    """From now on no record of this process holds one, whoever logs it and with whatever formatter."""
    made = logging.getLogRecordFactory()
    if getattr(made, "hides_secrets", False):
        return

    def record(*given: object, **named: object) -> logging.LogRecord:
        try:
            return _cleaned(made(*given, **named))
        except Exception:  # whoever logs must not fail by it, and what was not looked through is not shown
            return _unread(made(*given, **named))

    record.hides_secrets = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(record)


def _cleaned(record: logging.LogRecord) -> logging.LogRecord:
    """The record without secrets in its text, in its parts, or in both put together."""
    record.msg = _clean(record.msg)
    if isinstance(record.args, dict):  # what a server says of one request keeps its own kind of dictionary
        record.args.update({name: _clean(value) for name, value in record.args.items()})
    elif isinstance(record.args, tuple):
        record.args = tuple(_clean(value) for value in record.args)
    said = record.getMessage()
    shown = without_secrets(said)
    if shown != said:  # a part that tells nothing by itself: what stands before it says what it is
        record.msg, record.args = shown, ()
    return record


def _unread(record: logging.LogRecord) -> logging.LogRecord:
    """The record without what it says, its traceback included."""
    record.msg, record.args, record.exc_info = UNREAD, (), None
    return record


def _clean(value: Any) -> Any:
    """A text without secrets; whatever else is logged is put into words only if it would show one."""
    if isinstance(value, str):
        return without_secrets(value)
    if value is None or isinstance(value, int | float):
        return value
    said = str(value)
    return without_secrets(said) if SECRET.search(said) else value


class JsonLine(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's moment, level, logger and message; a traceback's text where there is one."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return without_secrets(json.dumps(line, ensure_ascii=False))


def say_rules() -> None:
    """One line at the start of a server or worker: which rules of time zones count."""
    text = "Time zones are read by %s, not by the machine's files."
    logging.getLogger("velum.start").info(text, ZONE_RULES)
