// The upload: drop a file on the form, and see how much of it has been sent.
import { optional, required } from "../dom.js";

class Upload {
  /** @type {XMLHttpRequest | null} */
  request = null;

  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.input = required("[type=file]", HTMLInputElement, form);
    this.zone = required(".drop", HTMLElement, form);
    this.error = required("#wrong", HTMLElement);
    this.sending = required("#sending", HTMLElement);
    this.bar = required("#sent", HTMLProgressElement);
    this.liveRegion = required("#said", HTMLElement);
    form.addEventListener("submit", (event) => this.onSubmit(event));
    const stop = required("#stop", HTMLButtonElement);
    stop.addEventListener("click", () => this.request?.abort());
    document.addEventListener("dragover", (event) => this.onDrag(event));
    document.addEventListener("dragleave", (event) => this.onDrag(event));
    document.addEventListener("drop", (event) => this.onDrop(event));
    window.addEventListener("pageshow", () => {
      this.sending.hidden = true;
    });
  }

  /** @param {SubmitEvent} event */
  onSubmit(event) {
    event.preventDefault();
    if (this.input.files?.length) this.send();
    else this.fail("ファイルを選んでください。");
  }

  /** @param {DragEvent} event */
  onDrag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.zone.classList.toggle("over", event.type === "dragover");
  }

  /** @param {DragEvent} event */
  onDrop(event) {
    this.onDrag(event);
    if (!event.dataTransfer?.files.length) return;
    this.input.files = event.dataTransfer.files;
    this.send();
  }

  send() {
    this.error.hidden = true;
    this.sending.hidden = false;
    this.bar.value = 0;
    this.liveRegion.textContent = "ファイルを送信しています。";
    const request = new XMLHttpRequest();
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) this.bar.value = (100 * event.loaded) / event.total;
    });
    request.upload.addEventListener("load", () => {
      this.liveRegion.textContent = "送信しました。読み取っています。";
      this.bar.removeAttribute("value");
    });
    request.addEventListener("load", () => this.onAnswer(request));
    request.addEventListener("error", () => this.fail("サーバーに接続できません。"));
    request.addEventListener("abort", () => this.fail("送信をやめました。"));
    request.send(new FormData(this.form));
    this.request = request;
  }

  /** @param {XMLHttpRequest} request */
  onAnswer({ status, responseText }) {
    const answer = read(responseText);
    if (answer?.url) location.assign(answer.url);
    else if (answer) this.fail(answer.error ?? "取り込めませんでした。");
    else if (status === 403) this.fail("取り込む権限がありません。");
    else this.fail(`取り込めませんでした（${status}）。`);
  }

  /** @param {string} text */
  fail(text) {
    this.sending.hidden = true;
    this.error.textContent = text;
    this.error.hidden = false;
    this.input.focus();
  }
}

/**
 * The server's answer, null when it is not one of the application.
 *
 * @param {string} text
 * @returns {{ url?: string, error?: string } | null}
 */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const form = optional("#upload", HTMLFormElement);
if (form) new Upload(form);
