// Velum works without script. What is here only helps: it keeps a form from being sent twice,
// says that a long answer is on its way, prints on request, moves the eye to what went wrong, and closes a menu left open.
"use strict";

// Whoever signs out leaves nothing of what they typed in this browser (see keep.js).
function forget() {
  try {
    const own = `velum-draft ${document.documentElement.dataset.person} `;
    for (const name of Object.keys(localStorage)) if (name.startsWith(own)) localStorage.removeItem(name);
  } catch { /* a browser that keeps nothing */ }
}

// A form whose answer takes seconds says so (components/working.html); all others have no such line.
function working(form, on) {
  const line = form.querySelector("[data-working]");
  if (!line) return;
  line.textContent = on ? line.dataset.working : "";
  if (on) form.setAttribute("aria-busy", "true"); else form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  working(form, true);
  if ("forget" in form.dataset) forget();
  for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) button.setAttribute("aria-disabled", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    working(form, false);
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  for (const menu of document.querySelectorAll(".door details[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll(".door details[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
});

document.querySelector(".problem-list")?.focus();
