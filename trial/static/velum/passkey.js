// Ties the button to the library that asks the browser for a passkey, and says on the page what became of a passkey when the browser has none for this door, or the person turned away.
"use strict";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const line = document.querySelector("[data-passkey-failed]");
  if (!line) return;
  line.textContent = line.dataset.passkeyFailed;
  line.hidden = false;
});

for (const button of document.querySelectorAll("[data-passkey]")) {
  const { passkey, credential } = button.dataset;
  const kind = passkey === "addForm" ? "add" : "authenticate";
  window.allauth.webauthn.forms[passkey]({ ids: { [kind]: button.id, credential, data: "js_data" } });
}
