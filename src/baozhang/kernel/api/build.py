"""The API's addresses, one set a resource, made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import ninja
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja import File, NinjaAPI, Schema, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.files import UploadedFile
from ninja.security import HttpBearer
from ninja.utils import contribute_operation_callback

from baozhang.kernel import access, acts, asked, border, clock, imports, ledger, once, scope, tokens
from baozhang.kernel.listing import Listing
from baozhang.kernel.programs import MORE
from baozhang.kernel.refusal import Fault, Forbidden, Invalid, NotFound, Refused
from baozhang.kernel.resource import RESOURCES, Resource
from baozhang.kernel.rows import row_of
from baozhang.kernel.sayings import sentences

from . import schemas

REFUSED = (401, 403, 404, 409, 422)


class _Refused(Schema):
    response: schemas.Refusal

    @classmethod
    @cache
    def model_json_schema(cls, **words: Any) -> dict[str, Any]:  # type: ignore[override]
        """Its description by the words given, made once: thousands of answers of the API's description are this one."""
        return super().model_json_schema(**words)


class Router(ninja.Router):
    """Addresses that may refuse, as the description of each says; the model of a refusal is made once for all of them."""

    def add_api_operation(self, path: str, methods: Any, view_func: Any, **words: Any) -> None:
        """This will add an address that may answer with a refusal."""
        contribute_operation_callback(view_func, _refusing)
        super().add_api_operation(path, methods, view_func, **words)


def _refusing(operation: Any) -> None:
    operation.response_models.update(dict.fromkeys(REFUSED, _Refused))


class Key(HttpBearer):
    """A program with its key."""

    def authenticate(self, request: HttpRequest, token: str) -> access.Actor | None:
        """The actor that the key stands for."""
        return tokens.actor_for(token)


