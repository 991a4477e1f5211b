"use strict";
// Each head of a sortable table becomes a button; without scripts the tables stay as they are.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
      const compare = (one, other) => value(one).localeCompare(value(other), undefined, { numeric: true });
      const isNumber = "value" in (body.rows[0]?.cells[column].dataset ?? {});
      const order = isNumber ? (one, other) => value(one) - value(other) : compare;
      body.append(...[...body.rows].sort((one, other) => (descending ? -1 : 1) * order(one, other)));
    });
  });
}
