"""A whole that says what its parts come to: with each part that is kept or taken back its sum is kept as well.

A class of parts says so with `sums = {"purchase": "amount"}`: the field of that name on the whole is the sum of the field
on the parts. The whole is held before its parts (`turns`), so that of two who write at once the second counts the first,
and a part is judged beside its whole as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from .plain import kept_fields
from .turns import as_it_stands, wholes_first

Stood = Mapping[int, tuple[Any, ...]]


def hold(rows: Sequence[Any], *, plain: bool = True) -> bool:
    """This will hold the wholes of parts that are written as such (`plain`) or that sums are made of; True where one had moved on."""
    return wholes_first(rows) if plain or type(rows[0]).sums else False


def carry(rows: Sequence[Any], stood: Stood, keep: Callable[..., Any], *, right: str, **words: Any) -> None:
    """This will keep the sums of the wholes of parts that were just written or taken back, under the right of who wrote them.

    `stood` is how the parts were; `words` are those of `keep`.
    """
    model: Any = type(rows[0])
    right = right or model.right("change" if stood else "add")
    for name, summed in model.sums.items():
        field: Any = model._meta.get_field(name)
        place = kept_fields(model).index(field.attname) + 2
        keys = {getattr(row, field.attname) for row in rows} | {was[place] for was in stood.values()}
        parts = model._base_manager.filter(**{f"{name}__in": sorted(keys)}).order_by()
        sums = dict(parts.values(name).annotate(total=Sum(summed)).values_list(name, "total"))
        wholes = list(field.related_model._base_manager.filter(pk__in=sorted(keys)).order_by("pk"))
        wrong = [whole for whole in wholes if getattr(whole, summed) != sums.get(whole.pk, Decimal(0))]
        for whole in wrong:
            setattr(whole, summed, sums.get(whole.pk, Decimal(0)))
        keep(wrong, right=right, **words)
        fresh = {whole.pk: whole for whole in wrong}
        for row in rows:
            seen = row._state.fields_cache.get(name)
            if seen is not None and seen.pk in fresh:
                as_it_stands(seen, fresh[seen.pk])
