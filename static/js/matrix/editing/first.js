// The first row of an empty table.
import { ask, make } from "./dialog.js";
import { Server } from "./server.js";

export function listen(form, dataset) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { name, reason } = Object.fromEntries(new FormData(form));
    try {
      await new Server(dataset).post("outline/", { act: "insert", where: "below", anchor: "", name, reason });
      location.reload();
    } catch (error) {
      await ask("追加できませんでした", [make("p", { textContent: error.message })], [["", "閉じる", "fill"]]);
    }
  });
}
