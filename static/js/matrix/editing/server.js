// Requests to the server. Offline says that trying again later makes sense; Refused has the words.
export class Offline extends Error {}

export class Refused extends Error {
  constructor(message, status, answer = {}) {
    super(message);
    this.status = status;
    this.answer = answer;
  }
}

export class Server {
  constructor(dataset) {
    this.base = dataset.base;
    this.user = dataset.user;
    this.token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  }

  // The JSON answer. 409 is an answer too when it has results.
  async post(path, body) {
    try {
      return await this.sent(path, body);
    } catch (error) {
      if (!error.answer?.token) throw error;
      this.renew(error.answer);
      return this.sent(path, body);
    }
  }

  async sent(path, body) {
    const options = {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
    };
    const response = await this.reach(this.base + path, options);
    return this.answer(response);
  }

  // After signing in again in another tab the session has a new token.
  renew({ token, user }) {
    if (String(user) !== this.user) {
      throw new Offline("別の利用者でログインしています。元の利用者でログインし直すと、続けて保存します。");
    }
    this.token = token;
  }

  async get(path) {
    return this.answer(await this.reach(this.base + path, { headers: { Accept: "application/json" } }));
  }

  async reach(url, options) {
    let response;
    try {
      response = await fetch(url, { redirect: "manual", ...options });
    } catch {
      throw new Offline("サーバーに接続できません。");
    }
    if (response.status >= 500) {
      const said = await response.json().catch(() => ({}));
      throw new Offline(said.error ?? "サーバーが一時的に応答できません。");
    }
    if (response.type === "opaqueredirect") {
      throw new Offline("ログインの有効期限が切れました。別のタブでログインし直すと、続けて保存します。");
    }
    return response;
  }

  async answer(response) {
    let answer = {};
    try {
      answer = await response.json();
    } catch {
      if (response.status === 403) throw new Refused("編集する権限がありません。", 403);
      throw new Refused(`この操作はできません（${response.status}）。`, response.status);
    }
    if (response.ok || answer.results) return answer;
    throw new Refused(answer.error ?? `エラー（${response.status}）`, response.status, answer);
  }
}
