// Signing out: first what this device keeps goes to the server, then it is removed from the device.
//
// A draft is removed once the server has named its digest, a submit once it has given its receipt. If
// that does not succeed, the person decides. What another person has left on this device stays.

import { clock, element, forgetSettings } from "./common.js"
import { openDevice } from "./device.js"
import { sha256 } from "./digest.js"
import { Line } from "./line.js"
import { root, signedOut } from "./session.js"

const form = document.getElementById("leave")
const left = document.getElementById("left")
const { scope } = form.dataset
const line = new Line(scope)
const isOwn = (key) => key.startsWith(`${scope} `)
const slugOf = (key) => key.slice(scope.length + 1)

form.addEventListener("submit", async (event) => {
  event.preventDefault()
  const device = await openDevice()
  left.replaceChildren(element("p", {}, "Sending what is kept on this device."))
  const unsent = await sendAll(device)
  if (unsent.length === 0) await leave(device)
  else ask(device, unsent)
})

/** Send all texts and submits of this person; return what could not be sent, in words. */
async function sendAll(device) {
  const unsent = []
  for (const attempt of await device.all("outbox")) {
    if (!isOwn(attempt.key)) continue
    const reason = attempt.kind === "submit" && !attempt.received ? await sendAttempt(attempt) : ""
    if (reason === "") await device.delete("outbox", attempt.id)
    else unsent.push(`Your submission to ${slugOf(attempt.key)} of ${clock(attempt.at)}: ${reason}`)
  }
  for (const draft of await device.all("drafts")) {
    if (!isOwn(draft.key)) continue
    const reason = await sendDraft(draft)
    if (reason === "") await device.delete("drafts", draft.key)
    else unsent.push(`Your text for ${slugOf(draft.key)} of ${clock(draft.at)}: ${reason}`)
  }
  return unsent
}

/** Send a submit up to its receipt; return why that is not possible, or nothing. */
async function sendAttempt({ kind, key, fields }) {
  try {
    const headers = { Accept: "application/x-ndjson" }
    const body = new URLSearchParams(fields)
    const reply = await line.fetch(new URL(`p/${slugOf(key)}/${kind}`, root), { method: "POST", headers, body })
    const reader = reply.body.getReader()
    const { value } = await reader.read() // the receipt is the first line
    await reader.cancel()
    return value?.length ? "" : "the server gave no receipt."
  } catch (error) {
    return wordsFor(error)
  }
}

/** Send a text, unless the server has another one; return why it was not sent, or nothing. */
async function sendDraft({ key, text, revision, sent }) {
  if (revision === null) return "there is another text on the server; decide on the page of the problem."
  try {
    for (;;) {
      const headers = { "If-Match": `"${revision}"`, "Content-Type": "text/plain; charset=utf-8" }
      const reply = await line.fetch(new URL(`p/${slugOf(key)}/draft`, root), { method: "PUT", headers, body: text }, [409])
      const found = await reply.json()
      if (reply.status === 409) {
        if (!sent.includes(found.source) || found.revision === revision) {
          return "there is another text on the server; decide on the page of the problem."
        }
        revision = found.revision // an earlier text of the same window
        continue
      }
      const digest = await sha256(text)
      if (digest !== null && digest !== found.digest) return "the server has saved another text."
      // A window that still shows this text need not save it once more.
      const window = new BroadcastChannel(`grader ${key}`)
      window.postMessage({ kind: "saved", revision: found.revision, text, savedAt: found.saved_at })
      window.close()
      return ""
    }
  } catch (error) {
    return wordsFor(error)
  }
}

const wordsFor = (error) => (error.status ? `${error.message}.` : "there is no answer from the server.")

/** Some of it is on this device alone: the person decides. */
function ask(device, unsent) {
  const again = element("button", { type: "button", class: "plain", click: () => form.requestSubmit() }, "Try again")
  const anyway = element("button", { type: "button", class: "plain", click: () => leave(device) }, "Sign out and delete it")
  left.replaceChildren(
    element("p", {}, element("b", {}, "You are still signed in. "), "This exists only on this device, and would be lost:"),
    element("ul", {}, ...unsent.map((each) => element("li", {}, each))),
    element("div", { class: "choice" }, again, anyway),
  )
}

/** Remove what is this person's and end the session; the server has the browser remove all, if it may. */
async function leave(device) {
  const others = await removeOwn(device)
  form.elements.keeps.value = others ? "others" : ""
  try {
    await line.fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })
  } catch (error) {
    left.replaceChildren(element("p", {}, element("b", {}, "You are still signed in: "), wordsFor(error)))
    return
  }
  signedOut()
  if (others) await removeOwn(device) // what another window has kept meanwhile
  forgetSettings()
  location.replace(new URL("out", root))
}

/** Remove this person's records; return how many are others'. */
async function removeOwn(device) {
  let others = 0
  for (const { store, name, record } of await records(device)) {
    if (isOwn(record.key)) await device.delete(store, record[name])
    else others++
  }
  return others
}

async function records(device) {
  const stores = [["drafts", "key"], ["outbox", "id"]]
  const found = stores.map(async ([store, name]) => {
    return (await device.all(store)).map((record) => ({ store, name, record }))
  })
  return (await Promise.all(found)).flat()
}
