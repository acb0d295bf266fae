"""The chain of a record: what it came from, and all that came of it and of these, found along declared foreign keys.

A resource says which of its foreign keys lead back (`follows`) and which lead on (`leads`); where another record joins the
two, the way is a path of them (`old__card__disposal_lines`). Nothing is stored for it, so a chain cannot differ from the facts.
Keys to what many share (a plan, a round, a site) are not declared: they would tie
together what has nothing to do with each other. For the same reason what else came of a thing that `goes_round` stays out:
it lives through many chains, and would tie every loan to every other.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from . import ledger
from .documents.register import Document
from .record import Record
from .resource import BY_LABEL, RESOURCES, Resource, end_of

Key = tuple[str, int]  # class of record, key
MOST = 200  # records on one page; a longer chain says that it goes on
EACH = (
    20  # of a class that one record leads to; hundreds of trips leave room for what is rare, and the newest are shown
)
READ = 5 * MOST  # pairs of one link in a round
ROUNDS = 24


@dataclass(frozen=True)
class Link:
    """One declared foreign key, or path of them, with the way in which it leads on."""

    holder: str
    column: str
    target: str
    forward: bool  # the target came of the holder

    def ends(self, holder: int, target: int) -> tuple[Key, Key]:
        """(what was earlier, what came of it)."""
        pair = ((self.holder, holder), (self.target, target))
        return pair if self.forward else (pair[1], pair[0])


@dataclass
class Node:
    """One record of a chain; `record` is None where it is out of the reader's sight, and only its class is said."""

    key: Key
    resource: Resource
    record: Record | None = None
    depth: int = 0
    since: dt.date | None = None
    by: str = ""
    organ: str = ""
    documents: list[Document] = field(default_factory=list)


@dataclass
class Chain:
    """The records in order of depth, then day, and which came of which."""

    nodes: list[Node]
    edges: set[tuple[Key, Key]]
    cut: bool  # there is more than is shown


def links() -> list[Link]:
    """All declared links whose both ends have a resource."""
    found = []
    for resource in RESOURCES.values():
        for name, forward in [*((n, False) for n in resource.follows), *((n, True) for n in resource.leads)]:
            target = end_of(resource.model, name)._meta.label_lower
            if target in BY_LABEL:
                found.append(Link(resource.label, name, target, forward))
    return found


def linked() -> frozenset[str]:
    """The classes of record that have a chain."""
    return frozenset(label for link in links() for label in (link.holder, link.target))


def chain_of(record: Record) -> Chain:
    """The chain of a record; as many queries as there are rounds and links, whatever the number of records."""
    edges, met, cut = _walk((record.label, record.pk))
    edges, met = _joined(edges, met, start=(record.label, record.pk))
    nodes = {key: Node(key, BY_LABEL[key[0]]) for key in met}
    _deepen(nodes, edges)
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, pk in met:
        by_kind[kind].append(pk)
    for kind, keys in by_kind.items():
        _tell(kind, keys, nodes)
    order = sorted(nodes.values(), key=lambda node: (node.depth, node.since or dt.date.max, node.key))
    return Chain(order, edges, cut)


def _walk(start: Key) -> tuple[set[tuple[Key, Key]], set[Key], bool]:
    """What came of a record, what all of that came from, what else came of these, but for things that go round, and
    where such a thing, met at last, came from."""
    edges: set[tuple[Key, Key]] = set()
    met = {start}
    cut = _on(met, edges, {start}, later=True)
    cut = _on(met, edges, set(met), later=False) or cut
    known = set(met)
    cut = _on(met, edges, _staying(met), later=True, past=False) or cut
    fresh = met - known
    return edges, met, _on(met, edges, fresh - _staying(fresh), later=False) or cut


def _staying(keys: set[Key]) -> set[Key]:
    return {key for key in keys if not BY_LABEL[key[0]].goes_round}


