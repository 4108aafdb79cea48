/* What a page does better with a script. Without it every page still works. */
(() => {
  "use strict";

  const announcer = () => document.getElementById("announcer");

  /* Says a sentence to screen readers; emptied first, so that the same words are said again. */
  function announce(words) {
    const place = announcer();
    if (!place || !words) return;
    place.textContent = "";
    window.setTimeout(() => { place.textContent = words; }, 60);
  }

  /* Puts the eye and the keyboard on what has to be read first. */
  function focusFirst(within) {
    const first = within.matches?.("[data-focus]") ? within : within.querySelector("[data-focus]");
    first?.focus();
    return Boolean(first);
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  }

  document.addEventListener("click", (event) => {
    closeMenus(event.target);
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest?.("details[data-menu][open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  });

  /* A filter answers by itself, but waits while somebody walks through a list with the keys. */
  let waiting = 0;
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form?.matches("[data-autosubmit]")) return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => form.requestSubmit(), 600);
  });

  /* What is chosen opens the settings beside it that it needs. */
  document.addEventListener("change", (event) => {
    const folded = event.target.parentElement?.querySelector(":scope > details[data-opens-for]");
    if (folded?.dataset.opensFor.split(" ").includes(event.target.value)) folded.open = true;
  });

  /* A chart is read point by point; what is said of each stands in the table under it. */
  const partsOf = (view) => {
    const figure = view.closest("figure");
    return {
      rows: [...figure.querySelectorAll("tbody tr")],
      heads: [...figure.querySelectorAll("thead th")].map((head) => head.textContent),
      place: figure.querySelector("[data-chart-point]"),
    };
  };

  function wakeCharts() {
    for (const view of document.querySelectorAll("[data-chart]:not([tabindex])")) {
      const { place } = partsOf(view);
      view.tabIndex = 0;
      view.setAttribute("role", "application");
      view.dataset.hint = place.textContent;
      place.hidden = false;
    }
  }

  /* The cells with their headings; the first and the last one say by themselves what they are. */
  function saidOf(row, heads) {
    const last = row.cells.length - 1;
    return [...row.cells].map((cell, n) => [n && n < last ? `${heads[n]} ` : "", cell.textContent])
      .filter(([, words]) => words).map((both) => both.join("")).join("; ");
  }

  /* Moves the mark in both drawings; without an index it is taken away. */
  function markPoint(view, at) {
    for (const drawing of view.querySelectorAll("[data-places]")) {
      const cursor = drawing.querySelector(".chart__cursor");
      cursor.setAttribute("visibility", at === undefined ? "hidden" : "visible");
      const [x, y] = drawing.dataset.places.split(",")[at]?.split(" ") ?? [];
      const ring = cursor.querySelector("circle");
      cursor.setAttribute("transform", `translate(${x ?? 0} 0)`);
      ring.setAttribute("cy", y ?? 0);
      ring.setAttribute("visibility", y ? "inherit" : "hidden");
    }
  }

  function readPoint(view, at) {
    const { rows, heads, place } = partsOf(view);
    view.dataset.at = at;
    markPoint(view, at);
    place.textContent = saidOf(rows[at], heads);
  }

  /* From `at` to where a key leads; undefined where it leads nowhere. */
  function pointAfter(key, at, rows) {
    const last = rows.length - 1;
    const special = (from, step) => {
      let n = from + step;
      while (rows[n] && !("special" in rows[n].dataset)) n += step;
      return rows[n] ? n : at;
    };
    switch (key) {
      case "ArrowRight": return Math.min((at ?? -1) + 1, last);
      case "ArrowLeft": return Math.max((at ?? last + 1) - 1, 0);
      case "ArrowDown": return special(at ?? -1, 1);
      case "ArrowUp": return special(at ?? last + 1, -1);
      case "Home": return 0;
      case "End": return last;
      default: return undefined;
    }
  }

  document.addEventListener("keydown", (event) => {
    const view = event.target;
    if (!view.matches?.("[data-chart]") || event.altKey || event.ctrlKey || event.metaKey) return;
    const { rows, place } = partsOf(view);
    const at = "at" in view.dataset ? Number(view.dataset.at) : undefined;
    if (event.key === "Escape") {
      delete view.dataset.at;
      markPoint(view);
      place.textContent = view.dataset.hint;
      view.closest("figure").querySelector("summary").focus();
    } else if (event.key.startsWith("Arrow") || ["Home", "End"].includes(event.key)) {
      event.preventDefault();
      const next = pointAfter(event.key, at, rows);
      if (next !== undefined) readPoint(view, next);
    }
  });

  document.addEventListener("click", (event) => {
    const drawing = event.target.closest?.("[data-places]");
    if (!drawing) return;
    const box = drawing.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * drawing.viewBox.baseVal.width;
    const away = drawing.dataset.places.split(",").map((place) => Math.abs(parseFloat(place) - x));
    readPoint(drawing.closest("[data-chart]"), away.indexOf(Math.min(...away)));
  });

  /* After a swap the focus stays where it was, or goes to what was swapped in; what was unfolded
     stays so. */
  let held = null;
  let unfolded = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    held = event.detail.target.contains(active) ? { id: active.id, name: active.name } : null;
    unfolded = [...event.detail.target.querySelectorAll("details[open][id]")].map(({ id }) => id);
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const fresh = document.getElementById(event.detail.elt.id) ?? event.detail.elt;
    wakeCharts();
    for (const id of unfolded.splice(0)) document.getElementById(id)?.setAttribute("open", "");
    for (const said of [fresh, ...fresh.querySelectorAll("[data-announce]")]) {
      announce(said.dataset.announce);
    }
    if (focusFirst(fresh) || !held || document.activeElement !== document.body) return;
    const same = held.id ? document.getElementById(held.id)
      : held.name ? fresh.querySelector(`[name="${CSS.escape(held.name)}"]`) : null;
    if (!same) fresh.tabIndex = -1;
    (same ?? fresh).focus({ preventScroll: true });
    held = null;
  });

  /* What keeps itself up to date rests while nobody looks, and fails without a word. */
  const isLive = (event) => event.detail.elt?.matches?.("[data-live]");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && isLive(event)) event.preventDefault();
  });

  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, (event) => {
      if (isLive(event)) return;
      const words = announcer()?.dataset.failed;
      announce(words);
      announcer()?.classList.add("toast");
    });
  }

  document.addEventListener("htmx:beforeRequest", () => {
    announcer()?.classList.remove("toast");
  });

  for (const button of document.querySelectorAll("[data-print][hidden]")) button.hidden = false;

  wakeCharts();
  focusFirst(document.body);
})();
