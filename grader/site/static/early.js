// Applied before the first paint, so that nothing flashes: the person's theme and sizes. A classic
// script, as a module would wait for the document; `common.js` applies them after each change.
{
  const root = document.documentElement
  const put = (name, value, unit) => {
    root.style.setProperty(name, value ? `calc(${value} * ${unit})` : "") // or as usual
  }
  globalThis.applySettings = ({ theme, size, split, height }) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme
    else delete root.dataset.theme
    put("--code-size", size, "var(--px)")
    put("--split", split, "1%")
    put("--code-height", height, "1vh")
    root.toggleAttribute("data-height", Boolean(height))
  }
  root.dataset.js = ""
  try {
    applySettings(JSON.parse(localStorage.getItem("grader.settings") ?? "{}"))
  } catch {
    // As usual.
  }
}
