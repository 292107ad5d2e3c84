// Signing in again on a page whose session has ended: its text stays, and what waits goes on.

import { announce, tell } from "./bar.js"
import { onMaybeSignedIn, root, signedIn } from "./session.js"

const WORDS = "You are signed out. Your text is kept on this device, and nothing is sent until you sign in."

export function signInAgain({ line, person, focus }) {
  const dialog = document.getElementById("again")
  const form = dialog.querySelector("form")
  const [field, message] = [form.elements.key, dialog.querySelector(".message")]

  const say = (words) => {
    message.textContent = words
    message.hidden = words === ""
  }
  const open = () => {
    if (dialog.open) return
    say("")
    dialog.showModal()
    // Not a field or a button: keys that were meant for the editor would go there.
    dialog.querySelector("h2").focus()
  }
  line.addEventListener("session", () => {
    if (line.isSignedOut) {
      tell("signed-out", WORDS, [["Sign in", open]])
      open()
    } else {
      tell("signed-out")
      announce("You are signed in again.")
      if (dialog.open) dialog.close()
    }
  })
  dialog.addEventListener("close", focus)
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.value === "later") return // the dialog is closed by the form itself
    event.preventDefault()
    const request = requestFor(field.value, person)
    if (request === null) return say("This is neither a link nor a code of 6 digits.")
    const problem = await send(line, ...request)
    if (problem !== "") return say(problem)
    field.value = ""
    signedIn()
    line.wake()
  })
  onMaybeSignedIn(() => line.isSignedOut && line.wake())
}

/** Return the path and the fields for what somebody typed; null if it is neither of the two. */
function requestFor(typed, person) {
  const digits = typed.replace(/[\s-]/g, "")
  if (/^\d{6}$/.test(digits)) return ["code", { person, code: digits }]
  const link = /\/in\/([\w-]+)\/?\s*$/.exec(typed)
  return link && [`in/${link[1]}`, {}]
}

/** Sign in; return what is wrong, or nothing. */
async function send(line, path, fields) {
  const headers = { Accept: "application/json" }
  try {
    await line.fetch(new URL(path, root), { method: "POST", headers, body: new URLSearchParams(fields) })
    return ""
  } catch (error) {
    return `${error.status ? error.message : "there is no answer from the server; try again"}.`
  }
}
