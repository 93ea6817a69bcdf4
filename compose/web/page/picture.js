// The picture view: faces in a picture or a video that is dropped on the page.
import { anotherSession, ask, inSession, save } from './server.js';
import { drawFaces, makeBars, setBars } from './drawing.js';
import { word } from './words.js';
import { frameOf, notify } from './view.js';

const $ = id => document.getElementById(id);
const widest = 1280, frameWidth = 480;
let source = null, size = [0, 0], found = null, playing = 0;

function show() {
  const canvas = $('still'), pen = canvas.getContext('2d');
  [canvas.width, canvas.height] = size;
  pen.drawImage(source, 0, 0, ...size);
  if (!found) return;
  drawFaces(pen, found.faces, size[0] / found.width, 0, 0, false, size[0]);
  $('found').textContent = found.faces.length ? `${word('faces')}: ${found.faces.length}` : word('no_face');
  $('people').hidden = !found.faces.length;
  while ($('people').children.length > found.faces.length) $('people').lastChild.remove();
  found.faces.forEach((face, i) => {
    if (!$('people').children[i]) {
      const person = document.createElement('div');
      person.append(document.createElement('h3'), Object.assign(document.createElement('ul'), { className: 'bars' }));
      makeBars(person.lastChild);
      $('people').append(person);
    }
    const person = $('people').children[i];
    person.firstChild.textContent = `${face.id}: ${word(face.emotion)}`;
    setBars(person.lastChild, face);
  });
}

async function openPicture(file) {
  source = await createImageBitmap(file);
  const scale = Math.min(1, widest / Math.max(source.width, source.height));
  size = [Math.round(source.width * scale), Math.round(source.height * scale)];
  $('film').hidden = true;
  show();
  const jpeg = frameOf(source, source.width, source.height, widest);
  found = await (await ask('POST', 'picture', jpeg)).json();
  show();
}

// A video's frames go through a session of their own, which follows its faces in time.
async function openFilm(file) {
  const film = $('film'), turn = ++playing;
  film.src = URL.createObjectURL(file);
  film.hidden = false;
  await film.play();
  const id = await anotherSession();
  source = film;
  size = [film.videoWidth, film.videoHeight].map(v => Math.round(v * Math.min(1, widest / film.videoWidth)));
  while (turn === playing) {
    if (!film.paused && !$('picture').hidden) {
      const jpeg = frameOf(film, film.videoWidth, film.videoHeight, frameWidth);
      try { found = await (await ask('POST', inSession('frame', id), jpeg)).json(); } catch { break; }
      show();
    }
    await new Promise(resolve => setTimeout(resolve, 40));
  }
}

async function open(file) {
  if (!file) return;
  playing++;
  found = null;
  $('shown').hidden = false;
  try { await (file.type.startsWith('video/') ? openFilm : openPicture)(file); }
  catch (problem) { notify(null, problem.message); }
}

export function startPicture() {
  const drop = $('drop');
  $('file').onchange = () => open($('file').files[0]);
  for (const kind of ['dragover', 'dragleave', 'drop']) drop.addEventListener(kind, event => { event.preventDefault(); drop.classList.toggle('over', kind === 'dragover'); });
  drop.addEventListener('drop', event => open(event.dataTransfer.files[0]));
  $('save-picture').onclick = () => $('still').toBlob(blob => save(blob, 'affekt.png'));
  document.addEventListener('spoken', () => { $('people').replaceChildren(); if (found) show(); });
}
