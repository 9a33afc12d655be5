// Single keys of the walk through the findings. They can be switched off, and rest in fields.
const box = document.getElementById("keys");
const STORED = "raci:walk-keys";

if (box) {
  box.checked = localStorage.getItem(STORED) !== "off";
  box.closest("label").hidden = false;
  box.addEventListener("change", () => {
    localStorage.setItem(STORED, box.checked ? "on" : "off");
    show();
  });
  document.addEventListener("keydown", onKey);
  show();
}

function show() {
  for (const key of document.querySelectorAll("kbd")) key.hidden = !box.checked;
}

function onKey(event) {
  if (!box.checked || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const key = event.key.toLowerCase();
  const target = key === "w" ? document.querySelector(".waive input[name=reason]") : document.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  event.preventDefault();
  key === "w" ? target.focus() : target.click();
}
