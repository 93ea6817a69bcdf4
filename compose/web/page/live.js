// The live view: camera, emotion, mood, music, and the session's history.
import { ask, closeSession, control, inSession, openSession, Refusal, save, session, watchStatus } from './server.js';
import { keepStream, level, playStream, setVolume, startSound, stopStream } from './sound.js';
import { chooseSongs, fillSongs, playSongs, showSongs, songChoices, startSongs, wantsStream } from './songs.js';
import { drawFaces, drawKeys, drawTimeline, fit, makeBars, makePlane, setBars, setPlane } from './drawing.js';
import { emotions, word } from './words.js';
import { fillChoices, frameOf, notify, notifyOf, signed, wait, write } from './view.js';

const $ = id => document.getElementById(id);
const frameEvery = 1000 / 15, rowEvery = 500, mostRows = 57600, frameSide = 320; // eight hours of rows
let faces = [], frameSize = [1, 1], status = null, statusOf = null, trail = [], rows = [], began = 0, running = false, lastRow = 0;
let camera = null; // its stream

/* ---------------------------------------------------------------- frames */

// Milliseconds from taking a frame to its bars on the screen, of the last frames: for whoever measures.
export const delays = [];

function noteDelay(started) {
  requestAnimationFrame(() => {
    delays.push(performance.now() - started);
    if (delays.length > 1000) delays.shift();
  });
}

async function sendFrame(video, stream) {
  const started = performance.now();
  const jpeg = frameOf(video, video.videoWidth, video.videoHeight, frameSide);
  const reply = await (await ask('POST', inSession('frame'), jpeg)).json();
  if (camera !== stream) return;
  faces = reply.faces;
  frameSize = [reply.width, reply.height];
  showFaces();
  noteDelay(started);
}

// One frame in flight, always the newest, at most fifteen a second; none while the tab is hidden.
async function sendFrames(video, stream) {
  while (camera === stream) {
    const started = performance.now();
    if (!document.hidden && video.videoWidth) {
      try { await sendFrame(video, stream); } catch (problem) { await trouble(problem); }
    }
    await wait(Math.max(5, frameEvery - (performance.now() - started)));
  }
}

// Whoever had the focus in what goes finds it at `next`.
function hide(id, hidden, next) {
  const focused = hidden && $(id).contains(document.activeElement);
  $(id).hidden = hidden;
  if (focused) $(next).focus();
}

const leader = () => faces.find(face => face.leads);

function showFaces() {
  const { pen, w, h } = fit($('overlay')), [fw, fh] = frameSize;
  const scale = Math.max(w / fw, h / fh);
  drawFaces(pen, faces, scale, (w - fw * scale) / 2, (h - fh * scale) / 2, true, w);
  const face = leader();
  setBars($('bars'), face);
  write('emotion', face ? word(face.emotion) : word('no_face'));
  showLeaders();
  addRow();
}

// A button for each face, where there are several, for those who cannot click them.
function showLeaders() {
  const buttons = $('leaders').children, inOrder = [...faces].sort((a, b) => a.id - b.id);
  const chosen = $('leaders').contains(document.activeElement) ? document.activeElement.dataset.face : null;
  $('faces-hint').hidden = faces.length < 2;
  hide('leaders', faces.length < 2, 'plane');
  if (inOrder.map(face => face.id).join() !== [...buttons].map(button => button.dataset.face).join())
    $('leaders').replaceChildren(...inOrder.map(({ id }) => {
      const button = Object.assign(document.createElement('button'), { className: 'quiet', onclick: () => wish({ lead: id }) });
      button.dataset.face = id;
      return button;
    }));
  if (chosen) [...buttons].find(button => button.dataset.face === chosen)?.focus();
  inOrder.forEach((face, i) => {
    const text = `${face.id}: ${word(face.emotion)}`;
    if (buttons[i].textContent !== text) buttons[i].textContent = text;
    buttons[i].setAttribute('aria-pressed', !!face.leads);
  });
}

