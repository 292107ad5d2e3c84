// Applied before the first paint, so that nothing flashes: the person's theme and size of code.
// A classic script, as a module would wait for the document.
(() => {
  const root = document.documentElement
  root.dataset.js = ""
  try {
    const { theme, size, split, height } = JSON.parse(localStorage.getItem("grader.settings") ?? "{}")
    if (theme === "light" || theme === "dark") root.dataset.theme = theme
    if (size) root.style.setProperty("--code-size", `calc(${Number(size)} * var(--px))`)
    if (split) root.style.setProperty("--split", `${Number(split)}%`)
    if (height) {
      root.dataset.height = ""
      root.style.setProperty("--code-height", `${Number(height)}vh`)
    }
  } catch {
    // No storage, or not ours: the page is as the system says.
  }
})()
