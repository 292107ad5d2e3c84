// Tells that the problem has changed since this page was opened, and shows the new version in its place.
//
// Somebody alone has the files on their own machine, so the page asks now and then. In a course it
// learns by news, and asks then.

import { announce, tell } from "./bar.js"
import { element } from "./common.js"

const EVERY_MS = 4000

export class Changes {
  #main
  #line
  #base
  #told = null // the version that the bar is about

  constructor({ main, line, base }) {
    this.#main = main
    this.#line = line
    this.#base = base
    if (main.dataset.asks) setInterval(() => document.hidden || this.ask(), EVERY_MS)
    document.addEventListener("visibilitychange", () => document.hidden || this.ask())
    document.addEventListener("news", ({ detail }) => {
      if (detail.kind === "corrected" && detail.problem === main.dataset.problem) this.ask()
    })
  }

  /** Ask whether there is another version; if so, show what is different. */
  async ask() {
    if (this.#line.lostAt !== null) return
    const since = this.#main.dataset.version
    const url = `${this.#base}/changes?since=${encodeURIComponent(since)}`
    const reply = await fetch(url, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null)
    if (!reply?.ok || reply.status === 204) return
    const { version, html } = await reply.json()
    if (version === this.#told || since !== this.#main.dataset.version) return
    this.#told = version
    const difference = element("div", { class: "difference" })
    difference.innerHTML = html
    tell(
      "changed",
      "The problem has changed since you opened this page. Your text stays as it is.",
      [
        ["Show the new version", () => this.#show()],
        ["Close this message", () => tell("changed")],
      ],
      [difference],
    )
  }

  /** Put the new statement in the place of the old one; the editor and its history stay. */
  async #show() {
    const reply = await this.#line.fetch(this.#base)
    const page = new DOMParser().parseFromString(await reply.text(), "text/html")
    const main = page.querySelector("main[data-problem]")
    if (!main) return location.reload()
    document.getElementById("statement").replaceChildren(...main.querySelector("#statement").childNodes)
    this.#main.dataset.version = main.dataset.version
    this.#told = null
    tell("changed")
    announce("The new version of the problem is shown.")
    document.getElementById("statement").focus()
  }
}
