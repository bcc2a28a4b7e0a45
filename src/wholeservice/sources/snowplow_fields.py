"""The fields of an enriched event of Snowplow, in their order, and its lines: no header, no quotes, a tab between any two."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from typing import Any

from wholeservice.errors import InputError, Place, Problem
from wholeservice.sources.exports_read import Record, parsed
from wholeservice.sources.files import File, empty, looks_like, not_as_named, opened, start, too_large

MAX_LINE = 16 * 2**20
_IN_ORDER = """
    app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id txn_id name_tracker v_tracker
    v_collector v_etl user_id user_ipaddress user_fingerprint domain_userid domain_sessionidx network_userid geo_country
    geo_region geo_city geo_zipcode geo_latitude geo_longitude geo_region_name ip_isp ip_organization ip_domain
    ip_netspeed page_url page_title page_referrer page_urlscheme page_urlhost page_urlport page_urlpath page_urlquery
    page_urlfragment refr_urlscheme refr_urlhost refr_urlport refr_urlpath refr_urlquery refr_urlfragment refr_medium
    refr_source refr_term mkt_medium mkt_source mkt_term mkt_content mkt_campaign contexts se_category se_action se_label
    se_property se_value unstruct_event tr_orderid tr_affiliation tr_total tr_tax tr_shipping tr_city tr_state tr_country
    ti_orderid ti_sku ti_name ti_category ti_price ti_quantity pp_xoffset_min pp_xoffset_max pp_yoffset_min pp_yoffset_max
    useragent br_name br_family br_version br_type br_renderengine br_lang br_features_pdf br_features_flash
    br_features_java br_features_director br_features_quicktime br_features_realplayer br_features_windowsmedia
    br_features_gears br_features_silverlight br_cookies br_colordepth br_viewwidth br_viewheight os_name os_family
    os_manufacturer os_timezone dvce_type dvce_ismobile dvce_screenwidth dvce_screenheight doc_charset doc_width
    doc_height tr_currency tr_total_base tr_tax_base tr_shipping_base ti_currency ti_price_base base_currency geo_timezone
    mkt_clickid mkt_network etl_tags dvce_sent_tstamp refr_domain_userid refr_device_tstamp derived_contexts
    domain_sessionid derived_tstamp event_vendor event_name event_format event_version event_fingerprint true_tstamp
"""
FIELDS: tuple[str, ...] = tuple(_IN_ORDER.split())
CONTEXTS, EVENT = ("contexts", "derived_contexts"), "unstruct_event"


def lines_of(file: File) -> Iterator[Record | Problem]:
    """Yield each line as a record; one of another width, or that is no text, as a problem without its text."""
    if (strange := looks_like(start(file))) is not None:
        raise InputError(not_as_named(file, f"the content is {strange}, not lines of text"))
    is_empty = True
    with opened(file) as stream:
        number = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                raise InputError(too_large(file, f"the line is longer than {MAX_LINE:,} bytes", number))
            if line.strip(b"\r\n"):
                is_empty = False
                yield _record(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line, file, number)
    if is_empty:
        raise InputError(empty(file))


def _record(line: bytes, file: File, number: int) -> Record | Problem:
    place = Place(file.name, number)
    cells = line.rstrip(b"\r\n").split(b"\t")
    if len(cells) != len(FIELDS):
        return Problem("SRC229", f"the line has {len(cells)} fields", place, f"{len(FIELDS)}, as an enriched event has",
                       next_step="see whether a tab was put into a value after it was enriched")  # fmt: skip
    try:
        values: dict[str, Any] = {name: cell.decode() for name, cell in zip(FIELDS, cells, strict=True) if cell}
    except UnicodeDecodeError:
        return Problem("SRC220", "the line is not UTF-8 text", place, "text in UTF-8", next_step="export it again")
    for name in CONTEXTS:
        values[name] = _entities(values.get(name))
    values[EVENT] = _inner(parsed(values[EVENT])) if EVENT in values else None
    return Record(values, file.name, number)


def _entities(text: str | None) -> dict[str, Any]:
    """Return the entities of a context by name, the first of each: `{"web_page": {"id": ...}}`."""
    found = parsed(text) if text else None
    listed = found.get("data") if isinstance(found, Mapping) else None
    entities: dict[str, Any] = {}
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, Mapping) and isinstance(each.get("schema"), str) and isinstance(each.get("data"), Mapping):
            parts = each["schema"].split("/")  # iglu:com.acme/web_page/jsonschema/1-0-0
            entities.setdefault(parts[1] if len(parts) > 1 else each["schema"], each["data"])
    return entities


def _inner(event: Any) -> Any:
    """Return what a self-describing event says, inside of its two envelopes."""
    for _ in range(2):
        event = event.get("data") if isinstance(event, Mapping) else None
    return event
