// The company's list: choose all rows of the page, and show how many are chosen.
import { optional, required } from "../dom.js";

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} label of the box that chooses all
 */
function start(form, label) {
  const all = required("input", HTMLInputElement, label);
  const count = required("#picked", HTMLElement);
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = form.querySelectorAll("input[name='task']");

  function show() {
    const chosen = [...boxes].filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    count.textContent = chosen ? `${chosen}件を選んでいます` : "";
  }

  label.hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "task") show();
  });
}

const form = optional("#say", HTMLFormElement);
const label = optional("#pick-all", HTMLElement);
if (form && label) start(form, label);
