// The marks of the project's 凡例: what a key or a pasted text means.
const CIRCLES = "○〇◯⚪⭕";

export class Marks {
  constructor(table) {
    this.legend = (table.dataset.legend || "").split(" ").filter(Boolean);
    const labels = (table.dataset.labels || "").split("\t");
    this.labels = new Map(this.legend.map((symbol, index) => [symbol, labels[index] || ""]));
    this.leads = new Set((table.dataset.leads || "").split(" ").filter(Boolean));
    this.known = new Map(this.legend.map((symbol) => [fold(symbol), symbol]));
  }

  // "" for blank, a symbol of the legend, null for anything else.
  read(text) {
    const key = fold(text);
    if (key === "") return "";
    return this.known.get(key) ?? null;
  }

  // The n-th mark counted from the weakest, from 1.
  nth(n) {
    return this.legend.at(-n) ?? null;
  }

  // blank → weakest → … → strongest → blank
  next(symbol) {
    const order = ["", ...this.legend.toReversed()];
    return order[(order.indexOf(symbol) + 1) % order.length];
  }

  // 「主たる作業者」 for screen readers and messages.
  say(symbol) {
    return symbol ? this.labels.get(symbol) || symbol : "空白";
  }
}

// Variants of one sign are one sign: NFKC for letters, an explicit list for circles.
function fold(text) {
  const plain = text.normalize("NFKC").replace(/[\s\u200b\u200c\u200d\u2060\ufe0e\ufe0f]/g, "");
  return [...plain].map((char) => (CIRCLES.includes(char) ? "○" : char)).join("");
}
