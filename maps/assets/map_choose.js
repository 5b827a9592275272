/* The map on which a record is chosen. The page around it has the same choice as a list: each tells the other. */
"use strict";

window.mankongChoose = function ({ map, layers, restyle }) {
  const { tell } = window.mankongTools;
  const { origin } = window.location;
  const offered = layers.filter(({ spec }) => spec.chosen);
  // Pixels: as far beside a small house a finger may come down.
  const REACH = 24;
  let chosen = "";

  function isChosen(feature) {
    return feature.properties.id === chosen;
  }

  function shapes() {
    return offered.flatMap(({ group }) => (group ? group.getLayers() : []));
  }

  function boundsOf(shape) {
    return shape.getBounds ? shape.getBounds() : L.latLngBounds([shape.getLatLng()]);
  }

  /** Draw what is chosen stronger, on top, and bring it into sight. */
  function show(id) {
    chosen = id;
    offered.forEach(restyle);
    const shape = shapes().find((one) => isChosen(one.feature));
    if (!shape) return;
    shape.bringToFront();
    const at = boundsOf(shape).getCenter();
    if (!map.getBounds().contains(at)) map.panTo(at, { animate: false });
    tell(shape.feature.properties.title || "");
  }

  /** Pixels from a press to the box of a shape, and to its middle where the boxes of several hold it. */
  function distance(shape, at) {
    const bounds = boundsOf(shape);
    const box = L.bounds(map.latLngToLayerPoint(bounds.getNorthWest()), map.latLngToLayerPoint(bounds.getSouthEast()));
    const inside = L.point(Math.min(Math.max(at.x, box.min.x), box.max.x), Math.min(Math.max(at.y, box.min.y), box.max.y));
    return at.distanceTo(inside) + at.distanceTo(box.getCenter()) / 1000;
  }

  function nearest(at) {
    let found = null;
    let least = REACH;
    for (const shape of shapes()) {
      const far = distance(shape, at);
      if (far < least) [found, least] = [shape, far];
    }
    return found;
  }

  map.on("click", ({ layerPoint, sourceTarget }) => {
    const shape = shapes().includes(sourceTarget) ? sourceTarget : nearest(layerPoint);
    if (!shape) return;
    show(shape.feature.properties.id);
    window.parent.postMessage({ chosen }, origin);
  });

  /** Once everything is drawn the page is asked for what is chosen there. */
  function ready() {
    window.addEventListener("message", (event) => {
      if (event.origin === origin && event.source === window.parent && typeof event.data.choose === "string") show(event.data.choose);
    });
    window.parent.postMessage({ drawn: true }, origin);
  }

  return { isChosen, ready };
};
