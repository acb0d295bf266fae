"""QR codes as drawings."""

from __future__ import annotations

import io

import segno
from django.utils.translation import gettext as _

from baozhang.kernel.documents.model import DocumentError


def qr_svg(text: str) -> str:
    """This is the QR code of a text as SVG source with a quiet zone of two modules; empty for an empty text."""
    if not text:
        return ""
    try:
        # Level M mends a soiled or creased code; boosting would only make it change with the text's length.
        code = segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError as error:
        raise DocumentError(
            _("二维码内容有 %(length)s 个字符，超过二维码的容量。请改用较短的核验地址。") % {"length": len(text)}
        ) from error
    out = io.BytesIO()
    code.save(out, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, light="#fff")
    return out.getvalue().decode()