function chooseFace(event) {
  const { w, h } = { w: $('overlay').clientWidth, h: $('overlay').clientHeight }, [fw, fh] = frameSize;
  const scale = Math.max(w / fw, h / fh), box = $('overlay').getBoundingClientRect();
  const x = (w - (event.clientX - box.left) - (w - fw * scale) / 2) / scale, y = (event.clientY - box.top - (h - fh * scale) / 2) / scale;
  const face = faces.find(f => x >= f.box[0] && x <= f.box[0] + f.box[2] && y >= f.box[1] && y <= f.box[1] + f.box[3]);
  if (face) wish({ lead: face.id });
}

/* ---------------------------------------------------------------- status */

// The tempo moves with the mood, and is not announced.
function showPiece(music) {
  write('piece', music.piece ? [`${word('piece')} ${music.piece}`, music.key].filter(Boolean).join(': ') : '–');
  write('beat', music.piece && music.meter ? ` · ${music.meter}, ♩ = ${Math.round(music.tempo)}` : '');
}

// Replies and events come on connections of their own: what a later one of the same session has overtaken is old.
function show(next, id) {
  if (id === statusOf && next.number < status.number) return;
  [status, statusOf] = [next, id];
  if (!running) return;
  playSongs(status.songs, status.paused);
  if (isHeard()) keepStream(); else stopStream();
  trail = [...trail, [status.valence, status.arousal]].slice(-60);
  setPlane($('plane'), status, trail);
  write('mood-source', word(status.by_hand ? 'by_hand' : 'from_face'));
  sayMood();
  hide('follow', !status.by_hand, 'plane');
  if (!showSongs(status.songs)) {
    showPiece(status.music);
    write('why', word(status.music.policy === 'mirror' ? 'why_mirror' : 'why_regulate'));
  }
  $('pause').setAttribute('aria-pressed', status.paused);
  drawKeys($('keys'), status.music.down);
  if (!camera || document.hidden) addRow();
}

// Whether the stream is to be there: a hidden page in a pause leaves its connection to others.
const isHeard = () => wantsStream(status?.songs) && !(document.hidden && status?.paused);

async function follow() {
  while (running) {
    try { await watchStatus(show); } catch (problem) { await trouble(problem); }
    await wait(500);
  }
}

async function listen() {
  while (running) {
    if (isHeard()) {
      try { await playStream(); } catch (problem) { await trouble(problem); }
    }
    await wait(200);
  }
}

// A session that the server no longer knows is opened again; a server that is away is waited for.
let mending = null;
async function trouble(problem) {
  if (problem instanceof Refusal && problem.status === 429) return;
  if (problem.name === 'AbortError') return;
  if (problem instanceof Refusal && problem.status === 409) { notify(null, problem.message); return; }
  if (problem instanceof Refusal && problem.status === 401) { notify('no_token'); await wait(3000); return; }
  if (problem instanceof Refusal && problem.status === 410) {
    mending ??= mend().finally(() => { mending = null; });
    await mending.catch(failure => { notifyOf(failure); return wait(1000); });
    return;
  }
  if (problem instanceof Refusal) notify(null, problem.message); else notify(problem.name === 'TimeoutError' ? 'no_answer' : 'away');
  await wait(1000);
}

const restore = () => control(choices());

// Opens a session and tells it all that is chosen. One that has not heard it is not kept: the next request asks again.
async function mend() {
  await openSession();
  try { await restore(); } catch (problem) {
    if (problem.status === 409) { chooseSongs((await (await ask('GET', inSession('status'))).json()).songs); throw problem; }
    closeSession(session.id);
    session.id = '0';
    throw problem;
  }
}

const choices = () => ({
  policy: document.querySelector('[name=policy]:checked').value,
  genre: $('genre').value || null,
  ...($('instrument').value && { program: +$('instrument').value }),
  pause: status?.paused ?? false,
  hidden: document.hidden,
  mood: aim,
  ...(session.here && { volume: +$('volume').value }),
  ...songChoices(),
});

