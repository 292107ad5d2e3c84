// What every page has: the settings of the person, kept on this device, and times.

import "./session.js"

const KEY = "grader.settings"
const DEFAULTS = { theme: "system", size: "", split: 0, height: 0, plain: false, completion: false }
const listeners = []

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}")
  } catch {
    return {}
  }
}

export const settings = { ...DEFAULTS, ...stored() }

/** Change one setting here, in storage, and by storage in the other windows. */
export function set(name, value) {
  settings[name] = value
  try {
    localStorage.setItem(KEY, JSON.stringify(settings))
  } catch {
    // It holds for this page, then.
  }
  apply(name)
}

/** Remove the settings from this device. */
export function forgetSettings() {
  try {
    localStorage.removeItem(KEY) // other programs may have the same host
  } catch {
    // There are none.
  }
}

/** Call `action(name)` after each change. */
export function onSetting(action) {
  listeners.push(action)
}

function apply(name) {
  applySettings(settings) // see early.js
  showInForm()
  for (const listener of listeners) listener(name)
}

const fields = [...document.querySelectorAll("#settings [name]")]

function showInForm() {
  for (const field of fields) {
    if (field.type === "checkbox") field.checked = settings[field.name]
    else field.value = String(settings[field.name])
  }
}

for (const field of fields) {
  field.addEventListener("change", () => {
    set(field.name, field.type === "checkbox" ? field.checked : field.value)
  })
}
addEventListener("storage", (event) => {
  if (event.key !== KEY) return
  for (const [name, value] of Object.entries({ ...DEFAULTS, ...stored() })) {
    if (settings[name] === value) continue
    settings[name] = value
    apply(name)
  }
})
showInForm()

const { zone } = document.documentElement.dataset // of the course
let timeZone = zone?.replace(/^UTC(?=[+-])/, "") // of UTC+01:00, browsers know +01:00
try {
  clock(0)
} catch {
  timeZone = undefined // unknown to an old browser
}

/** Return the time of day in the zone of the course. */
export function clock(time) {
  return new Date(time).toLocaleTimeString([], { timeStyle: "short", timeZone })
}

/** Show the times in a part of the page as the person's system writes them, unless a course has a zone. */
export function localTimes(part) {
  if (zone) return
  for (const time of part.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime)
    if (Number.isNaN(at.valueOf())) continue
    time.title = time.textContent.trim()
    time.textContent = at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" })
  }
}

localTimes(document)

/** Return a new element; attributes that are functions are listeners, and text is never HTML. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value)
    else if (value !== false) made.setAttribute(key, value === true ? "" : value)
  }
  made.append(...children)
  return made
}
