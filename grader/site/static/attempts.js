// Run, Submit and the person's own arguments: one POST each, whose reply brings the results line by line.
//
// An attempt has its id from here and is kept on the device until its last line has come. The same id
// is the same attempt to the server, so that sending it again, after a reload or without the line, costs
// nothing and loses nothing. A page that lost the stream asks for the attempt until it is judged.

import { announce, tell } from "./bar.js"
import { clock, element } from "./common.js"
import { Lost, Refused } from "./line.js"

const STARTED = { run: "Running.", submit: "Submitting.", try: "Trying your arguments." }
const LAST = ["done", "failed"]

const newId = () =>
  crypto.randomUUID?.() ??
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, "0")).join("")

/** Yield the objects of a stream of lines; blank lines keep the connection open and say nothing. */
async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ""
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      throw new Lost(error.message)
    })
    if (done) return
    const parts = (rest + value).split("\n")
    rest = parts.pop()
    for (const part of parts) if (part.trim()) yield JSON.parse(part)
  }
}

export class Attempts {
  #shown = null // the attempt that the results belong to
  #going = new Map() // id: {attempt, abort}
  #context

  constructor(context) {
    this.#context = context // {editor, line, device, key, base, results, onSend}
  }

  get submits() {
    return [...this.#going.values()].filter(({ attempt }) => attempt.kind === "submit")
  }

  /** Start an attempt: `kind` is run, submit or try; `fields` go to the server with the text. */
  start(kind, fields = {}) {
    const { line, editor, key } = this.#context
    const source = editor.text().toWellFormed()
    if (kind === "submit" && this.submits.some(({ attempt }) => attempt.fields.source === source)) {
      return announce("This text is submitted already; its result is on the way.")
    }
    if (kind !== "submit" && line.lostAt !== null) {
      line.wake()
      return announce("The server does not answer. Run needs the server; a submission is kept and sent later.")
    }
    for (const { attempt, abort } of this.#going.values()) {
      if (attempt.kind !== "submit") abort.abort() // a newer run replaces the older one
    }
    const id = newId()
    const sent = { ...fields, source, id, kind, client_at: new Date().toISOString() }
    const attempt = { id, key, kind, fields: sent, received: false, at: Date.now() }
    this.#context.onSend(source)
    this.#show(attempt, STARTED[kind])
    announce(STARTED[kind])
    return this.#go(attempt)
  }

  /** Go on with what an earlier page has left: a submit always, a run only if the server has it. */
  async resume() {
    const { device, key } = this.#context
    const kept = (await device.all("outbox")).filter((each) => each.key === key)
    for (const attempt of kept.sort((a, b) => a.at - b.at)) {
      if (attempt.kind !== "submit" && !attempt.received) {
        await device.delete("outbox", attempt.id)
        continue
      }
      attempt.resumed = true
      this.#show(attempt, "Waiting for the result.")
      this.#go(attempt)
    }
  }

  async #go(attempt) {
    const { device, line } = this.#context
    const abort = new AbortController()
    this.#going.set(attempt.id, { attempt, abort }) // at once: a double click is one attempt
    try {
      await device.put("outbox", attempt.id, attempt).catch(() => {})
      for (let count = 0; ; count++) {
        try {
          if (await this.#once(attempt, abort.signal)) break
          count = Math.min(count, 3) // it was received, so that its result is near
        } catch (error) {
          if (abort.signal.aborted) break
          if (error instanceof Refused && !this.#mayWait(attempt, error)) break
          if (!(error instanceof Refused || error instanceof Lost)) throw error
          if (attempt.kind !== "submit" && !attempt.received) {
            this.#say(attempt, error instanceof Refused ? error.message : "There is no answer from the server.")
            break
          }
          this.#postponed(attempt, error)
          await line.wait(count, error.wait_s)
          continue
        }
        await line.wait(count)
      }
      await device.delete("outbox", attempt.id).catch(() => {}) // not if a script failed: a reload goes on
    } finally {
      this.#going.delete(attempt.id)
    }
  }

  /** Send or ask once; return whether the last line has come. */
  async #once(attempt, signal) {
    const { line, base } = this.#context
    const headers = { Accept: "application/x-ndjson" }
    const reply = attempt.received
      ? await line.fetch(new URL(`../a/${attempt.id}`, base), { headers, signal }, [404])
      : await line.fetch(`${base}/${attempt.kind}`, {
          method: "POST",
          headers,
          signal,
          body: new URLSearchParams(attempt.fields),
        })
    if (reply.status === 404) {
      attempt.received = false // sent again, under the same id
      return false
    }
    attempt.marks = new Map()
    for await (const event of lines(reply.body)) {
      if (event.stopping) return false // the server ends; another one goes on
      this.#take(attempt, event)
      if (LAST.includes(event.type)) return true
    }
    return false
  }

  /** Whether a refusal is one that passes: a submit is delayed then. Says it if not. */
  #mayWait(attempt, { status, message }) {
    if (attempt.kind === "submit" && (status >= 500 || [401, 408, 429].includes(status))) return true
    this.#say(attempt, message)
    return false
  }

