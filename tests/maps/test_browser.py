"""The pages in a real browser: what people see, at the size of a phone and of a projector."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from maps import layers, page, preview, standalone
from maps.layers import LAYERS
from maps.spec import MapSpec
from surveys.records import ALL

pytestmark = pytest.mark.browser

Frame = gpd.GeoDataFrame
City = dict[str, Frame]
HOSTILE = "</script><img src=x onerror=alert(1)>"
# The centre of a community on the screen.
CLICK = """name => {
  const found = [];
  mankongMap.eachLayer(s => { if (s.feature && s.feature.properties.id === name) found.push(s); });
  const at = found[0].getBounds ? found[0].getBounds().getCenter() : found[0].getLatLng();
  mankongMap.setView(at, 19, { animate: false });
  const point = mankongMap.latLngToContainerPoint(at);
  const box = mankongMap.getContainer().getBoundingClientRect();
  return [box.x + point.x, box.y + point.y];
}"""


def serve(site: Any, spec: MapSpec, city: City) -> str:
    site.bodies["/map"] = page.city_map(spec)
    for name, frame in city.items():
        site.bodies[f"/geo/{name}"] = layers.features(LAYERS[name], ALL[name], frame, spec.lang)
    return f"{site.base}/map"


def click(visit: Any, name: str) -> str:
    x, y = visit.page.evaluate(CLICK, name)
    visit.page.mouse.click(x, y)
    visit.page.wait_for_selector(".leaflet-popup")
    return visit.page.inner_text(".leaflet-popup")


def open_panel(visit: Any) -> None:
    if visit.page.get_attribute("#panel-toggle", "aria-expanded") == "false":
        visit.page.click("#panel-toggle")


def shapes(visit: Any, name: str) -> int:
    found: int = visit.page.evaluate(
        """name => { let n = 0; mankongMap.eachLayer(s => {
        n += s.feature && s.feature.properties.id.startsWith(name + "-") ? 1 : 0; }); return n; }""",
        name,
    )
    return found


# A popup opened at the upper edge of the map: where it is at once, and 400 ms later.
PANNED = """async name => {
  let at;
  mankongMap.eachLayer(s => { if (s.feature && s.feature.properties.id === name) at = s; });
  mankongMap.setView(at.getBounds().getCenter(), 19, { animate: false });
  mankongMap.panBy([0, mankongMap.getSize().y / 2 - 40], { animate: false });
  at.openPopup();
  const top = () => document.querySelector(".leaflet-popup").getBoundingClientRect().top;
  const first = top();
  await new Promise(done => setTimeout(done, 400));
  return [first, top(), mankongMap.getContainer().getBoundingClientRect().top];
}"""


@pytest.fixture
def two_places(frame_of: Callable[..., Frame]) -> City:
    """Communities far from houses, so that a click meets only one."""
    community = frame_of(
        ALL["community"], 3, name=["บ้านกล้วย", HOSTILE, "ริมคลอง"], survey_state=["known", "known", "confirmed"]
    )
    community.geometry = community.geometry.translate(0.02, 0)
    return {"community": community, "house": frame_of(ALL["house"], 6)}


def test_a_served_map_shows_its_layers_and_asks_only_its_server(
    visit: Any, site: Any, city: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(city, served=True), city))
    assert shapes(visit, "house") == 10 and shapes(visit, "zoning_area") == 0
    assert [url for url in visit.requests if not url.startswith((site.base, "data:"))] == []
    assert visit.complaints == []
    open_panel(visit)
    visit.page.check("#show-zoning_area")
    visit.page.wait_for_selector("#details-zoning_area li")
    assert shapes(visit, "zoning_area") == 10
    visit.page.uncheck("#show-house")
    assert shapes(visit, "house") == 0 and not visit.page.is_visible("#details-house li")


def test_a_popup_says_the_record_and_links_it(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(two_places, served=True), two_places))
    text = click(visit, "community-0")
    assert "บ้านกล้วย" in text and "รู้จักแต่ยังไม่สำรวจ" in text
    assert visit.page.get_attribute(".card a", "href") == "/n/KT/community/community-0"
    assert visit.page.get_attribute(".leaflet-popup-close-button", "aria-label") == "ปิด"


@pytest.mark.parametrize("calm", [True, False])
def test_the_map_moves_at_once_for_who_asks_for_less_motion(
    calm: bool, visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.page.emulate_media(reduced_motion="reduce" if calm else "no-preference")
    visit.open(serve(site, spec_of(two_places, served=True), two_places))
    names = ("fadeAnimation", "zoomAnimation", "markerZoomAnimation", "inertia")
    options = visit.page.evaluate("names => names.map(name => mankongMap.options[name])", names)
    assert options == [not calm] * len(names)
    first, last, top = visit.page.evaluate(PANNED, "community-0")
    assert (first == last) is calm
    assert last >= top, "the whole popup is seen"


def test_a_press_that_slips_off_a_popup_does_not_close_it(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(two_places, served=True), two_places))
    click(visit, "community-0")
    box = visit.page.locator(".card h3").bounding_box()
    visit.page.mouse.move(box["x"] + 5, box["y"] + 5)
    visit.page.mouse.down()
    visit.page.mouse.move(box["x"] + 5, box["y"] + 400)
    visit.page.mouse.up()
    assert visit.page.locator(".leaflet-popup").count() == 1
    visit.page.mouse.click(box["x"] + 5, box["y"] + 400)
    assert visit.page.locator(".leaflet-popup").count() == 0


def test_a_long_card_scrolls_inside_a_popup_that_stays_within_the_map(
    visit: Any, site: Any, frame_of: Callable[..., Frame], spec_of: Callable[..., MapSpec]
) -> None:
    long = {"community": frame_of(ALL["community"], 2, name=["ยาว " * 300, "ข"])}
    visit.open(serve(site, spec_of(long, served=True), long))
    click(visit, "community-0")
    card, around = (
        visit.page.locator(place).bounding_box() for place in (".leaflet-popup-content-wrapper", "#map_main")
    )
    assert around["y"] <= card["y"] and card["y"] + card["height"] <= around["y"] + around["height"]
    visit.page.get_by_role("link", name="ดูข้อมูลทั้งหมด").scroll_into_view_if_needed()
    link = visit.page.locator(".card a").bounding_box()
    assert card["y"] <= link["y"] <= card["y"] + card["height"]


def test_a_file_opens_without_a_server(
    visit: Any, tmp_path: Path, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    path = tmp_path / "แผนที่.html"
    path.write_text(standalone.standalone(spec_of(two_places, made_up=True)), "utf-8")
    visit.open(path.as_uri())
    assert HOSTILE in click(visit, "community-1")
    assert visit.page.locator(".card a").count() == 0
    assert [url for url in visit.requests if not url.startswith("data:")] == [path.as_uri()]
    assert visit.complaints == []
    assert "made-up data" in visit.page.inner_text(".made-up")
    assert visit.page.evaluate("document.fonts.check('16px Sarabun', 'ก')")


def test_unsurveyed_communities_are_hollow_and_the_colours_follow_the_choice(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(two_places, served=True), two_places))
    styles = """field => { const found = {}; mankongMap.eachLayer(s => {
      if (s.feature && s.feature.properties.id.startsWith("community-")) {
        found[s.feature.properties.id] = s.options[field]; } }); return found; }"""
    opacity = visit.page.evaluate(styles, "fillOpacity")
    assert opacity["community-0"] == 0 and opacity["community-2"] > 0
    assert visit.page.evaluate(styles, "dashArray")["community-0"]
    before = visit.page.evaluate(styles, "fillColor")
    open_panel(visit)
    visit.page.select_option("#by-community", label=ALL["community"].by_name["eviction_state"].words.th)
    assert visit.page.evaluate(styles, "fillColor") != before
    assert "ไม่มี" in visit.page.inner_text("#details-community")


def test_a_search_without_a_hit_says_so_and_what_can_be_searched_for(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(two_places, served=True), two_places))
    visit.page.focus("#search-text")
    visit.page.keyboard.type("สมชาย <b>")
    for place in ("#search-none", "#status"):
        said = visit.page.inner_text(place)
        assert "ไม่พบ “สมชาย <b>”" in said and "ลำดับบ้านในผัง" in said and "ชื่อชุมชน" in said
    assert visit.page.get_attribute("#search-text", "aria-expanded") == "false"
    visit.page.keyboard.press("Escape")
    assert not visit.page.is_visible("#search-none")
    assert visit.page.input_value("#search-text") == "สมชาย <b>"
    visit.page.fill("#search-text", "๓")
    assert not visit.page.is_visible("#search-none")


def test_a_search_finds_further_names_and_says_how_many_more_there_are(
    visit: Any, site: Any, frame_of: Callable[..., Frame], spec_of: Callable[..., MapSpec]
) -> None:
    houses = {"house": frame_of(ALL["house"], 20, house_no=[f"ก{n}" for n in range(20)])}
    visit.open(serve(site, spec_of(houses, served=True), houses))
    visit.page.fill("#search-text", "ก")
    assert visit.page.locator("#search-found li").count() == 8
    assert "12" in visit.page.inner_text("#search-more")
    visit.page.fill("#search-text", "seq 13")
    assert "ก13" in visit.page.inner_text("#search-found")
    assert "house_seq 13" in visit.page.inner_text("#search-found")


def test_search_finds_by_keyboard_alone(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(two_places, served=True), two_places))
    visit.page.focus("#search-text")
    visit.page.keyboard.type("house no 3")
    assert "house_no 3" in visit.page.inner_text("#search-found")
    assert visit.page.inner_text("#status") == "พบ 1 แห่ง"
    visit.page.keyboard.press("ArrowDown")
    assert visit.page.get_attribute("#search-text", "aria-activedescendant") == "found-0"
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector(".leaflet-popup")
    assert "house_no 3" in visit.page.inner_text(".leaflet-popup h3")
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.textContent") == "ดูข้อมูลทั้งหมด"
    visit.page.keyboard.press("Escape")
    assert visit.page.locator(".leaflet-popup").count() == 0
    visit.page.fill("#search-text", HOSTILE)
    assert HOSTILE in visit.page.inner_text("#search-found") and visit.complaints == []


def test_a_layer_that_fails_says_so_and_can_be_asked_again(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    url = serve(site, spec_of(two_places, served=True), two_places)
    kept = site.bodies.pop("/geo/house")
    visit.open(url)
    open_panel(visit)
    assert "โหลดไม่สำเร็จ" in visit.page.inner_text("#part-house")
    assert shapes(visit, "community") == 3
    site.bodies["/geo/house"] = kept
    visit.page.click("#part-house .retry")
    visit.page.wait_for_selector("#details-house li")
    assert shapes(visit, "house") == 6


def test_a_city_without_shapes_says_so(
    visit: Any, site: Any, city: City, spec_of: Callable[..., MapSpec]
) -> None:
    site.bodies["/map"] = page.city_map(spec_of({name: frame.iloc[:0] for name, frame in city.items()}))
    visit.open(f"{site.base}/map")
    assert "ยังไม่มีข้อมูลบนแผนที่" in visit.page.inner_text("#empty")
    assert visit.complaints == []


def test_a_map_with_shapes_does_not_say_it_is_empty(
    visit: Any, site: Any, city: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(city, served=True), city))
    assert not visit.page.is_visible("#empty")


def test_many_shapes_are_cells_and_the_page_says_so(
    visit: Any, tmp_path: Path, frame_of: Callable[..., Frame], spec_of: Callable[..., MapSpec]
) -> None:
    path = tmp_path / "map.html"
    path.write_text(standalone.standalone(spec_of({"house": frame_of(ALL["house"], 3_200)})), "utf-8")
    visit.open(path.as_uri())
    open_panel(visit)
    assert "3,200" in visit.page.inner_text("#details-house .note")
    assert visit.complaints == []


def test_everything_has_a_name_and_is_reached_by_tab(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(two_places, served=True), two_places))
    open_panel(visit)
    nameless = """() => [...document.querySelectorAll("a[href], button, input, select")].filter(e =>
      e.checkVisibility() && !(e.getAttribute("aria-label") || e.textContent.trim()
        || (e.labels && [...e.labels].some(l => l.textContent.trim())))).map(e => e.outerHTML)"""
    assert visit.page.evaluate(nameless) == []
    reached = set()
    for _ in range(30):
        visit.page.keyboard.press("Tab")
        reached.add(visit.page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert {"search-text", "panel-toggle", "show-community", "by-community", "show-house", "fold"} <= reached
    assert {"leaflet-control-zoom-in", "leaflet-control-zoom-out"} <= reached


def test_nothing_is_wider_than_the_screen(
    visit: Any, site: Any, city: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(city, served=True, made_up=True, name="เครือข่าย" * 12), city))
    assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert visit.page.evaluate("document.getElementById('map_main').clientHeight > 300")


def test_a_faulty_row_of_an_upload_says_why(visit: Any, site: Any, frame_of: Callable[..., Frame]) -> None:
    frame = frame_of(ALL["house"], 2)[["geometry"]].assign(
        row=[2, 3], status=["taken", "quarantined"], title=["ก", HOSTILE], reason=["", "รูปตัดกันเอง"]
    )
    site.bodies["/preview"] = preview.preview(frame, "th", "n0nce")
    visit.open(f"{site.base}/preview")
    visit.page.evaluate("mankongMap.setZoom(17, { animate: false })")
    text = click(visit, "3")
    assert "รูปตัดกันเอง" in text and HOSTILE in text
    assert visit.complaints == []


@pytest.mark.parametrize("canvas", [False, True])
def test_a_click_reaches_everything_that_lies_there(
    canvas: bool, visit: Any, site: Any, frame_of: Callable[..., Frame], spec_of: Callable[..., MapSpec]
) -> None:
    facts = {
        "land_plot": {"plot_no": ["7"]},
        "land_proposal": {"title": ["ขอเช่า", "ขอซื้อ"], "state": ["agreed", None]},
    }
    city = {
        name: frame_of(ALL[name], rows, **facts.get(name, {}))
        for name, rows in {"admin_area": 1, "community": 1, "land_plot": 1, "land_proposal": 2}.items()
    }
    for frame in city.values():
        frame.geometry = [city["land_plot"].geometry.iloc[0]] * len(frame)
    spec = spec_of(city, served=True)
    many = page.MOST_ELEMENTS if canvas else 1
    visit.open(
        serve(site, replace(spec, layers=tuple(replace(data, count=many) for data in spec.layers)), city)
    )
    assert "ขอซื้อ" in click(visit, "land_plot-0"), "the last drawn lies on top"
    others = visit.page.locator(".beside button")
    assert [text.split(" · ")[0] for text in others.all_inner_texts()] == [
        "ข้อเสนอที่ดิน ขอเช่า", "แปลงที่ดิน 7", "ชุมชน name 0",
    ]  # fmt: skip
    assert "เห็นชอบ" in others.first.inner_text()
    others.nth(1).focus()
    visit.page.keyboard.press("Enter")
    assert visit.page.inner_text(".leaflet-popup h3") == "7"
    assert visit.page.evaluate("document.activeElement.className") == "card"
    assert "ข้อเสนอที่ดิน ขอซื้อ" in visit.page.inner_text(".beside")


def test_the_land_is_seen_through_a_proposal(
    visit: Any, site: Any, frame_of: Callable[..., Frame], spec_of: Callable[..., MapSpec]
) -> None:
    city = {"land_proposal": frame_of(ALL["land_proposal"], 1)}
    visit.open(serve(site, spec_of(city, served=True), city))
    path = visit.page.locator("#map_main path.leaflet-interactive")
    assert float(path.get_attribute("fill-opacity")) < 0.2 and float(path.get_attribute("stroke-width")) > 3


@pytest.mark.parametrize(("lang", "metres"), [("th", "เมตร"), ("en", "m")])
def test_the_scale_speaks_the_language_of_the_page(
    lang: str, metres: str, visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(two_places, lang, served=True), two_places))
    visit.page.evaluate("mankongMap.setZoom(17, { animate: false })")
    assert visit.page.inner_text(".leaflet-control-scale").split()[1] == metres
    visit.page.evaluate("mankongMap.setZoom(9, { animate: false })")
    assert visit.page.inner_text(".leaflet-control-scale").split()[1] == {"th": "กม.", "en": "km"}[lang]


def test_a_card_is_wide_enough_for_its_words(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(two_places, served=True), two_places))
    click(visit, "community-0")
    lines = """() => [...document.querySelectorAll(".card dd")].map(e =>
      Math.round(e.getBoundingClientRect().height / parseFloat(getComputedStyle(e).lineHeight)))"""
    assert set(visit.page.evaluate(lines)) == {1}


def test_where_i_am_cannot_be_found_is_said_in_thai(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    visit.open(serve(site, spec_of(two_places, served=True), two_places))
    visit.page.click(".leaflet-control-locate a")
    visit.page.wait_for_function("() => !document.querySelector('.leaflet-control-locate.requesting')")
    assert visit.page.inner_text("#notice-text").startswith("หาตำแหน่งไม่ได้")
    visit.page.click("#notice-close")
    assert not visit.page.is_visible("#notice") and visit.complaints == []


def test_a_large_map_on_a_canvas_answers_a_click(
    visit: Any, site: Any, two_places: City, spec_of: Callable[..., MapSpec]
) -> None:
    spec = spec_of(two_places, served=True)
    big = replace(spec, layers=tuple(replace(data, count=page.MOST_ELEMENTS) for data in spec.layers))
    visit.open(serve(site, big, two_places))
    assert visit.page.locator("#map_main canvas").count() == 1
    assert "house_no 1" in click(visit, "house-1")
    assert json.dumps(visit.complaints) == "[]"
