"""One JSON object a line, in UTC, without bodies, parameters or personal data."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from trial import ZONE_RULES


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
        return json.dumps(line, ensure_ascii=False)


def say_rules() -> None:
    """One line at the start of a server or worker: which rules of time zones count."""
    text = "Time zones are read by %s, not by the machine's files."
    logging.getLogger("velum.start").info(text, ZONE_RULES)
