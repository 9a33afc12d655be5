// A job's page: asks how far it is, and goes on when it is over.
import { required } from "../dom.js";

const EVERY = 700;
const ANNOUNCE_EVERY = 10;

const { status = "", page = "" } = required("#job", HTMLElement).dataset;
const bar = required("#part", HTMLProgressElement);
const liveRegion = required("#said", HTMLElement);
let requests = 0;

async function poll() {
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(status, { headers, redirect: "manual" });
    if (response.type === "opaqueredirect") {
      location.reload();
      return;
    }
    /** @type {{ over: boolean, state: string, progress: number }} */
    const answer = await response.json();
    if (answer.over) {
      location.replace(page);
      return;
    }
    if (answer.state === "reading") bar.value = answer.progress;
    if (requests % ANNOUNCE_EVERY === 0 && answer.progress) {
      liveRegion.textContent = `${Math.round(100 * answer.progress)}%`;
    }
    requests += 1;
  } catch {
    liveRegion.textContent = "サーバーに接続できません。つながり次第、続きを表示します。";
  }
  setTimeout(poll, EVERY);
}

setTimeout(poll, EVERY);
