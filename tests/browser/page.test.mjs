// The page in a real browser.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { camera, clip, folder, hear, library, open, serve, still } from './support.mjs';

const face = clip('pyfeat_single_face.mp4'), empty = clip('pyfeat_no_face.mp4');
const without = face ? false : 'no face clips (AFFEKT_DATA)';
let server;
before(async () => { server = await serve(); });
after(async () => { assert.equal(await server.end(), 0); });

async function visit(settings, use) {
  const opened = await open(server.link, settings);
  try { await use(opened.page); assert.deepEqual(opened.problems, []); } finally { await opened.close(); }
}

async function download(page, button) {
  const [saved] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return readFileSync(await saved.path());
}

test('a smiling face is read as happy, and music plays', { skip: without }, () =>
  visit({ film: camera(face) }, async page => {
    await page.click('#start');
    await page.waitForFunction(() => document.getElementById('emotion').textContent === 'happy', null, { timeout: 60000 });
    await hear(page);
    await page.waitForFunction(() => /Piece \d+: [A-G]/.test(document.getElementById('piece').textContent));
    assert.equal(await page.textContent('#mood-source'), 'follows the face');
    await page.waitForTimeout(1500);
    const csv = String(await download(page, '#save-csv'));
    assert.match(csv, /^t,emotion,angry,/);
    assert.match(csv, /\n[\d.]+,(happy|neutral),/);
    assert.ok(JSON.parse(await download(page, '#save-json')).length > 0);
    assert.equal(String((await download(page, '#save-midi')).subarray(0, 4)), 'MThd');
  }));

test('without a face none is claimed', () =>
  visit({ film: camera(empty) }, async page => {
    await page.click('#start');
    await page.waitForFunction(() => document.getElementById('emotion').textContent === 'No face in view', null, { timeout: 60000 });
    await hear(page);
    await page.waitForTimeout(2000);
    assert.equal(await page.textContent('#emotion'), 'No face in view');
  }));

test('where the camera is refused the mood is set by hand, by mouse and by keys', () =>
  visit({ refuse: true }, async page => {
    await page.click('#start');
    await page.waitForSelector('#notice:not([hidden])');
    const box = await page.locator('#plane').boundingBox();
    await page.mouse.click(box.x + box.width * .85, box.y + box.height * .2);
    await page.waitForFunction(() => document.getElementById('mood-source').textContent === 'set by hand');
    await hear(page);
    await page.focus('#plane');
    await page.keyboard.press('ArrowLeft');
    await page.click('#follow');
    await page.waitForFunction(() => document.getElementById('mood-source').textContent === 'follows the face');
    await page.click('#pause');
    await page.waitForFunction(() => document.getElementById('pause').getAttribute('aria-pressed') === 'true');
  }));

