// The bar above the editor: one message at a time, the most urgent, and the live region.

import { element } from "./common.js"

const URGENT_FIRST = ["conflict", "signed-out", "refused", "offline", "changed", "elsewhere"]
const bar = document.getElementById("bar")
const live = document.getElementById("live")
const messages = new Map()

/** Have screen readers say this, politely, once. */
export function announce(text) {
  if (live) live.textContent = text
}

/** Show a message about a topic, with buttons `[[words, action], ...]`; without words, remove it. */
export function tell(topic, words, buttons = [], more = []) {
  if (!bar) return
  const old = messages.get(topic)
  if (old?.words === words && !more.length) return
  if (words === undefined) messages.delete(topic)
  else {
    const made = buttons.map(([name, action]) => element("button", { type: "button", click: action }, name))
    const choice = made.length ? [element("div", { class: "choice" }, ...made)] : []
    messages.set(topic, { words, nodes: [element("p", {}, words), ...choice, ...more] })
  }
  const shown = URGENT_FIRST.find((each) => messages.has(each))
  bar.hidden = shown === undefined
  bar.dataset.topic = shown ?? ""
  bar.replaceChildren(...(shown ? messages.get(shown).nodes : []))
  if (words !== undefined && shown === topic && topic !== "elsewhere") announce(words)
}
