// Reloads a page whose work is in progress, unless somebody is filling in a form there.

const { seconds } = document.querySelector('script[src$="/reload.js"]').dataset
let isTyped = false

for (const event of ["input", "keydown"]) document.addEventListener(event, () => (isTyped = true))
setInterval(() => {
  const isInField = document.activeElement?.matches("input, select") // which a reload would close
  if (!isTyped && !isInField) location.reload()
}, 1000 * seconds)
