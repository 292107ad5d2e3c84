// The line to the server: whether it is up, and how long to wait before the next try.

const MAX_WAIT_S = 15

/** There was no answer, or it broke off. */
export class Lost extends Error {}

export class Refused extends Error {
  /** The server's answer that it will not, in words for the person. */
  constructor(status, message, wait_s) {
    super(message)
    this.status = status
    this.wait_s = wait_s
  }
}

const WORDS = {
  401: "You are signed out. Sign in again; your text is kept here.",
  403: "The server refused this.",
  413: "The text is too long for the server. It is kept on this device.",
  429: "Too many requests; this page tries again in a moment.",
  507: "The server's disk is full. Your text is kept on this device and saved once there is room.",
}

export class Line extends EventTarget {
  lostAt = null // when the server stopped answering, or null while it answers
  isSignedOut = false // whether the server has asked to sign in
  #wake = new Set()
  #scope

  /** `scope` names the person of this page, so that nothing is kept as another one's. */
  constructor(scope) {
    super()
    this.#scope = scope
    // Only a request that fails says that the line is down: the server may be on this very machine.
    addEventListener("online", () => this.wake())
  }

  /** Like `fetch`, but throws Lost if there is no answer, and Refused if the server said no. */
  async fetch(url, options, accepted = []) {
    let reply
    try {
      reply = await this.send(url, options)
    } catch (error) {
      if (!options?.signal?.aborted) this.#lost()
      throw new Lost(error.message)
    }
    this.#found()
    const news = reply.headers.get("X-News")
    if (news !== null) document.dispatchEvent(new CustomEvent("heard", { detail: Number(news) }))
    if (reply.status === 401) this.#session(true)
    if (reply.ok || accepted.includes(reply.status)) {
      this.#session(false)
      return reply
    }
    const { message } = await reply.json().catch(() => ({}))
    const words = message ?? WORDS[reply.status] ?? `The server answered with an error (${reply.status}).`
    throw new Refused(reply.status, words, Number(reply.headers.get("Retry-After")) || null)
  }

  /** Like `fetch`, as the person of this page. */
  send(url, options = {}) {
    const headers = { ...options.headers, "X-Scope": this.#scope }
    return fetch(url, { credentials: "same-origin", cache: "no-store", ...options, headers })
  }

  /** Wait before try number `count` (0, 1, ...): 1, 2, 4 ... 15 s, or less if the line is back. */
  wait(count, atLeast_s = 0) {
    const seconds = Math.max(atLeast_s, Math.min(MAX_WAIT_S, 2 ** count) * (0.8 + 0.2 * Math.random()))
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#wake.delete(done)
        resolve()
      }
      const timer = setTimeout(done, 1000 * seconds)
      this.#wake.add(done)
    })
  }

  /** End all waits: something has happened that makes another try worth while. */
  wake() {
    for (const done of [...this.#wake]) done()
  }

  #session(isSignedOut) {
    if (this.isSignedOut === isSignedOut) return
    this.isSignedOut = isSignedOut
    this.dispatchEvent(new Event("session"))
    if (!isSignedOut) this.wake()
  }

  #lost() {
    if (this.lostAt !== null) return
    this.lostAt = Date.now()
    this.dispatchEvent(new Event("change"))
  }

  #found() {
    if (this.lostAt === null) return
    this.lostAt = null
    this.dispatchEvent(new Event("change"))
    this.wake()
  }
}
