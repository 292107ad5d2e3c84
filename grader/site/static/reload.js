// Reloads a page whose work is in progress, unless somebody is filling in a form there.

const { seconds } = document.querySelector('script[src$="/reload.js"]').dataset
const isField = (element) => element?.matches("input, select")
let isTyped = false

for (const name of ["input", "keydown"]) {
  document.addEventListener(name, ({ target }) => {
    if (isField(target)) isTyped = true
  })
}
setInterval(() => {
  // A reload would close the field that somebody is in.
  if (!isTyped && !isField(document.activeElement)) location.reload()
}, 1000 * seconds)