test('no picture is sent while the tab is hidden', { skip: without }, () =>
  visit({ film: camera(face) }, async page => {
    let frames = 0;
    page.on('request', request => { frames += request.url().includes('/frame?'); });
    const hide = hidden => page.evaluate(value => { Object.defineProperty(document, 'hidden', { value, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }, hidden);
    await page.click('#start');
    await page.waitForFunction(() => document.getElementById('emotion').textContent === 'happy', null, { timeout: 60000 });
    await hide(true);
    await page.waitForTimeout(500); // one may be on its way
    frames = 0;
    await page.waitForTimeout(1500);
    assert.equal(frames, 0);
    await hear(page); // the music goes on
    await hide(false);
    for (let turn = 0; turn < 300 && frames <= 2; turn++) await page.waitForTimeout(100);
    assert.ok(frames > 2);
  }));

test('a session that has ended is opened again', () =>
  visit({}, async page => {
    await page.click('#without');
    await hear(page);
    await page.evaluate(async () => { const { session } = await import('./server.js'); session.id = '0'.repeat(32); });
    await page.click('#next');
    await page.waitForFunction(async () => (await import('./server.js')).session.id !== '0'.repeat(32));
    await hear(page);
  }));

test('a page that has waited longer than its session begins at the first click', () =>
  visit({}, async page => {
    await page.waitForFunction(async () => (await import('./server.js')).session.id);
    await page.evaluate(async () => { const { session } = await import('./server.js'); session.id = '0'.repeat(32); });
    await page.click('#without');
    await hear(page);
    assert.equal(await page.isVisible('#welcome'), false);
  }));

test('a finger on the mood plane begins', () =>
  visit({ hasTouch: true }, async page => {
    const box = await page.locator('#plane').boundingBox();
    await page.touchscreen.tap(box.x + box.width * .85, box.y + box.height * .2);
    await page.waitForFunction(() => document.getElementById('mood-source').textContent === 'set by hand');
    assert.match(await page.textContent('#mood-set'), /pleasant \+0\.\d, excited \+0\.\d/);
    await hear(page);
  }));

test('a session that is opened again keeps the mood set by hand and the pause', () =>
  visit({}, async page => {
    const box = await page.locator('#plane').boundingBox();
    await page.mouse.click(box.x + box.width * .85, box.y + box.height * .2);
    await page.waitForFunction(() => document.getElementById('mood-source').textContent === 'set by hand');
    await page.click('#pause');
    await page.waitForFunction(() => document.getElementById('pause').getAttribute('aria-pressed') === 'true');
    const [again] = await Promise.all([
      page.waitForResponse(response => response.url().includes('/control?') && response.ok()),
      page.evaluate(async () => { const { session } = await import('./server.js'); session.id = '0'.repeat(32); document.getElementById('next').click(); }),
    ]);
    const { paused, by_hand: byHand } = await again.json();
    assert.deepEqual([paused, byHand], [true, true]);
  }));

test('a new session that has not heard what is chosen is not kept', () =>
  visit({}, async page => {
    const box = await page.locator('#plane').boundingBox();
    await page.mouse.click(box.x + box.width * .85, box.y + box.height * .2);
    // The session that is led by hand, once there is one.
    const ledByHand = async () => {
      for (;;) {
        const id = await page.evaluate(async () => {
          const { ask, inSession, session } = await import('./server.js');
          if (session.id === '0') document.getElementById('next').click();
          try { return (await (await ask('GET', inSession('status'))).json()).by_hand && session.id; } catch { return false; }
        });
        if (id) return id;
        await page.waitForTimeout(200);
      }
    };
    const first = await ledByHand(), none = '0'.repeat(32);
    let lost = 0;
    const isOfAnother = url => url.pathname.endsWith('/control') && ![first, none, '0'].includes(url.searchParams.get('session'));
    await page.route(isOfAnother, route => lost++ ? route.continue() : route.abort());
    await page.evaluate(async () => { const { session } = await import('./server.js'); session.id = '0'.repeat(32); document.getElementById('next').click(); });
    while (!lost) await page.waitForTimeout(50);
    assert.notEqual(await ledByHand(), first);
    assert.ok(lost > 1);
  }));

test('the camera can be started after another beginning', { skip: without }, () =>
  visit({ film: camera(face) }, async page => {
    await page.click('#without');
    await page.click('#use-camera');
    await page.waitForFunction(() => document.getElementById('emotion').textContent === 'happy', null, { timeout: 60000 });
    assert.equal(await page.isVisible('#use-camera'), false);
  }));

test('the camera is opened once however often it is asked for, and can be lost', () =>
  visit({}, async page => {
    await page.evaluate(() => {
      const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
      window.asked = 0;
      devices.getUserMedia = async wanted => { window.asked++; await new Promise(resolve => { window.permit = resolve; }); return ask(wanted); };
    });
    await page.click('#without');
    for (let i = 0; i < 2; i++) await page.click('#use-camera');
    await page.evaluate(() => window.permit());
    await page.waitForSelector('#use-camera', { state: 'hidden' });
    assert.equal(await page.evaluate(() => window.asked), 1);
    await page.evaluate(() => document.getElementById('camera').srcObject.getTracks()[0].dispatchEvent(new Event('ended')));
    await page.waitForSelector('#use-camera');
    assert.equal(await page.textContent('#emotion'), 'No face in view');
  }));

test('quick changes of the mood add up and are sent one at a time', () =>
  visit({}, async page => {
    const says = text => page.waitForFunction(wanted => document.getElementById('mood-set').textContent === wanted, text);
    await page.click('#without');
    await page.waitForFunction(() => document.getElementById('mood-source').textContent === 'follows the face');
    let now = 0, most = 0;
    await page.route('**/control?*', async route => {
      most = Math.max(most, ++now);
      const response = await route.fetch();
      await new Promise(resolve => setTimeout(resolve, 300));
      now--;
      await route.fulfill({ response });
    });
    await page.locator('#plane').scrollIntoViewIfNeeded();
    await page.focus('#plane');
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
    await says('pleasant +0.5, excited +0.0');
    const box = await page.locator('#plane').boundingBox();
    const at = (valence, arousal) => [box.x + box.width * (116 + 100 * valence) / 232, box.y + box.width * (116 - 100 * arousal) / 232];
    await page.mouse.move(...at(-.5, .5));
    await page.mouse.down();
    await page.mouse.move(...at(.8, -.6), { steps: 20 });
    await page.mouse.up();
    await says('pleasant +0.8, excited −0.6');
    assert.equal(most, 1);
    await page.unrouteAll({ behavior: 'wait' });
  }));

test('a choice is told again until the server has heard it', () =>
  visit({}, async page => {
    await page.click('#without');
    await page.waitForFunction(() => document.getElementById('mood-source').textContent === 'follows the face');
    const told = [];
    await page.route('**/control?*', route => {
      const wishes = route.request().postDataJSON();
      told.push(wishes);
      return told.length === 1 ? route.abort() : route.continue();
    });
    await page.check('[name=policy][value=regulate]', { force: true });
    for (let turn = 0; turn < 100 && told.length < 2; turn++) await page.waitForTimeout(50);
    assert.ok(told.length >= 2 && told.every(wishes => wishes.policy === 'regulate'), JSON.stringify(told));
    await page.unrouteAll({ behavior: 'wait' });
  }));

test('a reply that a later status has overtaken changes nothing', () =>
  visit({}, async page => {
    await page.click('#without');
    await page.waitForFunction(() => document.getElementById('mood-source').textContent === 'follows the face');
    let replies = 0, last = null;
    await page.route('**/control?*', async route => {
      const response = await route.fetch();
      if (!replies++) await new Promise(resolve => { last = resolve; });
      await route.fulfill({ response });
    });
    await page.click('#pause');
    await page.waitForSelector('#pause[aria-pressed=true]');
    await page.click('#pause');
    await page.waitForSelector('#pause[aria-pressed=false]');
    await page.evaluate(() => {
      window.turns = 0;
      new MutationObserver(changes => { turns += changes.filter(change => change.oldValue !== change.target.getAttribute('aria-pressed')).length; })
        .observe(document.getElementById('pause'), { attributeFilter: ['aria-pressed'], attributeOldValue: true });
    });
    const heard = page.waitForResponse('**/control?*');
    while (!last) await page.waitForTimeout(50);
    last();
    await heard;
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => turns), 0);
    await page.unrouteAll({ behavior: 'wait' });
  }));

test('the keys go on where what had the focus is gone', () =>
  visit({}, async page => {
    await page.waitForFunction(async () => (await import('./server.js')).session.id);
    await page.focus('#without');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.id === 'pause');
    await page.focus('#plane');
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('#follow:not([hidden])');
    await page.focus('#follow');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.getElementById('follow').hidden && document.activeElement.id === 'plane');
  }));

test('a server that does not answer is told', () =>
  visit({}, async page => {
    await page.waitForFunction(async () => (await import('./server.js')).session.id);
    await page.route('**/control?*', () => {});
    await page.click('#without');
    await page.waitForFunction(() => /other tabs/.test(document.getElementById('notice').textContent), null, { timeout: 60000 });
  }));

test('a page that is left or loaded again leaves no session behind', async () => {
  const server = await serve(), { page, close } = await open(server.link);
  try {
    const opened = async () => (await page.waitForFunction(async () => (await import('./server.js')).session.id)).jsonValue();
    const left = [];
    for (let i = 0; i < 20; i++) {
      left.push(await opened());
      await page.reload();
    }
    await opened();
    const gone = await page.evaluate(async ids => {
      const { ask } = await import('./server.js');
      const states = await Promise.all(ids.map(id => ask('GET', `status?session=${id}`).then(() => 200, problem => problem.status)));
      return states.filter(status => status === 410).length;
    }, left);
    assert.ok(gone > 15, `${gone} of 20 are closed`); // a browser may drop a request of a page that it leaves
  } finally { await close(); }
  assert.equal(await server.end(), 0);
});

