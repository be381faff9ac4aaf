// The pharmacy door's sessions are short. What is open then says so a minute before, and is covered at the end.
// It also takes the secret of a one-time link from behind the #, which no browser sends, and clears the address.
"use strict";

(() => {
  const field = document.querySelector("[data-from-address]");
  if (field && location.hash.length > 1) {
    field.value = decodeURIComponent(location.hash.slice(1));
    history.replaceState(null, "", location.pathname);
  }

  const notes = document.querySelector("[data-session-notes]");
  const seconds = Number(document.documentElement.dataset.session);
  const main = document.getElementById("content");
  if (!main) return;
  const show = (name) => { for (const one of notes?.querySelectorAll(".banner") || []) one.hidden = !(name in one.dataset); };
  let timers = [];

  // A form that can still be sent stays; everything else is taken out of the page, not only hidden.
  function over() {
    if (main.querySelector("[data-waits]")) { show("overWaits"); return; }
    show("over");
    main.replaceChildren();
  }

  function begin(left) {
    timers.forEach(clearTimeout);
    show("none");
    const end = Date.now() + left * 1000;
    const look = () => { if (Date.now() >= end) over(); };
    timers = [setTimeout(() => show("soon"), Math.max(0, left - 60) * 1000), setTimeout(look, left * 1000)];
    document.addEventListener("visibilitychange", look);  // a telephone that slept runs no timers
  }

  if (notes && seconds) begin(seconds);

  // Any page of ours that is asked for keeps the session; one that leads to the log-in says that it is over.
  notes?.querySelector("[data-stay]")?.addEventListener("click", async () => {
    const answer = await fetch("/", { method: "HEAD", credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && !answer.url.includes("/accounts/")) begin(seconds); else over();
  });
})();
