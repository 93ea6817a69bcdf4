// Prints how long a frame takes from the page and back, and from frame to frame, in milliseconds; and saves a
// screenshot: AFFEKT=… CHROMIUM=… node measure.mjs [SCREENSHOT.png]
import { camera, clip, hear, open, serve } from './support.mjs';
import { readFileSync } from 'node:fs';

const server = await serve();
const { page, close } = await open(server.link, { film: camera(clip('pyfeat_single_face.mp4')), viewport: { width: 1280, height: 860 } });
await page.click('#start');
await hear(page);
await page.waitForTimeout(20000);
const times = await page.evaluate(() => performance.getEntriesByType('resource').filter(e => e.name.includes('/frame?')).map(e => [e.startTime, e.duration]));
const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))].toFixed(1);
const taken = times.map(t => t[1]), apart = times.slice(1).map((t, i) => t[0] - times[i][0]);
const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))[1];
console.log(`${times.length} frames; there and back: median ${quantile(taken, .5)} ms, p95 ${quantile(taken, .95)} ms; apart: median ${quantile(apart, .5)} ms; server: ${(memory / 1024).toFixed(0)} MB resident`);
if (process.argv[2]) await page.screenshot({ path: process.argv[2] });
await close();
await server.end();
