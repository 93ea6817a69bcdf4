// Songs of a library on the page: chosen by the mood, heard, judged, remembered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { hear, library, open, serve } from './support.mjs';

let file, server;
before(async () => { file = library(); server = file && await serve(['--library', file]); });
after(async () => { if (server) assert.equal(await server.end(), 0); });

async function visit(use, looks = {}) {
  const opened = await open(server.link, looks);
  try { await use(opened.page); assert.deepEqual(opened.problems, []); } finally { await opened.close(); }
}

// Begins without a camera, in a corner of the plane, with the songs alone.
async function begin(page, valence, arousal) {
  await page.waitForSelector('#source:not([hidden])');
  await page.check('[name=source][value=songs]', { force: true });
  await feel(page, valence, arousal);
  await page.waitForFunction(() => !document.getElementById('progress').hidden);
}

async function feel(page, valence, arousal) {
  const plane = page.locator('#plane'), { width, height } = await plane.boundingBox();
  await plane.click({ position: { x: width * (116 + 100 * valence) / 232, y: height * (116 - 100 * arousal) / 232 } });
}

const title = page => page.textContent('#piece');
const says = (page, pattern) => page.waitForFunction(source => new RegExp(source).test(document.getElementById('piece').textContent), pattern.source, { timeout: 20000 });
const place = page => page.evaluate(() => +document.getElementById('place').value);

test('the song suits the mood, another one follows when it changes, and both are heard', t => {
  if (!file) return t.skip('no library');
  return visit(async page => {
    await begin(page, .8, .5);
    await says(page, /^happy/);
    await hear(page);
    assert.match(await page.textContent('#why'), /by its folder/);
    await page.selectOption('#language', 'de');
    await page.waitForFunction(() => /laut seinem Ordner/.test(document.getElementById('why').textContent) && /Valenz/.test(document.getElementById('queue').textContent));
    await page.selectOption('#language', 'en');
    assert.ok(await page.locator('#queue li').count() > 0);
    await feel(page, -.6, -.3);
    await says(page, /^sad|tone|hum/);
    await hear(page);
    await page.click('#next');
    await hear(page);
  });
});

test('what is chosen before the music begins is told when it begins', t => {
  if (!file) return t.skip('no library');
  return visit(async page => {
    let asked = 0;
    await page.route('**/control?*', route => { asked++; return route.continue(); });
    await page.waitForSelector('#source:not([hidden])');
    await page.check('[name=source][value=songs]', { force: true });
    await page.waitForTimeout(500);
    assert.equal(asked, 0);
    await page.click('#without');
    await page.waitForFunction(() => !document.getElementById('progress').hidden);
    await page.unrouteAll({ behavior: 'wait' });
  });
});

test('languages are filtered', t => {
  if (!file) return t.skip('no library');
  return visit(async page => {
    await begin(page, .8, .5);
    for (const language of ['ta', 'en']) {
      for (const box of await page.locator('[name=song-language]').all()) await box.setChecked(await box.getAttribute('value') === language, { force: true });
      await says(page, language === 'ta' ? /tamil|hum/ : /english|tone|hum/);
    }
    const queue = () => page.locator('#queue li span:first-child').allTextContents();
    const shown = await queue();
    assert.ok(shown.length && shown.every(text => /english|tone|hum/.test(text)) && shown.some(text => /hum/.test(text)), shown.join());
    await page.check('[name=strict]', { force: true });
    await page.waitForFunction(() => { const songs = document.querySelectorAll('#queue li'); return songs.length && [...songs].every(line => !/hum/.test(line.textContent)); });
    await says(page, /english|tone/);
  });
});

test('a choice that leaves no song is refused and does not stay chosen', t => {
  if (!file) return t.skip('no library');
  return visit(async page => {
    await begin(page, .8, .5);
    await page.evaluate(() => { const genres = document.getElementById('songs-genre'); genres.append(new Option('Polka', 'Polka')); genres.value = 'Polka'; genres.dispatchEvent(new Event('change')); });
    await page.waitForSelector('#notice:not([hidden])');
    await page.waitForFunction(() => document.getElementById('songs-genre').value === '');
  });
});

