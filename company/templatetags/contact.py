"""Ways to reach the shop, as links."""

import re

from django import template

register = template.Library()

NOT_DIALLED = re.compile(r"[^0-9+]")


@register.filter
def tel(phone: str) -> str:
    """Return the address that dials `phone`: '06233-326103' gives 'tel:06233326103' (RFC 3966)."""
    return "tel:" + NOT_DIALLED.sub("", phone)
