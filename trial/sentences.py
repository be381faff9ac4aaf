"""Where sentences become words: in the language of the page, or in one that is named."""

from __future__ import annotations

from django.utils.translation import get_language, gettext, ngettext, override

from trial.core.french import french_spaces
from trial.core.protocol import Text
from trial.core.sentences import Language, said


def in_page_language(words: object) -> str:
    """Words for whoever reads them now; what is no sentence and in no two languages stays as it is."""
    tag = get_language() or "en"
    text = said(words, Language(tag, gettext, ngettext))
    return french_spaces(text) if tag.startswith("fr") and not isinstance(words, str) else text


def in_language(words: object, tag: str) -> str:
    """Words for somebody who reads `en` or `fr`, whoever asks."""
    with override(tag):
        return in_page_language(words)


def in_both_languages(words: object) -> Text:
    """Words that are kept in both languages, since nobody knows who will read them."""
    return Text(in_language(words, "en"), in_language(words, "fr"))
