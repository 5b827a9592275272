/* The page that links a record: what is chosen in the list is chosen on its map, and the other way round. */
"use strict";

(function () {
  const form = document.querySelector("form[data-chooses]");
  const frame = form.querySelector("iframe");
  const select = form.querySelector("select[name=other]");
  const said = form.querySelector("output");
  const radios = [...form.querySelectorAll("input[name=target]")];
  const other = radios.find((one) => one.value === "other");
  const { origin } = window.location;

  function chosen() {
    const radio = radios.find((one) => one.checked);
    if (!radio) return { id: "", name: "" };
    if (radio !== other) return { id: radio.value, name: radio.closest("label").querySelector("strong").textContent };
    return { id: select.value, name: select.value ? select.selectedOptions[0].textContent : "" };
  }

  /** Say beside the button what is chosen, and show it on the map. */
  function show() {
    const { id, name } = chosen();
    said.textContent = name;
    said.parentElement.hidden = !name;
    if (frame) frame.contentWindow.postMessage({ choose: id }, origin);
  }

  /** Choose what was pressed on the map: a line of the list, else of the longer list below it. */
  function choose(id) {
    const radio = radios.find((one) => one.value === id);
    if (!radio && select) select.value = id;
    (radio || other).checked = true;
    show();
  }

  form.addEventListener("change", (event) => {
    if (event.target === select) other.checked = true;
    if (event.target === select || radios.includes(event.target)) show();
  });
  window.addEventListener("message", (event) => {
    if (!frame || event.origin !== origin || event.source !== frame.contentWindow) return;
    if (event.data.drawn) show();
    if (event.data.chosen) choose(event.data.chosen);
  });
  show();
})();
