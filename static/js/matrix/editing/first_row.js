// The first row of an empty table.
import { make } from "../../dom.js";
import { inform, messageOf } from "./dialog.js";

/** @import { Server } from "./server.js" */

/**
 * @param {HTMLFormElement} form
 * @param {Server} server
 */
export function listen(form, server) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const name = String(data.get("name") ?? "");
    try {
      const reason = String(data.get("reason") ?? "");
      await server.editRows({ act: "insert", where: "below", anchor: "", name }, reason);
      location.reload();
    } catch (error) {
      await inform("追加できませんでした", [make("p", { textContent: messageOf(error) })]);
    }
  });
}
