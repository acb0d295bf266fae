"""Playing a scenario: the stage is set, facts go in through the border, acts happen on their days, and all is undone."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from baozhang.kernel import acts, attachments, border, clock, flow, ledger, scope
from baozhang.kernel.access import Actor
from baozhang.kernel.asked import values_of
from baozhang.kernel.flow.plan import VERBS
from baozhang.kernel.record import Record, remove
from baozhang.kernel.refusal import Invalid, Refused
from baozhang.kernel.schedule import PLANS
from baozhang.law.issued import also_issued
from baozhang.law.judge import Judged, Tally, judge
from baozhang.law.rules import SEVERITIES, rules

from .comparing import Comparison
from .language import EXPECT, PAPER, STEP, ActFact, Scenario, figures
from .observed import OBSERVED
from .outcome import PATROL, Found, Outcome, Patrolled
from .source import Node, ScenarioError, Words, near, offer, sections
from .stage import Stage, set_up
from .tables import Table, UnreadError, called, names_of
from .verbs import done_with

_SHEET = b"%%PDF-1.4\n%% %s\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n"  # fmt: skip
_LANGUAGE = "zh-hans"  # sentences are compared in the language of the law


class _Undo(Exception):
    """This will undo everything that a scenario did."""


def play(scenario: Scenario) -> Outcome:
    """This will play a scenario in the database that is open, and undo all of it; what came of it is the answer."""
    outcome = Outcome(scenario.title, scenario.node.file, scenario.node.line, scenario.article)
    try:
        with (
            TemporaryDirectory() as files,
            attachments.elsewhere(Path(files)),
            translation.override(_LANGUAGE),
            transaction.atomic(),
        ):
            _Play(scenario, outcome).run()
            raise _Undo
    except _Undo:
        pass
    except ScenarioError as error:
        outcome.error = str(error)
    return outcome


class _Play:
    """This is one scenario under way."""

    stage: Stage

    def __init__(self, scenario: Scenario, outcome: Outcome) -> None:
        self.scenario, self.outcome = scenario, outcome
        self.last: Patrolled | None = None

    def run(self) -> None:
        """This will set the stage and let one act follow the other."""
        scenario = self.scenario
        with clock.on(scenario.day), scope.everything(_("场景")) as by:
            self.stage = set_up(scenario, by)
            for fact in scenario.organs:
                for word, rows in fact.records.items():
                    self._facts(word, rows, self.stage.organs[fact.name], by)
            for word, rows in scenario.facts.items():
                self._facts(word, rows, None, by)
        given = [fact.issued(self.stage.path(fact.place, fact.node)) for fact in scenario.figures]
        with also_issued(given):
            for act in scenario.acts:
                with clock.on(act.day):
                    self._act(act)
            if scenario.expect is not None:
                last = scenario.acts[-1].day if scenario.acts else scenario.day
                with clock.on(last), scope.everything(_("场景")):
                    self._expect(scenario.expect, _("最后"))

    def _facts(self, word: str, node: Node, organ: Record | None, by: Actor) -> None:
        try:
            self._add(word, node, organ, by, "")
        except Refused as refused:
            raise _unfit(node, refused) from refused

    def _add(self, word: str, node: Node, organ: Record | None, by: Actor, note: str) -> None:
        """This will state facts: records through the border, observations as the devices say them."""
        if word in OBSERVED:
            OBSERVED[word].write(list(OBSERVED[word].told(node, self.stage, organ)))
            return
        table = Table.called(word, node, self.stage)
        rows = table.rows(node)
        given = {"organ": organ} if organ is not None and table.model.scope_field == "organ_id" else None
        with transaction.atomic():
            border.commit(table.resource, rows, by=by, defaults=given, note=note, act=ledger.IMPORT)
        self.stage.called[table.model] = names_of(table.model)
        for row in rows:
            names = [row.values.get(name) for name in names_of(table.model)]
            self.stage.names |= {str(name) for name in names if isinstance(name, str | int)}

    def _act(self, act: ActFact) -> None:
        place = _("第 %(n)s 步（%(day)s）") % {"n": act.number, "day": act.day}
        compare = Comparison(place, self.stage, self.outcome.checks)
        organ = self.stage.organ(act.organ, act.parts["organ"]) if act.organ else None
        by = self.stage.who(act.by, act.day, organ, act.parts.get("by", act.node))
        refusal: Refused | None = None
        try:
            with scope.within(by), transaction.atomic():
                self._do(act, by, organ, compare)
        except Refused as refused:
            refusal = refused
        except UnreadError as unread:
            if "refused" not in act.parts:
                raise
            refusal = Invalid(unread.what, instead=unread.instead, faults=[unread.fault])
        if "refused" in act.parts:
            compare.refused(act.parts["refused"], refusal)
        elif refusal is not None:
            compare.add(act.node, _("办成"), _("被拒绝：%(why)s") % {"why": _told(refusal)}, ok=False)
        if "expect" in act.parts:
            with scope.everything(_("场景")):
                self._expect(act.parts["expect"], place)

    def _do(self, act: ActFact, by: Actor, organ: Record | None, compare: Comparison) -> None:
        if act.verb == "patrol":
            self._patrol(act, compare)
        elif act.verb == "try":
            self._try(act, compare)
        elif act.verb == "step":
            self._step(act, by)
        elif act.verb == "act":
            self._perform(act, by)
        elif act.verb == "attach":
            self._attach(act, by)
        elif act.verb == "calendar":
            self._run(act.body)
        elif act.verb != "nothing":
            home = organ or next((one for one in self.stage.organs.values() if one.pk == by.organ_id), None)
            for word, node in act.body.mapping(act.verb).items():
                if act.verb == "add":
                    self._add(word, node, home, by, act.note)
                else:
                    self._touch(act, Table.called(word, node, self.stage), node, home, by)

    def _touch(self, act: ActFact, table: Table, node: Node, home: Record | None, by: Actor) -> None:
        """This will change or take back records that exist."""
        found = []
        for row in table.rows(node):
            if home is not None and table.model.scope_field == "organ_id":
                row.values.setdefault("organ", home)
            found.append(table.find(table.key(row.values), node))
            if act.verb == "change":
                border.commit(table.resource, [row], by=by, note=act.note, act=ledger.CHANGE)
        if act.verb == "remove":
            remove(found, by=by, note=act.note or _("场景"))

    def _patrol(self, act: ActFact, compare: Comparison) -> None:
        names = []
        if isinstance(act.body.value, list) or act.body.text(_("巡查")).lower() not in (
            "是",
            "true",
            "yes",
            "",
            "全部",
        ):
            known: Words = {one.name: (one.title,) for one in rules()}
            for part in act.body.rows(_("巡查")):
                word = part.text(_("规则"))
                names += [name for name, titles in known.items() if word in (name, *titles)] or [part]  # type: ignore[list-item]
            if strange := next((part for part in names if isinstance(part, Node)), None):
                raise strange.wrong(
                    _("没有规则“%(rule)s”。") % {"rule": strange.value}, near(str(strange.value), known, "rules")
                )
        self.last = PATROL.ask(act.day, names)
        if self.last.errors:
            compare.add(act.node, _("规则没有出错"), "；".join(self.last.errors), ok=False)
        self._findings(act.parts, compare, self.last)

    def _try(self, act: ActFact, compare: Comparison) -> None:
        """This will try draft figures on the records, keeping nothing."""
        drafts = figures(act.body, since=True)
        overlay = [fact.issued(self.stage.path(fact.place, fact.node)) for fact in drafts]
        with scope.everything(_("试算")):
            tallies: dict[str, Tally] = {}
            found = [_found(judged) for judged in judge(rules(act.day), act.day, overlay=overlay, tallies=tallies)]
        silent = frozenset(key for tally in tallies.values() for key in tally.unjudged)
        self._findings(act.parts, compare, Patrolled(found, unjudged=silent))

    def _findings(self, parts: dict[str, Node], compare: Comparison, patrolled: Patrolled) -> None:
        if "findings" in parts:
            compare.findings(parts["findings"], patrolled.live, what=_("发现"), silent=patrolled.unjudged)
        if "absent" in parts:
            compare.absent(parts["absent"], patrolled.live)
        if "only" in parts:
            compare.findings(parts["only"], patrolled.live, exact=True, what=_("发现"), silent=patrolled.unjudged)
        if "resolved" in parts:
            compare.findings(parts["resolved"], patrolled.resolved, what=_("消除"))
        if "unjudged" in parts:
            compare.unjudged(parts["unjudged"], patrolled.unjudged)

    def _subjects(self, node: Node) -> tuple[Table, list[Record]]:
        ((word, rows),) = node.mapping(_("对象")).items() if len(node.mapping(_("对象"))) == 1 else ((None, node),)
        if word is None:
            raise node.wrong(_("“对象”应写明一类记录和它的编号。"), _("例如：对象: {资产卡片: {资产编号: A-1}}。"))
        table = Table.called(word, rows, self.stage)
        return table, [table.find(table.values(row.mapping(word), found=True), row) for row in rows.rows(word)]

    def _step(self, act: ActFact, by: Actor) -> None:
        own, _rest = sections(act.body, STEP, pgettext("scenario", "办理"))
        table, records = self._subjects(_part(act.body, own, "subject", _("对象")))
        step = _part(act.body, own, "step", _("步骤"))
        plan = flow.flow_of(table.model)
        if plan is None:
            acts = "、".join(str(one.words) for one in table.resource.acts.values())
            instead = _("可以写“操作”：%(acts)s。") % {"acts": acts} if acts else _("可以写“登记”或者“修改”。")
            raise act.body.wrong(_("%(table)s没有办理步骤。") % {"table": table.resource.title}, instead)
        ahead = plan.leaving(
            plan.state(records[0]), records[0]
        )  # of two of one name, the one that is this record's way
        steps = sorted(plan.steps.items(), key=lambda pair: pair[1] not in ahead)
        words = {name: (str(one.words),) for name, one in steps}
        words |= {verb: (str(said),) for verb, said in VERBS.items()}
        name = _choose(step, words, _("步骤"))
        values: dict[str, Any] = {}
        if "values" in own:
            written = own["values"].mapping(_("填写"))
            # A step asks for fields of the record; a verb (驳回, 转办 …) for what it is done with.
            if name in plan.steps:
                values = table.filled(written)
            else:
                values = done_with(plan, name, written, lambda who, node: self.stage.who(who, act.day, None, node))
        for record in records:
            flow.perform(plan, name, record, by=by, data={**values, "note": act.note})

    def _perform(self, act: ActFact, by: Actor) -> None:
        own, _rest = sections(act.body, STEP, _("操作"))
        table, records = self._subjects(_part(act.body, own, "subject", _("对象")))
        words: Words = {name: (str(one.words),) for name, one in table.resource.acts.items()}
        name = _choose(_part(act.body, own, "step", _("操作")), words, _("操作"))
        values = table.filled(own["values"].mapping(_("填写"))) if "values" in own else {}

        def read(asked: acts.Act) -> dict[str, Any]:
            return values_of(table.resource, asked, rows=records, given=values, by=by)

        acts.perform(table.resource, name, records, by=by, note=act.note, read=read)

    def _attach(self, act: ActFact, by: Actor) -> None:
        """This will attach a small file that says what it is."""
        own, _rest = sections(act.body, PAPER, _("附上"))
        _table, records = self._subjects(_part(act.body, own, "subject", _("对象")))
        kind = own["kind"].text(_("材料")) if "kind" in own else ""
        name = own["name"].text(_("文件名")) if "name" in own else f"{kind or _('附件')}.pdf"
        for record in records:
            attachments.attach(record, BytesIO(_SHEET % name.encode()), name, by=by, note=act.note, kind=kind)

    def _run(self, node: Node) -> None:
        """This will do what the calendar has for that day, by its name, as it is done at night."""
        words: Words = {name: (str(plan.words),) for name, plan in PLANS.items()}
        for part in node.rows(_("定时任务")):
            PLANS[_choose(part, words, _("定时任务"))].run()

    def _expect(self, node: Node, place: str) -> None:
        own, _rest = sections(node, EXPECT, _("应有"), filled=EXPECT.keys() - {"only"})
        compare = Comparison(place, self.stage, self.outcome.checks)
        if "figures" in own:
            compare.figures(figures(own["figures"]), clock.today())
        if "records" in own:
            compare.records(own["records"])
        if own.keys() & {"findings", "absent", "only"}:
            if self.last is None:
                raise node.wrong(_("还没有巡查过。"), _("请在“经过”里写一步“巡查: 是”。"))
            self._findings(own, compare, self.last)


def _part(node: Node, own: dict[str, Node], name: str, words: str) -> Node:
    if name not in own:
        raise node.wrong(_("缺少“%(name)s”。") % {"name": words})
    return own[name]


def _choose(node: Node, words: Words, what: str) -> str:
    said = node.text(what)
    for name, spellings in words.items():
        if said in (name, *spellings):
            return name
    raise node.wrong(_("没有%(what)s“%(word)s”。") % {"what": what, "word": said}, offer(said, words))


def _told(refused: Refused) -> str:
    return "；".join(part for part in (refused.article, refused.reasons()) if part)


def _unfit(node: Node, refused: Refused) -> ScenarioError:
    """This is facts that the border refuses, with the line of the first."""
    line = next((fault.row for fault in refused.faults if fault.row), node.line)
    return ScenarioError(
        _("事实没有登记成功：%(why)s。") % {"why": _told(refused)},
        line=line,
        file=node.file,
        instead=str(refused.instead),
    )


def _found(judged: Judged) -> Found:
    """This is a judgement in the form in which expectations are compared."""
    subject, verdict, rule = judged.subject, judged.verdict, judged.rule
    organ = getattr(subject, "organ", subject) if judged.organ_id is not None else ""
    return Found(
        rule.name, rule.title, frozenset(called(subject)), str(subject), str(organ), rule.article, str(verdict.sentence),
        None if verdict.amount is None else round(verdict.amount, 2),
        frozenset((rule.severity, str(SEVERITIES[rule.severity]))), figures=frozenset(r.key for r in judged.readings),
    )  # fmt: skip
