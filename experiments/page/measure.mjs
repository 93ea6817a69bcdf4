// Delays, memory and ten pages, as JSON. [AFFEKT=… CHROMIUM=… AFFEKT_DATA=… node measure.mjs [SECONDS]]
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { camera, clip, hear, open, serve, still } from '../../tests/browser/support.mjs';

const seconds = +(process.argv[2] ?? 20), others = 9, every = 200;
const load = loadavg()[0], face = clip('pyfeat_single_face.mp4');
const server = await serve(), [url, token] = server.link.split('/#'), headers = { 'X-Affekt-Token': token };
const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))];
const round = value => Math.round(value * 10) / 10;
const wait = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
const resident = () => Math.round(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))[1] / 1024);
const processor = () => { const [, , ...rest] = readFileSync(`/proc/${server.process.pid}/stat`, 'utf8').replace(/\(.*\)/, 'x').split(' '); return (+rest[11] + +rest[12]) / 100; };

// What a frame, and a second of music, cost the processor: told by the process itself, whatever else the machine does.
async function cost(frame) {
  const { session } = await (await fetch(`${url}/session`, { method: 'POST', headers, body: '{}' })).json(), frames = 100;
  let began = processor();
  for (let i = 0; i < frames; i++) await (await fetch(`${url}/frame?session=${session}`, { method: 'POST', headers, body: frame })).arrayBuffer();
  const frame_ms = 1000 * (processor() - began) / frames, ending = new AbortController();
  began = processor();
  const listening = fetch(`${url}/sound?session=${session}`, { headers, signal: ending.signal }).then(async reply => { for await (const part of reply.body) if (!part) break; }).catch(() => {});
  await wait(1000 * seconds);
  ending.abort();
  await listening;
  return { frame_ms: round(frame_ms), music_percent: round(100 * (processor() - began) / seconds) };
}

// A client: frames at their times, one in flight, and the music.
async function client(frame, until) {
  const { session } = await (await fetch(`${url}/session`, { method: 'POST', headers, body: '{}' })).json();
  const ending = new AbortController(), delays = [];
  const listening = fetch(`${url}/sound?session=${session}`, { headers, signal: ending.signal }).then(async reply => { for await (const part of reply.body) if (!part) break; }).catch(() => {});
  for (let due = Date.now(); due < until; due += every) {
    await wait(due - Date.now());
    const started = performance.now(), reply = await fetch(`${url}/frame?session=${session}`, { method: 'POST', headers, body: frame });
    await reply.arrayBuffer();
    if (reply.ok) delays.push(performance.now() - started);
    due = Math.max(due, Date.now() - every);
  }
  const { gaps } = await (await fetch(`${url}/status?session=${session}`, { headers })).json();
  ending.abort();
  await listening;
  return { delays, gaps };
}

const idle = resident(), frame = readFileSync(still(face));
const { page, close } = await open(server.link, { film: camera(face), viewport: { width: 1280, height: 860 } });
await page.click('#start');
await hear(page);
const seen = () => page.evaluate(async () => (await import('./live.js')).delays.splice(0));
await wait(3000);
await seen();
await wait(1000 * seconds);
const delays = await seen(), one = resident();

const began = processor(), until = Date.now() + 1000 * seconds;
const clients = await Promise.all(Array.from({ length: others }, () => client(frame, until)));
const cores = (processor() - began) / seconds, replies = clients.flatMap(c => c.delays), ten = resident(), beside = await seen();
await close();
const processors = await cost(frame);
await server.end();
console.log(JSON.stringify({
  load: round(load),
  page: { frames_per_second: round(delays.length / seconds), median_ms: round(quantile(delays, .5)), p95_ms: round(quantile(delays, .95)) },
  processor: processors,
  memory: { idle_mb: idle, one_page_mb: one, ten_pages_mb: ten },
  ten: { frames_per_second: round(replies.length / others / seconds), median_ms: round(quantile(replies, .5)), p95_ms: round(quantile(replies, .95)), page_frames_per_second: round(beside.length / seconds), page_p95_ms: round(quantile(beside, .95)), cores: round(cores), gaps: clients.reduce((sum, c) => sum + c.gaps, 0) },
}));
