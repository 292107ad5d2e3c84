// The page of a problem: what belongs together, shortcuts, the status line and the panes.

import { signInAgain } from "./again.js"
import { Attempts } from "./attempts.js"
import { announce, tell } from "./bar.js"
import { Changes } from "./changes.js"
import { clock } from "./common.js"
import { openDevice } from "./device.js"
import { Draft } from "./drafts.js"
import { Editor } from "./editor.js"
import { Line } from "./line.js"
import { show } from "./parts.js"
import { splitter } from "./splitters.js"

const main = document.querySelector("main[data-problem]")
const form = document.getElementById("code")
const source = document.getElementById("source")
const results = document.getElementById("results")
const status = document.getElementById("status")
const base = document.querySelector("[name=kind][value=run]").formAction.replace(/\/run(\?.*)?$/, "")

async function start() {
  const line = new Line(main.dataset.scope)
  const device = await openDevice()
  const editor = new Editor(source)
  const key = `${main.dataset.scope} ${main.dataset.problem}`
  const draft = new Draft({
    editor,
    line,
    device,
    key,
    url: `${base}/draft`,
    savedAt: Date.parse(main.dataset.savedAt) || null,
    revision: Number(main.dataset.revision),
    text: source.defaultValue, // what the server rendered, not what the browser restored
    onStatus: () => showStatus(draft),
  })
  const attempts = new Attempts({ editor, line, device, key, base, results, onSend: (text) => {
    draft.goes(text)
    show("results")
  } })
  editor.onChange = () => draft.changed()

  await draft.resume()
  await editor.open().catch(() => announce("The editor could not be loaded; the plain text field works."))
  editor.keysIn(document.getElementById("keys") ?? document.createElement("div"))
  await attempts.resume()

  line.addEventListener("change", () => {
    const since = line.lostAt && clock(line.lostAt)
    tell("offline", since ? `No answer from the server since ${since}. Your text is kept on this device. Submit works and is sent later; Run is off.` : undefined)
    for (const button of document.querySelectorAll("[name=kind]:not([value=submit])")) {
      button.setAttribute("aria-disabled", String(line.lostAt !== null))
    }
    showStatus(draft)
  })
  signInAgain({ line, person: main.dataset.person, focus: () => editor.focus() })
  setInterval(() => showStatus(draft), 5000)
  showStatus(draft)
  listen(attempts, editor)
  new Changes({ main, line, base })
  main.dataset.ready = "" // tests wait for it
}

/** Run and submit by buttons and keys; F6 goes between the editor and the first failure. */
function listen(attempts, editor) {
  const own = document.getElementById("own")
  const trial = () => ["try", { arguments: form.elements.arguments.value }]
  const asked = (target) => (own?.open && own.contains(target) ? trial() : ["run"])
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const kind = event.submitter?.value ?? "run"
    attempts.start(...(kind === "try" ? trial() : [kind]))
  })
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault()
      if (!event.repeat) attempts.start(...(event.shiftKey ? ["submit"] : asked(event.target)))
    } else if (event.key === "F6" && !event.shiftKey && !event.ctrlKey && !event.altKey) {
      event.preventDefault()
      const there = firstFailure()
      if (!there || results.contains(document.activeElement)) {
        show("work")
        editor.focus()
      } else goTo(there)
    }
  })
  results.addEventListener("click", (event) => {
    const line = event.target.closest("[data-line]")?.dataset.line
    if (line === undefined) return
    event.preventDefault()
    show("work")
    editor.goTo(Number(line))
  })
}

const firstFailure = () =>
  results.querySelector(".case:not([data-verdict=accepted])") ?? results.querySelector(".summary")

function goTo(there) {
  const heading = there.querySelector("h3, .verdict") ?? there
  heading.tabIndex = -1
  show("results")
  heading.focus({ preventScroll: true })
  there.scrollIntoView({ block: "nearest" })
}

function showStatus(draft) {
  const { text } = draft
  const lines = text === "" ? 0 : text.replace(/\n$/, "").split("\n").length
  const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`
  const words = `${count(lines, "line")}, ${count(text.length, "character")}.`
  status.textContent = `${words} ${saving(draft)}`
}

function saving(draft) {
  if (draft.parted) return "Not saved: two texts."
  if (draft.refusal) return "Kept on this device, not on the server."
  if (!draft.saved) return "Saving …"
  if (draft.savedAt === null) return "Nothing to save yet."
  const seconds = Math.max(0, Math.round((Date.now() - draft.savedAt) / 1000))
  if (seconds < 5) return "Saved just now."
  return seconds < 60 ? `Saved ${seconds} s ago.` : `Saved at ${clock(draft.savedAt)}.`
}

const width = document.getElementById("splitter")
if (width) {
  splitter(width, "split", (event) => {
    const { left, width } = main.getBoundingClientRect()
    return (100 * (event.clientX - left)) / width
  })
}
const height = document.getElementById("height")
if (height) {
  splitter(height, "height", (event) => {
    const { top } = document.getElementById("editor").getBoundingClientRect()
    return (100 * (event.clientY - top)) / innerHeight
  })
}
start()
