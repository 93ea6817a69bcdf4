// A running server and a browser with a camera that shows a clip.
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const environment = process.env, browser = environment.CHROMIUM;
export const affekt = environment.AFFEKT;
const clips = join(process.env.AFFEKT_DATA ?? '../shared/data', 'faces/video');

export const folder = mkdtempSync(join(tmpdir(), 'affekt-browser-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const ffmpeg = (...words) => execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...words]);

// The path of a clip of the data folder, or null where it is not there.
export const clip = name => existsSync(join(clips, name)) ? join(clips, name) : null;

// What chromium's fake camera reads: MJPEG of a clip, or a moving test pattern.
export function camera(source, size = 'scale=640:-2') {
  const path = join(folder, 'camera.mjpeg');
  const input = source ? ['-i', source] : ['-f', 'lavfi', '-i', 'testsrc=size=640x360:rate=15'];
  ffmpeg(...input, '-t', '6', '-vf', size, '-q:v', '3', '-f', 'mjpeg', path);
  return path;
}

export function still(source) {
  const path = join(folder, 'face.jpg');
  ffmpeg('-ss', '1', '-i', source, '-frames:v', '1', '-vf', 'scale=320:-2', path);
  return path;
}

// Starts `affekt serve` with these words more; its link, and a function that ends it. The user's own library is left alone.
export async function serve(words = []) {
  const process = spawn(affekt, ['serve', '--port', '0', '--quiet', ...words], { cwd: folder, env: { ...environment, XDG_DATA_HOME: folder }, stdio: ['ignore', 'pipe', 'inherit'] });
  const link = await new Promise((resolve, reject) => {
    process.stdout.on('data', text => resolve(String(text).trim()));
    process.on('exit', code => reject(new Error(`affekt serve ended with ${code}`)));
  });
  const ended = new Promise(resolve => process.on('exit', resolve));
  return { link, process, end: () => { process.kill('SIGINT'); return ended; } };
}

// Opens the page; `problems` collects errors and what the content policy has blocked.
// What does not stand here is playwright's.
export async function open(link, { film, refuse, locale = 'en-US', ...looks } = {}) {
  const args = ['--no-sandbox', '--use-fake-device-for-media-stream', ...(refuse ? [] : ['--use-fake-ui-for-media-stream'])];
  if (film) args.push(`--use-file-for-fake-video-capture=${film}`);
  const running = await chromium.launch({ executablePath: browser, args });
  const context = await running.newContext({ locale, acceptDownloads: true, ...looks });
  const page = await context.newPage(), problems = [];
  page.on('pageerror', error => problems.push(error.message));
  page.on('console', message => { if (/Content Security Policy/.test(message.text())) problems.push(message.text()); });
  await page.goto(link);
  // A page that is left closes its session; one whose browser ends never gets to do so.
  const close = async () => { await page.goto('about:blank'); await running.close(); };
  return { page, problems, close };
}

// A library of pieces that are made here, each in a folder that names its emotion and its language; null where affekt
// cannot keep one.
export function library(name = 'songs.db') {
  const file = join(folder, name), music = join(folder, 'music');
  for (const [emotion, language, seed] of [['happy', 'english', 1], ['happy', 'tamil', 2], ['sad', 'english', 3], ['sad', 'tamil', 4], ['angry', 'hindi', 5]]) {
    const where = join(music, emotion, language);
    mkdirSync(where, { recursive: true });
    execFileSync(affekt, ['compose', '--emotion', emotion, '--seconds', '40', '--seed', String(seed), '--quiet', '-o', join(where, `${emotion}_${language}.mid`)]);
  }
  ffmpeg('-f', 'lavfi', '-i', 'sine=frequency=440:duration=60', '-metadata', 'title=<b>A tone</b>', '-metadata', 'artist=Nobody', join(music, 'sad', 'english', 'tone.mp3'));
  ffmpeg('-f', 'lavfi', '-i', 'sine=frequency=220:duration=60', '-metadata', 'title=A hum of no language', join(music, 'sad', 'hum.mp3'));
  try { execFileSync(affekt, ['library', 'add', music, '--library', file, '--quiet'], { stdio: ['ignore', 'ignore', 'pipe'] }); } catch { return null; }
  return file;
}

export const hear = page => page.waitForFunction(() => +document.getElementById('level').getAttribute('aria-valuenow') > 1);
