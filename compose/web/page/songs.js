// The songs of the library: what plays, by two players that fade into each other, what comes next and why.
import { inSession, session } from './server.js';
import { fade, hearElement } from './sound.js';
import { word } from './words.js';
import { notify, signed, wait, write } from './view.js';

const $ = id => document.getElementById(id);
const overlap = 1.5, makingWay = 3; // seconds
const players = []; // { audio, node, id, told }
let current = null, wish = () => {}, send = () => {}, shown = '', seeking = false;
let halted = false, telling = false; // whether the server has it that songs pause; it is being told otherwise

const minutes = seconds => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/* ---------------------------------------------------------------- playing */

function makePlayer() {
  const audio = new Audio(), player = { audio, node: hearElement(audio), id: null, told: false };
  audio.preload = 'auto';
  audio.addEventListener('timeupdate', () => follow(player));
  audio.addEventListener('ended', () => tellEnd(player));
  for (const event of ['pause', 'play']) audio.addEventListener(event, () => tellPause(player));
  audio.addEventListener('error', () => { if (player.id && audio.error) { const id = player.id; player.id = null; wish({ failed: id }); } });
  players.push(player);
  return player;
}

// Says so until the server knows: no later event of a player that has ended would.
async function tellEnd(player) {
  if (player.told || player !== current) return;
  const { id } = player;
  player.told = true;
  while (player === current && player.id === id && !await wish({ ended: id })) await wait(1000);
}

// The browser and its devices pause too: a headset's button, headphones that are pulled out, a call.
async function tellPause(player) {
  const { paused, ended } = player.audio;
  if (player !== current || ended || telling || paused === halted) return;
  telling = true;
  try { await wish({ pause: paused }); } finally { telling = false; }
}

// Shortly before its end the next one is asked for, and begins while this one rings out.
function follow(player) {
  const { duration, currentTime, seeking: moving } = player.audio;
  if (player !== current || !Number.isFinite(duration)) return;
  showPlace(currentTime, duration);
  if (!moving && duration > 3 * overlap && duration - currentTime < overlap) tellEnd(player);
}

function leave(player, seconds) {
  const { id } = player;
  fade(player.node, 0, seconds);
  setTimeout(() => {
    if (player.id !== id || player === current) return;
    player.id = null;
    player.audio.pause();
    player.audio.removeAttribute('src');
    player.audio.load();
  }, 1000 * seconds + 100);
}

function begin(song, paused) {
  const before = current, player = players.find(p => p !== before && p.id === null) ?? (players.length < 3 ? makePlayer() : players.find(p => p !== before));
  if (before) leave(before, before.told ? overlap : makingWay);
  Object.assign(player, { id: song.id, told: false });
  player.audio.src = `${inSession('song')}&id=${song.id}`;
  current = player;
  fade(player.node, 10 ** (song.gain / 20), before && !before.told ? makingWay / 2 : 0.05);
  if (!paused) player.audio.play().catch(() => {});
}

// Whether the stream of composed music is to be heard now.
export const wantsStream = songs => !songs || songs.source === 'compose' || !!songs.playing?.composed;

// Plays what the status says; not where the computer's own output does. Where a player has stopped or gone on without the
// server's word, the server is told.
export function playSongs(songs, paused) {
  if (session.here) return;
  const turned = paused !== halted;
  halted = paused;
  const song = songs?.playing && !songs.playing.composed ? songs.playing : null;
  if (!song) {
    if (current) leave(current, makingWay);
    current = null;
  } else if (song.id !== current?.id) {
    begin(song, paused);
  } else if (!turned) {
    tellPause(current);
  } else if (!current.audio.ended) {
    if (paused) current.audio.pause(); else current.audio.play().catch(() => {});
  }
}

/* ---------------------------------------------------------------- shown */

function showPlace(at, duration) {
  if (!seeking) { $('place').max = duration; $('place').value = at; }
  $('place').setAttribute('aria-valuetext', minutes(at));
  $('elapsed').textContent = minutes(at);
  $('length').textContent = minutes(duration);
}

// Why a song was chosen, in the page's words.
function reasons({ reasons: r }) {
  const say = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), word(key));
  const n = Math.round(Math.abs(r.faster));
  if (r.composed) return say('why_composed');
  return [
    r.mood ? say('why_mood', { v: signed(r.mood.valence), a: signed(r.mood.arousal), by: word(`by_${r.mood.by}`) }) : say('why_unknown'),
    r.faster !== undefined && say(n === 0 ? 'why_as_fast' : r.faster > 0 ? 'why_faster' : 'why_slower', { n }),
    r.key && say(`why_${r.key}`),
    r.days !== undefined && say(r.days < 2 ? 'why_hours' : 'why_days', { n: Math.round(r.days < 2 ? 24 * r.days : r.days) }),
    r.liked !== undefined && say(r.liked ? 'why_liked' : 'why_disliked'),
  ].filter(Boolean).join(', ');
}

