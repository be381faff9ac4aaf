"""Help is written in Markdown; HTML in it is plain words, and only our own addresses are links."""

from __future__ import annotations

import pytest

from trial.pages.help_text import as_html, names_in, title_of

SHOWN = {
    "# Title\n\nWords\nthat go on.": "<p>Words that go on.</p>",
    "<!-- today -->\n## Today": '<h2 id="today">Today</h2>',
    "## Today": "<h2>Today</h2>",
    "- one\n- two\n  goes on": "<ul><li>one</li><li>two goes on</li></ul>",
    "1. one\n2. two": "<ol><li>one</li><li>two</li></ol>",
    "**Record** and *ready*, `manage.py`": (
        '<p><strong>Record</strong> and <em>ready</em>, <code translate="no">manage.py</code></p>'
    ),
    "[nurse](nurse.md), [else](where.md)": '<p><a href="/help/nurse/">nurse</a>, else</p>',
    "<b>no</b> & **<i>**": "<p>&lt;b&gt;no&lt;/b&gt; &amp; <strong>&lt;i&gt;</strong></p>",
    "[x](javascript:alert)": "<p>x</p>",
    "![x](nurse.md)": '<p>!<a href="/help/nurse/">x</a></p>',
    "<script>no</script>": "<p>&lt;script&gt;no&lt;/script&gt;</p>",
    "## See [nurse](nurse.md)": "<h2>See nurse</h2>",
}


@pytest.mark.parametrize("text", SHOWN)
def test_a_document_is_shown_as_it_is_meant(text: str) -> None:
    html = as_html(text, lambda link: "/help/nurse/" if link == "nurse.md" else "")
    assert html.replace("\n", "") == SHOWN[text]


def test_a_table_has_heads_for_columns_and_rows() -> None:
    html = as_html("| word | meaning |\n|:--|---|\n| site | a hospital |\n| arm | a group |").replace(
        "\n", ""
    )
    assert '<th scope="col">word</th>' in html
    assert '<th scope="row">site</th><td>a hospital</td>' in html
    assert '<th scope="row">arm</th><td>a group</td>' in html
    assert html.startswith('<div class="scroll" tabindex="0" role="group"><table class="table">')
    assert html.endswith("</table></div>") and "style" not in html
    assert "---" not in html


def test_title_and_names_are_found() -> None:
    text = "# For nurses\n\n<!-- today -->\n## Today\n\n<!-- visit -->\n## Visits"
    assert (title_of(text), names_in(text)) == ("For nurses", ["today", "visit"])
