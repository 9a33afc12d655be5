// The preview: a change is left out as soon as its box is checked.
import { optional, required } from "../dom.js";

/** @typedef {{ seen: string, summary: string, why: string, error?: string }} Answer */

class Preview {
  /** The request before, so that they reach the server in the order of the clicks. */
  last = Promise.resolve();
  pending = 0;

  /**
   * @param {HTMLFormElement} choices
   * @param {HTMLFormElement} apply
   */
  constructor(choices, apply) {
    this.choices = choices;
    this.token = required("[name=csrfmiddlewaretoken]", HTMLInputElement, choices).value;
    this.summary = required("#summary", HTMLElement);
    this.reason = required("#why-not", HTMLElement);
    this.seen = required("[name=seen]", HTMLInputElement, apply);
    this.button = required("button", HTMLButtonElement, apply);
    choices.addEventListener("change", (event) => this.onChange(event));
    required("#leave", HTMLElement).hidden = true;
  }

  /** @param {Event} event */
  onChange({ target }) {
    if (!(target instanceof HTMLInputElement) || target.name !== "leave") return;
    this.button.disabled = true;
    this.pending += 1;
    this.last = this.last.then(() => this.send(target));
  }

  /** @param {HTMLInputElement} box */
  async send(box) {
    this.pending -= 1;
    try {
      this.show(await this.post(box));
    } catch (error) {
      box.checked = !box.checked;
      const message = error instanceof Error ? error.message : "";
      this.reason.textContent = message || "サーバーに接続できません。";
    }
  }

  /**
   * @param {HTMLInputElement} box
   * @returns {Promise<Answer>}
   */
  async post(box) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", this.token);
    body.append(box.checked ? "leave" : "was", box.value);
    const headers = { Accept: "application/json" };
    const options = /** @type {const} */ ({ method: "POST", body, headers, redirect: "manual" });
    const response = await fetch(this.choices.action, options);
    /** @type {Answer} */
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer;
  }

  /** @param {Answer} answer */
  show({ seen, summary, why }) {
    this.seen.value = seen;
    this.summary.textContent = summary;
    this.button.disabled = this.pending > 0 || why !== "";
    this.reason.textContent = why;
  }
}

const choices = optional("#leaving", HTMLFormElement);
const apply = optional("#apply", HTMLFormElement);
if (choices && apply) new Preview(choices, apply);

const error = optional("#error", HTMLElement);
if (error) {
  error.tabIndex = -1;
  error.focus();
}

/** @type {NodeListOf<HTMLDetailsElement>} */
const parts = document.querySelectorAll("details.part");
for (const part of parts) {
  if (location.hash === `#${part.id}`) part.open = true;
}
