/* What the scripts of the map page share.
   No text of a record is ever read as HTML: every one passes through el(), which writes textContent. */
"use strict";

window.mankongTools = (function () {
  /** Make an element; strings among the children become text. */
  function el(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === true) made.setAttribute(name, "");
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  function byId(id) {
    return document.getElementById(id);
  }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  function said(number) {
    return number.toLocaleString("en-US");
  }

  function narrow() {
    return window.matchMedia("(max-width: 767px)").matches;
  }

  /** Say something to who hears the page. */
  function tell(text) {
    byId("status").textContent = text;
  }

  return { el, byId, fill, said, narrow, tell };
})();