test('of several faces one is chosen by its button', { skip: without }, () =>
  visit({ film: camera(face, 'split[a],hflip,[a]hstack,scale=960:-2') }, async page => {
    const leads = wanted => page.waitForFunction(value => document.querySelector(`#leaders button[aria-pressed=${value}]`) && document.querySelectorAll('#leaders button').length === 2, wanted, { timeout: 60000 });
    await page.click('#start');
    await leads('false');
    const other = await page.getAttribute('#leaders button[aria-pressed=false]', 'data-face');
    await page.click(`#leaders [data-face="${other}"]`);
    await page.waitForFunction(id => document.querySelector(`#leaders [data-face="${id}"]`)?.getAttribute('aria-pressed') === 'true', other);
  }));

test('a piece is composed, drawn, heard and saved', () =>
  visit({}, async page => {
    await page.click('#tab-compose');
    await page.selectOption('#wish-style', 'performed');
    await page.selectOption('#wish-emotion', 'sad');
    await page.selectOption('#wish-key', '9,1');
    await page.fill('#wish-seconds', '8');
    await page.click('#wish');
    await page.waitForFunction(() => document.getElementById('hear').duration > 4, null, { timeout: 90000 });
    assert.match(await page.textContent('#written-what'), /^A minor/);
    const begins = { midi: 'MThd', wav: 'RIFF', flac: 'fLaC' };
    for (const [kind, start] of Object.entries(begins))
      assert.equal(String((await download(page, `[data-kind=${kind}]`)).subarray(0, start.length)), start);
    assert.ok((await download(page, '[data-kind=mp3]')).length > 10000);
  }));

