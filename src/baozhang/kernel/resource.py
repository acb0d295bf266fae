"""A declaration says once what each field is for; list, detail, form, sheet, API, menu and history follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import access
from .chapters import CHAPTERS
from .plain import differ
from .record import Record, keep
from .refusal import Refused

RESOURCES: dict[str, Resource] = {}
BY_LABEL: dict[str, Resource] = {}
VERBS = {
    "view": _("查看"),
    "add": _("登记"),
    "change": _("修改"),
    "import": _("导入"),
    "export": _("导出"),
    "remove": _("撤销"),
}


@dataclass(frozen=True)
class Group:
    """Fields that stand together, on the form and on the detail page."""

    words: Any
    fields: tuple[str, ...]
    when: Callable[[Any], bool] | None = None  # shown on the detail page only where this holds


@dataclass(frozen=True)
class Computed:
    """A value that follows from the record; it may be explained under "why"."""

    words: Any
    value: Callable[[Any], Any]
    kind: str = "text"
    unit: Any = ""
    needs: tuple[str, ...] = ()  # foreign keys to fetch along with the row
    why: Callable[[Any], Any] | None = None  # record → explanation, for the page behind "为什么"


@dataclass(frozen=True)
class Related:
    """Rows of another resource that point to this record."""

    slug: str
    field: str
    words: Any = ""
    columns: tuple[str, ...] = ()  # which of its columns matter here; the first six of its list where empty
    adds: Callable[[Any], bool] | None = None  # where this holds of the record, who may adds another from its page


@dataclass(frozen=True)
class Page:
    """An extra page of a record; its button stands only where it leads somewhere."""

    words: Any
    view: Callable[..., Any]
    right: str = ""  # asked in the record's organ, beside that to look at it
    shown: Callable[[Any], Any] | None = None  # where the page says something of this record


class Resource:
    """What a class of record is for people and machines. An attribute that is not listed here raises."""

    model: ClassVar[type[Record]]
    slug: ClassVar[str]  # its address and its name on the command line, e.g. "assets/cards"
    article: ClassVar[str]  # the article that it serves
    chapter: ClassVar[str]
    words: ClassVar[Any] = ""  # the heading of the list; the model's own words where empty
    purpose: ClassVar[Any] = ""  # one line: what this page is for
    icon: ClassVar[str] = "table-cells"
    menu: ClassVar[bool] = True
    place: ClassVar[int] = 20  # among the entries of its chapter; from 50 on it may stand behind 更多
    columns: ClassVar[tuple[str, ...]] = ()  # list, export, API
    more_columns: ClassVar[tuple[str, ...]] = ()  # may be chosen beside them
    groups: ClassVar[tuple[Group, ...]] = ()  # form, import, API writes; and the panels of the detail page
    readonly: ClassVar[frozenset[str]] = frozenset()  # shown on the detail page, set by steps and acts only
    filters: ClassVar[tuple[str, ...]] = ()
    search: ClassVar[tuple[str, ...]] = ()
    sorts: ClassVar[tuple[str, ...]] = ()  # columns with a fitting index
    order: ClassVar[str] = "-id"
    units: ClassVar[Mapping[str, Any]] = {}
    headings: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # other headings that sheets use for a field
    importable: ClassVar[bool] = True
    addable: ClassVar[bool] = True
    typed: ClassVar[tuple[str, ...]] = ()  # fields that are typed into the rows of the list, many at once
    begun_from: ClassVar[tuple[str, str]] = (
        "",
        "",
    )  # foreign key to the whole from whose page alone it is added (its Related says when), and which of them the list leads to
    computed: ClassVar[Mapping[str, Computed]] = {}
    key_facts: ClassVar[tuple[str, ...]] = ()
    related: ClassVar[tuple[Related, ...]] = ()
    state: ClassVar[str] = ""  # the field whose choice is the record's state
    colours: ClassVar[Mapping[Any, str]] = {}  # state → green | amber | red | blue | plain
    flow: ClassVar[Any] = None
    acts: ClassVar[Mapping[str, Any]] = {}  # name → Act: what may be done to one or many records beside the flow
    enter: ClassVar[Callable[..., Any] | None] = None  # (record, by) keeps a new record, where more happens than that
    begins: ClassVar[Callable[[Any], Mapping[str, Any]] | None] = None  # actor → what stands in a blank form
    hints: ClassVar[Callable[[Any, Any], Any] | None] = None  # (unsaved record, actor) → what the law says of it
    pages: ClassVar[Mapping[str, Page]] = {}  # extra pages of a record, by the name in their address
    admin: ClassVar[bool | None] = False  # True: of the three administrators, not of business; None: of both
    follows: ClassVar[tuple[str, ...]] = ()  # foreign keys to what this record came from: the chain of a need
    leads: ClassVar[tuple[str, ...]] = ()  # foreign keys to what came of it
    offers: ClassVar[
        Mapping[str, Callable[[], Iterable[tuple[str, Any]]]]
    ] = {}  # text filter → its values and their words, where code knows them
    narrowed: ClassVar[
        Mapping[str, Callable[[Any], Any]]
    ] = {}  # foreign key → those of the rows in scope that people are offered for it
    goes_round: ClassVar[bool] = False  # it lives through many chains: what else came of it belongs to those
    joint: ClassVar[bool] = False  # it only joins two others: a chain leads through it without drawing it
    before_import: ClassVar[Callable[..., Any] | None] = None  # (rows, by, counts) before natural keys are matched
    recognised_by: ClassVar[
        tuple[str, ...]
    ] = ()  # fields that tell rows of a sheet apart that bring no number, see `known`
    recognises: ClassVar[bool] = False  # `before_import` finds the records of such rows by itself

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        unknown = [
            name
            for name in vars(cls)
            if not name.startswith("__") and not hasattr(Resource, name) and name not in Resource.__annotations__
        ]
        if unknown:
            raise TypeError(f"{cls.__name__}: unknown attributes {unknown}; a resource has no such option")

    @cached_property
    def label(self) -> str:
        """The class of record, `app.model`."""
        return f"{self.model._meta.app_label}.{self.model._meta.model_name}"

    @cached_property
    def title(self) -> Any:
        """The heading of its list."""
        return self.words or self.model._meta.verbose_name

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields that people and machines may fill."""
        return tuple(
            name
            for group in self.groups
            for name in group.fields
            if name not in self.readonly and name not in self.computed
        )

    def open_fields(self, record: Record) -> tuple[str, ...]:
        """The fields that may still change of a record that is there, as its form asks for them."""
        closed = self.closed(record) | {name.removesuffix("_id") for name in record.stepped}
        return tuple(name for name in self.fields if name not in closed)

    def closed(self, record: Record) -> set[str]:
        """The fields that stand still from where a record is now: those that its class says, and all of one whose flow is over."""
        if self._over(record):
            return set(self.fields)
        fixed = record.fixed() if record.pk else None
        return {name.removesuffix("_id") for name in fixed.fields} & set(self.fields) if fixed is not None else set()

    def _over(self, record: Record) -> bool:
        """True where no step leads on from where a record is; what turns aside, such as taking it back, is none."""
        plan = self.flow.plan if self.flow is not None and record.pk else None
        return plan is not None and all(step.side for step in plan.leaving(getattr(record, plan.state_field)))

    def stands(self, records: Sequence[Record]) -> None:
        """This will raise Refused where what somebody filled in would change a record whose flow is over."""
        asked = [record for record in records if self._over(record)]
        stood = type(asked[0])._base_manager.in_bulk([record.pk for record in asked]) if asked else {}
        gone = [record for record in asked if record.pk in stood and differ(stood[record.pk], record, self.fields)]
        if gone:
            raise Refused(
                gettext("%(record)s 已经办结，不再修改") % {"record": gone[0]}, why=gettext("办结以后的记录只增不改。"),
                article=self.article, instead=gettext("有差错的，另行登记更正，写明依据。"), subjects=tuple(gone),
            )  # fmt: skip

    def take_in(self, record: Record, *, by: Any, note: str = "") -> None:
        """This will keep a record that somebody filled in: a new one in the room's own way, where it has one."""
        self.stands([record])
        if type(self).enter is not None and not record.pk:
            type(self).enter(record, by=by)  # type: ignore[misc]
        else:
            keep(record, by=by, note=note)
            if self.flow is not None:
                self.flow.call_anew([record])

    def right(self, verb: str) -> str:
        """The permission for a verb."""
        return self.model.right(verb)

    def field(self, name: str) -> models.Field[Any, Any]:
        """The model's field of that name."""
        return self.model._meta.get_field(name)  # type: ignore[return-value]

    def words_of(self, name: str) -> Any:
        """The Chinese heading of a field or computed value."""
        return self.computed[name].words if name in self.computed else self.field(name).verbose_name

    def unit_of(self, name: str) -> Any:
        """The unit of a field, empty where it has none."""
        return self.computed[name].unit if name in self.computed else self.units.get(name, "")

    def kind_of(self, name: str) -> str:
        """What sort of value a column holds: text, number, money, date, moment, state, choice, bool, link, json."""
        return (
            self.computed[name].kind if name in self.computed else kind_of(self.field(name), state=name == self.state)
        )

    def joins(self, names: tuple[str, ...]) -> list[str]:
        """The foreign keys to fetch along with the rows for some columns."""
        found: list[str] = []
        for name in names:
            if name in self.computed:
                found.extend(self.computed[name].needs)
            elif isinstance(self.field(name), models.ForeignKey):
                found.append(name)
        return list(dict.fromkeys(found))


