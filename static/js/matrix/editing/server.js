// Requests to the server. OfflineError means that trying again later makes sense; RefusedError has
// the words why not.
import { optional } from "../../dom.js";

/**
 * @import { Act, Result } from "./edit_queue.js"
 *
 * @typedef {"above" | "below" | "child"} Where in relation to another row
 * @typedef {"up" | "down" | "indent" | "outdent"} Way
 *
 * An edit of rows.
 *
 * @typedef {{ act: "insert", anchor: string, where: Where, name: string }
 *   | { act: "text", item: string, field: "name" | "description", before: string, after: string }
 *   | { act: "delete", items: string[] }
 *   | { act: "step", items: string[], way: Way }
 *   | { act: "move", items: string[], anchor: string, where: Where }} RowEdit
 *
 * What the server answers; which of the fields are there depends on the request.
 *
 * @typedef {object} Answer
 * @property {string} [error]
 * @property {string} [token] a new token, with the user whose it is
 * @property {number} [user]
 * @property {string} [now] the text that stands where one was to be replaced
 * @property {string[]} [stopped] why an act cannot be undone
 * @property {Result[]} [results] one for each operation
 *
 * @typedef {{ revision: number, changed: boolean, results: Result[] }} CellsAnswer
 * @typedef {{ revision: number, uid: string }} RowAnswer
 */

export class OfflineError extends Error {}

export class RefusedError extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {Answer} [answer]
   */
  constructor(message, status, answer = {}) {
    super(message);
    this.status = status;
    this.answer = answer;
  }
}

export class Server {
  /**
   * @param {{ base: string, user: string }} project
   */
  constructor({ base, user }) {
    this.base = base;
    this.user = user;
    this.token = optional("[name=csrfmiddlewaretoken]", HTMLInputElement)?.value ?? "";
  }

  /**
   * The answer has results also when some of the operations conflict.
   *
   * @param {Act} act
   * @param {number} base the revision that the page shows
   * @returns {Promise<CellsAnswer>}
   */
  saveCells(act, base) {
    return this.post("cells/", { ...act, base });
  }

  /**
   * @param {RowEdit} edit
   * @param {string} reason
   * @returns {Promise<RowAnswer>}
   */
  editRows(edit, reason) {
    return this.post("outline/", { reason, ...edit });
  }

  /** @param {"undo" | "redo"} way */
  async undo(way) {
    await this.post("undo/", { way });
  }

  /**
   * @template T
   * @param {string} path
   * @param {object} body
   * @returns {Promise<T>}
   */
  async post(path, body) {
    try {
      return await this.send(path, body);
    } catch (error) {
      if (!(error instanceof RefusedError && error.answer.token)) throw error;
      this.renew(error.answer.token, error.answer.user);
      return this.send(path, body);
    }
  }

  /**
   * @template T
   * @param {string} path
   * @param {object} body
   * @returns {Promise<T>}
   */
  async send(path, body) {
    const response = await this.reach(this.base + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
      redirect: "manual",
    });
    return this.read(response);
  }

  /**
   * After signing in again in another tab the session has a new token.
   *
   * @param {string} token
   * @param {number} [user]
   */
  renew(token, user) {
    if (String(user) !== this.user) {
      throw new OfflineError(
        "別の利用者でログインしています。元の利用者でログインし直すと、続けて保存します。",
      );
    }
    this.token = token;
  }

  /**
   * @param {string} url
   * @param {RequestInit} options
   */
  async reach(url, options) {
    const response = await fetch(url, options).catch(() => {
      throw new OfflineError("サーバーに接続できません。");
    });
    if (response.status >= 500) {
      /** @type {Answer} */
      const answer = await response.json().catch(() => ({}));
      throw new OfflineError(answer.error ?? "サーバーが一時的に応答できません。");
    }
    if (response.type === "opaqueredirect") {
      throw new OfflineError(
        "ログインの有効期限が切れました。別のタブでログインし直すと、続けて保存します。",
      );
    }
    return response;
  }

  /** @param {Response} response */
  async read(response) {
    const { status, ok } = response;
    const answer = await response.json().catch(() => {
      if (status === 403) throw new RefusedError("編集する権限がありません。", status);
      throw new RefusedError(`この操作はできません（${status}）。`, status);
    });
    if (ok || answer.results) return answer;
    throw new RefusedError(answer.error ?? `エラー（${status}）`, status, answer);
  }
}
