// The server: requests with the token of the link, and this page's session.
const token = location.hash.slice(1);
window.addEventListener('hashchange', () => location.reload()); // another link, pasted into this tab
export const session = { id: null, genres: [], rate: 44100, here: false, library: null, program: null };

export class Refusal extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

// Milliseconds; what loads models or searches a large picture may take longer.
const patience = path => /^(session|picture)/.test(path) ? 60000 : 10000;

// The response to a request, or after a while without one a TimeoutError: a browser keeps a request waiting where other
// tabs hold all connections.
async function fetchSoon(path, request) {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new DOMException('no answer', 'TimeoutError')), patience(path));
  try { return await fetch(path, { ...request, signal: ending.signal }); } finally { clearTimeout(timer); }
}

// Sends a request; an object goes as JSON, a Blob as it is. Returns the Response. One with a signal of its own (null: none)
// may take its time.
export async function ask(method, path, body, signal) {
  const headers = { 'X-Affekt-Token': token };
  if (body && !(body instanceof Blob)) { body = JSON.stringify(body); headers['Content-Type'] = 'application/json'; }
  const request = { method, headers, body, signal, cache: 'no-store' };
  const response = await (signal === undefined ? fetchSoon(path, request) : fetch(path, request));
  if (response.ok) return response;
  let message = response.statusText;
  try { message = (await response.json()).error; } catch { /* not JSON */ }
  throw new Refusal(response.status, message);
}

export const tell = async (path, body, signal) => (await ask('POST', path, body, signal)).json();
export const inSession = (path, id = session.id) => `${path}?session=${id}`;

const ids = new Set(); // of the sessions that this page has opened

async function newSession() {
  const opened = await tell('session', {});
  ids.add(opened.session);
  return opened;
}

// Frees its place on the server at once; a session that has already ended is ignored.
export function closeSession(id) {
  ids.delete(id);
  fetch(inSession('close', id), { method: 'POST', headers: { 'X-Affekt-Token': token }, keepalive: true }).catch(() => {});
}
window.addEventListener('pagehide', () => ids.forEach(closeSession));

// Once, however often it is asked for meanwhile. Each has its choices, which the views fill in like words of a language.
let opening = null;
export function openSession() {
  opening ??= newSession().then(opened => {
    Object.assign(session, { id: opened.session, genres: opened.genres, rate: opened.rate, here: opened.here, library: opened.library, program: opened.program });
    document.dispatchEvent(new Event('spoken'));
  }).finally(() => { opening = null; });
  return opening;
}

export const anotherSession = async () => (await newSession()).session;

export const control = wishes => tell(inSession('control'), wishes);

// Calls `use` with each status that the server sends and its session, until the connection ends.
export async function watchStatus(use) {
  const { id } = session;
  const reader = (await ask('GET', inSession('events'), undefined, null)).body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) if (event.startsWith('data: ')) use(JSON.parse(event.slice(6)), id);
  }
}

export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