_KINDS: tuple[tuple[type[models.Field[Any, Any]], str], ...] = (
    (models.ForeignKey, "link"),
    (models.DateTimeField, "moment"),
    (models.DateField, "date"),
    (models.BooleanField, "bool"),
    (models.DecimalField, "number"),
    (models.IntegerField, "number"),
    (models.JSONField, "json"),
)


@lru_cache(maxsize=None)
def kind_of(field: models.Field[Any, Any], *, state: bool = False) -> str:
    """What sort of value a model field holds."""
    if state:
        return "state"
    if field.choices:
        return "choice"
    if field.name == "year":
        return "text"  # 2026 is a name, not an amount of 2,026
    if isinstance(field, models.DecimalField) and field.decimal_places == 2 and field.max_digits >= 16:
        return "money"
    return next((kind for type_, kind in _KINDS if isinstance(field, type_)), "text")


@dataclass
class Problem:
    """What is wrong with a declaration, collected so that all are named at once."""

    where: str
    what: str
    names: list[str] = field(default_factory=list)


def register(cls: type[Resource]) -> type[Resource]:
    """This will check a declaration and take it up; the class decorator of resources."""
    resource = cls()
    for name in ("model", "slug", "article", "chapter", "groups", "columns"):
        if not getattr(cls, name, None):
            raise TypeError(f"{cls.__name__} lacks {name}")
    if cls.chapter not in CHAPTERS:
        raise TypeError(f"{cls.__name__}: unknown chapter {cls.chapter}")
    if cls.slug in RESOURCES:
        raise TypeError(f"{cls.__name__}: address {cls.slug} is taken by {RESOURCES[cls.slug]}")
    _check_names(resource)
    words = cls.model._meta.verbose_name
    for verb, verb_words in VERBS.items():
        access.permission(cls.model.right(verb), Phrase(verb_words, words), admin=cls.admin)
    cls.model.searched = cls.search or cls.model.searched
    RESOURCES[cls.slug] = BY_LABEL[resource.label] = resource
    return cls


