"""Signing in and out: links, codes, and what a browser sees that is not signed in.

`GET /in/TOKEN` shows a name and a button, because mail scanners open each link; `POST` signs in.
"""

from __future__ import annotations

import asyncio
import re
import secrets

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from grader.site.access.authenticators import Members, Owner, SingleUser
from grader.site.access.devices import device_of
from grader.site.access.links import CODE_DIGITS, MAX_WRONG_CODES, LinkKind
from grader.site.access.people import Person
from grader.site.access.returning import asked_page, page_after
from grader.site.access.same_user import is_same_user
from grader.site.desk import Desk, desk_of
from grader.site.forms import read_form
from grader.site.pages import ROOT, render
from grader.site.refusals import Refused, refusal, wants_script

_NOT_VALID = (
    "this link is not valid: it is incomplete, was used, is older than"
    f" {LinkKind.LINK.valid_for.days} days, or was replaced by a newer one"
)
_NO_SUCH_CODE = (
    f"this code is not valid for this id; a code has {CODE_DIGITS} digits, works once, within"
    f" {LinkKind.CODE.valid_for.seconds // 60} minutes, and not after {MAX_WRONG_CODES} wrong ones;"
    " make a new one on the device that is signed in"
)
_ALONE_NOT_VALID = "this address is not valid; open the one that `grader serve` printed"
# Also what scripts and the cache of the browser have kept, such as the page that "Back" would show.
# Not "cookies": browsers remove them for all ports of a host, so also those of other servers on
# this machine.
_CLEAR = {"clear-site-data": '"cache", "storage"'}
_CLEAR_CACHE = {"clear-site-data": '"cache"'}


async def open_link(request: Request) -> Response:
    """`GET /in/TOKEN`: show whom it signs in. The address of one person alone signs in at once."""
    desk, token = desk_of(request), request.path_params["token"]
    if isinstance(desk.authenticator, SingleUser):
        return _let_in_single_user(desk.authenticator, token, request)
    members = desk.members
    await asyncio.to_thread(_check_user, members, token, request)
    here, nonce = desk.known(request), members.nonce(request)
    id = await asyncio.to_thread(members.links.find, token, nonce)
    if here is not None:
        return await _signed_in(members, here, token)
    person = desk.registry.find(id) if id is not None else None
    if person is None:
        raise Refused(404, _NOT_VALID)
    response = HTMLResponse(render("link.html", person=person, course=desk.course))
    if not nonce:
        members.give_nonce(response)
    return response


async def use_link(request: Request) -> Response:
    """`POST /in/TOKEN`: sign in."""
    desk, token = desk_of(request), request.path_params["token"]
    if isinstance(desk.authenticator, SingleUser):
        return _let_in_single_user(desk.authenticator, token, request)
    members = desk.members
    await asyncio.to_thread(_check_user, members, token, request)
    here, nonce = desk.known(request), members.nonce(request) or secrets.token_urlsafe(24)
    if here is not None:
        return await _signed_in(members, here, token)
    id = await asyncio.to_thread(members.links.find, token, nonce)
    _check_scope(desk, request, id)
    secret = await asyncio.wrap_future(members.links.use(token, nonce, _device(request)))
    if secret is None:
        raise Refused(404, _NOT_VALID)
    return _signed_in_now(members, request, secret, "/")


async def _signed_in(members: Members, here: Person, token: str) -> Response:
    """Answer a browser that is signed in already; the link is not used up by this."""
    if await asyncio.to_thread(members.links.was_of, token) == here.id:
        return RedirectResponse("/", 303)
    raise Refused(
        409,
        f"this browser is signed in as {here.name}, so this link was not used; to use it, sign"
        " out first, under You, or go on to the problems",
    )


def _check_user(members: Members, token: str, request: Request) -> None:
    """Raise Refused if another user of this machine has a link from the arguments of a program."""
    if members.links.is_for_browser(token) and not is_same_user(request):
        raise Refused(404, _NOT_VALID)


def _let_in_single_user(authenticator: SingleUser, token: str, request: Request) -> Response:
    is_listed = authenticator.is_ticket(token) and not is_same_user(request)
    if is_listed or not authenticator.is_right(token):
        raise Refused(404, _ALONE_NOT_VALID)
    response = _went_in(request, "/")
    authenticator.let_in(response)
    return response


def show_code(request: Request) -> Response:
    """`GET /code`: a form for a code."""
    _ = desk_of(request).members  # or there is no such page
    return HTMLResponse(sign_in_page(request, "", "/"))


