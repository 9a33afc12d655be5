// Others' changes. One stream per browser: the tab that holds the lock listens to the server and
// passes the changes to the others; where there is no stream, the page asks every second and a
// half, and tries the stream again now and then: the server may have been away.
import { unseenChanges } from "./changes.js";

/** @import { ChangeSet, News } from "./changes.js" */

const POLL = 1_500;
const AGAIN = 30_000;
const QUIET = 45_000;

export class Live {
  /** Revisions that this page itself made. @type {Set<number>} */
  own = new Set();
  /** When the stream last gave a sign. */
  lastSign = 0;
  streams = false;
  isCatchingUp = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  watchdog;

  /**
   * @param {{
   *   base: string,
   *   stream: string,
   *   revision: number,
   *   onChange: (change: ChangeSet, own: boolean) => void,
   *   onReload: () => void,
   * }} options
   */
  constructor({ base, stream, revision, onChange, onReload }) {
    this.base = base;
    this.stream = stream;
    this.revision = revision;
    this.onChange = onChange;
    this.onReload = onReload;
    this.channel = new BroadcastChannel(`raci:${base}`);
    this.channel.addEventListener("message", (event) => this.take(event.data));
  }

  start() {
    // Locks are there only where the address is trusted (https or localhost); elsewhere every tab listens.
    if (navigator.locks) navigator.locks.request(`raci:${this.base}`, () => this.lead());
    else this.lead();
    document.addEventListener("visibilitychange", () => document.hidden || this.catchUp());
  }

  /**
   * Never resolves, so that this tab keeps the lead until it closes.
   *
   * @returns {Promise<never>}
   */
  lead() {
    if (this.stream) this.listen();
    else this.poll();
    return new Promise(() => {});
  }

  listen() {
    const source = new EventSource(`${this.stream}?since=${this.revision}`, {
      withCredentials: true,
    });
    source.addEventListener("changes", (event) => {
      this.lastSign = Date.now();
      this.publish(JSON.parse(event.data));
    });
    source.addEventListener("open", () => {
      this.lastSign = Date.now();
      this.streams = true;
    });
    source.addEventListener("beat", () => {
      this.lastSign = Date.now();
    });
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) this.withoutStream(source);
    });
    this.watchdog = setInterval(() => {
      if (Date.now() - this.lastSign >= QUIET) this.withoutStream(source);
    }, QUIET / 3);
    this.lastSign = Date.now();
  }

  /** @param {EventSource} source */
  withoutStream(source) {
    this.streams = false;
    clearInterval(this.watchdog);
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

  /** Asks what happened since the last change that this page knows. */
  async catchUp() {
    try {
      const url = `${this.base}changes/?since=${this.revision}`;
      const response = await fetch(url, { redirect: "manual" });
      if (response.ok) this.publish(await response.json());
    } catch {
      // offline; saving says so where it matters
    }
  }

  /**
   * Marks a revision as made by this page, which shows it already.
   *
   * @param {number} revision
   */
  addOwn(revision) {
    this.own.add(revision);
  }

  /**
   * The table is as of a revision: what came since, also of one's own, comes again.
   *
   * @param {number} revision
   */
  restart(revision) {
    const behind = this.revision > revision;
    this.revision = revision;
    this.own.clear();
    if (behind) this.catchUp();
  }

  /**
   * Here and in the browser's other tabs of the project.
   *
   * @param {News} news
   */
  publish(news) {
    this.channel.postMessage(news);
    this.take(news);
  }

  /** @param {News} news */
  take(news) {
    if (news.reload) {
      this.revision = Math.max(this.revision, news.revision);
      this.onReload();
      return;
    }
    const { changes, gap } = unseenChanges(news.changes, this.revision, this.isCatchingUp);
    for (const change of changes) {
      this.revision = change.number;
      this.onChange(change, this.own.delete(change.number));
      document.dispatchEvent(new Event("raci:changed"));
    }
    if (gap) this.fillGap();
  }

  async fillGap() {
    this.isCatchingUp = true;
    await this.catchUp();
    this.isCatchingUp = false;
  }
}
