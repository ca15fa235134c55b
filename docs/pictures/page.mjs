// Takes the pictures of docs/page.md: builds two kitchens, serves them, and looks at every view. `node docs/pictures/page.mjs`
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import sharp from 'sharp'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const chef = join(root, 'bin', 'chef')
const folder = mkdtempSync(join(tmpdir(), 'chef-pictures-'))

/** How well three ways of guessing do, with one that fails. */
const study = `flavours:
  method: [least squares, ridge, lasso]
  points: { type: lin, start: 10, stop: 80, step: 5 }
  noise: { type: log, start: 1e-3, stop: 1, count: 4 }
recipe:
  sample:
    command: "awk -v n={points} -v s={noise} 'BEGIN { srand(n); for (i = 0; i < n; i++) print i, 3 * i + 2 + s * (rand() - 0.5) }' > {data}"
    inputs: { points: points, noise: noise }
    outputs: { data: samples }
  fit:
    command: |
      echo fitting {method} to {points} points
      if [ {method} = lasso ] && [ {points} = 80 ] && [ {noise} = 1 ]; then echo 'no convergence after 100 rounds' >&2; exit 3; fi
      awk -v m={method} -v s={noise} -v n={points} 'BEGIN { k = m == "ridge" ? 1.6 : m == "lasso" ? 2.3 : 1; printf "{\\"error\\": %.6f, \\"rounds\\": %d}", k * s / sqrt(n), 4 + n / 9 * k }' > {fit.json}
    inputs: { data: samples, method: method, points: points, noise: noise }
    outputs: { fit.json: quality }
  compare:
    type: collect
    inputs: { quality: { from: quality, collect: all } }
    outputs: { comparison.csv: comparison }
`

mkdirSync(join(folder, 'study'))
writeFileSync(join(folder, 'study', 'cheffile.yml'), study)
cpSync(join(root, 'fixtures', 'gallery'), join(folder, 'gallery'), { recursive: true })
for (const kitchen of ['study', 'gallery'])
  spawnSync(chef, ['build', '--keep-going', '-q', '-C', join(folder, kitchen)], { stdio: 'ignore' })
spawnSync(chef, ['build', '--force', '-q', '-C', join(folder, 'study'), '-f', 'points=10,15,20'], { stdio: 'ignore' })

/** Name of the picture, kitchen, colours, address, what has to be there, and what is clicked first. */
const pictures = [
  ['recipe', 'study', 'light', '#/recipe', '.node'],
  ['shelf', 'gallery', 'light', '#/shelf/photo?sort=form', 'tbody img'],
  ['item', 'gallery', 'light', '#/shelf/frames?where=%7B%22hour%22%3A%2212%22%7D', '.neighbours img', 'tbody tr a'],
  ['failed', 'study', 'dark', '#/shelf/quality?where=%7B%22%3Astate%22%3A%22failed%22%7D', '.log', 'tbody tr a'],
  ['grid', 'gallery', 'dark', '#/grid/frames?x=hour&y=scene', 'td img'],
  ['plot', 'study', 'light', '#/plot/quality?x=points&by=noise&logy=1', '.u-legend'],
  ['now', 'gallery', 'light', '#/now', '.bar'],
  [
    'simulation',
    'study',
    'light',
    '#/simulation?rate=14&speed=20',
    '[aria-label="Shelf overflow"] .order',
    'main .build',
  ],
]

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
for (const [name, kitchen, colorScheme, hash, there, click] of pictures) {
  const server = spawn(chef, ['serve', '-C', join(folder, kitchen)], { stdio: ['ignore', 'pipe', 'ignore'] })
  const address = await new Promise((resolve) => server.stdout.once('data', (data) => resolve(String(data).trim())))
  const context = await browser.newContext({ colorScheme, viewport: { width: 1200, height: 720 } })
  const page = await context.newPage()
  await page.goto(address)
  await page.locator('h1').waitFor()
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
  if (click) await page.locator(click).first().click()
  await page.locator(there).first().waitFor()
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.waitForTimeout(400)
  await sharp(await page.screenshot())
    .webp({ quality: 82 })
    .toFile(join(here, `page-${name}.webp`))
  await context.close()
  server.kill('SIGTERM')
}
await browser.close()
rmSync(folder, { recursive: true, force: true })