function row(song) {
  const line = document.createElement('li'), add = (name, text, small) => line.append(Object.assign(document.createElement(name), { textContent: text, className: small ? 'small' : '' }));
  add('span', song.composed ? word('composed') : [song.artist, song.title].filter(Boolean).join(' – '));
  add('span', minutes(song.seconds));
  add('span', reasons(song), true);
  return line;
}

// What the status says of songs; true when it is one that plays.
export function showSongs(songs) {
  const choosing = !!songs && songs.source !== 'compose', song = choosing && songs.playing && !songs.playing.composed ? songs.playing : null;
  for (const e of document.querySelectorAll('.choosing, .say')) e.hidden = !choosing;
  for (const e of document.querySelectorAll('.composing')) e.hidden = choosing && songs.source !== 'mix';
  $('keys').hidden = !!song;
  $('progress').hidden = $('artist').hidden = !song;
  if (songs?.error) notify(null, songs.error);
  if (!choosing) return false;
  const next = JSON.stringify([songs.queue, document.documentElement.lang]);
  if (next !== shown) $('queue').replaceChildren(...songs.queue.slice(0, 4).map(row));
  shown = next;
  write('learnt', songs.learnt ? `${word('learnt')}: ${songs.learnt}` : '');
  if (!song) return false;
  write('piece', song.title);
  write('beat', '');
  write('artist', [song.artist, song.album].filter(Boolean).join(' · '));
  write('why', reasons(song));
  if (session.here && Number.isFinite(songs.heard) && song.seconds) showPlace(Math.min(songs.heard, song.seconds), song.seconds);
  return true;
}

/* ---------------------------------------------------------------- wished */

export const songChoices = () => session.library ? {
  source: document.querySelector('[name=source]:checked').value,
  languages: spoken(),
  strict: strictly(),
  songs_genre: $('songs-genre').value || null,
} : {};

function spoken() {
  const chosen = [...document.querySelectorAll('[name=song-language]:checked')].map(e => e.value);
  return chosen.length ? chosen : null;
}

// Shows what the server plays by, where it has refused something else.
export function chooseSongs(songs) {
  if (!songs) return;
  for (const e of document.querySelectorAll('[name=source]')) e.checked = e.value === songs.source;
  for (const e of document.querySelectorAll('[name=song-language]')) e.checked = songs.languages.includes(e.value);
  for (const e of document.querySelectorAll('[name=strict]')) e.checked = songs.strict;
  $('songs-genre').value = songs.genre ?? '';
}

const strictly = () => !!document.querySelector('[name=strict]')?.checked;

// What there is to choose from, in the page's language.
export function fillSongs() {
  const { library } = session, name = new Intl.DisplayNames([document.documentElement.lang, 'en'], { type: 'language' });
  $('source').hidden = !library;
  $('no-library').hidden = !!library || !session.id;
  if (!library) return;
  const kept = $('songs-genre').value, ticked = spoken() ?? [], strict = strictly();
  const option = (value, text) => Object.assign(document.createElement('option'), { value, textContent: text });
  const genres = Object.entries(library.genres).sort((a, b) => b[1] - a[1]).slice(0, 60);
  $('songs-genre').replaceChildren(option('', word('any')), ...genres.map(([genre, count]) => option(genre, `${genre} (${count})`)));
  $('songs-genre').value = kept;
  const tick = (properties, text, onchange) => {
    const label = document.createElement('label');
    label.append(Object.assign(document.createElement('input'), { type: 'checkbox', onchange, ...properties }), Object.assign(document.createElement('span'), { textContent: text }));
    return label;
  };
  $('languages').replaceChildren($('languages').firstElementChild,
    ...Object.keys(library.languages).sort().map(code => tick({ name: 'song-language', value: code, checked: ticked.includes(code) }, name.of(code), () => send({ languages: spoken() }))),
    tick({ name: 'strict', checked: strict }, word('strict'), () => send({ strict: strictly() })));
  $('languages').classList.toggle('choosing', Object.keys(library.languages).length > 0);
  if (!Object.keys(library.languages).length) $('languages').hidden = true;
}

function say(button) {
  wish({ say: button.dataset.say });
  button.classList.add('said');
  setTimeout(() => button.classList.remove('said'), 900);
}

// Both take what is wished of the songs: `wishing` says it once, `sending` until the server has heard it.
export function startSongs(wishing, sending) {
  wish = wishing;
  send = sending;
  for (const e of document.querySelectorAll('[name=source]')) e.onchange = () => send({ source: e.value });
  for (const e of document.querySelectorAll('[data-say]')) e.onclick = () => say(e);
  $('undo').onclick = () => wish({ undo: true });
  $('songs-genre').onchange = () => send({ songs_genre: $('songs-genre').value || null });
  $('place').oninput = () => { seeking = true; $('elapsed').textContent = minutes(+$('place').value); };
  $('place').onchange = () => { seeking = false; if (session.here) wish({ seek: +$('place').value }); else if (current) current.audio.currentTime = +$('place').value; };
}
