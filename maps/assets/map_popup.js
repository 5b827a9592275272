/* Popups: the card of a record, and what else lies where it was clicked. */
"use strict";

window.mankongPopup = function ({ map, texts, layers, entryOf, drawnAs }) {
  const { el } = window.mankongTools;
  // Pixels: what a popup leaves free at the left (buttons), above (search) and around; its own frame and tip.
  const BESIDE_BUTTONS = 54;
  const BELOW_SEARCH = 60;
  const AROUND = 10;
  const FRAME = 40;
  const TIP = 52;
  const WIDEST = 340;
  const MOST_BESIDE = 5;

  /** Every record drawn at a place on the map, what lies on top first. */
  function under(at) {
    const found = [];
    for (const layer of layers.slice().reverse()) {
      if (layer.spec.ground || !layer.group || !map.hasLayer(layer.group)) continue;
      const here = layer.group.getLayers().filter((shape) => shape._containsPoint && shape._containsPoint(at));
      found.push(...here.reverse().map((shape) => ({ layer, shape })));
    }
    return found;
  }

  /** The other records at the place of a popup, each a button that opens its own card. */
  function beside(shape, place) {
    const others = under(map.latLngToLayerPoint(place)).filter((one) => one.shape !== shape);
    if (!others.length) return null;
    const list = el("ul", {});
    for (const { layer, shape: other } of others.slice(0, MOST_BESIDE)) {
      const entry = entryOf(layer, other.feature);
      const button = el("button", { type: "button" }, drawnAs(layer, other.feature),
        el("span", {}, el("span", { class: "quiet" }, layer.spec.title + " "), other.feature.properties.title || texts.untitled,
          entry && entry.code ? el("span", { class: "quiet" }, " · " + entry.label) : ""));
      button.addEventListener("click", () => {
        other.openPopup(place);
        focus();
      });
      list.append(el("li", {}, button));
    }
    return el("section", { class: "beside" }, el("h4", {}, texts.beside), list);
  }

  function card(layer, shape, place) {
    const facts = shape.feature.properties;
    const list = el("dl", {});
    layer.labels.forEach((label, row) => {
      const value = facts.rows[row];
      if (value !== null && value !== undefined) list.append(el("dt", {}, label), el("dd", {}, value));
    });
    return el("article", { class: "card", tabindex: -1 },
      el("p", { class: "card-kind" }, layer.spec.title),
      el("h3", {}, facts.title || texts.untitled),
      list.children.length ? list : el("p", { class: "quiet none" }, texts.none_here),
      layer.spec.records ? el("a", { href: layer.spec.records + encodeURIComponent(facts.id) }, texts.record) : null,
      beside(shape, place),
    );
  }

  /** Give a shape its popup; it is never larger than the map: a longer card scrolls inside it. */
  function bind(layer, shape) {
    const room = { autoPanPaddingTopLeft: [BESIDE_BUTTONS, BELOW_SEARCH], autoPanPaddingBottomRight: [AROUND, AROUND], minWidth: 200 };
    shape.bindPopup(() => {
      const popup = shape.getPopup();
      const { x, y } = map.getSize();
      popup.options.maxWidth = Math.min(WIDEST, x - BESIDE_BUTTONS - AROUND - FRAME);
      popup.options.maxHeight = y - BELOW_SEARCH - AROUND - TIP;
      return card(layer, shape, popup.getLatLng());
    }, room);
  }

  /** Put the keyboard where the open card is. */
  function focus() {
    const opened = map.getContainer().querySelector(".leaflet-popup .card");
    if (opened) opened.focus({ preventScroll: true });
  }

  function close(event) {
    if (event.key !== "Escape" || !event.target.closest(".leaflet-popup")) return;
    map.closePopup();
    map.getContainer().focus({ preventScroll: true });
  }

  /** What is pressed in a popup and let go beside it (a text selected, a hand that slips) is no click on the map. */
  function keepPressed(box) {
    let pressed = false;
    box.addEventListener("mousedown", (event) => { pressed = Boolean(event.target.closest(".leaflet-popup")); }, true);
    box.addEventListener("click", (event) => {
      if (pressed && !event.target.closest(".leaflet-popup")) event.stopPropagation();
    }, true);
  }

  keepPressed(map.getContainer());
  map.getContainer().addEventListener("keydown", close);
  map.on("popupopen", ({ popup }) => {
    const button = popup.getElement().querySelector(".leaflet-popup-close-button");
    button.setAttribute("aria-label", texts.close);
    button.setAttribute("title", texts.close);
  });

  return { bind, focus };
};
