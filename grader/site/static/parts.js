// Where there is room for one part of the page only, the links to the parts show one at a time.

const narrow = matchMedia("(max-width: 56.2rem)")
const links = [...document.querySelectorAll("#parts a")]
const partOf = (link) => link.hash.slice(1)

/** Show a part, if one is shown at a time. */
export function show(part) {
  document.body.dataset.part = part
  for (const link of links) {
    if (partOf(link) === part) link.setAttribute("aria-current", "true")
    else link.removeAttribute("aria-current")
  }
}

for (const link of links) {
  link.addEventListener("click", (event) => {
    if (!narrow.matches) return
    event.preventDefault()
    show(partOf(link))
    scrollTo({ top: 0 })
  })
}
show(links.map(partOf).find((part) => `#${part}` === location.hash) ?? "statement")
