// 変更理由: a project may require one; then nothing is changed without it.
export class Reason {
  /**
   * @param {HTMLInputElement} field
   * @param {(text: string) => void} notify
   */
  constructor(field, notify) {
    this.field = field;
    this.notify = notify;
  }

  get text() {
    return this.field.value.trim();
  }

  /** Whether changes may be made; goes to the field when they may not. */
  isGiven() {
    if (!this.field.required || this.text) return true;
    this.notify("この案件では変更理由の入力が必要です。");
    this.field.focus();
    return false;
  }

  /** @param {() => unknown} action */
  guard(action) {
    if (this.isGiven()) action();
  }
}