class _Csrf(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def session(request: HttpRequest) -> access.Actor | None:
    """A signed-in browser; what it writes must carry the page's token."""
    user: Any = request.user
    if not user.is_authenticated or user.must_change:
        return None  # who has yet to change his password does nothing else, here as on the pages
    if request.method not in ("GET", "HEAD"):
        check = _Csrf(lambda _request: HttpResponse())
        check.process_request(request)
        if check.process_view(request, lambda _request: HttpResponse(), (), {}):
            return None
    organ = request.session.get("organ")
    return access.actor_of(user, clock.today(), organ if isinstance(organ, int) else None)


def who(request: Any) -> access.Actor:
    """The actor found by one of the ways to sign in."""
    found: access.Actor = request.auth
    return found


def may(request: Any, resource: Resource, verb: str) -> access.Actor:
    """The actor, who must be allowed to do something with a resource; Forbidden where he is not."""
    actor = who(request)
    actor.must(resource.right("view"))
    actor.must(resource.right(verb))
    return actor


def router_of(resource: Resource) -> Router:
    """All addresses of a resource."""
    router = Router(tags=[str(resource.slug)])
    _reading(router, resource)
    if resource.fields:
        _writing(router, resource)
        if resource.importable:
            _importing(router, resource)
    if resource.acts:
        _acting(router, resource)
    for more in MORE:
        import_string(more)(router, resource)
    return router


def _reading(router: Router, resource: Resource) -> None:
    code = resource.label.replace(".", "_")

    @router.get(
        "/",
        response=schemas.shape_page(resource),
        operation_id=f"{code}_list",
        summary=str(resource.slug),
    )
    def rows(request: Any) -> Any:
        with scope.within(may(request, resource, "view")):
            listing = Listing(resource, request.GET)
            listing.columns = schemas.names_out(resource)
            page = listing.page()
            found = [schemas.read(resource, row) for row in page.rows]
            return {
                "rows": found,
                "count": page.count,
                "capped": page.capped,
                "after": "" if page.at_end else page.after,
            }

    @router.get("/{int:pk}", response=schemas.shape_out(resource), operation_id=f"{code}_one")
    def one(request: Any, pk: int) -> Any:
        with scope.within(may(request, resource, "view")):
            return schemas.read(resource, row_of(resource, pk, *resource.joins(schemas.names_out(resource))))

    @router.get("/{int:pk}/history", response=list[schemas.Entry], operation_id=f"{code}_history")
    def history(request: Any, pk: int) -> Any:
        with scope.within(may(request, resource, "view")) as actor:
            return _entries(resource, pk, row_of(resource, pk).told_from(actor))


def _entries(resource: Resource, pk: int, first: int) -> list[dict[str, Any]]:
    entries = list(ledger.history(resource.label, pk).filter(seq__gte=first).order_by("-seq")[:200])
    said = sentences(resource, entries)
    return [
        {
            "seq": one.seq, "at": one.at, "by": one.by_name, "organ": one.by_organ, "act": one.act, "sentence": text,
            "note": one.note, "hash": bytes(one.hash).hex(),
        }
        for one, text in zip(entries, said, strict=True)
    ]  # fmt: skip


def _writing(router: Router, resource: Resource) -> None:
    code = resource.label.replace(".", "_")
    shape_new, shape_change = schemas.shape_in(resource, False), schemas.shape_in(resource, True)

    def add(request: Any, body: Any) -> Any:
        actor = may(request, resource, "add")
        if not resource.addable:
            raise NotFound(_("这类记录由其他环节产生，不能直接登记"))
        with scope.within(actor):
            made: list[Any] = []

            def work() -> str:
                made.append(border.one(resource, _values(body), by=actor))
                return str(made[0].pk)

            pk = _once(request, actor, body, work)
            return Status(201, schemas.read(resource, made[0] if made else row_of(resource, int(pk))))

    def change(request: Any, pk: int, body: Any) -> Any:
        actor = may(request, resource, "view")
        with scope.within(actor):
            record = row_of(resource, pk)
            actor.must(resource.right("change"), record.organ_key())
            given = _values(body)
            record.version = given.pop("version", None) or record.version
            border.one(resource, given, by=actor, record=record)
            return schemas.read(resource, row_of(resource, pk))

    add.__annotations__["body"], change.__annotations__["body"] = shape_new, shape_change
    out = schemas.shape_out(resource)
    router.post("/", response={201: out}, operation_id=f"{code}_add")(add)
    router.patch("/{int:pk}", response=out, operation_id=f"{code}_change")(change)


def _once(request: Any, by: access.Actor, body: Any, work: Callable[[], str]) -> str:
    """This will do what a program asks for; what it asks again under the same `Idempotency-Key` is answered and not done."""
    said = [request.get_full_path(), body.model_dump_json(exclude_unset=True)]
    return once.carry_out(request.headers.get("Idempotency-Key", ""), said, by, work)


def _values(body: Any) -> dict[str, Any]:
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    extra = given.pop("extra", None) or {}
    return {**given, **{f"x_{key}": value for key, value in extra.items()}}


def _acting(router: Router, resource: Resource) -> None:
    code = resource.label.replace(".", "_")

    @router.post("/acts/{name}", response=schemas.Done, operation_id=f"{code}_act")
    def act(request: Any, name: str, body: schemas.Selection) -> Any:
        actor = may(request, resource, "view")
        with scope.within(actor):
            rows = list(resource.model.objects.filter(pk__in=body.ids))
            if len(rows) != len(set(body.ids)):
                raise NotFound(_("有的记录不存在，或不在您的范围内"))
            read = partial(asked.values_of, resource, rows=rows, given=body.values, by=actor)
            work = partial(acts.perform, resource, name, rows, by=actor, note=body.note, read=read)
            return {"done": _once(request, actor, body, work)}


def _importing(router: Router, resource: Resource) -> None:
    code = resource.label.replace(".", "_")

    @router.post("/import", response=dict[str, Any], operation_id=f"{code}_import")
    def take(request: Any, file: UploadedFile = File(...), commit: bool = False) -> Any:  # noqa: B008
        actor = may(request, resource, "import")
        with scope.within(actor):
            if actor.organ_id is None:
                raise Forbidden(_("您目前没有任职"))
            session_ = imports.upload(resource, file, file.name or "", organ_id=actor.organ_id, by=actor)
            batch = imports.preview(session_, by=actor)
            if commit and not batch.faults:
                imports.commit(session_, by=actor)
            return {
                "session": session_.pk,
                "written": commit and not batch.faults,
                **batch.counts(),
                "faults": [f.as_dict() for f in batch.faults],
            }


def _api(resource: Resource | None = None, **words: Any) -> NinjaAPI:
    api = NinjaAPI(title="Baozhang 保障", version="1", auth=[Key(), session], docs_url=None, openapi_url=None, **words)

    def said(request: HttpRequest, error: Any) -> HttpResponse:
        return api.create_response(request, error.as_dict(), status=error.status)

    api.add_exception_handler(Refused, said)
    api.add_exception_handler(AuthenticationError, lambda request, _error: said(request, Unknown()))
    api.add_exception_handler(ValidationError, lambda request, error: said(request, _misread(resource, request, error)))
    api.add_exception_handler(HttpError, lambda request, _error: said(request, _misread(resource, request)))
    return api


def _misread(resource: Resource | None, request: HttpRequest, error: Any = None) -> Refused:
    """What keeps one from a record comes before what is wrong with what was sent to it: of a foreign one nothing is said."""
    pk = request.resolver_match.kwargs.get("pk") if request.resolver_match else None
    if resource is not None and isinstance(pk, int):
        try:
            with scope.within(may(request, resource, "view")):
                row_of(resource, pk)
        except Refused as refusal:
            return refusal
    return _unreadable(error)


class Unknown(Refused):
    """Nobody is signed in, or the key is not one in use."""

    status = 401

    def __init__(self) -> None:
        super().__init__(
            _("没有登录，或者密钥无效"), why=_("密钥可能已过期、已注销，或者抄漏了字符。"),
            instead=_("请在请求的标头中带上 Authorization: Bearer 密钥；密钥在“我的接口密钥”中签发。"),
        )  # fmt: skip


def _unreadable(error: Any = None) -> Invalid:
    """What was sent is not in the form that the address takes; each fault names its place."""
    found = error.errors if error else []
    faults = [Fault(one["msg"], ".".join(str(part) for part in one["loc"][2:] or one["loc"])) for one in found]
    return Invalid(_("请求的格式不对"), faults=faults, instead=_("请对照接口说明 /help/api/ 改正后再发送。"))


def addresses_of(resource: Resource) -> list[Any]:
    """The addresses of one resource, as Django resolves them."""
    return [*_alone(resource).urls[0]]


def described(resource: Resource) -> dict[str, Any]:
    """The addresses of one resource in the words of OpenAPI."""
    return dict(_alone(resource).get_openapi_schema(path_prefix=f"/api/{resource.slug}/"))


def _alone(resource: Resource) -> NinjaAPI:
    api = _api(resource, urls_namespace=f"api-{resource.label}")
    api.add_router("", router_of(resource))
    return api


def whole() -> NinjaAPI:
    """The whole API, to be described: `/api/openapi.json`."""
    api = _api(urls_namespace="api")
    for resource in RESOURCES.values():
        api.add_router(f"/{resource.slug}", router_of(resource))
    return api
