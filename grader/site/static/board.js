// The board: its parts are replaced as the server says what has changed, at most once a second.
//
// Focus and what was unfolded stay. If the stream fails, the page is asked for every 10 seconds.

import { clock, localTimes } from "./common.js"

const AGAIN_MS = 10_000
const main = document.querySelector("main[data-board]")
const status = document.getElementById("liveness")
const button = document.getElementById("pause")
let stream = null
let timer = 0

function open() {
  const address = new URL(main.dataset.stream, location.href)
  address.searchParams.set("version", main.dataset.version)
  stream = new EventSource(address)
  stream.addEventListener("open", () => {
    clearInterval(timer)
    timer = 0
    say("Live.")
    main.dataset.ready = "" // tests wait for it
  })
  stream.addEventListener("message", ({ data }) => {
    const { version, parts } = JSON.parse(data)
    main.dataset.version = version
    let isKnown = true
    for (const [id, html] of Object.entries(parts)) isKnown = put(id, html) && isKnown
    if (!isKnown) location.reload() // there are other students or problems
  })
  stream.addEventListener("error", () => {
    say(`Not live since ${clock(Date.now())}; asking every 10 seconds.`)
    timer ||= setInterval(ask, AGAIN_MS)
  })
}

function close() {
  clearInterval(timer)
  timer = 0
  stream?.close()
  stream = null
}

/** Without the stream: the same parts, out of the page as it is now. */
async function ask() {
  const reply = await fetch(location.href, { cache: "no-store" }).catch(() => null)
  if (!reply?.ok) return
  const page = new DOMParser().parseFromString(await reply.text(), "text/html")
  for (const part of page.querySelectorAll("[data-board] > section[id], [data-board] tr[id]")) {
    put(part.id, part.outerHTML)
  }
  if (stream?.readyState === EventSource.CLOSED) {
    close()
    open()
  }
}

/** Replace a part; return whether the page has it. */
function put(id, html) {
  const old = document.getElementById(id)
  if (!old) return false
  const holder = document.createElement("template")
  holder.innerHTML = html // the server has escaped it
  const made = holder.content.firstElementChild
  localTimes(made)
  for (const each of old.querySelectorAll("details[data-keep]")) {
    const same = made.querySelector(`details[data-keep="${CSS.escape(each.dataset.keep)}"]`)
    if (same) same.open = each.open
  }
  const focused = old.contains(document.activeElement) ? nameOf(document.activeElement) : null
  old.replaceWith(made)
  if (focused) {
    const same = [...made.querySelectorAll("a, button, summary, [tabindex]")].find((each) => nameOf(each) === focused)
    same?.focus({ preventScroll: true })
  }
  return true
}

/** What identifies an element that can have the focus, before and after it is replaced. */
const nameOf = (each) =>
  `${each.tagName} ${each.getAttribute("href") ?? each.parentElement.dataset.keep ?? each.textContent.trim()}`

function say(words) {
  if (status.textContent !== words) status.textContent = words
}

button.addEventListener("click", () => {
  const isPaused = stream !== null
  button.setAttribute("aria-pressed", String(isPaused))
  if (!isPaused) return open()
  close()
  say(`Paused at ${clock(Date.now())}.`)
})
addEventListener("pagehide", close)
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && button.getAttribute("aria-pressed") === "false") open()
})
open()
