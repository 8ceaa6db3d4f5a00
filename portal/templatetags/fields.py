"""Form fields in the portal's design: label, control, help and error, joined for readers."""

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select
from django.forms.widgets import Widget
from django.utils.safestring import SafeString

register = template.Library()


@register.inclusion_tag("_partials/field.html")
def field(bound: BoundField) -> dict[str, object]:
    """Render `bound` with everything that belongs to it."""
    widget = bound.field.widget
    if isinstance(widget, RadioSelect):
        # Each choice is rendered by itself and takes the attributes of the widget.
        widget.attrs["class"] = css_class(widget)
    return {
        "field": bound,
        "control": control(bound),
        "is_checkbox": isinstance(widget, CheckboxInput),
        "is_group": isinstance(widget, RadioSelect),
    }


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """Render the control alone, in Bootstrap's classes; the first wrong one of a form has focus."""
    attrs: dict[str, str | bool] = {"class": css_class(bound.field.widget)}
    if bound.errors:
        attrs["class"] = f"{attrs['class']} is-invalid"
        wrong = (each for each in bound.form.visible_fields() if each.errors)
        if next(wrong).name == bound.name:
            attrs["autofocus"] = True
    return bound.as_widget(attrs=attrs)


def css_class(widget: Widget) -> str:
    """Return Bootstrap's class for a kind of control."""
    if isinstance(widget, CheckboxInput | RadioSelect):
        return "form-check-input"
    if isinstance(widget, Select):
        return "form-select"
    return "form-control"
