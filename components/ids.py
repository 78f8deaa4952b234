"""Every id of the screen, once. A literal id elsewhere fails a test."""

from __future__ import annotations

# Frame
URL = "url"
ROOT = "ob-root"
PAGE = "page"
PAGE_DRAWN = "page-drawn"
FRESHNESS = "freshness"
LIVE_REGION = "live-region"
WATERMARK = "watermark"
TOAST = "toast"
NEWS_BUTTON = "news-button"
THEME_BUTTON = "theme-button"
PAGE_TITLE = "page-title"
MAIN = "main"

# Filters
FILTERS = "filters"
FILTER_CHIPS = "filter-chips"
FILTER_SEARCH = "filter-search"
FILTER_FROM = "filter-from"
FILTER_UNTIL = "filter-until"
COPY_LINK = "copy-link"
EXPORTS = "exports"
SAVED_VIEWS = "saved-views"

# Situation; the live scripts fill these containers
EVENT_LIST = "event-list"
LIST_PANEL = "list-panel"
SHEET_HANDLE = "sheet-handle"
SHEET_CHIPS = "sheet-chips"
SHEET_TITLE = "sheet-title"
SHEET_FRESHNESS = "sheet-freshness"
LIST_TOOLS = "list-tools"
LIST_NEWS = "list-news"
LIST_SEPARATOR = "list-separator"
DETAIL_SEPARATOR = "detail-separator"
COUNTERS = "counters"
MAP_SLOT = "map-slot"
FIRST_FRAME = "first-frame"
MAP_REGION = "map-region"
MAP_TIME = "map-time"
TIMELINE = "timeline"
MAP_LEGEND = "map-legend"
CITY_STRIP = "city-strip"
DETAIL = "detail"
DETAIL_BODY = "detail-body"
SELECTED_EVENT = "selected-event"
LINK_ORDER = "link-order"
LINK_ANSWER = "link-answer"

# Contribution; the live scripts fill the panel
FORM_PANEL = "form-panel"
FORM_QUESTION = "form-question"
FORM_ANSWER = "form-answer"

# Events
EVENT_CHOSEN = "event-chosen"
EVENT_TICK = "event-tick"
EVENT_BODY = "event-body"
EVENTS_TABLE = "events-table"

# Agenda; the live scripts fill the container
AGENDA = "agenda"

# Sources
SOURCES_BODY = "sources-body"
SOURCES_TICK = "sources-tick"
SOURCES_CHOSEN = "sources-chosen"
SOURCES_ORDER = "sources-order"
SOURCES_ANSWER = "sources-answer"

# Analysis
ANALYSIS_BODY = "analysis-body"
VIEW_SEARCH = "view-search"
ANALYSIS_HEAD = "analysis-head"
ANALYSIS_MAP = "analysis-district-map"
ANALYSIS_DAYS_GRAPH = "analysis-days-graph"
ANALYSIS_HEAT_GRAPH = "analysis-heat-graph"
ANALYSIS_DISTRICTS = "analysis-district-table"

# Wall; the live scripts fill these containers
WALL_CLOCK = "wall-clock"
WALL_COUNTERS = "wall-counters"
WALL_LIST = "wall-list"
WALL_FOOT = "wall-foot"
WALL_NEXT = "wall-next"
WALL_DAY = "wall-day"
WALL_TRAFFIC = "wall-traffic"
WALL_MARCH = "wall-march"
WALL_SOURCES = "wall-sources"
WALL_SCENE = "wall-scene"
