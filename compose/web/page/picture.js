// The picture view: faces in a picture or a video that is dropped on the page.
import { anotherSession, ask, closeSession, inSession, save } from './server.js';
import { drawFaces, makeBars, setBars } from './drawing.js';
import { word } from './words.js';
import { frameOf, notifyOf, wait, write } from './view.js';

const $ = id => document.getElementById(id);
const longest = 1280, frameSide = 480;
let source = null, size = [0, 0], found = null, playing = 0;

function show() {
  const canvas = $('still'), pen = canvas.getContext('2d');
  [canvas.width, canvas.height] = size;
  pen.drawImage(source, 0, 0, ...size);
  if (!found) return;
  drawFaces(pen, found.faces, size[0] / found.width, 0, 0, false, size[0]);
  write('found', found.faces.length ? `${word('faces')}: ${found.faces.length}` : word('no_face'));
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

// Replies count only while what they are about is still open: `turn` is `playing` then.
async function openPicture(file, turn) {
  const picture = await createImageBitmap(file);
  if (turn !== playing) return;
  source = picture;
  const scale = Math.min(1, longest / Math.max(source.width, source.height));
  size = [Math.round(source.width * scale), Math.round(source.height * scale)];
  $('film').hidden = true;
  show();
  const jpeg = frameOf(source, source.width, source.height, longest);
  const faces = await (await ask('POST', 'picture', jpeg)).json();
  if (turn !== playing) return;
  found = faces;
  show();
}

// A video's frames go through a session of their own, which follows its faces in time; after a long pause, through
// another one.
async function openFilm(file, turn) {
  const film = $('film');
  film.src = URL.createObjectURL(file);
  film.hidden = false;
  await film.play();
  let id = await anotherSession();
  try {
    if (turn !== playing) return;
    source = film;
    size = [film.videoWidth, film.videoHeight].map(v => Math.round(v * Math.min(1, longest / Math.max(film.videoWidth, film.videoHeight))));
    while (turn === playing) {
      if (!film.paused && !$('picture').hidden) {
        const jpeg = frameOf(film, film.videoWidth, film.videoHeight, frameSide);
        let faces = null;
        try {
          faces = await (await ask('POST', inSession('frame', id), jpeg)).json();
        } catch (problem) {
          if (turn !== playing) return;
          if (problem.status === 410) id = await anotherSession();
          else { notifyOf(problem); await wait(1000); }
        }
        if (turn !== playing) return;
        if (faces) { found = faces; show(); }
      }
      await wait(40);
    }
  } finally { closeSession(id); }
}

async function open(file) {
  if (!file) return;
  const turn = ++playing;
  found = null;
  $('people').hidden = true;
  write('found', '');
  $('film').pause();
  $('shown').hidden = false;
  try { await (file.type.startsWith('video/') ? openFilm : openPicture)(file, turn); }
  catch (problem) { if (turn === playing) notifyOf(problem); }
}

export function startPicture() {
  const drop = $('drop');
  $('file').onchange = () => { const [file] = $('file').files; $('file').value = ''; open(file); }; // the same may come again
  for (const kind of ['dragover', 'dragleave', 'drop']) drop.addEventListener(kind, event => { event.preventDefault(); drop.classList.toggle('over', kind === 'dragover'); });
  for (const kind of ['dragover', 'drop']) window.addEventListener(kind, event => event.preventDefault()); // beside it, it would take the page's place
  drop.addEventListener('drop', event => open(event.dataTransfer.files[0]));
  $('save-picture').onclick = () => $('still').toBlob(blob => save(blob, 'affekt.png'));
  document.addEventListener('spoken', () => { $('people').replaceChildren(); if (found) show(); });
}
