"""From pixels to rectangles on the wire: changed area, kind of content, coding."""
