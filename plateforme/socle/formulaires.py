"""Fields of forms that every app shares."""

from typing import Any

from django import forms


class LongTextField(forms.CharField):
    """A text of several lines whose limit is said once it is passed.

    No `maxlength` in the page: browsers cut what is pasted beyond it without a word, and the end of a text is lost.
    """

    widget = forms.Textarea

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        said = f"{max_length} caractères au plus : il y en a %(show_value)d. Raccourcissez ce texte."
        errors = {"max_length": said} | kwargs.pop("error_messages", {})
        super().__init__(max_length=max_length, error_messages=errors, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs: dict[str, Any] = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs
