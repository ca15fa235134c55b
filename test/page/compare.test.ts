// Compare in a real browser: variants are pinned where they are met, and stand side by side with what differs first.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { csvCells } from '../../src/page/browser/compare/csv-cells.ts'
import { rig } from '../rig.ts'
import { launch, opened, served, show } from './served.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})

afterAll(async () => {
  await browser.close()
})

const study = {
  flavours: { n: [1, 2, 3], kind: ['a', 'b'] },
  recipe: {
    draw: {
      command:
        'echo drawing {n}; printf \'<svg xmlns="http://www.w3.org/2000/svg" width="%s0" height="20"><rect width="%s0" height="20"/></svg>\' {n} {n} > {picture.svg}; printf \'x,y\\n1,%s\\n2,5\\n\' {n} > {table.csv}; echo "{\\"error\\": {n}, \\"name\\": \\"same\\"}" > {facts.json}',
      inputs: { n: 'n', kind: 'kind' },
      outputs: { 'picture.svg': 'picture', 'table.csv': 'numbers', 'facts.json': 'facts' },
    },
  },
}

test('how two variants differ is seen by pinning both: parameters, pictures, tables, numbers and logs', async () => {
  await using kitchen = await rig(study)
  await kitchen.run(['build'])
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await show(page, '#/shelf/picture?where=%7B%22kind%22%3A%22a%22%7D')
  await page.getByText('3 of 6').waitFor()
  await page.locator('tbody .pin').nth(0).click()
  await page.locator('tbody .pin').nth(1).click()
  const tray = page.getByRole('region', { name: 'Pinned' })
  await tray.getByText('chef build picture -f n=1,2 -f kind=a -k').waitFor()
  await tray.getByRole('link', { name: 'Compare 2' }).click()
  expect(await page.locator('.facts .differing').allInnerTexts()).toEqual(['n\t1\t2'])
  await page.getByText('the same in all: kind a').waitFor()
  expect(await page.locator('.stage').count()).toBe(2)
  // Both are zoomed by one wheel.
  await page.locator('.stage').first().hover()
  await page.mouse.wheel(0, -100)
  const transforms = await page.evaluate<string[]>(
    "[...document.querySelectorAll('.stage img')].map((img) => img.style.transform)",
  )
  expect(new Set(transforms).size).toBe(1)
  expect(transforms[0]).toContain('scale(1.2)')
  await page.getByRole('button', { name: 'difference' }).click()
  expect(await page.locator('.stage .layer').count()).toBe(2)
  await page.getByRole('button', { name: 'slider' }).click()
  await page.getByLabel('Where the second picture begins').fill('20')
  expect(await page.locator('.layer').nth(1).getAttribute('style')).toContain('20%')
  await page.getByRole('region', { name: 'Logs' }).getByText('drawing 2').waitFor()
  await tray.getByRole('button', { name: 'Unpin all' }).click()
  await tray.waitFor({ state: 'detached' })
  // A table shows its differing cells, and numbers how far they are apart.
  for (const shelf of ['numbers', 'facts']) {
    await show(page, `#/grid/${shelf}?x=n&y=kind`)
    await page.locator('.grid .pin').nth(5).waitFor()
    await page.locator('.grid .pin').nth(0).click()
    await page.locator('.grid .pin').nth(2).click()
    await tray.getByRole('link', { name: 'Compare 2' }).click()
    if (shelf === 'numbers') {
      await page.locator('.compared td.in').first().waitFor()
      expect(await page.locator('.compared td.in').allInnerTexts()).toEqual(['3 1'])
    } else {
      await page.locator('.facts tr', { hasText: 'error' }).getByText('+200 %').waitFor()
      await page.getByRole('region', { name: 'Contents' }).getByRole('rowheader', { name: 'error' }).waitFor()
    }
    await tray.getByRole('button', { name: 'Unpin all' }).click()
    await tray.waitFor({ state: 'detached' })
  }
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('the pictures of a grid grow and shrink with the slider, and its place stands in the address', async () => {
  await using kitchen = await rig(study)
  await kitchen.run(['build'])
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await show(page, '#/grid/picture')
  await page.getByLabel('Size').fill('32')
  await page.waitForURL(/side=32/)
  const side = "getComputedStyle(document.querySelector('.grid img')).maxWidth"
  expect(await page.evaluate(side)).toBe('32px')
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('a film is served in parts, and as what it is', async () => {
  const film = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom'), Buffer.alloc(5000, 1)])
  await using kitchen = await rig(
    {
      resources: { raw: 'raw.bin' },
      recipe: { copy: { command: 'cat {raw} > {out}', inputs: { raw: 'raw' }, outputs: { out: 'clip' } } },
    },
    { 'raw.bin': film },
  )
  await kitchen.run(['build'])
  const server = await served(kitchen)
  const { page, context } = await opened(browser, server)
  await show(page, '#/item/clip')
  const address = await page.locator('video').getAttribute('src')
  const get = (range: string) => context.request.get(`${server.origin}${address}`, { headers: { range } })
  const part = await get('bytes=4-11')
  expect([part.status(), part.headers()['content-type'], (await part.body()).toString()]).toEqual([
    206,
    'video/mp4',
    'ftypisom',
  ])
  expect(part.headers()['content-range']).toBe(`bytes 4-11/${film.length}`)
  expect((await get('bytes=9999999-')).status()).toBe(200)
  await context.close()
  await server.stop()
})

test('a text is a table where all lines have as many cells', () => {
  expect(csvCells('a,b\n1,"x, ""y"""\n')).toEqual([
    ['a', 'b'],
    ['1', 'x, "y"'],
  ])
  expect(csvCells('just words, and more\nno comma\n')).toBeUndefined()
  expect(csvCells('one')).toBeUndefined()
})
