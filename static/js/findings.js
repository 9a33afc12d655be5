// Marks the rows of the matrix that have open findings; each mark leads to them.
const WAIT = 1_500;

export class Findings {
  constructor(table, base) {
    Object.assign(this, { table, base });
    this.load();
    document.addEventListener("raci:changed", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), WAIT);
    });
  }

  async load() {
    try {
      const response = await fetch(`${this.base}checks/rows/`, { redirect: "manual" });
      if (response.ok) this.draw((await response.json()).rows);
    } catch {
      // offline; the marks stay as they were
    }
  }

  draw(rows) {
    for (const mark of this.table.querySelectorAll("a.fd")) mark.remove();
    for (const [uid, codes] of Object.entries(rows)) {
      const name = this.table.querySelector(`tr[id="${uid}"] > .nm`);
      name?.lastChild.before(this.mark(uid, codes));
    }
  }

  mark(uid, codes) {
    const mark = document.createElement("a");
    mark.className = "fd";
    mark.tabIndex = -1;
    mark.href = `${this.base}checks/?row=${uid}`;
    mark.title = `要確認 ${codes.join("、")}`;
    mark.ariaLabel = mark.title;
    return mark;
  }
}
