// The upload: drop a file on the form, and see how much of it has been sent.
const form = document.getElementById("upload");

if (form) {
  const [input, zone, wrong] = [form.querySelector("[type=file]"), form.querySelector(".drop"), document.getElementById("wrong")];
  const [sending, bar, said, stop] = ["sending", "sent", "said", "stop"].map((id) => document.getElementById(id));
  let request;

  const fail = (text) => {
    sending.hidden = true;
    wrong.textContent = text;
    wrong.hidden = false;
    input.focus();
  };

  const answered = () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      return fail(request.status === 403 ? "取り込む権限がありません。" : `取り込めませんでした（${request.status}）。`);
    }
    if (!answer.url) return fail(answer.error ?? "取り込めませんでした。");
    location.assign(answer.url);
    return undefined;
  };

  const send = () => {
    wrong.hidden = true;
    sending.hidden = false;
    bar.value = 0;
    said.textContent = "ファイルを送信しています。";
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
    });
    request.upload.addEventListener("load", () => {
      said.textContent = "送信しました。読み取っています。";
      bar.removeAttribute("value");
    });
    request.addEventListener("load", answered);
    request.addEventListener("error", () => fail("サーバーに接続できません。"));
    request.addEventListener("abort", () => fail("送信をやめました。"));
    request.send(new FormData(form));
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) send();
    else fail("ファイルを選んでください。");
  });
  stop.addEventListener("click", () => request.abort());
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.toggle("over", type === "dragover");
    });
  }
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    send();
  });
  window.addEventListener("pageshow", () => {
    sending.hidden = true;
  });
}
