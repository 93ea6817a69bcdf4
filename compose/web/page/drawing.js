// What is drawn: bars, faces, the mood's plane, keys, the session, piano rolls.
import { emotions, word } from './words.js';

export const colours = { angry: '#e0574c', disgust: '#7fae4e', fear: '#a877d6', happy: '#e9b93a', sad: '#5b8fe0', surprise: '#ea8f3c', neutral: '#98a0ad' };
const places = { angry: [-.51, .59], disgust: [-.6, .35], fear: [-.64, .6], happy: [.81, .51], sad: [-.63, -.27], surprise: [.4, .67], neutral: [0, 0] };
const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A canvas as large as it is shown, in its CSS pixels.
export function fit(canvas) {
  const ratio = window.devicePixelRatio || 1, { clientWidth: w, clientHeight: h } = canvas;
  if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
    canvas.width = Math.round(w * ratio);
    canvas.height = Math.round(h * ratio);
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, w, h);
  return { pen, w, h };
}

export function makeBars(list) {
  list.replaceChildren(...emotions.map(emotion => {
    const row = document.createElement('li'), name = document.createElement('span'), track = document.createElement('b'), bar = document.createElement('i'), number = document.createElement('span');
    row.dataset.emotion = emotion;
    name.textContent = word(emotion);
    bar.style.background = colours[emotion];
    track.append(bar);
    row.append(name, track, number);
    return row;
  }));
}

export function setBars(list, state) {
  for (const row of list.children) {
    const share = state ? state.probabilities[row.dataset.emotion] : 0;
    row.classList.toggle('on', !!state && row.dataset.emotion === state.emotion);
    row.querySelector('i').style.width = `${100 * share}%`;
    row.lastChild.textContent = state ? `${Math.round(100 * share)} %` : '';
  }
}

// The 68 points as lines: chin, brows, nose, eyes, mouth; those in the second list are closed.
const lines = [[[0, 16], [17, 21], [22, 26], [27, 30], [31, 35]], [[36, 41], [42, 47], [48, 59], [60, 67]]];

function drawPoints(pen, points, scale, dx, dy) {
  pen.save();
  pen.lineWidth = 1.4;
  pen.lineJoin = 'round';
  pen.strokeStyle = 'rgba(255, 255, 255, .75)';
  pen.beginPath();
  lines.forEach((group, closed) => group.forEach(([from, to]) => {
    for (let i = from; i <= to; i++) pen[i === from ? 'moveTo' : 'lineTo'](points[2 * i] * scale + dx, points[2 * i + 1] * scale + dy);
    if (closed) pen.closePath();
  }));
  pen.stroke();
  pen.restore();
}

// Boxes with names on a picture of which `scale` shown pixels are one of its own.
export function drawFaces(pen, faces, scale, dx, dy, mirrored, width) {
  pen.lineWidth = 2.5;
  pen.font = '600 15px system-ui, sans-serif';
  for (const face of faces) {
    let [x, y, w, h] = face.box.map(v => v * scale);
    x += dx; y += dy;
    pen.strokeStyle = colours[face.emotion];
    pen.globalAlpha = face.leads || faces.length === 1 ? 1 : .6;
    pen.beginPath();
    pen.roundRect(x, y, w, h, 12);
    pen.stroke();
    if (face.points) drawPoints(pen, face.points, scale, dx, dy);
    const text = word(face.emotion), long = pen.measureText(text).width + 18;
    const left = Math.max(2, Math.min(x, width - long - 2)), top = Math.max(2, y - 30);
    pen.save();
    if (mirrored) { pen.translate(2 * left + long, 0); pen.scale(-1, 1); }
    pen.fillStyle = colours[face.emotion];
    pen.beginPath();
    pen.roundRect(left, top, long, 24, 12);
    pen.fill();
    pen.fillStyle = '#16171c';
    pen.fillText(text, left + 9, top + 17);
    pen.restore();
    pen.globalAlpha = 1;
  }
}

/* ---------------------------------------------------------------- the plane */

const svg = (name, attributes, text) => {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  if (text) e.textContent = text;
  return e;
};

export function makePlane(plane) {
  const named = Object.entries(places).filter(([emotion]) => emotion !== 'neutral');
  plane.replaceChildren(
    svg('rect', { class: 'field', x: -104, y: -104, width: 208, height: 208, rx: 14 }),
    svg('path', { class: 'field', d: 'M-104 0H104M0 -104V104' }),
    svg('text', { class: 'axis', x: 0, y: -110 }, word('excited')), svg('text', { class: 'axis', x: 0, y: 111 }, word('calm')),
    svg('text', { class: 'axis', transform: 'rotate(-90)', x: 0, y: -110 }, word('unpleasant')), svg('text', { class: 'axis', transform: 'rotate(90)', x: 0, y: -110 }, word('pleasant')),
    ...named.map(([emotion, [v, a]]) => svg('circle', { cx: 100 * v, cy: -100 * a, r: 3.2, fill: colours[emotion] })),
    svg('polyline', { class: 'trail' }),
    svg('circle', { class: 'asked', r: 10 }), svg('circle', { class: 'felt', r: 8 }),
    ...named.map(([emotion, [v, a]]) => svg('text', { class: `name ${emotion}`, x: 100 * v, y: -100 * a + (emotion === 'fear' || emotion === 'angry' ? -9 : 11) }, word(emotion))));
}

