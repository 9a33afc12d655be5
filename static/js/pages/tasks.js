// The company's list: choose all rows of the page, and say how many are chosen.

const form = document.querySelector("#say");
const all = document.querySelector("#pick-all");

function boxes() {
  return [...form.querySelectorAll("input[name='task']")];
}

function tell() {
  const chosen = boxes().filter((box) => box.checked).length;
  const input = all.querySelector("input");
  input.checked = chosen > 0 && chosen === boxes().length;
  input.indeterminate = chosen > 0 && chosen < boxes().length;
  document.querySelector("#picked").textContent = chosen ? `${chosen}件を選んでいます` : "";
}

if (form && all) {
  all.hidden = false;
  all.addEventListener("change", (event) => {
    for (const box of boxes()) box.checked = event.target.checked;
    tell();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "task") tell();
  });
}
