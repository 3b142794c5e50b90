// The answers of other steps come with app.js. What is sent before it is there would go without them, so it waits a moment.
"use strict";

let form, button;
const wait = (e) => {
  if (!e.target.matches("form[data-live]")) return;
  e.preventDefault();
  [form, button] = [e.target, e.submitter];
};
document.addEventListener("submit", wait);
document.addEventListener("DOMContentLoaded", () => {
  document.removeEventListener("submit", wait);
  form?.requestSubmit(button);
});
