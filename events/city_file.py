"""A city's `city.toml` and the GeoJSON files it names, read whole or refused with the key that is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator

from events.calendar_file import read_calendar
from events.city import Axis, City, District, MarchRules
from events.errors import ConfigurationError
from events.geometry import Area
from events.scene_file import FILE as SCENES_FILE
from events.scene_file import Scene, read_scenes
from events.toml_file import Identifier, Language, Table, problems, read_toml

FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,80}\.geojson$")]
Fraction = Annotated[float, Field(ge=0, le=1)]


class Files(Table):
    """GeoJSON files beside city.toml."""

    districts: FileName
    axes: FileName
    land: FileName | None = None
    communes: FileName | None = None
    landmarks: FileName | None = None

    def named(self) -> dict[str, str]:
        """Return the files that exist, by what they hold."""
        return {key: value for key, value in self.model_dump().items() if value is not None}


class DistrictKeys(Table):
    """Names of the properties of a district."""

    code: str
    short: str
    name: str
    population: str | None = None
    area: str | None = None


class AxisKeys(Table):
    """Names of the properties of a road axis."""

    id: str
    name: str
    road_class: str = Field(alias="class")
    length: str
    districts: str = "district_codes"


class Basemap(Table):
    """Whether an online base map lies under the city's own figures; `url` with {z} {x} {y}."""

    type: Literal["none", "tiles"] = "none"
    url: str | None = Field(default=None, pattern=r"^https://[A-Za-z0-9.-]+/[^\s;,'\"]*$")
    attribution: str = ""
    max_zoom: int = Field(default=19, ge=1, le=24)

    @property
    def tiles_url(self) -> str | None:
        """The address pattern of the tiles, None when the city's own figures are the whole base map."""
        return self.url if self.type == "tiles" else None


class Geocoding(Table):
    """Whether addresses that the city's files do not know may be asked of a service: what is typed then leaves the machine."""

    type: Literal["none", "geoplateforme"] = "none"
    url: str = Field(
        default="https://data.geopf.fr/geocodage/search", pattern=r"^https://[A-Za-z0-9.-]+/[A-Za-z0-9/_.-]*$"
    )


class Organisation(Table):
    """A partner by its id, with its names by language."""

    id: Identifier
    name: Mapping[Language, str]
    short: Mapping[Language, str] | None = None

    def name_in(self, language: str) -> str:
        """Return the name in `language`, French when that language is missing."""
        names = {str(key): value for key, value in self.name.items()}
        return names.get(language) or names.get("fr") or self.id


class Thresholds(Table):
    """Numbers that a city may choose; the names carry the units."""

    size_classes: tuple[int, int, int, int] = (100, 500, 2000, 10_000)
    march_tail_min: tuple[int, int, int, int, int] = (5, 10, 15, 40, 90)
    closure_before_min: int = Field(default=15, ge=0)
    closure_after_min: int = Field(default=20, ge=0)
    camera_notice_days: int = Field(default=60, ge=0, le=730)
    police_slot_h: int = Field(default=6, ge=1, le=24)
    small_cell: int = Field(default=5, ge=1)
    duplicate_m: float = Field(default=150, ge=0)
    duplicate_overlap: Fraction = 0.5
    duplicate_window: Fraction = 0.5
    video_max_s: int = Field(default=60, ge=1)
    contributions_per_min: int = Field(default=120, ge=1)
    traffic_unknown_min: float = Field(default=5, gt=0)
    traffic_unknown_cadences: float = Field(default=2.5, gt=0)

    def vouches_for(self, every: timedelta) -> timedelta:
        """Return how long a road state holds that is told so often; later it is unknown."""
        return max(timedelta(minutes=self.traffic_unknown_min), every * self.traffic_unknown_cadences)


class Linking(Table):
    """When two events of two sources are shown as one without anybody's confirmation: never, unless a pair says so."""

    automatic: tuple[tuple[str, str], ...] = ()
    at_least: Fraction = 0.9


class Retention(Table):
    """Days that records are kept after their end; an agreement may say less for its sources."""

    event_days: int = Field(default=400, ge=2)
    road_state_days: int = Field(default=30, ge=2)
    camera_days: int = Field(default=30, ge=2)
    tally_days: int = Field(default=800, ge=2)
    run_days: int = Field(default=400, ge=2)


