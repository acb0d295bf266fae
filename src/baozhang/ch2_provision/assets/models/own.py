"""What a member of staff sees: what is in his own name; his colleagues' rows do not exist for him (article 11)."""

from __future__ import annotations

from django.db.models import Q

from baozhang.ch1_general.organs import roles
from baozhang.kernel.access import Actor, Organs
from baozhang.kernel.scope import organ_condition


def seen(actor: Actor, organs: Organs, right: str, mine: Q) -> Q | None:
    """The rows of an actor: whole organs by any role but STAFF's, and what is `mine` beside them; None means all."""
    if actor.system or roles.STAFF not in actor.roles:
        return organ_condition("organ_id", organs)
    others = tuple(held for held in actor.holdings if held.role != roles.STAFF)
    wide = Actor(actor.user_id, actor.name, others).where(right) if others else frozenset[int]()
    condition = organ_condition("organ_id", wide)
    own = organ_condition("organ_id", organs)
    if condition is None:
        return None
    return condition | (mine if own is None else mine & own)


def persons(actor: Actor) -> list[int]:
    """The keys of an actor and of those in whose place he acts now."""
    others = {held.for_id for held in actor.holdings if held.for_name}
    return sorted(one for one in {actor.user_id, *others} if one is not None)
