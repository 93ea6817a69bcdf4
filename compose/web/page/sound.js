// What is heard: the music's stream, scheduled piece by piece by Web Audio, each where the one before ends, and songs.
import { ask, inSession, session } from './server.js';

const cushion = 0.12; // seconds between now and the first piece's beginning
const furthest = 1; // seconds that the stream may be ahead
let context, gain, stream, analyser, ending, leaving = null;

export function setVolume(volume) { if (gain) gain.gain.setTargetAtTime(volume * volume, context.currentTime, 0.02); }

// 0 … 1: how loud it is just now.
export function level() {
  if (!analyser) return 0;
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  let most = 0;
  for (const s of samples) most = Math.max(most, Math.abs(s));
  return Math.min(1, most * 1.6);
}

function schedule(frames, at) {
  const buffer = context.createBuffer(2, frames.length / 2, session.rate);
  for (let channel = 0; channel < 2; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let i = 0; i < samples.length; i++) samples[i] = frames[2 * i + channel] / 32768;
  }
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(stream);
  source.start(at);
  return at + buffer.duration;
}

// Loud sums are bent towards 1 instead of clipped, as by the program's own mixer: the identity up to .8. The curve reaches
// to four times full scale.
export function limiter(context) {
  const knee = .8, reach = 4, points = 4097, curve = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    const x = (2 * i / (points - 1) - 1) * reach, size = Math.abs(x);
    curve[i] = size <= knee ? x : Math.sign(x) * (knee + (1 - knee) * Math.tanh((size - knee) / (1 - knee)));
  }
  const input = new GainNode(context, { gain: 1 / reach }), output = new WaveShaperNode(context, { curve });
  input.connect(output);
  return { input, output };
}

// To be called in a click.
export async function startSound(volume) {
  if (!context) {
    context = new AudioContext({ sampleRate: session.rate, latencyHint: 'interactive' });
    context.onstatechange = () => { if (context.state !== 'running') context.resume().catch(() => {}); };
    gain = context.createGain();
    stream = context.createGain();
    stream.connect(gain);
    analyser = context.createAnalyser();
    const limit = limiter(context);
    gain.connect(limit.input);
    limit.output.connect(analyser).connect(context.destination);
  }
  await context.resume();
  setVolume(volume);
}

// Goes over to another loudness within so many seconds.
export function fade(node, to, seconds) {
  const now = context.currentTime;
  node.gain.cancelScheduledValues(now);
  node.gain.setValueAtTime(node.gain.value, now);
  node.gain.linearRampToValueAtTime(to, now + Math.max(seconds, 0.02));
}

// What an audio element plays is heard through a node of its own, at first not at all.
export function hearElement(element) {
  const node = context.createGain();
  node.gain.value = 0;
  context.createMediaElementSource(element).connect(node).connect(gain);
  return node;
}

export async function playStream() {
  ending = new AbortController();
  stay();
  fade(stream, 1, 0.3);
  const reader = (await ask('GET', inSession('sound'), undefined, ending.signal)).body.getReader();
  let rest = new Uint8Array(0), end = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const bytes = new Uint8Array(rest.length + value.length);
    bytes.set(rest);
    bytes.set(value, rest.length);
    const whole = bytes.length - bytes.length % 4;
    rest = bytes.slice(whole);
    if (!whole) continue;
    const now = context.currentTime;
    if (context.state !== 'running' || end > now + furthest) continue; // else it would be late from then on
    if (end < now + 0.01) end = now + cushion;
    end = schedule(new Int16Array(bytes.buffer, 0, whole / 2), end);
  }
}

// Ends the stream, softly.
export function stopStream() {
  if (leaving || !ending || ending.signal.aborted) return;
  const left = ending;
  fade(stream, 0, 1);
  leaving = setTimeout(() => { leaving = null; left.abort(); }, 1000);
}

function stay() {
  clearTimeout(leaving);
  leaving = null;
}

// A stream that is ending goes on.
export function keepStream() {
  if (!leaving) return;
  stay();
  fade(stream, 1, 0.3);
}
