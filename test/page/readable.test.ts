// Every view as axe judges it: contrast in light and in dark, and names, order and keys, which no colour changes.
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { launch, opened, served, show } from './served.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})

afterAll(async () => {
  await browser.close()
})

const kitchenFile = {
  flavours: { size: [10, 20], tone: ['red', 'blue'] },
  recipe: {
    paint: {
      command:
        'echo painting; [ {size} = 20 ] && [ {tone} = red ] && exit 1; printf \'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\' > {picture.svg}; echo {size} > {weight}',
      inputs: { size: 'size', tone: 'tone' },
      outputs: { 'picture.svg': 'picture', weight: 'weight' },
    },
    sum: {
      command: 'ls {all} > {out}',
      inputs: { all: { from: 'weight', collect: 'all' } },
      outputs: { out: 'total' },
    },
  },
}

/** What must be there before a view is judged. */
const views: [hash: string, there: string][] = [
  ['#/recipe', '.node'],
  ['#/shelf/picture', 'tbody img'],
  ['#/shelf/weight', 'tbody .state'],
  ['#/shelf/tone', 'tbody a'],
  ['#/now', '.bar'],
  ['#/step/paint', '.distribution'],
  ['#/compare', 'h1'],
  ['#/grid/picture', 'td img'],
  ['#/grid/weight', 'td.heat'],
  ['#/plot/weight', '.u-legend'],
  ['#/fridge', '.lengths li'],
  ['#/history', 'tr.built'],
  ['#/simulation', 'button.build'],
]

const rules = { light: undefined, dark: ['color-contrast'] }

async function faultsOf(page: Page, scheme: keyof typeof rules): Promise<string[]> {
  await page.evaluate(axe.source)
  const options = JSON.stringify({ runOnly: rules[scheme] })
  const violations = await page.evaluate<axe.Result[]>(`axe.run(${options}).then(({ violations }) => violations)`)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))
}

test.each(['light', 'dark'] as const)('every view can be read in the %s, with eyes, ears and keys', async (scheme) => {
  await using kitchen = await rig(kitchenFile)
  await kitchen.run(['build', '--keep-going'])
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server, scheme)
  const found: { [view: string]: string[] } = {}
  for (const [hash, there] of views) {
    await show(page, hash)
    await page.locator(there).first().waitFor()
    found[hash] = await faultsOf(page, scheme)
  }
  await page.getByRole('button', { name: 'Start' }).click()
  await page.locator('.order').first().waitFor()
  found.started = await faultsOf(page, scheme)
  await show(page, '#/shelf/weight?where=%7B%22%3Astate%22%3A%22failed%22%7D')
  await page.locator('tbody .state.failed').click()
  await page.locator('.neighbours a').first().waitFor()
  for (const at of [0, 1]) await page.getByRole('button', { name: 'Pin, to compare' }).nth(at).click()
  await page.getByRole('link', { name: 'Compare 2' }).waitFor()
  found.item = await faultsOf(page, scheme)
  await page.getByRole('link', { name: 'Compare 2' }).click()
  await page.locator('.facts').waitFor()
  found.compared = await faultsOf(page, scheme)
  for (const [view, ofView] of Object.entries(found)) expect(ofView, view).toEqual([])
  const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor')
  expect(paper).toBe(scheme === 'light' ? 'rgb(251, 250, 247)' : 'rgb(23, 22, 20)')
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})