test('a song is gone on with from the middle, and what stands in tags is text', t => {
  if (!file) return t.skip('no library');
  return visit(async page => {
    await begin(page, -.6, -.3);
    await page.check('[name=song-language][value=en]', { force: true });
    for (const wanted of [/^sad english/, /A tone/]) {
      for (let i = 0; i < 20 && !wanted.test(await title(page)); i++) {
        const last = await title(page);
        await page.click('#next');
        await page.waitForFunction(before => document.getElementById('piece').textContent !== before, last, { timeout: 3000 }).catch(() => {});
      }
      assert.match(await title(page), wanted);
      await page.waitForFunction(() => +document.getElementById('place').max > 20);
      await page.fill('#place', '20');
      await page.waitForFunction(() => +document.getElementById('place').value > 20.5, null, { timeout: 15000 });
      assert.ok(await place(page) < 30);
      await hear(page);
    }
    assert.equal(await title(page), '<b>A tone</b>');
    assert.equal(await page.textContent('#artist'), 'Nobody');
    await page.click('#pause');
    await page.waitForFunction(() => document.getElementById('pause').getAttribute('aria-pressed') === 'true');
    const stopped = await place(page);
    await page.waitForTimeout(1500);
    assert.ok(await place(page) - stopped < 1);
  });
});

// Whether each of the page's players is paused; `late`: events of pauses come later than the next status, in fact never.
async function watchPlayers(page, late) {
  await page.addInitScript(late => {
    window.players = [];
    window.Audio = class extends Audio {
      constructor(...all) { super(...all); window.players.push(this); }
      addEventListener(type, ...all) { if (!late || type !== 'pause' && type !== 'play') super.addEventListener(type, ...all); }
    };
  }, late);
  await page.reload();
  return () => page.evaluate(() => players.every(player => player.paused));
}

for (const late of [false, true]) test(`a pause by the browser lasts, and so does its end${late ? ', though a status comes before the event' : ''}`, t => {
  if (!file) return t.skip('no library');
  return visit(async page => {
    const paused = await watchPlayers(page, late);
    await begin(page, .8, .5);
    await says(page, /^happy/);
    await hear(page);
    await page.evaluate(() => players.forEach(player => player.pause()));
    await page.waitForSelector('#pause[aria-pressed=true]');
    await page.waitForTimeout(1000);
    assert.equal(await paused(), true);
    await page.evaluate(() => players.find(player => player.src).play());
    await page.waitForSelector('#pause[aria-pressed=false]');
    await page.waitForTimeout(1000);
    assert.equal(await paused(), false);
    await page.click('#pause');
    await page.waitForSelector('#pause[aria-pressed=true]');
    await page.waitForTimeout(1000);
    assert.equal(await paused(), true);
    await page.click('#pause');
    await hear(page);
    assert.equal(await paused(), false);
  });
});

test('what is said of songs survives the server', async t => {
  if (!file) return t.skip('no library');
  const learnt = page => page.evaluate(() => +/\d+/.exec(document.getElementById('learnt').textContent)?.[0] || 0);
  let before;
  await visit(async page => {
    await begin(page, .8, .5);
    before = await learnt(page);
    for (const say of ['like', 'too-wild']) {
      const count = await learnt(page);
      await page.click(`[data-say=${say}]`);
      await page.waitForFunction(n => document.getElementById('learnt').textContent.endsWith(` ${n}`), count + 1);
    }
    await page.click('#undo');
    await page.waitForFunction(n => document.getElementById('learnt').textContent.endsWith(` ${n}`), before + 1);
  });
  assert.equal(await server.end(), 0);
  server = await serve(['--library', file]);
  await visit(async page => {
    await begin(page, .8, .5);
    assert.equal(await learnt(page), before + 1);
  });
});

test('in the mix, composed music is a stream again', t => {
  if (!file) return t.skip('no library');
  return visit(async page => {
    await begin(page, .8, .5);
    await page.check('[name=source][value=compose]', { force: true });
    await page.waitForFunction(() => /Piece \d+: [A-G]/.test(document.getElementById('piece').textContent));
    await page.waitForTimeout(4000);
    await hear(page);
    await page.check('[name=source][value=mix]', { force: true });
    await page.waitForFunction(() => document.querySelectorAll('#queue li').length > 2);
    await hear(page);
  });
});

test('songs are not wider than a phone', t => {
  if (!file) return t.skip('no library');
  return visit(async page => {
    await begin(page, .8, .5);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  }, { viewport: { width: 390, height: 844 } });
});
