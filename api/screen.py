"""The Dash application on its own Flask server: one document per language, one way in for callbacks."""

from __future__ import annotations

import hashlib
import logging
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from dash import Dash
from flask import Flask, Request, Response, request

from api.analysis import Analysed
from api.answers import JSON, encode, problem_body
from api.bundle import Bundle, join_scripts, join_styles, join_tagged
from api.callback_body import refusal_of
from api.document import WITH_CHARTS, WITH_MAP, Facts, asked_ahead, theme_choice, write_document
from api.failure_page import asks_for_page, draw_failure
from api.files import Files
from api.guard import CALLBACKS, MAX_BODY, note_failure
from api.house import House
from api.services import ScreenServices
from api.static import FIXED
from components.boot import LANGUAGES, Boot, DistrictName, OrganisationName, WallScene
from components.first_frame import draw_first_frame
from components.pages import page_at
from components.texts import words
from events.city_file import CityFile

THEME, LEAFLET = "ob-00-theme.js", "leaflet-1.9.4.min.js"
_DRAWS_MAP = re.compile(r"ob-(?:[1-4]\d|50)-")  # with Leaflet and the texts: all that a first picture of the map needs
# Dash names these on every page: a table that no page draws, its core components, of which our pages use the chart only,
# and polyfills that only the chart asks for.
_UNUSED = re.compile(r'<script src="[^"]*/(?:deps/polyfill@|dash_table/|dcc/)[^"]*"></script>\s*')
_MAX_LAYOUTS = 64  # by address and language; addresses come from browsers
# What Dash names one by one and every page needs together, before our scripts and after them.
# Dash refuses a page that names no file of its renderer.
_TOGETHER = {
    name: re.compile(rf'<script src="/_dash-component-suites/dash/{parts}[^"]*"></script>\s*')
    for name, parts in (("react.js", "deps/(?:react|prop-types)[-@]"), ("dash-renderer.js", "(?:dash-renderer|html)/"))
}
_NAMED = re.compile(r'(?:src|href)="(/[^"]+)"')

log = logging.getLogger(__name__)


