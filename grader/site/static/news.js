// News: notes and changes appear on an open page within five seconds; see news.py.
//
// Each is shown, announced once, and dispatched as the event "news" at the document.

import { element, localTimes } from "./common.js"

const EVERY_MS = 4000
const MAX_MS = 60_000

const box = document.getElementById("news")
const live = document.getElementById("news-live")
let since = Number(box.dataset.since)
let pause = EVERY_MS
let timer = 0
let isAsking = false

async function ask() {
  if (isAsking || document.visibilityState === "hidden") return
  isAsking = true
  try {
    const query = new URLSearchParams({ since, page: box.dataset.page })
    const reply = await fetch(`${box.dataset.url}?${query}`, { headers: { Accept: "application/json" }, cache: "no-store" })
    if (!reply.ok) throw new Error(String(reply.status))
    pause = EVERY_MS
    if (reply.status === 200) show(await reply.json())
  } catch {
    pause = Math.min(MAX_MS, 2 * pause) // the server ends, or nobody is signed in
  } finally {
    isAsking = false
    later()
  }
}

function later() {
  clearTimeout(timer)
  timer = setTimeout(ask, pause)
}

function show(found) {
  since = Math.max(since, found.since)
  for (const item of found.items) {
    if (document.getElementById(`news-${item.seq}`)) continue
    const holder = document.createElement("template")
    holder.innerHTML = item.html // the server has escaped it
    localTimes(holder.content)
    box.prepend(holder.content)
    document.dispatchEvent(new CustomEvent("news", { detail: item }))
  }
  live.replaceChildren(...found.items.map((item) => element("p", {}, item.spoken)))
}

box.addEventListener("submit", async (event) => {
  event.preventDefault()
  const form = event.target
  const reply = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
  }).catch(() => null)
  if (!reply?.ok) return
  const item = form.closest(".news-item")
  const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("button")
  item.remove()
  ;(next ?? document.getElementById("main")).focus({ preventScroll: true })
})

// The reply to a draft says what is the last news, so that who is typing need not ask.
document.addEventListener("heard", ({ detail }) => {
  if (detail > since) ask()
  else later()
})
document.addEventListener("visibilitychange", () => {
  pause = EVERY_MS
  ask()
})
later()
box.dataset.ready = "" // tests wait for it
