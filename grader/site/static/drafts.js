// The draft: on this device at each change, on the server within 2 s, the same in all windows.
//
// `server` is what the server is known to have, by revision and text. `sent` are texts that may have
// arrived there though no reply did: a server that answers with one of them has no other person's text.
// The copy on the device goes only when the server has named the digest of the present text.

import { tell } from "./bar.js"
import { clock, element } from "./common.js"
import { sha256 } from "./digest.js"
import { Lost, Refused } from "./line.js"
import { isLeaving } from "./session.js"

const QUIET_MS = 600 // saved when nothing was typed for so long ...
const MAX_UNSAVED_MS = 1500 // ... and at the latest then
const MAX_KEEPALIVE = 60_000 // bytes that browsers send for a page that is closed

/** The text as it is sent: without halves of characters, lines ended by LF. */
const plain = (text) => text.replace(/\r\n?/g, "\n").toWellFormed()

export class Draft {
  #editor
  #line
  #device
  #key
  #url
  #server
  #sent = []
  #kept = null // settles when the device has the text
  #timer = null
  #unsavedSince = null
  #pushing = false
  #conflict = null
  #channel
  #onStatus

  constructor({ editor, line, device, key, url, revision, text, savedAt, onStatus }) {
    Object.assign(this, { savedAt, refusal: null })
    this.#editor = editor
    this.#line = line
    this.#device = device
    this.#key = key
    this.#url = url
    this.#server = { revision, text: plain(text) }
    this.#onStatus = onStatus
    this.#channel = new BroadcastChannel(`grader ${key}`)
    this.#channel.onmessage = ({ data }) => this.#hear(data)
    this.#channel.postMessage({ kind: "hello" })
    addEventListener("pagehide", () => this.#leave())
    addEventListener("pageshow", ({ persisted }) => persisted && this.#ask())
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#push() : this.#ask()))
  }

  get text() {
    return plain(this.#editor.text())
  }

  get saved() {
    return this.text === this.#server.text
  }

  /** Take up what an earlier page has left on this device. */
  async resume() {
    const kept = await this.#device.get("drafts", this.#key)
    if (!kept || kept.text === this.text) {
      if (!this.saved) this.changed() // the person has typed already
      else if (kept) await this.#device.delete("drafts", this.#key)
      return
    }
    if (!this.saved) return this.#disagree({ revision: this.#server.revision, text: kept.text })
    this.#sent = kept.sent
    const isOwn = kept.revision === this.#server.revision || kept.sent.includes(this.#server.text)
    this.#editor.replace(kept.text)
    if (isOwn) this.#schedule()
    else this.#disagree(this.#server)
  }

  /** The person has changed the text. */
  changed() {
    this.#keep()
    this.#channel.postMessage({ kind: "text", text: this.text })
    this.#schedule()
  }

  /** The text goes to the server by another way, with an attempt, and may become its draft. */
  goes(text) {
    this.#sent = [...new Set([...this.#sent, plain(text)])].slice(-20)
    if (!this.saved) this.#keep()
  }

  #keep() {
    if (isLeaving) return
    const { text } = this
    const revision = this.#conflict ? null : this.#server.revision // null: still to be decided
    const record = { key: this.#key, text, revision, sent: this.#sent, at: Date.now() }
    this.#kept = this.#device.put("drafts", this.#key, record).catch((error) =>
      tell("refused", `This device does not keep your text (${error?.message ?? "no storage"}).`),
    )
  }

  #schedule(quiet_ms = QUIET_MS) {
    this.#unsavedSince ??= Date.now()
    clearTimeout(this.#timer)
    const latest = this.#unsavedSince + MAX_UNSAVED_MS - Date.now()
    this.#timer = setTimeout(() => this.#push(), Math.max(0, Math.min(quiet_ms, latest)))
    this.#onStatus()
  }

  async #push() {
    if (this.#pushing) return
    this.#pushing = true
    for (let count = 0; !this.#conflict && !this.saved; count++) {
      try {
        await this.#put(this.text)
        count = -1
      } catch (error) {
        if (!(error instanceof Refused || error instanceof Lost)) console.error(error)
        this.refusal = error instanceof Refused ? error.message : null
        tell("refused", this.refusal ?? undefined)
        this.#onStatus()
        await this.#line.wait(count, error.wait_s)
      }
    }
    this.#pushing = false
    this.#unsavedSince = null
    this.#onStatus()
  }

  async #put(text, asking = false) {
    if (!asking) {
      this.goes(text)
      await this.#kept
    }
    const digest = await sha256(text)
    const headers = { "If-Match": `"${this.#server.revision}"`, "Content-Type": "text/plain; charset=utf-8" }
    if (digest) headers["X-Digest"] = digest
    const reply = await this.#line.fetch(this.#url, { method: "PUT", headers, body: text }, [409])
    const { revision, digest: named, saved_at: savedAt, source } = await reply.json().catch((error) => {
      throw new Lost(error.message) // it broke off
    })
    this.refusal = null
    tell("refused")
    if (reply.status === 409) return this.#parted({ revision, text: plain(source), savedAt })
    if (digest && named !== digest) throw new Refused(0, "The server has saved another text; sent again.")
    this.#has({ revision, text }, savedAt)
    this.#channel.postMessage({ kind: "saved", revision, text, savedAt })
  }

  /** The server has this text. */
  #has(server, savedAt) {
    this.#server = server
    this.savedAt = savedAt ? Date.parse(savedAt) : this.savedAt
    if (this.saved) {
      this.#sent = []
      this.#unsavedSince = null
      this.#device.delete("drafts", this.#key).catch(() => {})
    } else this.#keep()
    this.#onStatus()
  }

