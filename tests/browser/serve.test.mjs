// The server as it is started: for other machines, with a certificate; with the sound on this computer.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { affekt, camera, clip, folder, hear, open, serve } from './support.mjs';

const face = clip('pyfeat_single_face.mp4'), address = '127.0.0.2';

// A certificate for the address and its key, or null where openssl is missing.
function certificate(name = 'own') {
  const key = join(folder, `${name}.key`), file = join(folder, `${name}.pem`);
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=affekt', '-addext', `subjectAltName=IP:${address}`, '-keyout', key, '-out', file]);
  return made.status === 0 ? { key, file } : null;
}

const fetched = (url, options) => new Promise((resolve, reject) => get(url, options, response => { response.resume(); resolve(response); }).on('error', reject));
const refused = words => { const { status, stderr } = spawnSync(affekt, ['serve', '--port', '0', ...words], { timeout: 60000 }); return { status, stderr: String(stderr) }; };

test('other machines are served by https alone', async t => {
  const own = certificate();
  if (!own) return t.skip('no openssl');
  const server = await serve(['--listen', address, '--certificate', own.file, '--key', own.key]);
  const [, port] = /^https:\/\/127\.0\.0\.2:(\d+)\/#[0-9a-f]{32}$/.exec(server.link), ca = readFileSync(own.file);
  const page = await fetched(`https://${address}:${port}/`, { ca });
  assert.equal(page.statusCode, 200);
  assert.equal(page.headers['strict-transport-security'], undefined); // it would hold for all of localhost
  assert.equal((await fetched(`https://${address}:${port}/status`, { ca })).statusCode, 401);
  assert.equal((await fetched(`https://${address}:${port}/`, { ca, checkServerIdentity: () => {}, headers: { Host: 'evil.example' } })).statusCode, 403);
  await assert.rejects(fetched(`https://${address}:${port}/`), /self-signed|certificate/);
  await assert.rejects(fetch(`http://${address}:${port}/`));
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  if (face) {
    const { page, problems, close } = await open(server.link, { film: camera(face), ignoreHTTPSErrors: true });
    try {
      await page.click('#start');
      await page.waitForFunction(() => document.getElementById('emotion').textContent === 'happy', null, { timeout: 60000 });
      await hear(page);
      assert.deepEqual(problems, []);
    } finally { await close(); }
  }
  assert.equal(await server.end(), 0);
});

test('what does not go together is refused with the reason', t => {
  const own = certificate(), other = certificate('other');
  assert.deepEqual([refused(['--listen', address]).status, refused(['--key', 'x']).status], [2, 2]);
  assert.match(refused(['--certificate', 'missing.pem', '--key', 'missing.pem']).stderr, /missing\.pem/);
  assert.match(refused(['--library', join(folder, 'missing.db')]).stderr, /affekt library add/);
  if (!own) return t.skip('no openssl');
  const wrong = refused(['--listen', address, '--certificate', own.file, '--key', other.key]);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /certificate and key/);
});

test('with --sound here the page is silent and the computer is not', async () => {
  const server = await serve(['--sound', 'here', '--audio-driver', 'file']); // FluidSynth's driver that writes fluidsynth.wav
  const { page, close } = await open(server.link);
  try {
    await page.click('#without');
    await page.waitForFunction(() => /Piece \d+: [A-G]/.test(document.getElementById('piece').textContent));
    await page.waitForTimeout(8000); // a slow machine begins late
    assert.ok(await page.evaluate(() => +document.getElementById('level').getAttribute('aria-valuenow')) <= 1);
  } finally { await close(); }
  assert.equal(await server.end(), 0);
  assert.ok(statSync(join(folder, 'fluidsynth.wav')).size > 4 * 44100);
  const heard = spawnSync('ffmpeg', ['-i', join(folder, 'fluidsynth.wav'), '-af', 'volumedetect', '-f', 'null', '-']);
  assert.ok(+/max_volume: (-?[\d.]+) dB/.exec(heard.stderr)[1] > -40);
});
