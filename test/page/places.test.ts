// Grid, plot, fridge and history: what they draw of a kitchen, and that their addresses lead to the same again.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { launch, opened, type Served, served, show } from './served.ts'

let browser: Browser
let kitchen: Rig
let server: Served

const study = {
  flavours: { algorithm: ['BP', 'OMP'], count: [1, 10, 100], noise: [0, 1] },
  recipe: {
    measure: {
      command: 'echo "{\\"error\\": $(({n} * {n} + {s})), \\"name\\": \\"{algorithm}\\"}" > {out.json}',
      inputs: { n: 'count', algorithm: 'algorithm', s: 'noise' },
      outputs: { 'out.json': 'outcome' },
    },
  },
}

beforeAll(async () => {
  browser = await launch()
  kitchen = await rig(study)
  await kitchen.run(['build'])
  server = await served(kitchen)
})

afterAll(async () => {
  await server.stop()
  await browser.close()
  await kitchen[Symbol.asyncDispose]()
})

async function looking(hash: string, work: (page: Page) => Promise<void>): Promise<void> {
  const { page, context, faults } = await opened(browser, server)
  await show(page, hash)
  await work(page)
  expect(faults).toEqual([])
  await context.close()
}

test('a grid has a cell for each pair of values, and what is held is chosen', () =>
  looking('#/grid/outcome?x=count&y=algorithm', async (page) => {
    await page.locator('td.heat').nth(5).waitFor()
    expect(await page.locator('.grid thead th').allInnerTexts()).toEqual(['1', '10', '100'])
    expect(await page.locator('.grid tbody tr').first().locator('td').allInnerTexts()).toEqual(['1', '100', '10,000'])
    await page
      .locator('label.choice', { hasText: /^noise/ })
      .locator('select')
      .selectOption('1')
    await page.getByText('10,001').first().waitFor()
    const other = await page.context().newPage()
    await other.goto(page.url())
    await other.getByText('10,001').first().waitFor()
    await page.locator('td.heat a').first().click()
    await page.getByRole('region', { name: 'Facts' }).getByText('algorithm').waitFor()
  }))

test('a plot has a line for each value of a flavour, on straight and on logarithmic axes', () =>
  looking('#/plot/outcome', async (page) => {
    await page.getByRole('img', { name: 'error over count' }).waitFor()
    expect(await page.locator('.u-legend .u-series').count()).toBe(3)
    await page.getByLabel('log x').check()
    await page.getByLabel('log y').check()
    await page.waitForURL(/logx=1.*logy=1/)
    await page.locator('.chart canvas').waitFor()
    await page.getByLabel('Lines').selectOption('noise')
    await page.locator('.u-legend').getByText('noise 0').waitFor()
    await page.getByText('Points').click()
    await page.locator('.points').getByText('10,000').first().waitFor()
  }))

test('the fridge says what takes room, and the history what was built', async () => {
  await kitchen.run(['build', '--force', '-f', 'algorithm=BP'])
  await looking('#/fridge', async (page) => {
    await page.locator('.lengths').getByText('outcome').waitFor()
    await page.locator('.figures').getByText('objects').waitFor()
    await page.getByText('would drop: nothing').waitFor()
  })
  kitchen.cheffile({ ...study, flavours: { ...study.flavours, count: [1, 10] } })
  await kitchen.run(['build'])
  await looking('#/fridge', async (page) => {
    await page.getByRole('region', { name: 'What would go' }).locator('tbody tr').nth(3).waitFor()
  })
  await looking('#/history', async (page) => {
    await page.locator('tr.built').nth(1).waitFor()
    expect(await page.locator('tr.built').first().locator('td').nth(2).innerText()).toBe('6')
    expect(await page.locator('tr.built').nth(1).locator('td').nth(2).innerText()).toBe('12')
  })
})
