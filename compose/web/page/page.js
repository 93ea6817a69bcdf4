// The page: its views, its language, its messages.
import { openSession } from './server.js';
import { languages, preferred, speak, word } from './words.js';
import { startLive } from './live.js';
import { startPicture } from './picture.js';
import { startCompose } from './compose.js';

const $ = id => document.getElementById(id);
const views = ['live', 'picture', 'compose'];

let quiet;
// Shows one of the words, or a text of the server's, for a while.
export function notify(key, text) {
  $('notice').textContent = key ? word(key) : text;
  $('notice').hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => { $('notice').hidden = true; }, key === 'no_token' ? 60000 : 8000);
}

function show(view) {
  for (const name of views) {
    $(name).hidden = name !== view;
    $(`tab-${name}`).setAttribute('aria-selected', name === view);
    $(`tab-${name}`).tabIndex = name === view ? 0 : -1;
  }
  window.dispatchEvent(new Event('resize'));
}

for (const name of views) {
  $(`tab-${name}`).onclick = () => show(name);
  $(`tab-${name}`).onkeydown = event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = views[(views.indexOf(name) + step + views.length) % views.length];
    show(next);
    $(`tab-${next}`).focus();
  };
}

const language = $('language');
language.append(...Object.entries(languages).map(([value, name]) => Object.assign(document.createElement('option'), { value, textContent: name })));
language.onchange = () => speak(language.value);

startLive();
startPicture();
startCompose();
speak(language.value = preferred());
show('live');
openSession().then(() => speak(language.value), problem => problem.status === 401 ? notify('no_token') : notify(null, problem.message));
