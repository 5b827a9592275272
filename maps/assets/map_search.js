/* The search of the map page: finds records by what they are called, and says so where there is none. */
"use strict";

window.mankongSearch = function ({ texts, layers, goTo }) {
  const { el, byId, fill, said, tell } = window.mankongTools;
  const MOST_FOUND = 8;
  const input = byId("search-text");
  const list = byId("search-found");
  const none = byId("search-none");
  const more = byId("search-more");
  let found = [];
  let at = -1;

  /** How texts are compared: width, case, Thai digits, spaces and marks do not count. */
  function folded(text) {
    return text.normalize("NFKC").toLowerCase()
      .replace(/[๐-๙]/g, (digit) => digit.charCodeAt(0) - 0x0e50).replace(/[\s_\-./()]/g, "");
  }

  /** What a record is found by: its title, and the rows of its card that are names too. */
  function names(layer, { title, rows }) {
    const further = layer.spec.search.rows.map((row) => rows[row] && { text: rows[row], label: layer.labels[row] });
    return [title && { text: title, label: "" }, ...further].filter(Boolean);
  }

  function search(text) {
    const wanted = folded(text);
    const ranked = [[], [], []];
    if (!wanted) return [];
    for (const layer of layers) {
      if (!layer.spec.search || !layer.group) continue;
      layer.group.eachLayer((shape) => {
        const facts = shape.feature.properties;
        const hits = names(layer, facts).map((name) => ({ ...name, place: folded(name.text).indexOf(wanted), whole: folded(name.text) === wanted }))
          .filter(({ place }) => place >= 0);
        if (!hits.length) return;
        const best = hits.find(({ whole }) => whole) || hits.find(({ place }) => place === 0) || hits[0];
        ranked[best.whole ? 0 : best.place === 0 ? 1 : 2].push({ layer, shape, title: facts.title || best.text, by: best });
      });
    }
    return ranked.flat();
  }

  function mark(place) {
    at = place;
    [...list.children].forEach((line, n) => line.setAttribute("aria-selected", n === at));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[at].id);
  }

  function close() {
    list.hidden = none.hidden = more.hidden = true;
    input.setAttribute("aria-expanded", false);
    mark(-1);
  }

  function choose(place) {
    const chosen = found[place];
    input.value = chosen.title;
    close();
    goTo(chosen);
  }

  function line({ layer, shape, title, by }, place) {
    const context = layer.spec.context === null ? null : shape.feature.properties.rows[layer.spec.context];
    const row = by.label ? by.label + " " + by.text : null;
    const made = el("li", { role: "option", id: "found-" + place, "aria-selected": false },
      el("strong", {}, title), el("span", {}, [layer.spec.title, row, context].filter(Boolean).join(" · ")));
    made.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(place);
    });
    return made;
  }

  /** Say that nothing was found, and what can be: not every record has its name on the map. */
  function sayNone(text) {
    const kinds = layers.filter(({ spec }) => spec.search).map(({ spec }) =>
      el("li", {}, el("strong", {}, spec.title), " " + spec.search.by.join(", ")));
    none.replaceChildren(
      el("p", {}, fill(texts.found_none, { text })),
      el("p", { class: "quiet" }, texts.search_by), el("ul", {}, ...kinds),
      el("p", { class: "quiet" }, texts.no_persons),
    );
    tell(none.innerText || none.textContent);
  }

  function show() {
    const asked = input.value.trim();
    const all = search(asked);
    const nothing = Boolean(folded(asked)) && !all.length;
    found = all.slice(0, MOST_FOUND);
    list.replaceChildren(...found.map(line));
    list.hidden = !found.length;
    more.hidden = all.length <= MOST_FOUND;
    more.textContent = fill(texts.found_more, { n: said(all.length - found.length) });
    none.hidden = !nothing;
    input.setAttribute("aria-expanded", found.length > 0);
    input.classList.toggle("found-none", nothing);
    mark(-1);
    if (nothing) sayNone(asked);
    else tell(all.length ? fill(texts.found, { n: said(all.length) }) : "");
  }

  const keys = {
    ArrowDown: () => mark(Math.min(at + 1, found.length - 1)),
    ArrowUp: () => mark(Math.max(at - 1, 0)),
    Enter: () => choose(Math.max(at, 0)),
  };
  none.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("input", show);
  input.addEventListener("focus", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !(list.hidden && none.hidden)) {
      event.preventDefault();
      close();
    } else if (keys[event.key] && !list.hidden) {
      event.preventDefault();
      keys[event.key]();
    }
  });
};