// Whether the server has heard it, or will not: what it refuses does not stay chosen, and a new session (410) is told all
// that is chosen. Before the music begins nothing is wished: all that is chosen is told then.
async function wish(wishes) {
  if (!running || !session.id) return false;
  try { const { id } = session; show(await control(wishes), id); return true; } catch (problem) {
    await trouble(problem);
    if (problem.status === 409) chooseSongs(status?.songs);
    return [400, 409, 410].includes(problem.status);
  }
}

let pending = null, sending = false;

// What stays chosen: one request at a time, each with what is the newest then, until the server has heard it.
async function send(wishes) {
  if (!running) return;
  pending = { ...pending, ...wishes };
  if (sending) return;
  sending = true;
  try {
    while (pending && running) {
      const next = pending;
      pending = null;
      if (await wish(next)) continue;
      pending = { ...next, ...pending };
      await wait(200);
    }
  } finally { sending = false; }
}

/* ---------------------------------------------------------------- the mood by hand */

let aim = null; // the point that is wished for, null for the face

function sendMood(mood) {
  aim = mood;
  send({ mood });
}

async function feelAt(valence, arousal) {
  const hold = v => Math.max(-1, Math.min(1, v));
  aim = { valence: hold(valence), arousal: hold(arousal) };
  await begin(false);
  sendMood(aim);
}

// A finger lets sound begin when it is lifted, not when it touches.
function pointed(event) {
  if (event.type === 'pointermove' && !event.buttons) return;
  if (!running && event.pointerType !== 'mouse' && event.type !== 'pointerup') return;
  const box = $('plane').getBoundingClientRect(), scale = 232 / box.width;
  feelAt(((event.clientX - box.left) * scale - 116) / 100, -((event.clientY - box.top) * scale - 116) / 100);
}

function typed(event) {
  const step = { ArrowLeft: [-.1, 0], ArrowRight: [.1, 0], ArrowUp: [0, .1], ArrowDown: [0, -.1] }[event.key];
  if (event.key === 'Escape') sendMood(null);
  if (!step) return;
  event.preventDefault();
  const { valence, arousal } = aim ?? status ?? { valence: 0, arousal: 0 };
  feelAt(valence + step[0], arousal + step[1]);
}

// Said to those who set it by the keys.
function sayMood() {
  write('mood-set', status.by_hand ? `${word('pleasant')} ${signed(status.valence)}, ${word('excited')} ${signed(status.arousal)}` : '');
}

/* ---------------------------------------------------------------- history */

// Twice a second; of a session beyond eight hours every other row of the first half goes, again and again.
function addRow() {
  const now = performance.now();
  if (!status || now - lastRow < rowEvery) return;
  lastRow = now;
  if (rows.length >= mostRows) rows = rows.filter((row, i) => i >= mostRows / 2 || i % 2 === 0);
  const face = document.hidden ? undefined : leader(), music = status.music;
  rows.push({ t: Math.round(now - began) / 1000, emotion: face?.emotion ?? null, ...Object.fromEntries(emotions.map(e => [e, face?.probabilities[e] ?? null])),
    valence: status.valence, arousal: status.arousal, by_hand: status.by_hand, policy: music.policy, asked_valence: music.valence, asked_arousal: music.arousal, piece: music.piece, key: music.key, tempo: music.tempo, song: status.songs?.playing?.title ?? null, artist: status.songs?.playing?.artist ?? null, why: status.songs?.playing?.why ?? null });
  drawTimeline($('timeline'), rows);
}

const field = value => /[",\n]/.test(value ?? '') ? `"${value.replaceAll('"', '""')}"` : value ?? '';
const csv = () => [Object.keys(rows[0] ?? { t: 0 }).join(','), ...rows.map(row => Object.values(row).map(field).join(','))].join('\n') + '\n';

/* ---------------------------------------------------------------- beginning */

const stop = stream => stream?.getTracks().forEach(track => track.stop());

// Once, however often it is asked for while the browser asks for permission.
let opening = null;
function openCamera() {
  opening ??= startCamera().finally(() => { opening = null; });
}

async function startCamera() {
  let stream = null;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, height: { ideal: 360 }, facingMode: 'user' }, audio: false });
    stop($('camera').srcObject);
    $('camera').srcObject = stream;
    await $('camera').play();
    for (const track of stream.getVideoTracks()) track.onended = () => { if (camera === stream) setCamera(null); };
    setCamera(stream);
    sendFrames($('camera'), stream);
  } catch {
    stop(stream);
    notify('refused');
  }
}

