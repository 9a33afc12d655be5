// The marks of the project's 凡例: what a key or a pasted text means.
const CIRCLES = "○〇◯⚪⭕";

export class Marks {
  /**
   * @param {{ legend?: string, labels?: string, leads?: string }} dataset of the table: symbols
   *   with blanks between, strongest first; their labels with tabs between; those that lead
   */
  constructor({ legend = "", labels = "", leads = "" }) {
    const names = labels.split("\t");
    this.legend = legend.split(" ").filter(Boolean);
    this.leads = new Set(leads.split(" ").filter(Boolean));
    this.labels = new Map(this.legend.map((symbol, index) => [symbol, names[index] ?? ""]));
    this.known = new Map(this.legend.map((symbol) => [fold(symbol), symbol]));
  }

  /**
   * "" for blank, a symbol of the legend, null for anything else.
   *
   * @param {string} text
   */
  read(text) {
    const key = fold(text);
    return key === "" ? "" : (this.known.get(key) ?? null);
  }

  /**
   * The n-th mark counted from the weakest, from 1.
   *
   * @param {number} n
   */
  nth(n) {
    return this.legend.at(-n) ?? null;
  }

  /**
   * blank → weakest → … → strongest → blank
   *
   * @param {string} symbol
   */
  next(symbol) {
    const order = ["", ...this.legend.toReversed()];
    return order[(order.indexOf(symbol) + 1) % order.length];
  }

  /**
   * 「主たる作業者」 for screen readers and messages.
   *
   * @param {string} symbol
   */
  label(symbol) {
    return symbol ? this.labels.get(symbol) || symbol : "空白";
  }
}

/**
 * Variants of one sign are one sign: NFKC for letters, an explicit list for circles.
 *
 * @param {string} text
 */
function fold(text) {
  const plain = text.normalize("NFKC").replace(/\s|[\u200b-\u200d]|\u2060|\ufe0e|\ufe0f/g, "");
  return [...plain].map((char) => (CIRCLES.includes(char) ? "○" : char)).join("");
}
