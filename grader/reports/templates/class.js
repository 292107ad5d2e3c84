// Makes tables sort and filter. The page is complete without it.
"use strict";

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const MIN_ROWS = 20;  // shorter tables get no filter

// What a cell is sorted by: its number, or its text.
function keyOf(cell, isNumber) {
  if (!isNumber) return cell.textContent.trim();
  const number = parseFloat(cell.dataset.value ?? cell.textContent);
  return Number.isNaN(number) ? -Infinity : number;
}

function sort(table, column, isNumber, direction) {
  const body = table.tBodies[0];
  const keyed = [...body.rows].map(row => [keyOf(row.cells[column], isNumber), row]);
  const compare = isNumber
    ? (one, other) => (one[0] > other[0]) - (one[0] < other[0])
    : (one, other) => collator.compare(one[0], other[0]);
  keyed.sort((one, other) => direction * compare(one, other));
  const sorted = document.createDocumentFragment();
  for (const [, row] of keyed) sorted.append(row);
  body.append(sorted);
}

function makeSortable(table) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const isNumber = head.dataset.sort === "number";
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      // Readers look for large numbers, and for the beginning of the alphabet.
      const first = isNumber ? "descending" : "ascending";
      const other = isNumber ? "ascending" : "descending";
      const order = head.ariaSort === first ? other : first;
      for (const each of heads) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      sort(table, column, isNumber, order === "ascending" ? 1 : -1);
    });
  });
}

function makeFiltered(table, number) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < MIN_ROWS) return;
  const texts = rows.map(row => row.textContent.toLowerCase());
  const box = document.createElement("p");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const status = document.createElement("span");
  box.className = "filter";
  input.type = "search";
  input.id = `filter-${number}`;
  input.autocomplete = "off";
  label.htmlFor = input.id;
  label.textContent = "Show rows with ";
  status.setAttribute("role", "status");
  box.append(label, input, status);
  table.parentElement.before(box);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !texts[i].includes(wanted);
      shown += !row.hidden;
    });
    status.textContent = wanted ? `${shown} of ${rows.length}` : "";
  });
}

document.querySelectorAll("table.sorts").forEach((table, number) => {
  makeSortable(table);
  makeFiltered(table, number);
});
