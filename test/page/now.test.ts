// Now in a real browser: the answers it opens on, what it says of other chefs, and how ends look that are no success.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { launch, opened, served } from './served.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})

afterAll(async () => {
  await browser.close()
})

const study = {
  flavours: { kind: ['a', 'b'], n: [1, 2, 3] },
  recipe: {
    fit: {
      command:
        "echo fitting {n}; if [ {kind} = b ]; then printf '\\033[31msingular\\033[0m at %s\\n' {n} >&2; exit 7; fi; echo {n} > {out}",
      inputs: { n: 'n', kind: 'kind' },
      outputs: { out: 'fitted' },
    },
    sum: {
      command: 'ls {all} > {out}',
      inputs: { all: { from: 'fitted', collect: ['n'] } },
      outputs: { out: 'total' },
    },
  },
}

test('the page opens on what failed and why, once for all variants, and cooks it again', async () => {
  await using kitchen = await rig(study)
  await kitchen.run(['build', '-k'])
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await page.locator('.answer').getByText('3 failed').waitFor()
  await page.locator('.answer').getByText('1 blocked by them').waitFor()
  const card = page.locator('.failure')
  expect(await card.count()).toBe(1)
  await card.getByText('in 3 variants').waitFor()
  expect(await card.locator('.chips li').allInnerTexts()).toEqual(['n 1', 'n 2', 'n 3'])
  await card.locator('.log .ansi-1', { hasText: 'singular' }).waitFor()
  await page.getByRole('navigation').getByRole('link', { name: 'fitted 3 failed of 6' }).waitFor()
  await page.getByRole('region', { name: 'Waiting' }).getByText('blocked: fit failed').waitFor()
  // The command beside the button is what the button does.
  await card.getByText('chef build fitted -f kind=b -f n=1,2,3 -k').waitFor()
  kitchen.cheffile({
    ...study,
    recipe: { ...study.recipe, fit: { ...study.recipe.fit, command: 'echo {n} {kind} > {out}' } },
  })
  await page.locator('.answer').getByText('8 to cook').waitFor()
  await page.getByText('source changed: command').first().waitFor()
  await page.getByRole('button', { name: 'Cook all' }).click()
  await page.locator('.answer').getByText('All 8 are fresh.').waitFor()
  // Builds stand apart: the one of the page first.
  expect(await page.locator('.build-run header code').allInnerTexts()).toEqual(['chef build -k'])
  await page.locator('.build-run').nth(1).getByText('a build of another chef').waitFor()
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('why one variant failed is one click away', async () => {
  await using kitchen = await rig(study)
  await kitchen.run(['build', '-k'])
  const server = await served(kitchen)
  const { page, context } = await opened(browser, server)
  await page.locator('.failure').getByRole('link', { name: 'Why' }).click()
  await page.getByText('last cook failed: exit 7').waitFor()
  await page.locator('.log .ansi-1', { hasText: 'singular' }).waitFor()
  expect(await page.getByRole('region', { name: 'Facts' }).locator('dt').allInnerTexts()).not.toContain('fit')
  await context.close()
  await server.stop()
})

test('a build of another chef shows before it has written anything, with what it cooks and says', async () => {
  await using kitchen = await rig({
    recipe: { slow: { command: 'echo kneading; %HOLD% slow && echo done > {out}', outputs: { out: 'number' } } },
  })
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  const building = kitchen.start(['build'])
  const slow = await kitchen.held('slow')
  await page.getByText('Another chef works here:').waitFor()
  await page.locator('.running').getByText('kneading').waitFor()
  slow.release()
  await building.result
  await page.locator('.answer').getByText('All 1 are fresh.').waitFor()
  await page.locator('.build-run').getByText('a build of another chef').waitFor()
  expect(await page.getByText('Another chef works here:').count()).toBe(0)
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('a job that was stopped looks unlike one that was cooked', async () => {
  await using kitchen = await rig({
    flavours: { n: [1, 2, 3] },
    recipe: { slow: { command: '%HOLD% slow{n} && echo {n} > {out}', inputs: { n: 'n' }, outputs: { out: 'number' } } },
    kitchen: { burners: 1 },
  })
  const server = await served(kitchen)
  const { page, context } = await opened(browser, server)
  await page.getByRole('button', { name: 'Build', exact: true }).click()
  ;(await kitchen.held('slow1')).release()
  const second = await kitchen.held('slow2')
  await page.getByRole('button', { name: 'Stop' }).click()
  await second.gone
  await page.locator('.bar.stopped').waitFor()
  expect(await page.locator('.bar.cooked').count()).toBe(1)
  await page.locator('.build-run header .state.stopped').waitFor()
  const paints = await page.evaluate<string[]>(
    "[...document.querySelectorAll('.bar')].map((bar) => getComputedStyle(bar).backgroundImage)",
  )
  expect(new Set(paints).size).toBe(2)
  await context.close()
  await server.stop()
})
