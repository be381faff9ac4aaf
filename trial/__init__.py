"""Who, where, who may, what happened; and the wiring of both doors."""

from trial.core.zones import rules, use_pinned_rules

use_pinned_rules()
ZONE_RULES = rules()
"""The rules of time zones that count in this process."""
