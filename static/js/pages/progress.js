// A job's page: asks how far it is, and goes on when it is over.
const EVERY = 700;
const SAY_EVERY = 10;
const job = document.getElementById("job");
const [bar, said] = [document.getElementById("part"), document.getElementById("said")];
let asked = 0;

async function ask() {
  try {
    const response = await fetch(job.dataset.status, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (response.type === "opaqueredirect") return location.reload();
    const answer = await response.json();
    if (answer.over) return location.replace(job.dataset.page);
    if (answer.state === "reading") bar.value = answer.progress;
    if (asked++ % SAY_EVERY === 0 && answer.progress) said.textContent = `${Math.round(100 * answer.progress)}%`;
  } catch {
    said.textContent = "サーバーに接続できません。つながり次第、続きを表示します。";
  }
  setTimeout(ask, EVERY);
  return undefined;
}

setTimeout(ask, EVERY);