class Screen(Dash):
    """Dash with our document; `language_of` reads a request's language; by language, `contents` holds the boot JSON, `texts` an address."""

    def __init__(
        self,
        services: ScreenServices,
        assets: Path,
        contents: Mapping[str, str],
        texts: Mapping[str, str],
        language_of: Callable[[Request], str],
    ) -> None:
        server = Flask("observatory", static_folder=None)
        server.config["MAX_CONTENT_LENGTH"] = MAX_BODY
        super().__init__(
            "observatory",
            server=server,  # type: ignore[arg-type] # Dash's annotation forgets that it takes a Flask server
            title=words(LANGUAGES[0])("app.name"),
            update_title=None,  # type: ignore[arg-type] # documented: None leaves the title alone
            assets_folder=str(assets),
            assets_ignore=rf"^(?:{re.escape(THEME)}|{re.escape(LEAFLET)})$",
            use_async=False,
            enable_mcp=False,
            compress=False,
        )
        self.services = services
        self._source_ids = frozenset(source.id for source in services.sources)
        self._contents, self._texts = contents, texts
        self._language_of = language_of
        self._documents: dict[tuple[object, ...], str] = {}
        self._layouts: dict[object, bytes] = {}
        self._theme = assets.joinpath(THEME).read_text(encoding="utf-8")
        ours = [path for path in sorted(assets.glob("ob-*.js")) if path.name != THEME]
        drawing = [path for path in ours if _DRAWS_MAP.match(path.name)]
        self._map = join_scripts("ob-map.js", [assets / LEAFLET, *drawing])
        self._scripts = join_scripts("ob.js", [path for path in ours if path not in drawing])
        self._styles = join_styles(assets)
        for bundle in (self._map, self._scripts, self._styles):
            bundle.serve(server)
        self._together: dict[str, Bundle] = {}
        for name in _TOGETHER:
            server.add_url_rule(f"/assets/{name}", name, partial(self._serve_together, name))
        server.before_request(self._refuse_malformed)
        server.after_request(self._say_unknown)
        server.register_error_handler(Exception, self._answer_failure)

    def index(self, *args: Any, **kwargs: Any) -> str:
        """Return the document; Dash takes ten milliseconds to write one, and only these facts tell them apart."""
        with_what = (request.path == WITH_CHARTS, request.path == WITH_MAP)
        key = (self._language_of(request), theme_choice(request), *with_what, *asked_ahead(request))
        if key not in self._documents:
            self._documents[key] = super().index(*args, **kwargs)  # type: ignore[no-untyped-call] # Dash's own
        return self._documents[key]

    def serve_layout(self) -> Response:
        """Return the layout; the same components are written as JSON once."""
        drawn = self.get_layout()
        written = self._layouts.get(drawn)
        if written is None:
            if len(self._layouts) >= _MAX_LAYOUTS:
                self._layouts.clear()
            written = self._layouts[drawn] = super().serve_layout().get_data()  # type: ignore[no-untyped-call] # Dash's own
        return Response(written, content_type=JSON)

    def interpolate_index(self, **parts: Any) -> str:  # type: ignore[override] # Dash calls it by keyword only
        """Return the document in the request's language."""
        lang = self._language_of(request)
        scripts = self._join_dash(self._scripts.put_in(parts["scripts"]))
        first_frame = draw_first_frame(self.services.boot(lang), words(lang)) if request.path == WITH_MAP else ""
        return write_document(
            request,
            Facts(
                lang=lang,
                title=words(lang)("app.name"),
                boot=self._contents[lang],
                theme_script=self._theme,
                styles=self._styles.put_in(parts["css"]),
                ahead=(self._texts[lang], *asked_ahead(request)),
                first_frame=first_frame,
                app_entry=parts["app_entry"],
                first_scripts=f"{parts['config']}\n{self._map.written}",
                scripts=scripts if request.path == WITH_CHARTS else _UNUSED.sub("", scripts),
                renderer=parts["renderer"],
            ),
        )

    def csp_hashes(self, hash_algorithm: str = "sha256") -> Sequence[str]:
        """Return the hashes of the scripts that stand in the document itself: Dash's and the theme's."""
        own = super().csp_hashes(hash_algorithm)
        digest = hashlib.new(hash_algorithm, self._theme.encode()).digest()
        return [*own, f"'{hash_algorithm}-{b64encode(digest).decode()}'"]

    def _join_dash(self, scripts: str) -> str:
        for name, named in _TOGETHER.items():
            if name not in self._together:
                self._together[name] = join_tagged(name, scripts, named, self._read_own)
            scripts = self._together[name].put_in(scripts)
        return scripts

    def _read_own(self, address: str) -> bytes:
        answer = self.server.test_client().get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"the page cannot be drawn: {address} answers {answer.status_code}; the log says where")
        return bytes(answer.data)

    def _serve_together(self, name: str) -> Response:
        bundle = self._together.get(name)
        if bundle is None:  # no page has named it yet
            return _problem(404, "there is no such file")
        return Response(bundle.body, content_type="text/javascript; charset=utf-8")

    def warm(self) -> tuple[str, ...]:
        """Do Dash's set-up now, so that the first reader does not wait for it and a mistake stops the start.

        Answer: the paths of what is the same for everybody: the scripts and styles that the page names, Dash's callbacks.
        """
        client = self.server.test_client()
        for path in ("/_dash-layout", "/_dash-dependencies", "/"):
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"the page cannot be drawn: {path} answers {answer.status_code}; the log says where")
        named = [path.partition("?")[0] for path in _NAMED.findall(answer.text)]
        return (*named, *sorted(FIXED))

    def _refuse_malformed(self) -> Response | None:
        if request.path != CALLBACKS:
            return None
        if request.mimetype != "application/json":
            return _problem(415, "a callback is asked in application/json")
        try:
            asked = request.get_json(silent=True)
        except RecursionError:
            asked = None
        why = refusal_of(asked, self.callback_map)
        if why is not None:
            log.warning("a callback was refused: %s", why)
            return _problem(400, f"this is not a question that the page asks: {why}")
        return None

    def _say_unknown(self, answer: Response) -> Response:
        # Dash answers its document at every address: what no page has is still a document, with the right status.
        is_document = answer.status_code == 200 and answer.mimetype == "text/html"
        if is_document and self._is_nowhere(request.path):
            answer.status_code = 404
        return answer

    def _is_nowhere(self, path: str) -> bool:
        # An event that a reader may not see and one that does not exist answer alike: the page says it, the status does not.
        page, one_id = page_at(path)
        return page == "unknown" or (page == "sources" and one_id is not None and one_id not in self._source_ids)

    def _answer_failure(self, error: Exception) -> Response:
        status = getattr(error, "code", None)
        if isinstance(status, int) and 400 <= status < 500:
            return _problem(status, str(getattr(error, "name", "not understood")))
        reference = note_failure(request.path, error)
        if asks_for_page(request.path, {"accept": request.headers.get("Accept", "")}):
            return Response(draw_failure(500, self._language_of(request), reference=reference), 500)
        return _problem(500, f"this part of the page failed; the log has it under the reference {reference}")


