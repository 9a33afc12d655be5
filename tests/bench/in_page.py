"""What is measured inside a page: scripts for Chromium, without eval, which our CSP forbids."""

from __future__ import annotations

# Tries keys until the page takes them, as somebody does who cannot wait; says in the console
# how long after the navigation began the cell was painted.
FIRST_CELL = """
({ active, keys, rows, row, cell, symbol }) => {
  const codes = { ArrowDown: 40, ArrowRight: 39 };
  const press = (key) => document.querySelector(active)?.dispatchEvent(new KeyboardEvent("keydown",
    { key, keyCode: codes[key] ?? 49, which: codes[key] ?? 49, bubbles: true, cancelable: true }));
  const isSet = () => document.querySelectorAll(rows)[row]?.children[cell]?.textContent === symbol;
  const paint = () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => console.info(`first cell ${performance.now()}`);
    channel.port2.postMessage(0);
  });
  const attempt = () => {
    const start = document.querySelector(active);
    if (start) {
      start.focus({ preventScroll: true });
      for (const key of keys) press(key);
    }
    isSet() ? paint() : setTimeout(attempt, 4);
  };
  attempt();
}
"""

# Milliseconds from a key press to the end of the frame that shows it, without the wait for the
# frame to begin: the event's time → all its handlers ran, and the frame's begin → its end.
KEYS = """
() => {
  window.benchKeys = [];
  const later = (callback) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = callback;
    channel.port2.postMessage(0);
  };
  addEventListener("keydown", (event) => {
    const pressed = event.timeStamp;
    let handled = 0;
    later(() => { handled = performance.now(); });
    requestAnimationFrame(() => {
      const begun = performance.now();
      later(() => {
        const wait = Math.max(0, begun - (handled || begun));
        window.benchKeys.push(performance.now() - pressed - wait);
      });
    });
  }, true);
}
"""
KEY_TIMES = "() => window.benchKeys"

# Milliseconds between frames while the table is scrolled a good way in every frame.
SCROLL = """
({ frames, step }) => new Promise((resolve) => {
  const scroller = document.getElementById("scroll");
  const times = [];
  let last = 0;
  const frame = (now) => {
    if (last) times.push(now - last);
    last = now;
    if (times.length === frames) return resolve(times);
    scroller.scrollTop += step;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})
"""
