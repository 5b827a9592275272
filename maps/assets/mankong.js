/* What the pages do beyond links and forms; without this script they still work. */
"use strict";

(function () {
  /** Break a text into lines no wider than a number of pixels, between words; Thai has no spaces. */
  function lines(text, widest, measure) {
    const parts = window.Intl && Intl.Segmenter
      ? [...new Intl.Segmenter(document.documentElement.lang, { granularity: "word" }).segment(text)].map((part) => part.segment)
      : text.split(/(?<=[ ·])/);
    const found = [""];
    for (const part of parts.map((one, place) => (parts[place - 1] === "(" ? "(" : "") + (one === "(" ? "" : one))) {
      const longer = found[found.length - 1] + part;
      if (measure(longer.trim()) <= widest || !found[found.length - 1]) found[found.length - 1] = longer;
      else found.push(part);
    }
    return found.map((line) => line.trim()).filter(Boolean);
  }

  /** Let the labels of a chart take less than half of its width; return how many lines the longest has. */
  function breakLabels(config, canvas) {
    const pen = document.createElement("canvas").getContext("2d");
    const { font } = config.options.scales.y.ticks;
    pen.font = font.size + "px " + font.family;
    const widest = canvas.parentElement.clientWidth * 0.45;
    const broken = config.data.labels.map((label) => lines(String(label), widest, (text) => pen.measureText(text).width));
    config.options.scales.y.ticks.callback = (_, place) => broken[place];
    return Math.max(1, ...broken.map((label) => label.length));
  }

  /** Draw the charts whose configuration stands in a data block beside them. */
  function drawCharts() {
    if (!window.Chart) return;
    for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
      const config = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
      const bars = config.data.labels.length;
      const together = config.options.scales.x.stacked ? 1 : config.data.datasets.length;
      const tall = 18 * breakLabels(config, canvas) + 8;
      canvas.parentElement.style.height = 90 + bars * Math.max(34, tall, 20 * together) + "px";
      new window.Chart(canvas, config);
    }
  }

  /** Close the panel of the role chooser when a person goes on elsewhere. */
  function closePanels() {
    for (const panel of document.querySelectorAll("details.who")) {
      document.addEventListener("click", (event) => {
        if (!panel.contains(event.target)) panel.open = false;
      });
      panel.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        panel.open = false;
        panel.querySelector("summary").focus();
      });
    }
  }

  function size(bytes) {
    const mega = bytes / 1048576;
    return mega >= 1 ? mega.toFixed(1) + " MB" : Math.max(1, Math.round(bytes / 1024)).toLocaleString("en-US") + " kB";
  }

  /** The form that sends a file: drop it, see its name, see how much has gone, stop it. */
  function sendFile(form) {
    const input = form.querySelector("input[type=file]");
    const drop = form.querySelector(".drop");
    const name = form.querySelector(".drop-name");
    const bar = form.querySelector("progress");
    const text = form.querySelector(".progress-text");
    const texts = form.dataset;
    const show = () => {
      const file = input.files[0];
      name.textContent = file ? file.name + " · " + size(file.size) : "";
      const tooLarge = file && file.size > Number(texts.limit);
      text.textContent = tooLarge ? texts.tooLarge : "";
      form.querySelector("button[type=submit]").disabled = Boolean(tooLarge);
    };
    input.addEventListener("change", show);
    for (const kind of ["dragenter", "dragover"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
      show();
    });
    form.addEventListener("htmx:xhr:progress", (event) => {
      if (!event.detail.lengthComputable || !event.detail.total) return;
      const part = event.detail.loaded / event.detail.total;
      bar.hidden = false;
      bar.value = part;
      text.textContent = part < 1 ? texts.sending.replace("{n}", Math.floor(part * 100)) : texts.sent;
    });
    const failed = () => {
      bar.hidden = true;
      text.textContent = texts.failed;
    };
    form.addEventListener("htmx:sendError", failed);
    form.addEventListener("htmx:responseError", (event) => {
      bar.hidden = true;
      text.textContent = event.detail.xhr.getResponseHeader("X-Said") ? decodeURIComponent(event.detail.xhr.getResponseHeader("X-Said")) : texts.failed;
    });
  }

  /** Lists of many things to choose from: a box that narrows them. */
  function narrowing(box) {
    const rows = [...document.querySelectorAll("#" + box.dataset.narrows + " label")];
    box.addEventListener("input", () => {
      const wanted = box.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !row.querySelector("input").checked && !row.textContent.toLowerCase().includes(wanted);
    });
  }

  /** Print buttons do nothing without a script, so they are only shown by it. */
  function printing(button) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  document.addEventListener("DOMContentLoaded", () => {
    // A canvas does not wait for its font by itself, and a phone may have no Thai font of its own.
    document.fonts.load("14px Sarabun", "กA").then(drawCharts, drawCharts);
    closePanels();
    document.querySelectorAll("form[data-sends]").forEach(sendFile);
    document.querySelectorAll("input[data-narrows]").forEach(narrowing);
    document.querySelectorAll("button[data-print]").forEach(printing);
  });
})();
