"""QR codes as drawings."""

from __future__ import annotations

import io

from django.utils.translation import gettext as _

from baozhang.kernel.documents.model import DocumentError
from baozhang.kernel.refusal import Fault


def qr_svg(text: str) -> str:
    """This is the QR code of a text as SVG source with a quiet zone of two modules; empty for an empty text."""
    if not text:
        return ""
    import segno  # seven megabytes that most processes never need

    try:
        # Level M mends a soiled or creased code; boosting would only make it change with the text's length.
        code = segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError as error:
        raise DocumentError(
            Fault(
                reason=_("二维码内容有 %(length)s 个字符，超过二维码的容量。") % {"length": len(text)},
                remedy=_("请改用较短的内容。"),
                field="qr_text",
            )
        ) from error
    out = io.BytesIO()
    code.save(out, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, light="#fff")
    return out.getvalue().decode()
