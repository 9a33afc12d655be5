// A modal question: a title, content, and buttons. Resolves to the value of the button, "" for Esc.
export function ask(title, content, buttons) {
  const dialog = make("dialog", { className: "ask" });
  const head = make("h2", { textContent: title, id: `ask-${Date.now()}` });
  const form = make("form", { method: "dialog" });
  const row = make("div", { className: "acts" });
  for (const [value, text, kind = "plain"] of buttons) {
    row.append(make("button", { className: `btn ${kind}`, value, textContent: text, type: "submit", formNoValidate: !value }));
  }
  form.append(...[content].flat(), row);
  dialog.append(head, form);
  dialog.setAttribute("aria-labelledby", head.id);
  document.body.append(dialog);
  const before = document.activeElement;
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus({ preventScroll: true });
      resolve(dialog.returnValue);
    });
    dialog.showModal();
    (dialog.querySelector("[autofocus]") ?? row.firstElementChild).focus();
  });
}

// What can wait until the mark itself is on the screen; a hidden tab paints nothing and waits shortly.
export function afterPaint(work) {
  let open = true;
  const run = () => {
    if (open) work();
    open = false;
  };
  requestAnimationFrame(() => setTimeout(run));
  setTimeout(run, 100);
}

export function make(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

// A table of texts with a header row.
export function tableOf(headers, rows) {
  const body = make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((text) => make("td", {}, text)))));
  const head = make("thead", {}, make("tr", {}, ...headers.map((text) => make("th", { scope: "col", textContent: text }))));
  const box = make("div", { className: "table-scroll", tabIndex: 0, role: "region", ariaLabel: headers.join("、") });
  box.append(make("table", { className: "list" }, head, body));
  return box;
}