class Phrase:
    """A verb and a noun put together when shown, in the reader's language."""

    def __init__(self, verb: Any, noun: Any) -> None:
        self.verb, self.noun = verb, noun

    def __str__(self) -> str:
        return f"{self.verb} {self.noun}" if str(self.verb).isascii() else f"{self.verb}{self.noun}"


def end_of(model: Any, path: str) -> Any:
    """The model to which a path of foreign keys leads; FieldDoesNotExist where one of them is none."""
    for part in path.split("__"):
        model = model._meta.get_field(part).related_model
    return model


def _check_names(resource: Resource) -> None:
    grouped = [name for group in resource.groups for name in group.fields]
    asked = {
        "columns": [*resource.columns, *resource.more_columns], "groups": grouped, "filters": resource.filters,
        "sorts": resource.sorts, "units": resource.units, "headings": resource.headings, "readonly": resource.readonly,
        "key_facts": resource.key_facts, "order": [resource.order.lstrip("-")], "follows": resource.follows, "leads": resource.leads,
        "typed": resource.typed, "state": [resource.state] if resource.state else [],
    }  # fmt: skip
    for place, names in asked.items():
        for name in names:
            if name in resource.computed and place not in ("filters", "sorts", "headings"):
                continue
            try:
                if place in ("follows", "leads"):  # these may be paths
                    end_of(resource.model, name)
                else:
                    resource.model._meta.get_field(name)
            except FieldDoesNotExist:
                raise TypeError(f"{type(resource).__name__}.{place}: {resource.label} has no field {name}") from None


def get(slug: str) -> Resource:
    """The resource at an address; LookupError where there is none."""
    try:
        return RESOURCES[slug]
    except KeyError:
        raise LookupError(f"no resource {slug}; known: {', '.join(sorted(RESOURCES))}") from None
