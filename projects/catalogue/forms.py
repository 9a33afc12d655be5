"""Validate the copy of a project. The form returns domain values."""

from __future__ import annotations

from django import forms

from projects.domain.grid import MAX_NAME, clean_line
from projects.models import Project


class CopyForm(forms.Form):
    """What the copy is called, and whether the marks come along."""

    title = forms.CharField(label="標題", max_length=MAX_NAME)
    slug = forms.SlugField(
        label="識別名",
        max_length=50,
        help_text="URLに使う英数字とハイフン（例: gyomu-2027）。ほかの案件と同じものは使えません。",
    )
    marks = forms.BooleanField(label="記号も複製する", required=False)

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError("標題を入力してください。")
        return title

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if Project.objects.filter(slug=slug).exists():
            raise forms.ValidationError(
                f"識別名「{slug}」は使われています。別の識別名にしてください。"
            )
        return slug
