"""Which address answers what of pictures and clips."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.responses import Response
from starlette.routing import Route

from api.guard import UPLOADS
from api.house import House
from api.media import answers
from api.media.desk import MediaDesk
from api.media.review import PATH, Review

Answer = Callable[..., Awaitable[Response]]


def media_routes(house: House, desk: MediaDesk) -> list[Route]:
    """Return the addresses that take files and acts, and the page of review."""
    review = Review(house, desk)
    posted: dict[str, Answer] = {
        UPLOADS + "{kind}": answers.Uploads(desk).answer,
        **review.posted(),
        PATH + "/{id}/{act}": partial(answers.answer_act, desk=desk),
    }
    return [
        Route(PATH, review.show, methods=["GET"]),
        *(Route(path, answer, methods=["POST"]) for path, answer in posted.items()),
    ]
