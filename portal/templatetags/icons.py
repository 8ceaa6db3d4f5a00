"""Line icons, drawn for the portal, inline because the CSP allows no style and few loads."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Drawn on a grid of 24 units with a pen of 1.75.
SHAPES = {
    "alert": '<path d="M12 3.5 21.5 20h-19z"/><path d="M12 10v4.5M12 17.2v.1"/>',
    "arrow": '<path d="M4.5 12h15M13 5.5l6.5 6.5-6.5 6.5"/>',
    "auto": '<circle cx="12" cy="12" r="8.8"/><path fill="currentColor" d="M12 3.2v17.6'
    'a8.8 8.8 0 0 0 0-17.6z"/>',
    "back": '<path d="M19.5 12h-15M11 5.5 4.5 12l6.5 6.5"/>',
    "building": '<path d="M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3"/>',
    "calendar": '<rect x="3.5" y="5" width="17" height="15.5" rx="2.5"/>'
    '<path d="M3.5 10h17M8 2.8V7M16 2.8V7"/>',
    "chart": '<path d="M3.5 20.5h17M6.5 17v-5M12 17V5M17.5 17V9"/>',
    "check": '<path d="m4.5 12.8 5 5 10-11.3"/>',
    "clock": '<circle cx="12" cy="12" r="8.8"/><path d="M12 6.8V12l3.6 2.2"/>',
    "dots": '<path stroke-width="3" d="M5.5 12h.1M12 12h.1M18.5 12h.1"/>',
    "download": '<path d="M12 3.5v11.5M6.8 10.2 12 15.3l5.2-5.1M4 20.3h16"/>',
    "edit": '<path d="m4 20 1-4.5L16.2 4.3l3.5 3.5L8.5 19z"/><path d="m13.8 6.7 3.5 3.5"/>',
    "euro": '<path d="M18.5 6.3A7.3 7.3 0 1 0 18.5 17.7M3.5 10.3h10M3.5 13.7h9"/>',
    "expand": '<path d="M14.5 3.8h5.7v5.7M9.5 20.2H3.8v-5.7M20.2 3.8l-6.7 6.7M3.8 20.2l6.7-6.7"/>',
    "eye": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/>'
    '<circle cx="12" cy="12" r="2.8"/>',
    "fit": '<rect x="2.8" y="4.5" width="18.4" height="15" rx="2.2"/>'
    '<path d="M7 9V8h2M17 15v1h-2"/>',
    "globe": '<circle cx="12" cy="12" r="8.8"/>'
    '<path d="M3.2 12h17.6M12 3.2c3.2 3 3.2 14.6 0 17.6M12 3.2c-3.2 3-3.2 14.6 0 17.6"/>',
    "home": '<path d="M3.5 11 12 3.8 20.5 11v9.2h-6v-6h-5v6h-6z"/>',
    "info": '<circle cx="12" cy="12" r="8.8"/><path d="M12 11v5.5M12 7.5v.1"/>',
    "key": '<circle cx="8" cy="15.5" r="4.3"/><path d="M11 12.4 20 3.5M15.8 7.7l3 3"/>',
    "keyboard": '<rect x="2.5" y="6" width="19" height="12" rx="2.2"/>'
    '<path d="M6.5 10h.1M10 10h.1M13.8 10h.1M17.3 10h.1M8 14.2h8"/>',
    "lock": '<rect x="4.5" y="10.5" width="15" height="10" rx="2.5"/>'
    '<path d="M8 10.5V7.3a4 4 0 0 1 8 0v3.2"/>',
    "logout": '<path d="M10 3.8H4.5v16.4H10M10.5 12h10M16.3 7.8l4.2 4.2-4.2 4.2"/>',
    "menu": '<path d="M3.5 6.5h17M3.5 12h17M3.5 17.5h17"/>',
    "moon": '<path d="M20 14.2A8.3 8.3 0 1 1 9.8 4a6.8 6.8 0 0 0 10.2 10.2z"/>',
    "note": '<path d="M5 3.5h14v11.3l-5.7 5.7H5z"/><path d="M13.3 20.5v-5.7H19M8.5 8h7'
    'M8.5 11.5h5"/>',
    "pause": '<path d="M8.5 5v14M15.5 5v14"/>',
    "phone": '<path d="M6.3 3.5h3l1.6 4.3-2.2 1.7a12 12 0 0 0 5.8 5.8l1.7-2.2 4.3 1.6v3'
    'a2.3 2.3 0 0 1-2.5 2.3C10.7 19.4 4.6 13.3 4 6a2.3 2.3 0 0 1 2.3-2.5z"/>',
    "play": '<path d="M7.5 4.5v15l11.5-7.5z"/>',
    "plus": '<path d="M12 4.5v15M4.5 12h15"/>',
    "screen": '<rect x="2.8" y="4" width="18.4" height="12.5" rx="2.2"/>'
    '<path d="M8 20.3h8M12 16.5v3.8"/>',
    "search": '<circle cx="10.7" cy="10.7" r="6.9"/><path d="m15.8 15.8 4.9 4.9"/>',
    "shield": '<path d="M12 2.8 20 6v5.6c0 4.8-3.3 8-8 9.7-4.7-1.7-8-4.9-8-9.7V6z"/>'
    '<path d="m8.5 11.8 2.6 2.6 4.5-5"/>',
    "stop": '<circle cx="12" cy="12" r="8.8"/><path d="M9 9h6v6H9z"/>',
    "sun": '<circle cx="12" cy="12" r="4.2"/><path d="M12 2.3v2.4M12 19.3v2.4M2.3 12h2.4'
    "M19.3 12h2.4M5.1 5.1l1.7 1.7M17.2 17.2l1.7 1.7"
    'M5.1 18.9l1.7-1.7M17.2 6.8l1.7-1.7"/>',
    "user": '<circle cx="12" cy="8" r="4.3"/>'
    '<path d="M3.8 20.5c.8-4.3 4.1-6.3 8.2-6.3s7.4 2 8.2 6.3"/>',
    "users": '<circle cx="9" cy="8.3" r="3.8"/>'
    '<path d="M2.3 19.8c.6-3.8 3.3-5.6 6.7-5.6s6.1 1.8 6.7 5.6'
    'M15.5 4.8a3.8 3.8 0 0 1 0 7M18 14.7c2 .8 3.4 2.5 3.7 5.1"/>',
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return the icon `name` as SVG in the text's colour and size; raise KeyError if unknown."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(SHAPES[name]),  # noqa: S308 - our own constant
    )
