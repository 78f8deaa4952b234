"""Which page of accounts is at which address."""

from __future__ import annotations

from functools import partial

from starlette.routing import Route

from access.house import Access
from api import camera_purpose, camera_tasks, conflict_rules_page
from api.account import administration, displays, journal, mine
from api.account.provider import ProviderSignIn, provider_pages
from api.account.recurring import PATH as RECURRING
from api.account.recurring import RecurringPages
from api.camera_register import CameraRegister
from api.conflict_desk import PATH as CONFLICTS
from api.conflict_desk import ConflictDesk
from api.control import pages as control
from api.control.making import Controls
from api.house import House


def account_routes(house: House, access: Access) -> list[Route]:
    """Return the pages of accounts and what their forms are posted to."""
    controlling = control.ControlPages(house, access, Controls(house.database, house.city, house.sources, house.clock))
    rules = conflict_rules_page.ConflictRules(house, access)
    own, admin = mine.Mine(house, access), administration.Administration(house, access)
    ways_in = {} if house.provider is None else provider_pages(ProviderSignIn(house, access, house.provider))
    pages = {
        mine.PATH: own.show,
        administration.PATH: admin.show,
        journal.PATH: journal.Journal(house, access).show,
        control.PATH: controlling.show,
        conflict_rules_page.PATH: rules.show,
    }
    recurring = RecurringPages(house, access, own.show_problem)
    pages[RECURRING + "/{id}.pdf"] = recurring.content
    beside = camera_purpose.CameraPurpose(house, access)
    deciding = {CONFLICTS: ConflictDesk(house, access).answer, **rules.posted()}
    of_cameras = {camera_purpose.PATH: beside.answer, camera_tasks.PATH: CameraRegister(house).answer_task}
    of_reports = {RECURRING: recurring.answer}
    posted = {
        **of_cameras,
        **of_reports,
        **deciding,
        **mine.posted(own),
        **admin.posted(),
        **control.posted(controlling),
    }
    return [
        displays.TokenRoute(displays.PATH, partial(displays.answer_token, house=house, access=access), methods=["GET"]),
        *(Route(path, answer, methods=["GET"]) for path, answer in (pages | ways_in).items()),
        *(Route(path, answer, methods=["POST"]) for path, answer in posted.items()),
    ]