def _on(met: set[Key], edges: set[tuple[Key, Key]], front: set[Key], *, later: bool, past: bool = True) -> bool:
    """This will walk on from some of what was met, one way, round by round; True where there is more than is shown.

    Not `past` what goes round: it is met, and nothing behind it.
    """
    known, cut = links(), False
    for _round in range(ROUNDS):
        fresh: set[tuple[Key, Key]] = set()
        for link in known:
            fresh |= {
                link.ends(held, pointed) for held, pointed in _pairs(link, front, at_target=link.forward != later)
            }
        pairs = {(one, other) if later else (other, one) for one, other in fresh}
        front = _some(pairs, met)
        cut = cut or len(front) < len({end for _from, end in pairs} - met)
        met |= front
        edges |= {edge for edge in fresh if met.issuperset(edge)}
        front = front if past else _staying(front)
        if not front:
            return cut
    return True


def _some(pairs: set[tuple[Key, Key]], met: set[Key]) -> set[Key]:
    """Of what some records lead to and was not met yet, the newest of each class a record, as many as there is room for."""
    held: dict[tuple[Key, str], list[Key]] = defaultdict(list)
    for start, end in sorted(pairs, reverse=True):
        if end not in met:
            held[start, end[0]].append(end)
    ranked = sorted((rank, end) for ends in held.values() for rank, end in enumerate(ends[:EACH]))
    found: dict[Key, None] = dict.fromkeys(end for _rank, end in ranked)
    return set(list(found)[: max(MOST - len(met), 0)])


def _pairs(link: Link, front: set[Key], *, at_target: bool) -> set[tuple[int, int]]:
    """(key of the holder, key of the target) of a link, at whose target, or else holder, stands a record of the front."""
    label, path = (link.target, link.column) if at_target else (link.holder, "pk")
    keys = [pk for kind, pk in front if kind == label]
    if not keys:
        return set()
    rows = BY_LABEL[link.holder].model._base_manager.filter(**{f"{path}__in": keys, f"{link.column}__isnull": False})
    return set(rows.order_by("-pk").values_list("pk", link.column)[:READ])


def _joined(edges: set[tuple[Key, Key]], met: set[Key], *, start: Key) -> tuple[set[tuple[Key, Key]], set[Key]]:
    """Records that only join two others (the lines of a list) are walked through and not drawn: their ends are linked."""
    joints = {key for key in met if BY_LABEL[key[0]].joint and key != start}
    for joint in sorted(joints):
        earlier = {one for one, other in edges if other == joint}
        later = {other for one, other in edges if one == joint}
        edges = {edge for edge in edges if joint not in edge} | {(one, other) for one in earlier for other in later}
    return edges, met - joints


def _deepen(nodes: dict[Key, Node], edges: set[tuple[Key, Key]]) -> None:
    """This will place each record one step behind the last of what it came from; a ring ends the walk."""
    for _round in range(len(nodes)):
        moved = False
        for earlier, later in edges:
            if nodes[later].depth <= nodes[earlier].depth < len(nodes):
                nodes[later].depth, moved = nodes[earlier].depth + 1, True
        if not moved:
            return


def _tell(kind: str, keys: list[int], nodes: dict[Key, Node]) -> None:
    """This will add to the records of a class what they are, since when, by whom, and their documents."""
    resource = BY_LABEL[kind]
    joins = ("organ",) if any(f.name == "organ" for f in resource.model._meta.fields) else ()
    for row in resource.model.objects.select_related(*joins).filter(pk__in=keys):
        nodes[kind, row.pk].record = row
    for entry in ledger.Entry.objects.filter(kind=kind, record_id__in=keys, seq=1):
        node = nodes[kind, entry.record_id]
        if node.record is not None:  # of what is out of sight not even the day is told
            node.since, node.by, node.organ = entry.day, entry.by_name, entry.by_organ
    for document in Document.objects.filter(about_kind=kind, about_id__in=keys):
        nodes[kind, int(document.about_id or 0)].documents.append(document)
