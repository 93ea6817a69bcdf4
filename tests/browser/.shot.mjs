import { camera, clip, hear, open, serve, still } from './support.mjs';
const server = await serve(['--library', process.env.LIB]);
const what = process.argv[2] ?? 'live';
for (const colorScheme of ['light', 'dark']) for (const [w, h] of [[1280, 900], [390, 844]]) {
  const { page, close, problems } = await open(server.link, { film: camera(clip('pyfeat_single_face.mp4')), viewport: { width: w, height: h }, colorScheme });
  if (what === 'live') {
    await page.click('#start');
    if (process.env.SOURCE) await page.check(`[name=source][value=${process.env.SOURCE}]`, { force: true });
    await page.waitForTimeout(9000);
  } else if (what === 'start') await page.waitForTimeout(1000);
  else if (what === 'compose') { await page.click('#tab-compose'); await page.selectOption('#wish-emotion', 'happy'); await page.fill('#wish-seconds', '15'); await page.click('#wish'); await page.waitForFunction(() => document.getElementById('hear').duration > 4, null, { timeout: 90000 }); await page.waitForTimeout(1500); }
  else if (what === 'picture') { await page.click('#tab-picture'); await page.setInputFiles('#file', still(clip('pyfeat_single_face.mp4'))); await page.waitForFunction(() => document.getElementById('found').textContent === 'Faces: 1', null, { timeout: 30000 }); await page.waitForTimeout(500); }
  await page.screenshot({ path: `/tmp/pg/${what}-${w}-${colorScheme}.png`, fullPage: true });
  if (problems.length) console.log(problems);
  await close();
}
await server.end();
