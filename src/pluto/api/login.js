"use strict";
// Sends the password as JSON: a form of another page could send everything else.
const form = document.getElementById("sign-in");
const field = document.getElementById("password");
const button = form.querySelector("button");
const problem = document.getElementById("problem");

async function signIn(password) {
  const answer = await fetch("/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ password }),
  });
  if (answer.ok) return null;
  const { error } = await answer.json().catch(() => ({}));
  const wait = answer.status === 429 ? ` (${answer.headers.get("Retry-After")} s)` : "";
  return (error ?? `the server answered ${answer.status}`) + wait;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  button.disabled = true;
  problem.textContent = "";
  const refused = await signIn(field.value).catch(() => "the server cannot be reached");
  if (refused === null) {
    location.replace(form.dataset.next);
    return;
  }
  button.disabled = false;
  field.setAttribute("aria-invalid", "true");
  problem.textContent = refused[0].toUpperCase() + refused.slice(1);
  field.select();
  field.focus();
});
