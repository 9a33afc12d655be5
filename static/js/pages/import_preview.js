// The preview: a change is left out as soon as its box is checked.
const leaving = document.getElementById("leaving");
const summary = document.getElementById("summary");
const apply = document.getElementById("apply");

if (leaving && apply) {
  const [button, why, seen] = [apply.querySelector("button"), document.getElementById("why-not"), apply.elements.seen];
  let waiting = Promise.resolve();
  let pending = 0;

  const show = (answer) => {
    seen.value = answer.seen;
    summary.textContent = answer.summary;
    button.disabled = pending > 0 || answer.why !== "";
    why.textContent = answer.why;
  };

  const send = async (box) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", leaving.elements.csrfmiddlewaretoken.value);
    body.append(box.checked ? "leave" : "was", box.value);
    pending -= 1;
    try {
      const response = await fetch(leaving.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      show(answer);
    } catch (error) {
      box.checked = !box.checked;
      why.textContent = error.message || "サーバーに接続できません。";
    }
  };

  leaving.addEventListener("change", (event) => {
    if (event.target.name !== "leave") return;
    button.disabled = true;
    pending += 1;
    waiting = waiting.then(() => send(event.target));
  });
  document.getElementById("leave").hidden = true;
}

const wrong = document.getElementById("error");
if (wrong) {
  wrong.tabIndex = -1;
  wrong.focus();
}
for (const part of document.querySelectorAll("details.part")) {
  if (location.hash === `#${part.id}`) part.open = true;
}