async def use_code(request: Request) -> Response:
    """`POST /code`: sign in by a code that another device shows."""
    desk = desk_of(request)
    members = desk.members
    form = await read_form(request)
    typed, digits = form.get("person", "").strip(), re.sub(r"[\s-]", "", form.get("code", ""))
    goes_on = page_after(form.get("next", ""))
    id = await asyncio.to_thread(_meant, desk, typed)
    here = desk.known(request)
    if here is not None and here.id == id:  # it has been signed in in another window
        return _went_in(request, goes_on)
    if here is not None:
        text = f"this browser is signed in as {here.name}; sign out first, under You"
        raise Refused(409, text)
    _check_scope(desk, request, id)
    nonce = members.nonce(request) or secrets.token_urlsafe(24)
    secret = await asyncio.wrap_future(members.links.use_code(id, digits, nonce, _device(request)))
    if secret is None and wants_script(request):
        raise Refused(403, _NO_SUCH_CODE)
    if secret is None:
        page = sign_in_page(request, _NO_SUCH_CODE, goes_on, typed)
        return HTMLResponse(page, 403)
    return _signed_in_now(members, request, secret, goes_on)


def _meant(desk: Desk, typed: str) -> str:
    """Return the id that somebody has typed: phones begin a word with a capital."""
    ids = [each.id for each in desk.registry.all()]
    equal = [each for each in ids if each.casefold() == typed.casefold()]
    return typed if typed in equal else next(iter(equal), typed)


def show_out(request: Request) -> Response:
    """`GET /out`: say that this browser is signed out, if it is."""
    desk = desk_of(request)
    if desk.known(request) is not None:
        return RedirectResponse("/me", 303)
    is_single_user = isinstance(desk.authenticator, SingleUser)
    return HTMLResponse(render("out.html", course=desk.course, is_single_user=is_single_user))


async def sign_out(request: Request) -> Response:
    """`POST /out`: end the session of this browser, and remove what it keeps."""
    desk = desk_of(request)
    has_form = bool(request.headers.get("content-type"))
    keeps = (await read_form(request)).get("keeps", "") if has_form else ""
    # The page has removed what is this person's, and says whether there is something of others.
    # Below a prefix, other programs have the same host, and the storage would be theirs too.
    is_shared = bool(keeps or ROOT.get())
    response = RedirectResponse("/out", 303, _CLEAR_CACHE if is_shared else _CLEAR)
    match desk.authenticator:
        case SingleUser() as alone:
            alone.take(response)
        case Members() as members:
            session = await asyncio.to_thread(members.session, request)
            if session is not None:
                await asyncio.wrap_future(members.sessions.end(session))
            members.take(response)
        case Owner():
            text = "there is no sign-in here: only your account on this machine can open the page"
            raise Refused(409, text)
        case _:
            text = "the sign-in of your institution lets you in; sign out there"
            raise Refused(409, text)
    return response


def sign_in_page(
    request: Request, message: str, goes_on: str, person: str = "", login: str = ""
) -> str:
    """Return the page for a browser that is not signed in.

    Args:
        message: what happened, as in a refusal
        goes_on: the address to open after signing in
        person: the id that was typed
        login: where the login of the institution begins; empty if there is none
    """
    desk = desk_of(request)
    return render(
        "sign_in.html",
        course=desk.course,
        message=message,
        goes_on=goes_on,
        typed=person,
        here=desk.known(request),
        is_single_user=isinstance(desk.authenticator, SingleUser),
        login=login,
    )


def page_for_stranger(request: Request, refused: Refused) -> Response:
    """Return the reply to a browser that is not signed in; after that it goes on where it was."""
    if not isinstance(desk_of(request).authenticator, (SingleUser, Members)):
        return refusal(request, refused)
    login = str(refused.more.get("sign_in", ""))
    page = sign_in_page(request, refused.message, asked_page(request), login=login)
    return HTMLResponse(page, refused.status)


def _signed_in_now(members: Members, request: Request, secret: str, goes_on: str) -> Response:
    response = _went_in(request, goes_on)
    members.give(secret, response)
    return response


def _went_in(request: Request, goes_on: str) -> Response:
    if wants_script(request):
        return JSONResponse({"signed_in": True})
    return RedirectResponse(goes_on, 303)


def _check_scope(desk: Desk, request: Request, person: str | None) -> None:
    """Refuse to sign in another person than the one whose text a page has."""
    scope = request.headers.get("x-scope")
    if scope is not None and person is not None and scope != desk.scope(person):
        text = "this signs in somebody else than the person whose text is on this page"
        raise Refused(409, f"{text}; use your own link or code")


def _device(request: Request) -> str:
    return device_of(request.headers.get("user-agent", ""))


ROUTES = [
    Route("/in/{token}", open_link),
    Route("/in/{token}", use_link, methods=["POST"]),
    Route("/code", show_code),
    Route("/code", use_code, methods=["POST"]),
    Route("/out", show_out),
    Route("/out", sign_out, methods=["POST"]),
]
