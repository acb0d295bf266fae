"""What a foreign key may point to: on a form, in a sheet, by a program, and while one types in a field that looks rows up."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from . import access, clock, scope
from .resource import Resource


def for_field(resource: Resource, name: str) -> Any:
    """The rows that people are offered for a foreign key: those it may name, less those that the resource says are not meant."""
    found = rows(resource, resource.field(name).related_model)
    return resource.narrowed[name](found) if name in resource.narrowed else found


def rows(resource: Resource, target: Any) -> Any:
    """The rows of another class that a record of this resource may name: those in scope, and of people one's colleagues.

    Accounts belong to no organ, so their scope would be everybody: whoever does business is offered the people of the
    organs in which he may see such records, and learns of no others.
    """
    if target.scope_field is not None:
        return target.objects.all()
    found = target._base_manager.all()
    if target is not get_user_model() or resource.admin is not False:
        return found
    organs = scope.current().where(resource.right("view"))
    if organs is access.EVERYWHERE:
        return found
    return found.filter(is_active=True, pk__in=access.people_of.ask(organs, clock.today()))
