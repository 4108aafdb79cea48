"""A survey's address as a QR code (ISO/IEC 18004), for screens and for paper. Pure."""

import io

import segno

BORDER = 4  # modules of quiet around it, as the standard asks


def svg(address: str) -> bytes:
    """Return a drawing that is sharp at any size."""
    return _drawn(address, "svg", scale=8, xmldecl=False, svgversion=1.1)


def png(address: str) -> bytes:
    """Return a picture of about 800 pixels, for printing."""
    return _drawn(address, "png", scale=24)


def _drawn(address: str, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(out, kind=kind, border=BORDER, dark="#000000", light="#ffffff", **how)
    return out.getvalue()
