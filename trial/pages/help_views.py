"""The pages of help: what there is to read, and one document."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.views.generic import TemplateView

from trial.pages.help import keys_of, topic, topics_for
from trial.pages.middleware import OnDuty
from trial.pages.tour import stops


class HelpIndex(TemplateView):
    """What to read first, for the person's duty; then everything else of this door."""

    template_name = "trial/help.html"
    request: OnDuty

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Own topics, the others, and whether there is a tour."""
        role = self.request.delegation.role
        own = topics_for(role)
        known = {found.key for found in own}
        others = [topic(key) for key in keys_of(settings.VELUM_DOOR) if key not in known]
        return super().get_context_data(own=own, others=others, stops=stops(role), **context)


class HelpTopic(TemplateView):
    """One document."""

    template_name = "trial/help_topic.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The document; a topic of the other door is not found here."""
        try:
            found = topic(self.kwargs["topic"])
        except KeyError as reason:
            raise Http404 from reason
        return super().get_context_data(**context | {"topic": found})
