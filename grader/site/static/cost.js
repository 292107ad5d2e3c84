// The time that is left, counted down from the server's clock, what the next submit costs, and the
// question whether to hand in a draft.
//
// The clock of the device is never read: the page says what time it is for the server, and time passes
// here as `performance.now()` has it. That may stand still while the device sleeps, so the server is
// asked again when the page is seen again, when a time has passed, and after each submit.

import { localTimes } from "./common.js"

const section = document.querySelector("section.cost")
const url = `${document.querySelector("[name=kind][value=run]").formAction.replace(/\/run(\?.*)?$/, "")}/terms`
const ASK_EVERY_MS = 60_000 // an extension may be given meanwhile
let read = performance.now()
let asked = read
let isDue = false

const cost = () => document.getElementById("cost")

/** Return the milliseconds until the due date, by the server's clock; null without one. */
function left() {
  const { due, now } = cost().dataset
  return due ? Date.parse(due) - Date.parse(now) - (performance.now() - read) : null
}

function words(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours >= 24) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  return hours ? `${hours} h ${minutes % 60} min` : `${minutes} min ${seconds % 60} s`
}

async function ask() {
  asked = performance.now()
  const sent = asked
  const reply = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null)
  if (!reply?.ok) return // what is shown stays, and the time goes on
  const html = await reply.text()
  const template = document.createElement("template")
  template.innerHTML = html
  const found = template.content.querySelector("#cost")
  if (!found) return
  cost().replaceWith(found)
  showOffer(template.content.querySelector("#offer"))
  read = sent + (performance.now() - sent) / 2
  isDue = false
  show()
}

/** Show a question that is new, or remove one that is answered; it is announced, as it is live. */
function showOffer(found) {
  const offer = document.getElementById("offer")
  // A form that somebody is about to answer is not taken from under their fingers.
  if (offer.contains(document.activeElement)) return
  if (Boolean(offer.firstElementChild) === Boolean(found.firstElementChild)) return
  localTimes(found)
  offer.replaceChildren(...found.childNodes)
}

function show() {
  const rest = left()
  const place = section.querySelector("[data-left]")
  if (rest !== null && place) place.textContent = words(rest)
  if (rest !== null && rest < 0 && place && !isDue) {
    isDue = true
    ask()
  }
}

if (section) {
  setInterval(() => {
    show()
    if (!document.hidden && performance.now() - asked > ASK_EVERY_MS) ask()
  }, 1000)
  document.addEventListener("visibilitychange", () => !document.hidden && ask())
  document.addEventListener("news", () => ask()) // there may be more time
  addEventListener("pageshow", (event) => event.persisted && ask())
  // A summary is what the page shows when an attempt has ended.
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes])
    if (added.some((node) => node.classList?.contains("summary"))) ask()
  }).observe(document.getElementById("results"), { childList: true })
  show()
}
