// What the views share: messages, choices, frames.
import { session } from './server.js';
import { instruments, word } from './words.js';

const $ = id => document.getElementById(id);
const small = document.createElement('canvas');

export const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

// Live regions change only when their text does, for those who hear them read.
export function write(id, text) { if ($(id).textContent !== text) $(id).textContent = text; }

export const signed = value => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;

let quiet;
// Shows one of the words, or a text of the server's, for a while.
export function notify(key, text) {
  $('notice').textContent = key ? word(key) : text;
  $('notice').hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => { $('notice').hidden = true; }, key === 'no_token' ? 60000 : 8000);
}

// What went wrong with a request.
export function notifyOf(problem) {
  if (problem.name === 'TimeoutError') notify('no_answer'); else notify(null, problem.message);
}

export function fillChoices(genre, instrument) {
  const option = (value, text) => Object.assign(document.createElement('option'), { value, textContent: text });
  genre.replaceChildren(option('', word('any')), ...session.genres.map(name => option(name, name)));
  instrument.replaceChildren(...Object.entries(instruments).map(([name, program]) => option(program, word(name))));
}

// A JPEG of a picture whose sides are no longer. At once: canvas.toBlob waits until the browser is idle, for tens of milliseconds.
export function frameOf(source, width, height, longest, canvas = small) {
  const scale = Math.min(1, longest / Math.max(width, height)), w = Math.round(width * scale), h = Math.round(height * scale);
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  canvas.getContext('2d', { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
  const [, base64] = canvas.toDataURL('image/jpeg', .8).split(',');
  return new Blob([Uint8Array.from(atob(base64), byte => byte.charCodeAt(0))], { type: 'image/jpeg' });
}
