// Windows of one browser share a session: who signs out in one has signed out in all.

/** The address of the list of problems, below which all pages are. */
export const root = new URL("../../", import.meta.url)

const channel = new BroadcastChannel("grader session")
const listeners = []

/** Call `action` when another window may have signed in. */
export function onMaybeSignedIn(action) {
  listeners.push(action)
}

/** Tell the other windows that this browser has been signed in again. */
export const signedIn = () => channel.postMessage("in")

/** Have the other windows leave their pages, which are those of somebody who goes. */
export const signedOut = () => channel.postMessage("out")

channel.onmessage = ({ data }) => {
  if (data === "out") location.replace(new URL("out", root))
  else for (const action of listeners) action()
}
signedIn() // this page was opened, which only helps windows that wait to be signed in
