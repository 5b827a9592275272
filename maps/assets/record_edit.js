/* The form that corrects a record: whoever leaves it with something typed and not saved is asked first. */
"use strict";

(function () {
  // What the page came with, not what stood there when this script began: somebody may type before that.
  const typed = (field) => {
    if (field.options) {
      const own = [...field.options].some((option) => option.defaultSelected);
      return [...field.options].some((option, n) => option.selected !== (own ? option.defaultSelected : n === 0));
    }
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
  };

  for (const form of document.querySelectorAll("form[data-keeps]")) {
    let sent = false;
    form.addEventListener("submit", () => { sent = true; });
    window.addEventListener("beforeunload", (event) => {
      if (!sent && (form.dataset.keeps === "typed" || [...form.elements].some(typed))) event.preventDefault();
    });
    // A page that is come back to by the browser's own button may be left unsaved again.
    window.addEventListener("pageshow", () => { sent = false; });
  }
})();
