// A modal question, and what is shown in it.
import { make } from "../../dom.js";

/**
 * @typedef {[value: string, text: string, kind?: "plain" | "fill"]} Button
 */

/**
 * Resolves to the value of the button, "" for Esc.
 *
 * @param {string} title
 * @param {HTMLElement[]} content
 * @param {Button[]} buttons
 * @returns {Promise<string>}
 */
export function ask(title, content, buttons) {
  const dialog = make("dialog", { className: "ask" });
  const head = make("h2", { textContent: title, id: `ask-${Date.now()}` });
  const form = make("form", { method: "dialog" });
  const row = make("div", { className: "acts" }, ...buttons.map(button));
  form.append(...content, row);
  dialog.append(head, form);
  dialog.setAttribute("aria-labelledby", head.id);
  document.body.append(dialog);
  const before = document.activeElement;
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
      resolve(dialog.returnValue);
    });
    dialog.showModal();
    const target = dialog.querySelector("[autofocus]") ?? row.firstElementChild;
    if (target instanceof HTMLElement) target.focus();
  });
}

/**
 * Shows something that asks nothing.
 *
 * @param {string} title
 * @param {HTMLElement[]} content
 */
export function inform(title, content) {
  return ask(title, content, [["", "閉じる", "fill"]]);
}

/**
 * @param {Button} button
 */
function button([value, text, kind = "plain"]) {
  return make("button", {
    className: `btn ${kind}`,
    value,
    textContent: text,
    type: "submit",
    formNoValidate: !value,
  });
}

/**
 * A table of texts with a header row.
 *
 * @param {string[]} headers
 * @param {string[][]} rows
 */
export function tableOf(headers, rows) {
  const lines = rows.map((texts) => make("tr", {}, ...texts.map((text) => make("td", {}, text))));
  const cells = headers.map((text) => make("th", { scope: "col", textContent: text }));
  const head = make("thead", {}, make("tr", {}, ...cells));
  const table = make("table", { className: "list" }, head, make("tbody", {}, ...lines));
  const label = { role: "region", ariaLabel: headers.join("、") };
  return make("div", { className: "table-scroll", tabIndex: 0, ...label }, table);
}

/**
 * What can wait until the mark itself is on the screen; a hidden tab paints nothing and waits
 * shortly.
 *
 * @param {() => void} work
 */
export function afterPaint(work) {
  let open = true;
  const run = () => {
    if (open) work();
    open = false;
  };
  requestAnimationFrame(() => setTimeout(run));
  setTimeout(run, 100);
}

/**
 * The words of what went wrong.
 *
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
