"""Words that the law's own data files carry in both languages."""

from django.utils.translation import get_language

from baozhang.kernel import told


def spoken(zh: str, en: str) -> str:
    """This is the Chinese or the English text, by the language of the reader; Chinese where there is no English."""
    if told.is_recording():
        return told.both(zh, en)
    return en if en and (get_language() or "").startswith("en") else zh