def draw_screen(
    house: House,
    files: Files,
    assets: Path,
    *,
    is_demo: bool,
    language_of: Callable[[Request], str],
) -> Screen:
    """Return the screen of a city, without its layout and callbacks: `callbacks.register` adds them."""
    boots = {lang: city_boot(house, lang, is_demo=is_demo) for lang in LANGUAGES}
    contents = {lang: boot_content(boots[lang], house.said, files.city, files.texts[lang]) for lang in LANGUAGES}
    return Screen(ScreenServices(house, boots, Analysed(house)), assets, contents, files.texts, language_of)


def city_boot(house: House, lang: str, *, is_demo: bool) -> Boot:
    """Return the city as the frame draws it, names in `lang`."""
    said = house.said
    return Boot(
        city_name=said.name,
        timezone=said.timezone,
        center=said.center,
        zoom=said.zoom,
        districts=tuple(DistrictName(one.code, one.short, one.name) for one in house.city.districts),
        organisations=tuple(OrganisationName(one.id, one.name_in(lang)) for one in said.organisation),
        is_demo=is_demo,
        demo_title=said.name if is_demo else "",
        lang=lang,
        media="off" if house.media is None else house.media.takes,
        scenes=tuple(
            WallScene(
                id=one.id, template=one.template, name=one.name_in(lang), duration_s=one.duration_s, view=one.view,
                is_restricted=one.restricted,
            )
            for one in said.scenes
        ),
    )  # fmt: skip


def boot_content(boot: Boot, city: CityFile, addresses: Mapping[str, str], texts: str) -> str:
    """Return what the page's `ob-boot` holds, as JSON (docs/architecture.md)."""
    tiles = city.basemap if city.basemap.tiles_url else None
    content = {
        "texts": texts,
        "city": dict(addresses),
        "name": boot.city_name,
        "center": boot.center,
        "zoom": boot.zoom,
        "bounds": city.bounds,
        "timezone": boot.timezone,
        "demo": boot.is_demo,
        "tiles": None if tiles is None else tiles.model_dump(include={"url", "attribution", "max_zoom"}),
        "districts": [{"code": one.code, "short": one.short, "name": one.name} for one in boot.districts],
        "organisations": [{"id": one.id, "name": one.name} for one in boot.organisations],
    }
    return encode(content).decode()


def _problem(status: int, message: str) -> Response:
    return Response(problem_body(message), status, content_type=JSON)
