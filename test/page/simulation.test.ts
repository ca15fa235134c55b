// The simulated kitchen on the page: started, watched, paused, started anew.
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

const counted = async (page: Page, name: string): Promise<number> => {
  const text = await page.locator(`.counts > div:has(dt:text-is("${name}")) dd`).first().innerText()
  return Number(text.replace(/[,:]/g, ''))
}
const patience = { timeout: 60_000 }

test('orders come, lose value, move, are picked up and wasted, until somebody pauses', async () => {
  await using kitchen = await rig({
    recipe: { hello: { command: 'echo hello > {out}', outputs: { out: 'greeting' } } },
  })
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await show(page, '#/simulation?rate=14&speed=20&strategy=lookahead')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await expect.poll(() => counted(page, 'wasted').catch(() => 0), patience).toBeGreaterThan(5)
  await page.getByRole('region', { name: 'Shelf overflow' }).locator('.order').first().waitFor()
  await page.getByText('moved to', { exact: false }).first().waitFor()
  await page.getByText('dropped from', { exact: false }).first().waitFor()
  await page.getByText('picked up from', { exact: false }).first().waitFor()

  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('button', { name: 'Go on' }).waitFor()
  const received = await counted(page, 'received')
  const there = await page.locator('.order').count()
  expect(received).toBe((await counted(page, 'delivered')) + (await counted(page, 'wasted')) + there)
  expect(await counted(page, 'on shelves')).toBe(there)
  const worth = page.locator('.order .worth').first()
  const before = await worth.getAttribute('aria-label')
  expect(before).toMatch(/^worth [01]\.\d\d$/)

  // Slow enough that nothing leaves between two looks, and on for as long as it takes to see a value fall.
  await page.getByLabel('Speed').selectOption('0.5')
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect.poll(() => worth.getAttribute('aria-label'), patience).not.toBe(before)
  await page.getByLabel('Seed').fill('9')
  await page.getByRole('button', { name: 'Start anew' }).click()
  await expect.poll(() => counted(page, 'received'), patience).toBeLessThan(received)
  expect(page.url()).toContain('seed=9')
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('the simulation is served without a cheffile, orders of a file to their end', async () => {
  const orders = [0, 1, 2, 2].map((at) => ({ name: `Soup ${at}`, temp: 'hot', shelfLife: 60, decayRate: 0.5, at }))
  await using kitchen = await rig({}, { 'orders.json': JSON.stringify(orders), 'kitchen.yml': 'shelves: { hot: 1 }\n' })
  kitchen.remove('cheffile.json')
  const server = await served(kitchen, ['simulate', 'orders.json', '--kitchen', 'kitchen.yml', '--serve'])
  const { page, context, faults } = await opened(browser, server)
  expect(await page.getByRole('navigation').getByRole('listitem').allInnerTexts()).toEqual(['Simulation'])
  await page.getByLabel('Speed').selectOption('100')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByText('all is done').waitFor()
  expect(await counted(page, 'received')).toBe(4)
  expect((await counted(page, 'delivered')) + (await counted(page, 'wasted'))).toBe(4)
  await page.getByText('Soup 2').first().waitFor()
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('a kitchen with a mistake is not served', async () => {
  await using kitchen = await rig({}, { 'kitchen.yml': 'shelves: { hot: -1 }\n' })
  const { exit, stderr } = await kitchen.run(['simulate', '--serve', '--kitchen', 'kitchen.yml'])
  expect(exit).toBe(2)
  expect(stderr).toContain('kitchen.yml:1:17')
})
