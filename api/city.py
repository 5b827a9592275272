"""A city network as the pages and the command line show it: frames, map layers, where they come from."""

from __future__ import annotations

from markupsafe import Markup

from maps import layers, popup
from maps.layers import LAYERS
from maps.page import city_map
from maps.spec import NO_HEAD, LayerData, MapSpec, layer_data
from maps.standalone import embedded, standalone
from surveys import events, networks, records, view
from surveys.errors import NotFound
from surveys.planning.match import COMMUNITY, Frames
from surveys.roles import Actor
from surveys.sight import Sight, sees
from surveys.store.store import Store
from surveys.words import Lang, words


def drawn(store: Store, network: str, actor: Actor) -> Frames:
    """Return the frames of every layer of the map that the actor sees."""
    seen = [name for name in LAYERS if sees(records.ALL[name], actor)]
    return view.frames(store, network, actor, seen)


def _named(store: Store, network: str, actor: Actor, frames: Frames, lang: Lang) -> Frames:
    """Return frames whose records say their community by its name, where the actor sees communities."""
    if not sees(records.ALL[COMMUNITY], actor):
        return frames
    known = view.frames(store, network, actor, [COMMUNITY])[COMMUNITY]
    return {name: popup.by_name(frame, known, lang) for name, frame in frames.items()}


def served_page(store: Store, network: str, actor: Actor, lang: Lang, page: tuple[str, Markup]) -> str:
    """Write the served map of a network: every layer that has something to draw, by its address.

    ``page``: the nonce of the answer, and the head.
    """
    made = []
    for name, frame in drawn(store, network, actor).items():
        if len(layers.placed(frame)):
            url = f"/api/v1/networks/{network}/layers/{name}.geojson?lang={lang}"
            made.append(layer_data(LAYERS[name], store.types(network)[name], lang, count=len(frame), url=url))
    return city_map(_spec((store, network, actor), lang, tuple(made), page))


def standalone_page(store: Store, network: str, actor: Actor, lang: Lang) -> str:
    """Write the map of a network as one HTML file that needs no server. That it left the house is logged.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the network, or there is none.
    """
    actor.must("see")
    named = _named(store, network, actor, drawn(store, network, actor), lang)
    made = [
        embedded(LAYERS[name], store.types(network)[name], frame, lang)
        for name, frame in named.items() if len(layers.placed(frame))
    ]  # fmt: skip
    text = standalone(_spec((store, network, actor), lang, tuple(made)))
    with store.writing() as connection:
        detail = {"rows": sum(data.count for data in made), "format": ".html"}
        events.record(connection, actor, network, "export", "map", detail)
    return text


def _spec(
    asked: tuple[Store, str, Actor],
    lang: Lang,
    made: tuple[LayerData, ...],
    page: tuple[str, Markup] = ("", NO_HEAD),
) -> MapSpec:
    store, network, actor = asked
    facts = networks.get(store, network, actor)
    nonce, head = page
    name = facts["name_en"] if lang == "en" and facts["name_en"] else facts["name"]
    return MapSpec(
        network, name, lang, made, bounds=_bounds(store, network, actor), nonce=nonce,
        attributions=networks.attributions(facts), made_up=facts["made_up"], head=head,
    )  # fmt: skip


def _bounds(store: Store, network: str, actor: Actor) -> tuple[float, float, float, float] | None:
    """Return what the map opens on: the box of the communities, houses and plots that the actor sees."""
    homes = [name for name in (COMMUNITY, "house", "land_plot") if sees(records.ALL[name], actor)]
    return store.extent(network, homes)


def layer_tag(store: Store, network: str, actor: Actor, layer: str, lang: Lang) -> str:
    """Return the ETag of a layer: another store has another network of the same code.

    Raises
    ------
    NotAllowed, NotFound
        If the actor may not see the layer, or there is none of this name, or no such network.
    """
    if layer not in LAYERS:
        raise NotFound(words("ไม่มีชั้นข้อมูลนี้", "There is no such layer."))
    Sight.of(records.ALL[layer], actor)
    revision = store.revision(network)
    ids = store.read_table(network, "city_network", ["id"])["id"].to_pylist()
    return f'"{"".join(ids)}-{revision}-{layer}-{lang}"'


def layer_geojson(store: Store, network: str, actor: Actor, layer: str, lang: Lang) -> bytes:
    """Return the shapes of one layer as GeoJSON, with nothing above *network* privacy.

    Raises
    ------
    NotAllowed, NotFound
        As :func:`layer_tag`.
    """
    frame = _named(store, network, actor, view.frames(store, network, actor, [layer]), lang)[layer]
    return layers.features(LAYERS[layer], store.types(network)[layer], frame, lang)
