// Small comforts. Every page works without them.
"use strict";

// Times in the reader's own zone; UTC stays in the title.
const showTimes = (root) => {
  for (const time of root.querySelectorAll("time[datetime]:not([data-shown])")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    const withClock = time.textContent.includes(":");
    time.textContent = at.toLocaleString(undefined, withClock
      ? { dateStyle: "medium", timeStyle: "short" }
      : { dateStyle: "medium" });
    time.dataset.shown = "";
  }
};

document.addEventListener("DOMContentLoaded", () => showTimes(document));
document.addEventListener("htmx:afterSettle", (event) => showTimes(event.target));

// Copy a text that stands on the page; without scripts one selects it.
document.addEventListener("DOMContentLoaded", () => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button[data-copies]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
      button.parentElement.querySelector("[role=status]").textContent = button.dataset.done;
    });
  }
});
