// Checked access to the page: an element has the type that the script relies on, or is not there.

/**
 * The element that the page's template promises.
 *
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @param {ParentNode} [root]
 * @returns {T}
 */
export function required(selector, type, root = document) {
  const element = optional(selector, type, root);
  if (!element) throw new Error(`The page has no ${type.name} at ${selector}.`);
  return element;
}

/**
 * An element that only some pages have.
 *
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @param {ParentNode} [root]
 * @returns {T | null}
 */
export function optional(selector, type, root = document) {
  const element = root.querySelector(selector);
  return element instanceof type ? element : null;
}

/**
 * The nearest element from an event's target upwards that fits.
 *
 * @template {Element} T
 * @param {EventTarget | null} target
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T | null}
 */
export function closest(target, selector, type) {
  const element = target instanceof Element ? target.closest(selector) : null;
  return element instanceof type ? element : null;
}

/**
 * Whether an input method has the key. Some browsers say so only by the key code.
 *
 * @param {KeyboardEvent} event
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}

/**
 * A new element with its properties and children.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