test('an arranged piece has several parts', () =>
  visit({}, async page => {
    await page.click('#tab-compose');
    await page.selectOption('#wish-style', 'band');
    await page.fill('#wish-seconds', '10');
    const [reply] = await Promise.all([page.waitForResponse(response => response.url().endsWith('/compose'), { timeout: 180000 }), page.click('#wish')]);
    assert.ok(new Set((await reply.json()).notes.map(note => note[4])).size > 2);
    await page.waitForFunction(() => document.getElementById('hear').duration > 4, null, { timeout: 180000 });
    assert.equal(String((await download(page, '[data-kind=musicxml]')).subarray(0, 5)), '<?xml');
    await page.setViewportSize({ width: 390, height: 844 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  }));

test('faces are found in a picture that is chosen', { skip: without }, () =>
  visit({}, async page => {
    await page.click('#tab-picture');
    await page.setInputFiles('#file', still(face));
    await page.waitForFunction(() => document.getElementById('found').textContent === 'Faces: 1', null, { timeout: 30000 });
    assert.match(await page.textContent('#people h3'), /happy/);
    assert.equal(String((await download(page, '#save-picture')).subarray(1, 4)), 'PNG');
  }));

test('every word is there in every language', () =>
  visit({ locale: 'de-DE' }, async page => {
    assert.equal(await page.textContent('#start'), 'Start');
    assert.equal(await page.textContent('#tab-compose'), 'Komponieren');
    for (const language of ['en', 'de', 'hi', 'ta', 'te', 'mr']) {
      await page.selectOption('#language', language);
      assert.equal(await page.evaluate(() => document.documentElement.lang), language);
      const blank = await page.evaluate(() => [...document.querySelectorAll('[data-word]')].filter(e => !e.textContent || e.textContent === 'undefined').length);
      assert.equal(blank, 0);
    }
  }));

test('nothing is wider than a phone, light or dark', async () => {
  for (const colorScheme of ['light', 'dark'])
    await visit({ colorScheme, viewport: { width: 390, height: 844 } }, async page => {
      for (const view of ['live', 'picture', 'compose']) {
        await page.click(`#tab-${view}`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      }
    });
});

test('sliders have names, and what is written small has contrast, light or dark', async () => {
  for (const colorScheme of ['light', 'dark'])
    await visit({ colorScheme, viewport: { width: 390, height: 844 } }, async page => {
      for (const [view, name] of [['live', 'Volume'], ['compose', 'Length in seconds']]) {
        await page.click(`#tab-${view}`);
        assert.equal(await page.getByRole('slider', { name }).count(), 1);
      }
      const contrasts = await page.evaluate(() => {
        const probe = document.body.appendChild(document.createElement('i')), axis = getComputedStyle(document.querySelector('#plane .axis'));
        const luminance = colour => {
          probe.style.color = colour;
          const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
          return .2126 * r + .7152 * g + .0722 * b + .05;
        };
        const ratios = ['var(--arousal)', axis.fill].map(colour => luminance(colour) / luminance('var(--card)'));
        return [axis.opacity, ...ratios.map(ratio => Math.max(ratio, 1 / ratio) >= 4.5)];
      });
      assert.deepEqual(contrasts, ['1', true, true]);
    });
});

test('a link without the token says so', async () => {
  const opened = await open(server.link.split('#')[0]);
  try {
    await opened.page.waitForSelector('#notice:not([hidden])');
    await opened.page.goto(server.link); // which differs by its fragment alone
    await opened.page.waitForFunction(async () => (await import('./server.js')).session.id);
  } finally { await opened.close(); }
});

test('loud sums are bent, and what is not loud is not changed', () =>
  visit({}, async page => {
    const heard = await page.evaluate(async () => {
      const { limiter } = await import('./sound.js');
      return Promise.all([.5, -.7, 1.5, -3].map(async offset => {
        const context = new OfflineAudioContext(1, 1024, 44100), source = new ConstantSourceNode(context, { offset }), limit = limiter(context);
        source.connect(limit.input);
        limit.output.connect(context.destination);
        source.start();
        return (await context.startRendering()).getChannelData(0)[1000];
      }));
    });
    assert.ok(Math.abs(heard[0] - .5) < 1e-3 && Math.abs(heard[1] + .7) < 1e-3);
    assert.ok(heard[2] > .9 && heard[2] <= 1 && heard[3] >= -1 && heard[3] < -.9);
  }));

test('a picture dropped beside its place does not take the place of the page', () =>
  visit({}, async page => {
    assert.deepEqual(await page.evaluate(() => ['dragover', 'drop'].map(kind => !document.body.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true })))), [true, true]);
  }));

test('the examples of the API page work', { skip: without }, async () => {
  const file = library();
  const server = await serve(file ? ['--library', file] : []);
  still(face);
  const manual = readFileSync(new URL('../../compose/web/page/api.html', import.meta.url), 'utf8');
  const examples = [...manual.matchAll(/<pre class="example">([^]*?)<\/pre>/g)].map(m => m[1].replaceAll('&amp;', '&')).filter(e => file || !e.includes('/song?'));
  const script = ['set -e', 'URL=${LINK%%/#*}', 'TOKEN="X-Affekt-Token: ${LINK#*#}"', ...examples.map(e => `${e}; echo`)].join('\n');
  const output = String(execFileSync('bash', ['-c', script], { cwd: folder, env: { ...process.env, LINK: server.link } }));
  assert.deepEqual(output.split('\n').filter(Boolean).filter(line => /^(data: |44100|MThd|RIFF|320|0\.7|"mirror")$/.test(line)), ['320', '0.7', '"mirror"', 'data: ', '44100', ...(file ? ['RIFF'] : []), 'MThd', 'MThd']);
  assert.equal(await server.end(), 0);
});
