/* The script of the map page: draws the layers its config names, with legend and names. */
"use strict";

window.mankong = (function () {
  const { el, byId, fill, said, narrow, tell } = window.mankongTools;
  const SVG = "http://www.w3.org/2000/svg";
  const PLAIN = { color: "#44617f", weight: 1.5, opacity: 1, fillColor: "#6d8fb3", fillOpacity: 0.5, dashArray: null, radius: 7 };
  const MOST_NAMES = 250;
  const LONGEST_NAME = 32;
  // Pixels between two places where the same line says its name.
  const APART = 320;
  // Who asks for less motion gets none: nothing fades, glides or rolls on.
  const CALM = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const moved = L.Map.prototype.panBy;

  L.Map.mergeOptions({ fadeAnimation: !CALM, zoomAnimation: !CALM, markerZoomAnimation: !CALM, inertia: !CALM });
  if (CALM) {
    // Leaflet has no option for this one: popups and the keyboard always pan with a glide.
    L.Map.include({
      panBy(offset, options) {
        return moved.call(this, offset, Object.assign({}, options, { animate: false }));
      },
    });
  }

  let map;
  let config;
  let texts;
  let layers;
  let popups;
  // Where a record is chosen on the map (map_choose.js), what knows which; else nothing.
  let choice = null;

  // ---------------------------------------------------------------- one layer

  function makeLayer(spec) {
    const layer = { spec, on: spec.shown, folded: spec.folded, by: null, group: null, fields: [], labels: [], kind: "area", state: "waiting" };
    chooseAttribute(layer, spec.attributes[0] || null);
    return layer;
  }

  function chooseAttribute(layer, attribute) {
    layer.by = attribute;
    layer.looks = new Map(attribute ? attribute.entries.map((entry) => [entry.code, entry]) : []);
  }

  function codeOf(layer, feature, field) {
    const place = layer.fields.indexOf(field);
    return place < 0 ? null : feature.properties.codes[place];
  }

  /** The legend's line of a feature; a code of an older list counts as "other". */
  function entryOf(layer, feature) {
    if (!layer.by) return null;
    return layer.looks.get(codeOf(layer, feature, layer.by.name)) || layer.looks.get("other") || null;
  }

  function styleOf(layer, feature) {
    const entry = entryOf(layer, feature);
    const style = Object.assign({}, PLAIN, layer.spec.look, entry ? entry.look : {});
    for (const mark of layer.spec.marks) {
      if (codeOf(layer, feature, mark.field) === mark.code) Object.assign(style, mark.look);
    }
    if (layer.spec.chosen && choice.isChosen(feature)) Object.assign(style, layer.spec.chosen);
    return layer.spec.widens ? widened(layer, style) : style;
  }

  /** Roads grow with the zoom; outlines of small shapes and points shrink before they swallow the map. */
  function widened({ kind }, style) {
    const zoom = map.getZoom();
    const factor = kind === "line" ? Math.min(Math.max(2 ** ((zoom - 16) / 2), 0.4), 4) : Math.min(2 ** ((zoom - 18) / 1.6), 1.2);
    const radius = style.radius * Math.min(Math.max(2 ** ((zoom - 17) / 3), 0.4), 1.2);
    return Object.assign(style, { weight: style.weight * factor, radius });
  }

  function fetched(layer) {
    const embedded = byId("layer-" + layer.spec.name);
    if (embedded) return Promise.resolve(JSON.parse(embedded.textContent));
    return fetch(layer.spec.url, { credentials: "same-origin" }).then((answer) => {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    });
  }

  function load(layer) {
    layer.state = "loading";
    showLayer(layer);
    return fetched(layer).then(
      (data) => {
        build(layer, data);
        layer.state = "there";
        if (layer.on) layer.group.addTo(map);
        showLayer(layer);
      },
      () => {
        layer.state = "failed";
        showLayer(layer);
        tell(layer.spec.title + ": " + texts.failed);
      },
    );
  }

  function build(layer, data) {
    layer.fields = data.fields || [];
    layer.labels = data.labels || [];
    layer.features = data.features;
    const first = data.features.length ? data.features[0].geometry.type : "Polygon";
    layer.kind = /Point/.test(first) ? "point" : /Line/.test(first) ? "line" : "area";
    layer.group = L.geoJSON(data, {
      style: (feature) => styleOf(layer, feature),
      pointToLayer: (feature, at) => L.circleMarker(at, styleOf(layer, feature)),
      onEachFeature: (feature, shape) => {
        if (!choice) popups.bind(layer, shape);
      },
    });
    layer.group.on("popupopen", (event) => emphasise(layer, event.propagatedFrom, true));
    layer.group.on("popupclose", (event) => emphasise(layer, event.propagatedFrom, false));
  }

  function emphasise(layer, shape, on) {
    const style = styleOf(layer, shape.feature);
    shape.setStyle(on ? { weight: style.weight + 2.5, opacity: 1 } : style);
  }

  function restyle(layer) {
    if (layer.group) layer.group.setStyle((feature) => styleOf(layer, feature));
  }

  /** Layers lie in the order declared, whichever came first over the wire. */
  function reorder() {
    for (const layer of layers) {
      if (layer.group && map.hasLayer(layer.group)) layer.group.bringToFront();
    }
  }

  function toggle(layer, on) {
    layer.on = on;
    if (on && layer.state === "waiting") {
      load(layer).then(settle);
    } else if (layer.group) {
      if (on) layer.group.addTo(map);
      else layer.group.remove();
      settle();
    }
    showLayer(layer);
  }

  /** Put everything that follows the layers in order again. */
  function settle() {
    reorder();
    writeNames();
    const all = layers.filter((layer) => layer.state === "there");
    byId("empty").hidden = all.length < layers.filter((layer) => layer.on).length || all.some((layer) => layer.features.length);
  }

  // ---------------------------------------------------------------- panel: layers and legend

  function swatch(layer, look) {
    const box = document.createElementNS(SVG, "svg");
    const style = Object.assign({}, PLAIN, layer.spec.look, look);
    const width = Math.min(style.weight, 4);
    const shapes = {
      line: ["path", { d: "M1 9H25", fill: "none", "stroke-width": width }],
      point: ["circle", { cx: 13, cy: 9, r: 6 }],
      area: ["rect", { x: 2, y: 2, width: 22, height: 14, rx: 2 }],
    };
    const [tag, facts] = shapes[layer.kind];
    const shape = document.createElementNS(SVG, tag);
    const drawn = { fill: style.fillColor, "fill-opacity": style.fillOpacity, stroke: style.color,
      "stroke-width": Math.max(width, 1), "stroke-dasharray": style.dashArray || "none", ...facts };
    for (const [name, value] of Object.entries(drawn)) shape.setAttribute(name, value);
    for (const [name, value] of Object.entries({ class: "swatch", viewBox: "0 0 26 18", "aria-hidden": "true" })) {
      box.setAttribute(name, value);
    }
    box.append(shape);
    return box;
  }

  /** The swatch of one record. */
  function drawnAs(layer, feature) {
    return swatch(layer, styleOf(layer, feature));
  }

  function legendLine(layer, look, label, count) {
    return el("li", {}, swatch(layer, look), el("span", {}, label), el("span", { class: "count" }, said(count)));
  }

  /** Only what is on the map is explained, with how often it is there. */
  function legend(layer) {
    const counts = new Map();
    for (const feature of layer.features) {
      const entry = entryOf(layer, feature);
      counts.set(entry, (counts.get(entry) || 0) + 1);
    }
    const list = el("ul", {});
    const own = layer.by ? layer.spec.marks.filter((mark) => mark.field === layer.by.name) : [];
    for (const entry of layer.by ? layer.by.entries : []) {
      const looks = own.filter((mark) => mark.code === entry.code).map((mark) => mark.look);
      if (counts.has(entry)) list.append(legendLine(layer, Object.assign({}, entry.look, ...looks), entry.label, counts.get(entry)));
    }
    for (const mark of layer.spec.marks.filter((one) => !own.includes(one))) {
      const count = layer.features.filter((feature) => codeOf(layer, feature, mark.field) === mark.code).length;
      if (count) list.append(legendLine(layer, Object.assign({ fillColor: "#ffffff", fillOpacity: 0 }, mark.look), mark.label, count));
    }
    return list.children.length ? list : null;
  }

  function attributeSelect(layer) {
    if (layer.spec.attributes.length < 2) {
      return layer.by ? el("p", { class: "by" }, layer.by.title) : null;
    }
    const select = el("select", { id: "by-" + layer.spec.name });
    layer.spec.attributes.forEach((attribute, place) => {
      select.append(el("option", { value: place, selected: attribute === layer.by }, attribute.title));
    });
    select.addEventListener("change", () => {
      chooseAttribute(layer, layer.spec.attributes[select.value]);
      restyle(layer);
      showLayer(layer);
      byId("by-" + layer.spec.name).focus();
    });
    return el("label", { class: "by" }, texts.colour_by + " ", select);
  }

  function countText(layer) {
    if (layer.state === "loading") return texts.loading;
    const missing = layer.features ? layer.spec.count - layer.features.length : 0;
    const unplaced = missing > 0 && !layer.spec.note ? " · " + fill(texts.unplaced, { n: said(missing) }) : "";
    return said(layer.spec.count) + " " + layer.spec.unit + unplaced;
  }

  function failure(layer) {
    const again = el("button", { type: "button", class: "retry" }, texts.retry);
    again.addEventListener("click", () => load(layer).then(settle));
    return el("p", { class: "failed", role: "alert" }, texts.failed + " ", again);
  }

  /** Write the part of the panel that belongs to one layer. */
  function showLayer(layer) {
    const part = byId("part-" + layer.spec.name);
    const details = byId("details-" + layer.spec.name);
    const drawn = layer.on && layer.state === "there";
    const list = drawn && layer.features.length ? legend(layer) : null;
    part.querySelector(".count").textContent = countText(layer);
    part.classList.toggle("off", !layer.on);
    part.querySelector(".single").replaceChildren(...(drawn && layer.features.length && !list ? [swatch(layer, {})] : []));
    details.replaceChildren();
    if (layer.state === "failed") details.append(failure(layer));
    if (drawn && layer.spec.note) details.append(el("p", { class: "note" }, layer.spec.note));
    if (list) details.append(...[attributeSelect(layer), list].filter(Boolean));
    const fold = part.querySelector(".fold");
    fold.hidden = !list;
    fold.setAttribute("aria-expanded", !layer.folded);
    details.hidden = layer.folded && Boolean(list);
  }

  function layerPart(layer) {
    const name = layer.spec.name;
    const box = el("input", { type: "checkbox", id: "show-" + name, checked: layer.on });
    const fold = el("button", { type: "button", class: "fold", "aria-controls": "details-" + name,
      "aria-label": fill(texts.legend_of, { name: layer.spec.title }) });
    layer.box = box;
    box.addEventListener("change", () => toggle(layer, box.checked));
    fold.addEventListener("click", () => {
      layer.folded = !layer.folded;
      showLayer(layer);
    });
    return el("section", { id: "part-" + name, class: "part" },
      el("div", { class: "row" },
        el("label", {}, box, el("span", { class: "name" }, layer.spec.title), el("span", { class: "single" })),
        el("span", { class: "count" }), fold),
      el("div", { id: "details-" + name, class: "details" }),
    );
  }

  function makePanel() {
    const body = byId("panel-body");
    const button = byId("panel-toggle");
    body.append(...layers.slice().sort((one, other) => one.spec.rank - other.spec.rank).map(layerPart));
    layers.forEach(showLayer);
    const open = (on) => {
      button.setAttribute("aria-expanded", on);
      body.hidden = !on;
      document.body.classList.toggle("panel-closed", !on);
    };
    button.addEventListener("click", () => open(body.hidden));
    open(!narrow());
  }

  // ---------------------------------------------------------------- names on the map

  const measure = document.createElement("canvas").getContext("2d");

  function placeOf(shape) {
    if (!shape.mankongPlace) shape.mankongPlace = shape.getLatLng ? shape.getLatLng() : shape.getCenter();
    return shape.mankongPlace;
  }

  /** Layers whose names are wanted at this zoom; names of wide areas give way to all others. */
  function namedLayers() {
    const zoom = map.getZoom();
    const wanted = layers.filter(({ spec, group }) => group && map.hasLayer(group) && zoom >= spec.names[0] && zoom <= spec.names[1]);
    const rank = ({ spec }) => spec.names[0] + (spec.names[1] <= 20 ? 100 : 0);
    return wanted.sort((one, other) => rank(one) - rank(other));
  }

  function shortened(title) {
    return title && title.length > LONGEST_NAME ? title.slice(0, LONGEST_NAME - 2).trim() + "…" : title;
  }

  /** Where a title is written, in pixels of the layer: on an area or a line, below a point. */
  function besideShape(shape) {
    const at = map.latLngToLayerPoint(placeOf(shape));
    return shape.getRadius ? at.add([0, shape.getRadius() + 11]) : at;
  }

  /** Write titles where they do not cover one another; the pieces of a road say their name once. */
  function writeNames() {
    const pane = map.getPane("names");
    const view = map.getBounds();
    const taken = [];
    const places = new Map();
    const written = [];
    measure.font = "600 13px Sarabun, sans-serif";
    for (const layer of namedLayers()) {
      layer.group.eachLayer((shape) => {
        const title = shortened(shape.feature.properties.title);
        if (!title || written.length >= MOST_NAMES || !view.contains(placeOf(shape))) return;
        const at = besideShape(shape);
        const half = measure.measureText(title).width / 2 + 3;
        const box = [at.x - half, at.y - 10, at.x + half, at.y + 10];
        if (taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])) return;
        if (layer.kind === "line" && (places.get(title) || []).some((other) => other.distanceTo(at) < APART)) return;
        const span = el("span", { class: "map-name map-name-" + layer.spec.name }, title);
        L.DomUtil.setPosition(span, at);
        taken.push(box);
        places.set(title, [...(places.get(title) || []), at]);
        written.push(span);
      });
    }
    pane.replaceChildren(...written);
  }

  function namesPane() {
    const pane = map.createPane("names");
    pane.style.zIndex = 620;
    pane.style.pointerEvents = "none";
    pane.setAttribute("aria-hidden", "true");
    map.on("zoomstart", () => pane.replaceChildren());
    map.on("moveend", writeNames);
    map.on("zoomend", () => layers.filter((layer) => layer.spec.widens).forEach(restyle));
  }

  // ---------------------------------------------------------------- one record

  /** Bring a record into sight and open its card. */
  function goTo({ layer, shape }) {
    if (!layer.on) {
      layer.box.checked = true;
      toggle(layer, true);
    }
    if (shape.getBounds) map.fitBounds(shape.getBounds(), { maxZoom: 19, padding: [60, 60], animate: false });
    else map.setView(shape.getLatLng(), 19, { animate: false });
    shape.openPopup();
    popups.focus();
  }

  /** Show a part of the map, "W,S,E,N" in degrees; what names none leaves the map as it is. */
  function goToPart(named) {
    const [west, south, east, north] = named.split(",").map(Number);
    if (![west, south, east, north].every(Number.isFinite)) return;
    map.fitBounds([[south, west], [north, east]], { maxZoom: 19, padding: [60, 60], animate: false });
  }

  /**
   * Show what the address names behind its #: a record with its popup open, such as map#land_plot/ID, or a part of
   * the map, map#view/W,S,E,N.
   */
  function goToNamed() {
    const [name, id] = window.location.hash.slice(1).split("/");
    if (name === "view" && id) goToPart(id);
    const layer = layers.find(({ spec }) => spec.name === name);
    if (!layer || !id) return;
    layer.on = layer.box.checked = true;
    (layer.state === "there" ? Promise.resolve() : load(layer).then(settle)).then(() => {
      const shape = layer.group && layer.group.getLayers().find(({ feature }) => feature.properties.id === id);
      if (shape) goTo({ layer, shape });
      else note(texts.not_here);
    });
  }

  // ---------------------------------------------------------------- start

  /** Leaflet's scale, in the words of the page. */
  const Scale = L.Control.Scale.extend({
    _updateMetric(widest) {
      const metres = this._getRoundNum(widest);
      const label = metres < 1000 ? metres + " " + texts.metres : metres / 1000 + " " + texts.kilometres;
      this._updateScale(this._mScale, label, metres / widest);
    },
  });

  /** Say something over the map until it is closed. */
  function note(text) {
    byId("notice-text").textContent = text;
    byId("notice").hidden = false;
  }

  function makeMenu() {
    const button = byId("menu-toggle");
    if (!button) return;
    button.addEventListener("click", () => {
      button.setAttribute("aria-expanded", document.body.classList.toggle("menu-open"));
    });
  }

  function makeControls() {
    L.control.zoom({ zoomInTitle: texts.zoom_in, zoomOutTitle: texts.zoom_out }).addTo(map);
    if (config.attributions.length) {
      const credits = L.control.attribution({ prefix: false, position: narrow() ? "bottomleft" : "bottomright" }).addTo(map);
      // Leaflet reads attributions as HTML: hand it text that is escaped.
      credits.addAttribution(el("i", {}, texts.credits + " " + config.attributions.join(" · ")).innerHTML);
    }
    new Scale({ imperial: false, maxWidth: 120 }).addTo(map);
    const box = map.getContainer();
    // The head grows when the search comes into it, the panel folds; Leaflet itself only follows the window.
    new ResizeObserver(measured).observe(box);
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", document.title);
    byId("notice-close").addEventListener("click", () => { byId("notice").hidden = true; });
  }

  function measured() {
    map.invalidateSize({ animate: false, pan: false });
  }

  function fit() {
    measured();
    const room = { paddingTopLeft: [24, byId("search").hidden ? 24 : 64], paddingBottomRight: [24, 24] };
    if (config.bounds) {
      const [west, south, east, north] = config.bounds;
      map.fitBounds([[south, west], [north, east]], { animate: false, ...room });
      return;
    }
    const whole = L.latLngBounds([]);
    for (const layer of layers) if (layer.group && layer.on) whole.extend(layer.group.getBounds());
    if (whole.isValid()) map.fitBounds(whole, { animate: false, maxZoom: 18, ...room });
  }

  function start(made) {
    map = window.mankongMap = made;
    config = JSON.parse(byId("map-config").textContent);
    texts = config.texts;
    layers = config.layers.map(makeLayer);
    byId("search").hidden = !layers.some((layer) => layer.spec.search);
    popups = window.mankongPopup({ map, texts, layers, entryOf, drawnAs });
    if (layers.some((layer) => layer.spec.chosen)) choice = window.mankongChoose({ map, layers, restyle });
    makeMenu();
    makeControls();
    namesPane();
    makePanel();
    window.mankongSearch({ texts, layers, goTo });
    if (config.bounds) fit();
    Promise.all(layers.filter((layer) => layer.on).map(load)).then(() => {
      if (!config.bounds) fit();
      settle();
      return document.fonts.ready;
    }).then(() => {
      writeNames();
      goToNamed();
      if (choice) choice.ready();
      window.addEventListener("hashchange", goToNamed);
      document.body.dataset.ready = "true";
    });
  }

  /** What the control that shows where a person is calls when it cannot. */
  function lost() {
    note(texts.no_location);
  }

  return { start, lost };
})();
