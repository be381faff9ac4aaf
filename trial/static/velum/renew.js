// A page that renews itself: at the moments at which there may be something new, which the server names in
// seconds, and never between. What it asks for keeps no session alive, and nothing that is half typed is replaced.
"use strict";

(() => {
  const QUARTER = 15 * 60 * 1000;
  const rows = () => document.querySelector("[data-renew]");
  let due = 0, timer = 0, stopped = false;

  const say = (name) => {
    const note = document.querySelector("[data-renew-note]");
    const words = document.querySelector(`template[data-renewed="${name}"]`);
    note.replaceChildren(...(words ? [words.content.cloneNode(true)] : []));
  };

  const plan = (moment) => {
    clearTimeout(timer);
    due = moment;
    timer = setTimeout(renew, due - Date.now());
  };

  const told = (place) => plan(Date.now() + Number(place.dataset.renew) * 1000);

  const again = (name) => { say(name); plan(due + QUARTER * Math.ceil((Date.now() - due + 1) / QUARTER)); };

  const stop = (name) => {
    stopped = true;
    clearTimeout(timer);
    say(name);
    document.querySelector("[data-renews]").hidden = true;
  };

  const changed = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (!field.options) return field.value !== field.defaultValue;
    const meant = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, meant);
  };

  const inHand = (place) => Boolean(place.querySelector("dialog[open], details[open], form[data-sent]"))
    || [...place.querySelectorAll("input, select, textarea")].some((field) => field === document.activeElement || changed(field));

  // The rows change; the place on the page does not, and a link that has the focus keeps it.
  function show(place, fresh) {
    const kept = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const at = window.scrollY;
    place.replaceWith(fresh);
    window.scrollTo(0, at);
    if (kept === null) return;
    const same = fresh.querySelector(`[href="${CSS.escape(kept)}"]`) || document.getElementById("content");
    same.focus({ preventScroll: true });
  }

  async function renew() {
    if (stopped) return;
    if (inHand(rows())) { again("held"); return; }
    const answer = await fetch(location.pathname, { headers: { "Velum-Renews": "yes" }, redirect: "manual" }).catch(() => null);
    if (stopped) return;
    if (!answer || answer.status >= 500) { again("unanswered"); return; }
    const text = answer.ok ? await answer.text() : "";
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-renew]");
    if (!fresh) { stop("over"); return; }
    if (inHand(rows())) { again("held"); return; }
    say("");
    show(rows(), document.adoptNode(fresh));
    told(fresh);
  }

  if (!rows()) return;
  told(rows());
  document.querySelector("[data-renew-stop]").addEventListener("click", () => stop("stopped"));
  // A telephone that slept ran no timer: what it slept through is made up for.
  document.addEventListener("visibilitychange", () => { if (!document.hidden && !stopped && Date.now() >= due) renew(); });
})();
