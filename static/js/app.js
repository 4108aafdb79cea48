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

  /* After a swap the focus stays where it was, or goes to what was swapped in. */
  let held = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    held = event.detail.target.contains(active) ? { id: active.id, name: active.name } : null;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const fresh = document.getElementById(event.detail.elt.id) ?? event.detail.elt;
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

  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => {
      const words = announcer()?.dataset.failed;
      announce(words);
      announcer()?.classList.add("toast");
    });
  }

  document.addEventListener("htmx:beforeRequest", () => {
    announcer()?.classList.remove("toast");
  });

  focusFirst(document.body);
})();
