// Signs in on the page of the documentation: whoever tries a call below makes it as this person. Nothing is kept: the
// tokens live as long as the page.
'use strict';

/** Refreshed so long before the token ends, ms. */
const EARLY_MS = 60_000;

let tokens;
let timer;

const form = document.createElement('form');
form.className = 'sign-in';
form.innerHTML = `
  <strong>Try it as</strong>
  <label>Email <input name="email" type="email" autocomplete="username" value="admin@rollcall.local" required></label>
  <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
  <label>Organization <input name="organization" placeholder="if several" autocomplete="organization" pattern="[a-z0-9][a-z0-9-]{0,62}"></label>
  <button>Sign in</button>
  <output role="status"></output>`;
const output = form.querySelector('output');
const button = form.querySelector('button');
document.body.prepend(form);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void (tokens === undefined ? signIn() : signOut());
});

async function signIn() {
  const { email, password, organization } = Object.fromEntries(new FormData(form));
  button.disabled = true;
  try {
    await take('/v1/auth/login', { email, password, ...(organization === '' ? {} : { organization }) });
    form.elements.namedItem('password').value = '';
  } catch (error) {
    say(error.message, true);
  } finally {
    button.disabled = false;
  }
}

async function signOut() {
  const { refresh_token } = tokens;
  forget('Signed out.');
  await send('/v1/auth/logout', { refresh_token }).catch(() => undefined);
}

/** New tokens for the calls below, and again before they end. */
async function take(path, body) {
  const { data } = await send(path, body);
  tokens = data;
  window.ui.preauthorizeApiKey('token', data.access_token);
  const { full_name, role, organization } = data.user;
  show(`Signed in: ${full_name} (${role}), ${organization.name}`);
  clearTimeout(timer);
  timer = setTimeout(refresh, Math.max(data.expires_in * 1_000 - EARLY_MS, 1_000));
}

function refresh() {
  take('/v1/auth/refresh', { refresh_token: tokens.refresh_token }).catch((error) => forget(error.message));
}

function forget(message) {
  clearTimeout(timer);
  tokens = undefined;
  window.ui.authActions.logout(['token']);
  show(message);
}

function show(message) {
  form.classList.toggle('signed-in', tokens !== undefined);
  button.textContent = tokens === undefined ? 'Sign in' : 'Sign out';
  for (const input of form.querySelectorAll('input')) input.disabled = tokens !== undefined;
  say(message, false);
}

function say(message, wrong) {
  output.textContent = message;
  output.classList.toggle('wrong', wrong);
}

/** @throws Error with words for people. */
async function send(path, body) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}
