// The page: its views and its language.
import { openSession } from './server.js';
import { languages, preferred, speak, word } from './words.js';
import { notify, notifyOf } from './view.js';
import { startLive } from './live.js';
import { startPicture } from './picture.js';
import { startCompose } from './compose.js';

const $ = id => document.getElementById(id);
const views = ['live', 'picture', 'compose'];

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
openSession().catch(problem => problem.status === 401 ? notify('no_token') : notifyOf(problem));
