// The compose view: a piece on request, its piano roll, its sound and files.
import { ask, save, tell } from './server.js';
import { drawRoll } from './drawing.js';
import { emotions, word } from './words.js';
import { fillChoices, notifyOf } from './view.js';

const $ = id => document.getElementById(id);
const ensembles = ['piano', 'band', 'strings', 'chiptune'];
const endings = { midi: 'mid', musicxml: 'musicxml', wav: 'wav', flac: 'flac', mp3: 'mp3' };
const tonics = ['C', 'C♯', 'D', 'E♭', 'E', 'F', 'F♯', 'G', 'A♭', 'A', 'B♭', 'B'];
let piece = null, files = {}, composing = false;

function wishes() {
  const wish = { emotion: $('wish-emotion').value, seconds: +$('wish-seconds').value, seed: Math.floor(Math.random() * 2 ** 30) };
  if ($('wish-key').value) { const [tonic, minor] = $('wish-key').value.split(','); wish.tonic = +tonic; wish.minor = minor === '1'; }
  if ($('wish-tempo').value) wish.tempo = +$('wish-tempo').value;
  if ($('wish-genre').value) wish.genre = $('wish-genre').value;
  if ($('wish-style').value !== 'performed') Object.assign(wish, { style: 'arranged', ensemble: $('wish-style').value });
  else Object.assign(wish, { style: 'performed', program: +$('wish-instrument').value });
  return wish;
}

const file = async kind => files[kind] ??= await (await ask('GET', `piece?id=${piece.id}&kind=${kind}`, undefined, null)).blob();

function describe() {
  const beat = piece.meter ? `${piece.meter}, ♩ = ${Math.round(piece.tempo)}` : null;
  $('written-what').textContent = [piece.key, beat, `${Math.round(piece.seconds)} s`, `${piece.notes.length} ${word('notes')}`].filter(Boolean).join(' · ');
}

function silence() {
  const { src } = $('hear');
  $('hear').removeAttribute('src');
  $('hear').load();
  if (src) URL.revokeObjectURL(src);
}

async function compose(event) {
  event.preventDefault();
  if (composing) return;
  composing = true;
  $('wish').setAttribute('aria-disabled', 'true');
  $('wish').textContent = word('composing');
  try {
    piece = await tell('compose', wishes(), null);
    files = {};
    $('written').hidden = false;
    document.querySelector('[data-kind=musicxml]').hidden = !piece.meter; // off the beat there are no bars to write
    describe();
    drawRoll($('roll'), piece, 0);
    silence(); // the piece before
    $('hear').src = URL.createObjectURL(await file('wav'));
    await $('hear').play().catch(() => {});
  } catch (problem) {
    notifyOf(problem);
  }
  composing = false;
  $('wish').removeAttribute('aria-disabled');
  $('wish').textContent = word('compose_now');
}

const showPlayer = () => { $('wish-player').hidden = $('wish-style').value !== 'performed'; };

function fill() {
  const option = (value, text) => Object.assign(document.createElement('option'), { value, textContent: text });
  const kept = ['wish-emotion', 'wish-key', 'wish-genre', 'wish-style', 'wish-instrument'].map(id => [id, $(id).value]);
  $('wish-emotion').replaceChildren(...emotions.map(e => option(e, word(e))));
  $('wish-key').replaceChildren(option('', word('free')), ...[0, 1].flatMap(minor => tonics.map((name, i) => option(`${i},${minor}`, name + (minor ? 'm' : '')))));
  fillChoices($('wish-genre'), $('wish-instrument'));
  $('wish-style').replaceChildren(...ensembles.map(name => option(name, `${word('arranged')}: ${word(`for_${name}`)}`)), option('performed', word('played')));
  $('wish-emotion').value = 'happy';
  for (const [id, value] of kept) if (value) $(id).value = value;
  showPlayer();
  if (piece) describe();
}

export function startCompose() {
  $('wishes').onsubmit = compose;
  $('wish-seconds').oninput = () => { $('wish-length').textContent = $('wish-seconds').value; };
  for (const button of document.querySelectorAll('[data-kind]')) button.onclick = async () => {
    try { save(await file(button.dataset.kind), `affekt.${endings[button.dataset.kind]}`); } catch (problem) { notifyOf(problem); }
  };
  $('wish-style').onchange = showPlayer;
  const draw = () => { if (piece && !$('compose').hidden) drawRoll($('roll'), piece, $('hear').currentTime); };
  const run = () => { draw(); if (!$('hear').paused) requestAnimationFrame(run); };
  $('hear').onplay = run;
  $('hear').onseeked = draw;
  window.addEventListener('resize', draw);
  document.addEventListener('spoken', fill);
}
