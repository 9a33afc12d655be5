// Others' changes. One stream per browser: the tab that holds the lock listens to the server and
// tells the others; where there is no stream, the page asks every second and a half, and tries
// the stream again now and then: the server may have been away.
const POLL = 1_500;
const AGAIN = 30_000;
const QUIET = 45_000;

export class Live {
  constructor({ base, revision, stream }, { onAct, onReload, onState }) {
    Object.assign(this, { base, stream, onAct, onReload, onState });
    this.revision = Number(revision);
    this.own = new Set();
    this.channel = new BroadcastChannel(`raci:${base}`);
    this.channel.addEventListener("message", (event) => this.take(event.data));
    // Locks are there only where the address is trusted (https or localhost); elsewhere every tab listens.
    if (navigator.locks) navigator.locks.request(`raci:${base}`, () => this.lead());
    else this.lead();
    document.addEventListener("visibilitychange", () => document.hidden || this.catchUp());
  }

  // Never resolves, so that this tab keeps the lead until it closes.
  lead() {
    this.leads = true;
    if (this.stream) this.listen();
    else this.poll();
    return new Promise(() => {});
  }

  listen() {
    const source = new EventSource(`${this.stream}?since=${this.revision}`);
    source.addEventListener("changes", (event) => {
      this.heard = Date.now();
      this.tell(JSON.parse(event.data));
    });
    source.addEventListener("open", () => {
      this.heard = Date.now();
      this.streams = true;
    });
    source.addEventListener("beat", () => { this.heard = Date.now(); });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) this.withoutStream(source);
    });
    this.watch = setInterval(() => {
      if (Date.now() - (this.heard ?? 0) >= QUIET) this.withoutStream(source);
    }, QUIET / 3);
    this.heard = Date.now();
  }

  withoutStream(source) {
    this.streams = false;
    clearInterval(this.watch);
    source.close();
    this.poll();
    setTimeout(() => this.listen(), AGAIN * (1 + Math.random()));
  }

  async poll() {
    clearTimeout(this.timer);
    await this.catchUp();
    if (this.streams) return;
    this.timer = setTimeout(() => this.poll(), document.hidden ? 10 * POLL : POLL);
  }

  // Asks what happened since the last change that this page knows.
  async catchUp() {
    try {
      const response = await fetch(`${this.base}changes/?since=${this.revision}`, { redirect: "manual" });
      if (response.ok) this.tell(await response.json());
    } catch {
      // offline; saving says so where it matters
    }
  }

  tell(news) {
    this.channel.postMessage(news);
    this.take(news);
  }

  take(news) {
    if (news.reload) {
      this.revision = Math.max(this.revision, news.revision);
      this.onReload();
      return;
    }
    for (const act of news.changes) {
      if (act.number <= this.revision) continue;
      if (act.number > this.revision + 1 && !this.asked) {
        this.asked = true;
        this.catchUp().finally(() => { this.asked = false; });
        return;
      }
      this.revision = act.number;
      this.onAct(act, this.own.delete(act.number));
      document.dispatchEvent(new Event("raci:changed"));
    }
  }
}
