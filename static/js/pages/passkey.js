// Forms that a passkey fills in: shown where the browser knows passkeys, failures said in words.
const { forms } = window.allauth.webauthn;

const begin = {
  login: () => forms.loginForm({ ids: { login: "passkey", credential: "credential" } }),
  confirm: () => forms.authenticateForm({ ids: { authenticate: "passkey", credential: "credential", data: "passkey-options" } }),
  add: () => forms.addForm({ ids: { add: "passkey", passwordless: "id_passwordless", credential: "id_credential", data: "passkey-options" } }),
};

if (window.PublicKeyCredential) {
  const form = document.querySelector("[data-passkey]");
  const wrong = form.querySelector("[role=alert]");
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    wrong.hidden = false;
  });
  form.addEventListener("click", () => {
    wrong.hidden = true;
  });
  begin[form.dataset.passkey]();
  form.hidden = false;
}
