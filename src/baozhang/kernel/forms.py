"""The border for people: a ModelForm made from the declaration, whose choices end at the actor's scope."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from . import offered
from .customs import CustomField, fields_for, merge
from .numbers import whole
from .record import Record
from .refusal import Invalid
from .resource import Resource


class ReferenceWidget(forms.TextInput):
    """A field that looks rows up while one types; it posts the row's key."""

    def __init__(self, url: str, words: str = "") -> None:
        super().__init__(attrs={"data-lookup-url": url, "data-words": words})


class ReferenceField(forms.ModelChoiceField):
    """A foreign key whose rows are too many for a drop-down list."""

    def __init__(self, *, url: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget = ReferenceWidget(url)

    def prepare_value(self, value: Any) -> Any:
        """The key to post, and the words to show beside it."""
        found = value if isinstance(value, models.Model) else None
        if found is None and self.queryset is not None and (key := whole(value)):
            found = self.queryset.filter(pk=key).first()
        self.widget.attrs["data-words"] = str(found) if found else ""
        return super().prepare_value(value)


class RecordForm(forms.ModelForm[Any]):
    """The form of one record; saving it is `keep`, so that page and machine meet the same invariants."""

    resource: Resource
    customs: list[CustomField]

    def settle(self, *, by: Any) -> Record:
        """This will keep the record; faults land beside their fields and Invalid is raised again."""
        record = self.instance
        if self.customs:
            record.extra, faults = merge(self.customs, self.cleaned_data, record.extra)
            self.mark(faults)
            if faults:
                raise Invalid(_("内容有误，没有保存"), faults=faults)
        try:
            self.resource.take_in(record, by=by)
        except Invalid as refused:
            self.mark(refused.faults)
            raise
        return record

    def mark(self, faults: Any) -> None:
        """This will put faults beside the fields that they are about."""
        for fault in faults:
            said = f"{fault.reason}；{fault.remedy}" if fault.remedy else str(fault.reason)
            self.add_error(fault.field if fault.field in self.fields else None, said)


def form_for(resource: Resource, *, by: Any, names: tuple[str, ...] | None = None, **kwargs: Any) -> RecordForm:
    """The form of a resource for an actor, empty or of a record; `names` narrows it to some fields."""
    wanted = tuple(name for name in (names or resource.fields) if not name.startswith("x_"))
    made: Any = forms.modelform_factory(
        resource.model, form=RecordForm, fields=wanted, formfield_callback=lambda field: _formfield(resource, field, by)
    )
    form: RecordForm = made(**kwargs)
    form.resource = resource
    if names is None and form.instance.pk:
        _leave_to_steps(form, resource)
    form.customs = fields_for(resource.label) if names is None else []
    for custom in form.customs:
        form.fields[custom.column] = _custom_formfield(custom)
        form.initial.setdefault(custom.column, form.instance.extra.get(custom.key))
    _default_organ(form, resource, by)
    return form


def _leave_to_steps(form: RecordForm, resource: Resource) -> None:
    """This will not ask of a record that is there what no longer changes, or in steps alone, nor offer what only steps bring about."""
    for name in set(resource.fields) - set(resource.open_fields(form.instance)):
        form.fields.pop(name, None)
    for name, values in resource.model.reserved.items():
        asked: Any = form.fields.get(name)
        if asked is not None and getattr(form.instance, name) not in values:
            asked.choices = [pair for pair in asked.choices if pair[0] not in values]


def _formfield(resource: Resource, field: models.Field[Any, Any], by: Any) -> forms.Field | None:
    made: forms.Field | None
    if isinstance(field, models.ForeignKey):
        made = _reference(resource, field, by)
    elif isinstance(field, models.DateTimeField):
        made = field.formfield()
    elif isinstance(field, models.DateField):
        made = field.formfield(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    elif isinstance(field, models.BooleanField):
        made = field.formfield()
    elif isinstance(field, models.TextField):
        made = field.formfield(widget=forms.Textarea(attrs={"rows": 3}))
    else:
        made = field.formfield()
    if made is not None:
        made.unit = resource.units.get(field.name, "")  # type: ignore[attr-defined]
        _plainly(made)
    return made


def _plainly(made: forms.Field) -> None:
    """What is wrong, and what is not chosen, in short words of ours; a text too long is refused whole, for browsers cut it unasked."""
    made.widget.attrs.pop("maxlength", None)
    made.error_messages["required"] = _("请填写这一项")
    for one in made.validators:
        if isinstance(one, MaxLengthValidator):
            one.message = _("最多 %(limit_value)s 个字，现在有 %(show_value)s 个")
        elif isinstance(one, MinValueValidator):
            one.message = _("不能小于 %(limit_value)s")
    nothing = _("请选择") if made.required else "—"
    if isinstance(made, forms.ModelChoiceField):
        made.empty_label = nothing if made.empty_label is not None else None
    elif isinstance(made, forms.ChoiceField):
        pairs: Any = made.choices
        made.choices = [(value, nothing if value in ("", None) else words) for value, words in pairs]


def _reference(resource: Resource, field: models.ForeignKey[Any, Any], by: Any) -> forms.Field:
    rows = offered.for_field(resource, field.name)
    if field.attname == resource.model.scope_field:
        organs = by.where(resource.right("add"))
        rows = rows if organs is None else rows.filter(pk__in=organs)
    options: dict[str, Any] = {
        "queryset": rows,
        "label": field.verbose_name,
        "required": not field.blank,
        "help_text": field.help_text,
    }
    if rows[:31].count() > 30:
        return ReferenceField(url=reverse("lookup", args=[resource.slug, field.name]), **options)
    return forms.ModelChoiceField(**options)


def _custom_formfield(custom: CustomField) -> forms.Field:
    options: dict[str, Any] = {"label": custom.words, "required": custom.required}
    if custom.kind == "choice":
        return forms.ChoiceField(choices=[("", "—"), *((word, word) for word in custom.options)], **options)
    if custom.kind == "number":
        return forms.DecimalField(**options)
    if custom.kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)
    if custom.kind == "bool":
        return forms.ChoiceField(choices=[("", "—"), ("是", _("是")), ("否", _("否"))], **options)
    return forms.CharField(**options)


def _default_organ(form: RecordForm, resource: Resource, by: Any) -> None:
    """The organ in which the actor stands is filled in; where it is the only choice, the field is not shown."""
    organ = form.fields.get("organ")
    if organ is None or form.instance.pk:
        return
    if form.initial.get("organ") is None:  # a blank record says None there already
        form.initial["organ"] = by.organ_id
    reach = by.where(resource.right("add"))
    if reach is not None and len(reach) == 1:
        organ.widget = forms.HiddenInput()


def groups_of(form: RecordForm) -> list[dict[str, Any]]:
    """The form's fields in the groups of the declaration; the first two stand open.

    A new record's own number comes last and folded: hardly anybody fills it in, and it is what one would read first.
    """
    made = []
    number = "" if form.instance.pk else form.instance.numbered
    for place, group in enumerate(form.resource.groups):
        names = [name for name in group.fields if name in form.fields and name != number]
        fields = [form[name] for name in names if not form[name].is_hidden]
        if fields:
            wrong = any(field.errors for field in fields)
            made.append({"title": group.words, "fields": fields, "open": place < 2, "wrong": wrong})
    customs = [form[custom.column] for custom in form.customs]
    if customs:
        made.append(
            {"title": _("自定义字段"), "fields": customs, "open": True, "wrong": any(f.errors for f in customs)}
        )
    if number in form.fields:
        given = form[number]
        made.append({"title": given.label, "fields": [given], "open": False, "wrong": bool(given.errors)})
    return made
