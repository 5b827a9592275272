/* The form that corrects a record: whoever leaves it with something typed and not saved is asked first. */
"use strict";

(function () {
  const told = (form) => new URLSearchParams(new FormData(form)).toString();

  for (const form of document.querySelectorAll("form[data-keeps]")) {
    const before = told(form);
    let sent = false;
    form.addEventListener("submit", () => { sent = true; });
    window.addEventListener("beforeunload", (event) => {
      if (!sent && (form.dataset.keeps === "typed" || told(form) !== before)) event.preventDefault();
    });
    // A page that is come back to by the browser's own button may be left unsaved again.
    window.addEventListener("pageshow", () => { sent = false; });
  }
})();
