// Windows of one browser share a session: who signs out in one has signed out in all.

/** The address of the list of problems, below which all pages are. */
export const root = new URL("../../", import.meta.url)

/** Whether this page is about to go, as its person has signed out: it must keep nothing any more. */
export let isLeaving = false

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
  if (data !== "out") return listeners.forEach((action) => action())
  isLeaving = true
  location.replace(new URL("out", root))
}
signedIn() // this page was opened, which only helps windows that wait to be signed in
