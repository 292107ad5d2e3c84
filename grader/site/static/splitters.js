// The lines between panes: moved by arrows, Home, End and by dragging; Enter puts them back.

import { set, settings } from "./common.js"

const STEP = 5
const KEYS = { vertical: ["ArrowLeft", "ArrowRight"], horizontal: ["ArrowUp", "ArrowDown"] }

/** Let a separator change a setting, in percent; `share(event)` is where the pointer is. */
export function splitter(bar, name, share) {
  const [min, max, usual] = ["aria-valuemin", "aria-valuemax", "data-usual"].map((each) => Number(bar.getAttribute(each)))
  const [less, more] = KEYS[bar.getAttribute("aria-orientation")]
  const present = () => settings[name] || usual
  const show = () => bar.setAttribute("aria-valuenow", String(Math.round(present())))
  const move = (to) => {
    set(name, to && Math.min(max, Math.max(min, to)))
    show()
  }
  show()
  bar.addEventListener("keydown", (event) => {
    const steps = { [less]: present() - STEP, [more]: present() + STEP, Home: min, End: max, Enter: 0 }
    if (!(event.key in steps)) return
    event.preventDefault()
    move(steps[event.key])
  })
  bar.addEventListener("dblclick", () => move(0))
  bar.addEventListener("pointerdown", (event) => {
    event.preventDefault()
    bar.focus()
    bar.setPointerCapture(event.pointerId)
  })
  bar.addEventListener("pointermove", (event) => {
    if (bar.hasPointerCapture(event.pointerId)) move(share(event))
  })
}