  /** The server has a text that this page did not know of. */
  #parted(theirs) {
    const { text } = this
    if (theirs.text === text || this.#sent.includes(theirs.text)) return this.#has(theirs, theirs.savedAt)
    if (this.saved) {
      this.#editor.replace(theirs.text) // nothing of the person's is replaced
      return this.#has(theirs, theirs.savedAt)
    }
    return this.#disagree(theirs)
  }

  /** Both texts are kept, this one here and theirs on the server, until the person decides. */
  #disagree(theirs) {
    this.#conflict = { ...theirs, mine: this.text }
    this.#keep()
    const versions = element("div", { class: "versions", hidden: true })
    const compare = () => {
      versions.hidden = !versions.hidden
      versions.replaceChildren(...sideBySide(this.text, this.#conflict.text))
    }
    const when = theirs.savedAt ? `, saved at ${clock(theirs.savedAt)}` : ""
    tell(
      "conflict",
      `There is another text${when}, which was not written here. Both are kept. Which one do you want to continue with?`,
      [
        ["With mine, as it is here", () => this.#decide(this.text)],
        ["With the other text", () => this.#decide(this.#conflict.text)],
        ["Show both side by side", compare],
      ],
      [versions],
    )
    this.#onStatus()
  }

  #decide(text) {
    const { revision, text: theirs } = this.#conflict
    this.#conflict = null
    tell("conflict")
    if (revision !== this.#server.revision) this.#server = { revision, text: theirs }
    this.#editor.replace(text) // undo brings the other one back
    this.changed()
    this.#editor.focus()
  }

  get parted() {
    return this.#conflict !== null
  }

  /** What another window of this browser says. */
  #hear({ kind, text, revision, savedAt }) {
    if (kind === "hello") this.#channel.postMessage({ kind: "here" })
    if (kind === "hello" || kind === "here") {
      tell("elsewhere", "This problem is open in another window, too. Both show the same text.", [
        ["Close this message", () => tell("elsewhere")],
      ])
    }
    if (this.#conflict) {
      if (kind !== "saved" || revision <= this.#conflict.revision) return
      if (this.text !== this.#conflict.mine) return Object.assign(this.#conflict, { revision, text })
      this.#conflict = null // decided in the other window
      tell("conflict")
      this.#editor.replace(text)
    }
    if (kind === "text" && text !== this.text) {
      this.#editor.replace(text)
      this.#schedule(MAX_UNSAVED_MS) // the other window saves, unless it is closed before
    }
    if (kind === "saved" && revision > this.#server.revision) this.#has({ revision, text }, savedAt)
  }

  /** Ask whether the text has changed elsewhere: after sleep, or when the window is seen again. */
  async #ask() {
    this.#line.wake()
    if (this.#pushing || this.#conflict) return
    if (this.saved) await this.#put(this.text, true).catch(() => {})
    else await this.#push()
  }

  /** The page may be gone at once: send what is not saved, without waiting for the answer. */
  #leave() {
    const { text } = this
    if (isLeaving || this.saved || this.#conflict || text.length > MAX_KEEPALIVE / 3) return
    this.goes(text)
    const headers = { "If-Match": `"${this.#server.revision}"`, "Content-Type": "text/plain; charset=utf-8" }
    this.#line.send(this.#url, { method: "PUT", headers, body: text, keepalive: true }).catch(() => {})
  }
}

/** Return the two texts as columns, with the lines marked that differ between equal ends. */
function sideBySide(mine, theirs) {
  const texts = [mine.split("\n"), theirs.split("\n")]
  const [a, b] = texts
  let start = 0
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start++
  let end = 0
  const shorter = Math.min(a.length, b.length) - start
  while (end < shorter && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return ["This window", "The other text"].map((title, index) => {
    const lines = texts[index]
    const [before, changed, after] = [
      lines.slice(0, start),
      lines.slice(start, lines.length - end),
      lines.slice(lines.length - end),
    ].map((part) => part.map((each) => `${each}\n`).join(""))
    const code = element("pre", { tabindex: "0", "aria-label": title }, before, element("mark", {}, changed), after)
    return element("section", {}, element("h3", {}, title), code)
  })
}
