// Keeps what is typed into a form, in this browser, until the server has said that it has it. So nothing is
// lost without a network, and nothing is taken twice: the key of a form goes with it however often it is sent.
//
// Kept under the person and the form's address, for twelve hours at most; signing out forgets it (velum.js).
// Never kept: passwords, files, hidden fields, and what is marked data-unkept. Without script, and in a
// browser too old for this one, a form is sent as it stands.
"use strict";

(() => {
  const LONGEST = 12 * 60 * 60 * 1000;
  const PATIENCE = 20 * 1000;
  const ALL = "velum-draft ";
  const person = document.documentElement.dataset.person;
  const able = "timeout" in AbortSignal && "requestSubmit" in HTMLFormElement.prototype;
  let waiting = null; // what is sent again when the network is back, unless somebody types on

  const place = (form) => {
    const address = new URL(form.getAttribute("action") || "", location.href);
    return `${ALL}${person} ${address.pathname}${address.search}`;
  };

  const read = (name) => {
    try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
  };

  const write = (name, draft) => {
    try { localStorage.setItem(name, JSON.stringify(draft)); } catch { /* a browser that keeps nothing */ }
  };

  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const fields = (form) => [...form.elements].filter((field) =>
    field.name && !("unkept" in field.dataset) && !["hidden", "password", "file", "submit", "button"].includes(field.type));

  const chosen = (field) => field.type === "radio" || field.type === "checkbox";

  const typed = (form) => {
    const values = {};
    for (const field of fields(form)) {
      values[field.name] ??= [];
      if (!chosen(field) || field.checked) values[field.name].push(field.value);
    }
    return values;
  };

  const keep = (form, changes) => {
    const before = read(place(form)) || { key: newKey(), sent: false };
    const draft = { ...before, ...changes, at: Date.now(), values: typed(form) };
    write(place(form), draft);
    return draft;
  };

  const forget = (form) => { try { localStorage.removeItem(place(form)); } catch { /* nothing was kept */ } };

  // True if something on the page is now different.
  const fill = (form, values) => {
    let changed = false;
    for (const field of fields(form)) {
      const wanted = values[field.name];
      if (!wanted) continue;
      if (chosen(field)) {
        const on = wanted.includes(field.value);
        changed ||= field.checked !== on;
        field.checked = on;
      } else if (wanted.length && field.value !== wanted[0]) {
        field.value = wanted[0];
        changed = true;
      }
    }
    return changed;
  };

  const say = (name) => {
    const note = document.querySelector("[data-kept-note]");
    const words = document.querySelector(`template[data-kept="${name}"]`);
    if (!note || !words) return;
    note.replaceChildren(words.content.cloneNode(true));
    note.scrollIntoView({ block: "nearest" });
  };

  const release = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
  };

  const count = () => {
    const rules = new Intl.PluralRules(document.documentElement.lang);
    for (const line of document.querySelectorAll("[data-progress-other]")) {
      const names = new Map();
      for (const field of line.closest("section").querySelectorAll("input:not([data-uncounted]), select, textarea")) {
        const whole = field.dataset.partOf; // day, month and year are one question, answered by all three
        if (whole) names.set(whole, (names.get(whole) ?? true) && field.value !== "");
        else names.set(field.name, names.get(field.name) || (chosen(field) ? field.checked : field.value !== ""));
      }
      const answered = [...names.values()].filter(Boolean).length;
      const words = rules.select(answered) === "one" ? line.dataset.progressOne : line.dataset.progressOther;
      line.textContent = words.replace("{answered}", answered).replace("{asked}", names.size);
    }
  };

  const show = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    count();
    window.scrollTo(0, 0);
    (document.querySelector(".problem-list") || document.querySelector("main")).focus();
  };

  const failed = (form, submitter) => {
    release(form);
    waiting = { form, submitter };
    say("unanswered");
  };

  const answered = async (form, submitter, answer) => {
    const next = answer.headers.get("Velum-Next");
    if (next) {
      forget(form);
      location.assign(next);
    } else if (answer.redirected) {
      release(form);
      say("signed-out");
    } else if (answer.status >= 500) {
      failed(form, submitter);
    } else {
      keep(form, { sent: false });
      show(await answer.text());
    }
  };

  const send = async (form, submitter) => {
    const { key } = keep(form, { sent: true });
    const body = new URLSearchParams(new FormData(form));
    if (submitter?.name) body.append(submitter.name, submitter.value);
    const headers = { "Idempotency-Key": key, "Velum-Sent": "script" };
    document.documentElement.dataset.sending = "yes";
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
      await answered(form, submitter, answer);
    } catch {
      failed(form, submitter);
    } finally {
      delete document.documentElement.dataset.sending;
    }
  };

  const tidy = () => {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(ALL) && !(Date.now() - read(name)?.at < LONGEST)) localStorage.removeItem(name);
    }
  };

  document.addEventListener("input", (event) => {
    waiting = null;
    const form = event.target.form;
    if (person && form && "keep" in form.dataset) keep(form, {});
    count();
  });

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !person || !able || !("keep" in event.target.dataset)) return;
    event.preventDefault();
    waiting = null;
    send(event.target, event.submitter);
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-kept-forget]")) return;
    for (const form of document.querySelectorAll("form[data-keep]")) forget(form);
    location.reload();
  });

  window.addEventListener("online", () => { if (waiting) waiting.form.requestSubmit(waiting.submitter); });

  try { tidy(); } catch { /* a browser that keeps nothing */ }
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const draft = person && read(place(form));
    if (!draft) continue;
    const changed = fill(form, draft.values);
    if (draft.sent) say("sent-before"); else if (changed) say("restored");
  }
  count();
})();
