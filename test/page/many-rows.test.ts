// Twenty thousand variants: the first screen, sorting, filtering, and scrolling from end to end.
import type { Browser } from 'playwright-core'
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

const range = (count: number): object => ({ type: 'lin', start: 1, stop: count, step: 1 })

/** The longest pause between two frames while the table is scrolled through in so many jumps. */
const scrolled = (jumps: number): string => `new Promise((resolve) => {
  const table = document.querySelector('.table')
  let before = performance.now()
  let longest = 0
  let jump = 0
  const frame = (now) => {
    longest = Math.max(longest, now - before)
    before = now
    if (jump++ === ${jumps}) return resolve(longest)
    table.scrollTop = (table.scrollHeight - table.clientHeight) * jump / ${jumps}
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
})`

test('twenty thousand rows are shown, sorted, filtered and scrolled through', async () => {
  await using kitchen = await rig({
    flavours: { deep: range(100), wide: range(20), kind: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] },
    recipe: {
      try: {
        command: 'echo {deep} {wide} {kind} > {out}',
        inputs: { deep: 'deep', wide: 'wide', kind: 'kind' },
        outputs: { out: 'outcome' },
      },
    },
  })
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  const first = page.locator('tbody tr:not(.space)').first()
  const timed = async (what: string, work: () => Promise<void>): Promise<void> => {
    const started = performance.now()
    await work()
    console.log(`${what}: ${Math.round(performance.now() - started)} ms`)
  }
  await timed('first rows of 20,000', async () => {
    await show(page, '#/shelf/outcome')
    await first.getByText('stale').waitFor()
  })
  await page.getByText('20,000', { exact: true }).first().waitFor()
  await timed('sorted the other way round', async () => {
    await page.getByRole('button', { name: 'deep', exact: true }).click()
    await page.locator('th[aria-sort=ascending]').getByRole('button').click()
    await first.locator('td', { hasText: /^100$/ }).first().waitFor()
  })
  console.log(
    `longest pause between frames while scrolling: ${Math.round(await page.evaluate<number>(scrolled(20)))} ms`,
  )
  // The end is reached, and its rows are there.
  await page.locator('tr[aria-rowindex="20001"]', { hasText: 'stale' }).waitFor()
  await timed('filtered', async () => {
    await page.getByLabel('Only kind').fill('c')
    await page.getByText('2,000 of 20,000').waitFor()
  })
  await page.getByLabel('Only wide').fill('5..6')
  await page.getByText('200 of 20,000').waitFor()
  expect(await page.locator('tbody tr').count()).toBeLessThan(120)
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})
