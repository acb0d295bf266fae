"""The English catalogue is complete and consistent; messages are literals that a catalogue can hold."""

from __future__ import annotations

from pathlib import Path

import catalogue
import pytest

from tests.architecture.tree import ROOT, listing


def test_every_word_has_its_english():
    left = {message.key: message for message in catalogue.missing()}
    faults = [f"{Path(message.place).relative_to(ROOT)}  {message.text}" for message in left.values()]
    assert faults == [], listing(
        faults,
        f"{len(faults)} without English (scripts/catalogue.py --missing lists all); add them to your part in locale/en/parts:",
    )


def test_nothing_is_translated_that_nobody_says():
    left = catalogue.unsaid()
    assert left == [], listing(left, "Take these entries out of locale/en/parts:")


def test_the_parts_agree():
    _merged, faults = catalogue.merged(catalogue.parts())
    assert faults == [], listing(faults, "The English catalogue contradicts itself:")


def test_messages_are_found(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext\n"
        "a = _('一') % {'n': 1}\nb = ngettext('%(n)s 件', '%(n)s 件们', 2)\nc = pgettext('页', '二')\nd = other('三')\n"
    )
    page = tmp_path / "page.html"
    page.write_text(
        '{% translate "四" %}{% trans "五" context "页" %}{% include "x" with y=_("六") %}\n'
        "{% blocktranslate trimmed count n=n %}\n  共 {{ n }} 件\n{% plural %}\n  共 {{ n }} 件们\n{% endblocktranslate %}"
    )
    assert {m.key for m in catalogue.messages_of_code(code)} == {("", "一"), ("", "%(n)s 件"), ("页", "二")}
    found = {m.key: m.plural for m in catalogue.messages_of_template(page)}
    assert found == {("", "四"): "", ("页", "五"): "", ("", "六"): "", ("", "共 %(n)s 件"): "共 %(n)s 件们"}


def test_a_message_that_is_put_together_is_refused(tmp_path):
    code = tmp_path / "code.py"
    code.write_text("from django.utils.translation import gettext as _\na = _(f'{n} 件')\n")
    with pytest.raises(ValueError, match="one literal"):
        list(catalogue.messages_of_code(code))


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ('msgid "一"\nmsgstr "One"\n', 'msgid "一"\nmsgstr "Single"\n', "'Single' here"),
        ('msgid "一"\nmsgstr ""\n', "", "has no English"),
        ('msgid "共 %(n)s 件"\nmsgstr "%(m)s cards"\n', "", "must keep the places"),
        ('msgid "一"\nmsgstr "一"\n', "", "still has Chinese"),
    ],
)
def test_a_bad_part_is_refused(tmp_path, first, second, said):
    (tmp_path / "a.po").write_text(first)
    (tmp_path / "b.po").write_text(second)
    _merged, faults = catalogue.merged(sorted(tmp_path.glob("*.po")))
    assert len(faults) == 1 and said in faults[0]
