// Single keys of the walk through the findings. They can be switched off, and rest in fields.
import { closest, optional } from "../dom.js";

const STORED = "raci:walk-keys";
const FIELDS = "input:not([type=checkbox]), textarea, select";

/** @param {HTMLInputElement} box that switches the keys on */
function start(box) {
  function show() {
    for (const key of document.querySelectorAll("kbd")) key.hidden = !box.checked;
  }

  box.checked = localStorage.getItem(STORED) !== "off";
  const label = box.closest("label");
  if (label) label.hidden = false;
  box.addEventListener("change", () => {
    localStorage.setItem(STORED, box.checked ? "on" : "off");
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (box.checked) onKey(event);
  });
  show();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  if (event.repeat || event.isComposing || hasModifier) return;
  if (closest(event.target, FIELDS, HTMLElement)) return;
  const key = event.key.toLowerCase();
  if (key === "w") {
    const reason = optional(".waive input[name=reason]", HTMLInputElement);
    if (!reason) return;
    event.preventDefault();
    reason.focus();
  } else {
    const target = optional(`[data-key="${CSS.escape(key)}"]`, HTMLElement);
    if (!target) return;
    event.preventDefault();
    target.click();
  }
}

const box = optional("#keys", HTMLInputElement);
if (box) start(box);