export function setPlane(plane, status, trail) {
  const move = (name, v, a) => plane.querySelector(name).style.transform = `translate(${100 * v}px, ${-100 * a}px)`;
  move('.felt', status.valence, status.arousal);
  const played = status.songs?.playing?.valence != null && !status.songs.playing.composed ? status.songs.playing : status.music;
  move('.asked', played.valence / 2, played.arousal / 2); // music's plane is twice as wide as that of feelings
  plane.querySelector('.trail').setAttribute('points', trail.map(([v, a]) => `${100 * v},${-100 * a}`).join(' '));
  const felt = status.by_hand ? null : status.mood.emotion;
  plane.querySelector('.felt').style.fill = felt ? colours[felt] : style('--accent');
}

/* ---------------------------------------------------------------- music */

const black = pitch => [1, 3, 6, 8, 10].includes(pitch % 12);

export function drawKeys(canvas, down) {
  const { pen, w, h } = fit(canvas), lowest = 33, highest = 96;
  const whites = [];
  for (let p = lowest; p <= highest; p++) if (!black(p)) whites.push(p);
  const wide = w / whites.length, line = style('--line'), accent = style('--accent'), card = style('--card'), dim = style('--dim');
  whites.forEach((p, i) => {
    pen.fillStyle = down.includes(p) ? accent : card;
    pen.strokeStyle = line;
    pen.beginPath(); pen.roundRect(i * wide + .5, .5, wide - 1, h - 1, [0, 0, 3, 3]); pen.fill(); pen.stroke();
  });
  whites.forEach((p, i) => {
    if (!black(p + 1) || p === highest) return;
    pen.fillStyle = down.includes(p + 1) ? accent : dim;
    pen.beginPath(); pen.roundRect((i + .68) * wide, 0, wide * .64, h * .6, [0, 0, 2, 2]); pen.fill();
  });
}

export function drawRoll(canvas, piece, at) {
  const { pen, w, h } = fit(canvas);
  if (!piece.notes.length) return;
  const pitches = piece.notes.map(n => n[2]), low = Math.min(...pitches) - 2, high = Math.max(...pitches) + 3;
  const x = t => 8 + t / piece.seconds * (w - 16), tall = (h - 16) / (high - low);
  pen.strokeStyle = style('--line');
  for (let p = low; p < high; p++) if (p % 12 === 0) { const y = h - 8 - (p - low) * tall; pen.beginPath(); pen.moveTo(8, y); pen.lineTo(w - 8, y); pen.stroke(); }
  const parts = [...new Set(piece.notes.map(note => note[4]))], ofPart = [style('--accent'), colours.disgust, colours.surprise, colours.fear, colours.sad];
  for (const [start, end, pitch, velocity, part] of piece.notes) {
    pen.globalAlpha = .35 + .65 * velocity / 127;
    pen.fillStyle = at >= start && at <= end ? colours.happy : ofPart[parts.indexOf(part) % ofPart.length];
    pen.beginPath();
    pen.roundRect(x(start), h - 8 - (pitch - low + 1) * tall, Math.max(2, x(end) - x(start) - 1), Math.max(2.5, tall - 1), 2);
    pen.fill();
  }
  pen.globalAlpha = 1;
  if (at > 0) { pen.strokeStyle = style('--text'); pen.beginPath(); pen.moveTo(x(at), 4); pen.lineTo(x(at), h - 4); pen.stroke(); }
}

// The session: a ribbon of emotions, above it valence and arousal. No more rows than pixels are drawn.
export function drawTimeline(canvas, all) {
  const { pen, w, h } = fit(canvas), last = all.at(-1), middle = (h - 18) / 2, line = style('--line');
  pen.strokeStyle = line;
  pen.beginPath(); pen.moveTo(0, middle); pen.lineTo(w, middle); pen.stroke();
  if (!last) return;
  const step = Math.max(1, Math.ceil(all.length / Math.max(1, w))), rows = all.filter((row, i) => i % step === 0 || row === last);
  const first = rows[0].t, span = Math.max(60, last.t - (first > 1 ? first : 0)), x = t => (t - (first > 1 ? first : 0)) / span * w;
  rows.forEach((row, i) => {
    pen.fillStyle = row.emotion ? colours[row.emotion] : line;
    pen.fillRect(x(row.t), h - 12, Math.max(1, x(rows[i + 1]?.t ?? row.t + .5) - x(row.t) + .5), 12);
  });
  let left = 0;
  pen.font = '12px system-ui, sans-serif';
  for (const [name, label, colour] of [['valence', 'pleasant', style('--accent')], ['arousal', 'excited', style('--arousal')]]) {
    pen.fillStyle = colour;
    pen.fillText(word(label), left, 12);
    left += pen.measureText(word(label)).width + 14;
    pen.strokeStyle = colour; pen.lineWidth = 2; pen.lineJoin = 'round';
    pen.beginPath();
    rows.forEach((row, i) => pen[i ? 'lineTo' : 'moveTo'](x(row.t), middle - row[name] * (middle - 4)));
    pen.stroke();
  }
  pen.lineWidth = 1;
}