  #postponed(attempt, error) {
    const { line } = this.#context
    if (attempt.received) return this.#progress(attempt, "The connection was lost; asking for the result again.")
    const reason = error instanceof Refused ? error.message : `No answer from the server since ${clock(line.lostAt)}.`
    return this.#say(attempt, `${reason} Your submission of ${clock(attempt.at)} is kept on this device and sent as soon as possible.`)
  }

  #take(attempt, event) {
    const { device, editor, results } = this.#context
    if (event.type === "receipt") {
      attempt.received = true
      device.put("outbox", attempt.id, attempt).catch(() => {})
      this.#show(attempt, `Received at ${clock(event.received_at)}.`)
      return
    }
    for (const mark of event.lines ?? []) attempt.marks.set(`${mark.line} ${mark.message}`, mark)
    if (this.#shown !== attempt.id) {
      if (event.type === "done") announce(event.spoken)
      return
    }
    if (event.type === "waiting") {
      const words = `Place ${event.place} in the queue, about ${Math.ceil(event.seconds)} s.`
      this.#progress(attempt, event.place ? words : "It is your turn.")
    } else if (event.type === "case") {
      const name = String(event.name)
      const box = element("div", { class: "case", "data-name": name, "data-verdict": event.verdict })
      box.append(fragment(event.html))
      const before = [...results.children].find((each) => each.dataset.name === name)
      if (before) before.replaceWith(box)
      else results.append(box)
    } else if (event.type === "failed") this.#say(attempt, event.message)
    else if (event.type === "done") {
      const summary = element("div", { class: "summary", "data-verdict": event.verdict })
      summary.append(fragment(event.html))
      results.querySelector(".progress")?.remove()
      results.prepend(summary)
      results.removeAttribute("aria-busy")
      if (editor.text() === attempt.fields.source) editor.mark([...attempt.marks.values()])
      this.#reveal(attempt)
      announce(event.spoken)
    }
  }

  /** Scroll, but do not move the focus, so that the person sees that something has happened. */
  #reveal(attempt) {
    if (attempt.resumed) return
    const { results } = this.#context
    const first = results.querySelector(".outcome") ?? results.firstElementChild
    first?.scrollIntoView({ block: "nearest" })
  }

  #show(attempt, words) {
    const { results, editor } = this.#context
    this.#shown = attempt.id
    results.replaceChildren(element("p", { class: "progress" }, words))
    results.setAttribute("aria-busy", "true")
    results.dataset.attempt = attempt.id
    editor.mark([])
    this.#reveal(attempt)
  }

  #progress(attempt, words) {
    const line = this.#context.results.querySelector(".progress")
    if (line && this.#shown === attempt.id) line.textContent = words
  }

  /** Say in words that there is no result, or not yet. */
  #say(attempt, words) {
    const { results } = this.#context
    if (this.#shown !== attempt.id) return
    if (results.querySelector(".progress")?.textContent === words) return
    results.replaceChildren(element("p", { class: "progress" }, words))
    results.removeAttribute("aria-busy")
    announce(words)
  }
}

/** The server's fragment, which it has escaped; scripts in it would not run. */
function fragment(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  return template.content
}
