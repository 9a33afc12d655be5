// Forms that a passkey fills in: shown where the browser knows passkeys, with a message when it
// does not work.
import { required } from "../dom.js";

/**
 * What allauth's own script offers.
 *
 * @typedef {Record<string, string>} Ids
 * @typedef {(options: { ids: Ids }) => void} Start
 * @typedef {{ loginForm: Start, authenticateForm: Start, addForm: Start }} Forms
 * @typedef {typeof window & { allauth: { webauthn: { forms: Forms } } }} WithAllauth
 */

const { forms } = /** @type {WithAllauth} */ (window).allauth.webauthn;
const fields = { credential: "credential", data: "passkey-options" };

/** @type {Record<string, () => void>} */
const starts = {
  login: () => forms.loginForm({ ids: { login: "passkey", credential: "credential" } }),
  confirm: () => forms.authenticateForm({ ids: { authenticate: "passkey", ...fields } }),
  add: () =>
    forms.addForm({
      ids: {
        ...fields,
        add: "passkey",
        passwordless: "id_passwordless",
        credential: "id_credential",
      },
    }),
};

if ("PublicKeyCredential" in window) {
  const form = required("[data-passkey]", HTMLFormElement);
  const alert = required("[role=alert]", HTMLElement, form);
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    alert.hidden = false;
  });
  form.addEventListener("click", () => {
    alert.hidden = true;
  });
  starts[form.dataset.passkey ?? ""]();
  form.hidden = false;
}
