// The editor over the textarea. The textarea is what forms send, what works without this script and what
// is left if CodeMirror cannot be loaded; it always has the present text.

import { element, onSetting, settings } from "./common.js"

// What phones' keyboards hide or lack: the words, what screen readers say, what is done.
const KEYS = [
  ["⇥", "Indent", { command: "indent" }],
  ["⇤", "Outdent", { command: "outdent" }],
  ...["(", ")", "[", "]", ":", "=", "_", '"'].map((each) => [each, null, { insert: each }]),
  ["↶", "Undo", { command: "undo" }],
  ["↷", "Redo", { command: "redo" }],
]

/** Move the start of each selected line, as an editor does for Tab. */
function shift(source, change) {
  const { value, selectionStart: start, selectionEnd: end } = source
  const from = value.lastIndexOf("\n", start - 1) + 1
  const lines = value.slice(from, end).split("\n")
  const moved = lines.map(change)
  source.setRangeText(moved.join("\n"), from, end, "preserve")
  const first = moved[0].length - lines[0].length
  source.setSelectionRange(Math.max(from, start + first), end + moved.join("\n").length - lines.join("\n").length)
}

const INDENT = {
  indent: (source) => shift(source, (line) => `    ${line}`),
  outdent: (source) => shift(source, (line) => line.replace(/^ {1,4}|^\t/, "")),
  undo: () => document.execCommand("undo"),
  redo: () => document.execCommand("redo"),
}

export class Editor {
  onChange = () => {}
  #source
  #rich = null

  constructor(source) {
    this.#source = source
    source.addEventListener("input", () => this.onChange())
  }

  /** Show CodeMirror, unless the person prefers the plain text field. */
  async open() {
    await this.#choose()
    onSetting((name) => {
      if (name === "plain") this.#choose()
      if (name === "completion") this.#rich?.completion(settings.completion)
    })
  }

  async #choose() {
    const source = this.#source
    if (settings.plain) {
      this.#rich?.close()
      this.#rich = null
      source.hidden = false
      return
    }
    if (this.#rich) return
    const { createEditor } = await import("./codemirror.js")
    if (settings.plain || this.#rich) return
    const focused = document.activeElement === source
    const at = source.selectionStart
    this.#rich = createEditor({
      parent: source.parentElement,
      text: source.value,
      label: source.getAttribute("aria-label"),
      describedBy: source.getAttribute("aria-describedby"),
      completion: settings.completion,
      onChange: (text) => {
        source.value = text
        this.onChange()
      },
    })
    source.hidden = true
    if (focused) this.#rich.select(at)
  }

  text() {
    return this.#source.value
  }

  replace(text) {
    if (text === this.text()) return
    const { selectionStart: start, selectionEnd: end } = this.#source
    this.#source.value = text
    this.#source.setSelectionRange(start, end)
    this.#rich?.replace(text)
  }

  focus() {
    if (this.#rich) this.#rich.focus()
    else this.#source.focus()
  }

  mark(lines) {
    this.#rich?.mark(lines)
  }

  /** Put the cursor at the start of a line, counted from 1. */
  goTo(line) {
    const before = this.text().split("\n").slice(0, line - 1)
    const at = before.join("\n").length + (before.length ? 1 : 0)
    if (this.#rich) return this.#rich.select(at)
    this.#source.focus()
    return this.#source.setSelectionRange(at, at)
  }

  #press({ command, insert }) {
    if (this.#rich) return insert ? this.#rich.insert(insert) : this.#rich.command(command)
    this.#source.focus()
    if (insert) this.#source.setRangeText(insert, this.#source.selectionStart, this.#source.selectionEnd, "end")
    else INDENT[command](this.#source)
    return this.onChange()
  }

  /** Fill the row of keys, which leave the focus, and so the phone's keyboard, where they are. */
  keysIn(row) {
    for (const [face, name, action] of KEYS) {
      const button = element("button", { type: "button", click: () => this.#press(action) }, face)
      button.setAttribute("aria-label", name ?? `Type ${face}`)
      button.addEventListener("pointerdown", (event) => event.preventDefault())
      row.append(button)
    }
    const buttons = [...row.children] // one stop for Tab; arrows go on
    const reach = (index) => buttons.forEach((each, other) => (each.tabIndex = other === index ? 0 : -1))
    row.addEventListener("keydown", ({ key }) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[key]
      const next = buttons.indexOf(document.activeElement) + step
      if (!(next in buttons)) return
      reach(next)
      buttons[next].focus()
    })
    reach(0)
  }
}