class CityFile(Table):
    """What city.toml says, checked. Positions are longitude, latitude; boxes west, south, east, north."""

    id: Identifier
    name: str = Field(min_length=1, max_length=80)
    timezone: str
    insee: str | None = None
    bounds: Area
    area: Area
    center: tuple[float, float]
    zoom: float = Field(ge=1, le=20)
    shore_m: float = Field(default=300, ge=0)
    show_exercises: bool = False
    open_data: bool = False
    files: Files
    districts: DistrictKeys
    axes: AxisKeys
    basemap: Basemap = Basemap()
    geocoder: Geocoding = Geocoding()
    organisation: tuple[Organisation, ...] = ()
    thresholds: Thresholds = Thresholds()
    linking: Linking = Linking()
    retention: Retention = Retention()
    # Of the data-protection officer: a function, never a person.
    contact: str | None = Field(default=None, max_length=120)
    scenes: tuple[Scene, ...] = ()  # of scenes.toml, beside this file

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be a name of the IANA time zones, such as Europe/Paris") from None
        return value

    @field_validator("bounds", "area")
    @classmethod
    def _is_a_box(cls, value: Area) -> Area:
        west, south, east, north = value
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise ValueError("must be west, south, east, north in degrees")
        return value


def read_city(folder: Path) -> tuple[City, CityFile]:
    """Return the city of a folder and what its file says; raise ConfigurationError with the file and the key."""
    path = folder / "city.toml"
    content = read_toml(path, "CITY names a folder that holds city.toml")
    if "scenes" in content:
        raise ConfigurationError(f"{path}: scenes are written in {SCENES_FILE}, beside it")
    try:
        said = CityFile.model_validate({**content, "scenes": read_scenes(folder)})
    except ValidationError as error:
        raise ConfigurationError(f"{path}: {problems(error)}") from None
    city = City(
        id=said.id,
        name=said.name,
        timezone=said.timezone,
        area=said.area,
        districts=_districts(folder / said.files.districts, said.districts),
        axes=_axes(folder / said.files.axes, said.axes),
        shore_m=said.shore_m,
        march=MarchRules(
            tail_min=said.thresholds.march_tail_min,
            close_before_min=said.thresholds.closure_before_min,
            open_after_min=said.thresholds.closure_after_min,
        ),
        calendar=read_calendar(folder),
    )
    return city, said


def read_names(path: Path) -> tuple[str, ...]:
    """Return the `name` of every feature of a GeoJSON file."""
    names = ((feature.get("properties") or {}).get("name") for feature in _features(path))
    return tuple(str(name) for name in names if name)


def read_features(path: Path) -> tuple[Mapping[str, object], ...]:
    """Return the features of a GeoJSON file."""
    return tuple(_features(path))


def _features(path: Path) -> Sequence[Mapping[str, Any]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        features: Sequence[Mapping[str, Any]] = content["features"]
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror}); city.toml names it in [files]") from None
    except (ValueError, KeyError, TypeError):
        raise ConfigurationError(f"{path} is not a GeoJSON FeatureCollection") from None
    return features


def _property(feature: Mapping[str, Any], key: str, path: Path, number: int) -> Any:
    properties = feature.get("properties") or {}
    if key not in properties:
        raise ConfigurationError(f"{path}, feature {number}: no property {key!r}, which city.toml names")
    return properties[key]


def _districts(path: Path, keys: DistrictKeys) -> tuple[District, ...]:
    def optional(feature: Mapping[str, Any], key: str | None) -> Any:
        return (feature.get("properties") or {}).get(key) if key else None

    return tuple(
        District(
            code=str(_property(feature, keys.code, path, number)),
            short=str(_property(feature, keys.short, path, number)),
            name=str(_property(feature, keys.name, path, number)),
            population=optional(feature, keys.population),
            area_km2=optional(feature, keys.area),
            geometry=feature["geometry"],
        )
        for number, feature in enumerate(_features(path), start=1)
    )


def _axes(path: Path, keys: AxisKeys) -> tuple[Axis, ...]:
    return tuple(
        Axis(
            id=str(_property(feature, keys.id, path, number)),
            name=str(_property(feature, keys.name, path, number)),
            road_class=str(_property(feature, keys.road_class, path, number)),
            geometry=feature["geometry"],
            length_m=float(_property(feature, keys.length, path, number)),
            district_codes=tuple((feature.get("properties") or {}).get(keys.districts, ())),
        )
        for number, feature in enumerate(_features(path), start=1)
    )
