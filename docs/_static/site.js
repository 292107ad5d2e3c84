// Search results show an extract of each page, which a browser refuses to fetch from the disk.
if (location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
// What is wider than a phone scrolls; the keyboard must be able to scroll it too.
addEventListener("DOMContentLoaded", () => {
  for (const wide of document.querySelectorAll("article :is(pre, .table-wrapper, .math-wrapper)")) {
    wide.tabIndex = 0;
  }
});
