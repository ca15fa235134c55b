// The page of a step: found from the recipe in two clicks, with what it does, reads and makes, its times and its trouble.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeTokens } from '../../src/page/browser/code-tokens.ts'
import { rig } from '../rig.ts'
import { launch, opened, served } from './served.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})

afterAll(async () => {
  await browser.close()
})

test('what a step does is two clicks away, with why it is stale and what failed', async () => {
  await using kitchen = await rig(
    {
      flavours: { n: [1, 2, 3] },
      recipe: {
        fit: {
          type: 'python',
          resource: 'fit.py',
          inputs: { n: 'n' },
          outputs: { 'fitted.json': 'fitted' },
          timeout: '2 min',
        },
        show: {
          command: '[ {n} = 3 ] && exit 5; cat {z} > {out}',
          inputs: { z: 'fitted', n: 'n' },
          outputs: { out: 'shown' },
        },
      },
    },
    { 'fit.py': '# Doubles.\ndef execute(n):\n    return {"fitted.json": 2 * n}\n' },
  )
  await kitchen.run(['build', '-k'])
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await page.getByRole('link', { name: 'Recipe' }).click()
  await page.getByRole('link', { name: /^step fit/ }).click()
  await page.locator('.code-comment', { hasText: '# Doubles.' }).waitFor()
  await page.locator('.code-word', { hasText: 'def' }).waitFor()
  await page.getByText('python step in cheffile.json:').waitFor()
  await page.getByRole('region', { name: 'Settings' }).getByText('timeout').waitFor()
  await page.getByRole('region', { name: 'Durations' }).waitFor()
  expect(await page.getByRole('region', { name: 'Reads' }).getByRole('link').allInnerTexts()).toEqual(['n'])
  await page.getByRole('region', { name: 'Makes' }).getByRole('link', { name: 'show' }).click()
  await page.locator('.failure', { hasText: 'exit 5' }).waitFor()
  await page.locator('.code-name', { hasText: '{z}' }).waitFor()
  kitchen.write('fit.py', 'def execute(n):\n    return {"fitted.json": 3 * n}\n')
  await page.evaluate("dispatchEvent(new Event('focus'))")
  await page.getByRole('region', { name: 'Reads' }).getByRole('link', { name: 'fit', exact: true }).click()
  await page.getByText('source changed: fit.py').waitFor()
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('placeholders of a command stand out, also inside of quotes, and other braces do not', () => {
  const tokens = codeTokens('awk \'{print $1}\' {in} # {in}\necho "{in.stem}" > {out}', 'shell', ['in', 'out'])
  expect(tokens.filter(({ kind }) => kind === 'name').map(({ text }) => text)).toEqual(['{in}', '{in.stem}', '{out}'])
  expect(tokens.map(({ text }) => text).join('')).toContain("awk '{print $1}' {in} # {in}")
})