// Whoever began without a camera, or has lost it, can start it later.
function setCamera(stream) {
  const lost = camera && !stream;
  camera = stream;
  hide('use-camera', !!stream || !running, 'pause');
  if (lost) { faces = []; showFaces(); }
}

// Begins once, or again after a failure; whoever comes meanwhile waits for the same beginning.
let beginning = null;
function begin(withCamera) {
  beginning ??= start(withCamera).then(() => { if (!running) beginning = null; });
  return beginning;
}

async function start(withCamera) {
  running = true;
  began = performance.now();
  hide('welcome', true, 'pause');
  try {
    await startSound(+$('volume').value);
    if (!session.id) await openSession();
    await restore().catch(async problem => {
      if (problem.status !== 410) throw problem;
      await openSession(); // the one before has waited too long
      await restore();
    });
  } catch (problem) {
    running = false;
    $('welcome').hidden = false;
    await trouble(problem);
    return;
  }
  follow();
  listen();
  setCamera(null);
  if (withCamera) openCamera();
}

function showLevel() {
  const value = Math.round(100 * level());
  $('level').setAttribute('aria-valuenow', value);
  $('level').firstElementChild.style.height = `${value}%`;
}

export function startLive() {
  startSongs(wish, send);
  $('start').onclick = () => begin(true);
  $('without').onclick = () => begin(false);
  $('use-camera').onclick = () => { if (!camera) openCamera(); };
  $('volume').oninput = () => setVolume(+$('volume').value);
  $('volume').onchange = () => { if (session.here) send({ volume: +$('volume').value }); };
  $('pause').onclick = () => wish({ pause: !status?.paused });
  $('next').onclick = () => wish({ next: true });
  $('follow').onclick = () => sendMood(null);
  $('genre').onchange = () => send({ genre: $('genre').value || null });
  $('instrument').onchange = () => send({ program: +$('instrument').value });
  for (const e of document.querySelectorAll('[name=policy]')) e.onchange = () => send({ policy: e.value });
  $('overlay').onclick = chooseFace;
  $('plane').onpointerdown = pointed;
  $('plane').onpointermove = pointed;
  $('plane').onpointerup = pointed;
  $('plane').onkeydown = typed;
  $('save-csv').onclick = () => save(new Blob([csv()], { type: 'text/csv' }), 'affekt.csv');
  $('save-json').onclick = () => save(new Blob([JSON.stringify(rows, null, 1)], { type: 'application/json' }), 'affekt.json');
  $('save-midi').onclick = async () => {
    if (!session.id) return;
    try { save(await (await ask('GET', inSession('record'))).blob(), 'affekt.mid'); } catch (problem) { await trouble(problem); }
  };
  const spoken = () => {
    const kept = [$('genre').value, $('instrument').value];
    makeBars($('bars')); makePlane($('plane')); fillChoices($('genre'), $('instrument'));
    $('instrument').prepend(Object.assign(new Option(word('any'), ''), { hidden: true })); // until one is chosen
    $('genre').value = kept[0]; $('instrument').value = kept[1] || (session.program ?? '');
    drawKeys($('keys'), []); drawTimeline($('timeline'), rows); fillSongs(); showSongs(status?.songs);
    if (status) show(status, statusOf);
  };
  document.addEventListener('visibilitychange', () => send({ hidden: document.hidden }));
  document.addEventListener('spoken', spoken);
  window.addEventListener('resize', () => { drawKeys($('keys'), status?.music.down ?? []); drawTimeline($('timeline'), rows); });
  setInterval(showLevel, 100);
}
