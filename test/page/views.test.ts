// The page in a real browser: every view of a real kitchen, a build watched from start to end, a failure found.
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

const study = {
  flavours: { algorithm: ['BP', 'OMP'], count: [10, 20, 30] },
  recipe: {
    measure: {
      command: 'echo $(({n} * {n})) > {out}; echo measured {algorithm} {n}',
      inputs: { n: 'count', algorithm: 'algorithm' },
      outputs: { out: 'error' },
    },
    draw: {
      command:
        'printf \'<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="20"><rect width="%s" height="20"/></svg>\' {n} {n} > {picture.svg}',
      inputs: { n: 'count' },
      outputs: { 'picture.svg': 'picture' },
    },
  },
  links: { picture: 'pictures/{count}.svg' },
}

test('a build is watched live from its start to its end', async () => {
  await using kitchen = await rig({
    flavours: { n: [1, 2] },
    recipe: {
      slow: {
        command: 'echo kneading {n}; %HOLD% slow{n} && echo {n} > {out}',
        inputs: { n: 'n' },
        outputs: { out: 'number' },
      },
      sum: {
        command: 'ls {all} > {out}',
        inputs: { all: { from: 'number', collect: 'all' } },
        outputs: { out: 'total' },
      },
    },
    kitchen: { burners: 2 },
  })
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await page.getByRole('navigation').getByText('3 to cook').waitFor()
  await show(page, '#/now')
  await page.getByRole('button', { name: 'Build' }).click()
  const [one, two] = await Promise.all([kitchen.held('slow1'), kitchen.held('slow2')])
  await page.locator('.bar.running').nth(1).waitFor()
  await page.locator('.running summary', { hasText: /n 1/ }).click()
  await page.locator('.running .log', { hasText: 'kneading 1' }).waitFor()
  // A page that is opened in the middle is told what goes on.
  const late = await opened(browser, server)
  await show(late.page, '#/now')
  await late.page.locator('.bar.running').nth(1).waitFor()
  one.release()
  await page.locator('.bar.cooked').first().waitFor()
  expect(await page.locator('.bar.running').count()).toBe(1)
  two.release()
  await page.getByText('3 cooked', { exact: true }).first().waitFor()
  await page.getByRole('navigation').getByText('all is fresh').waitFor()
  await page.getByRole('button', { name: 'Build' }).waitFor()
  expect(await page.locator('.bar.cooked').count()).toBe(3)
  await show(page, '#/recipe')
  await page.getByRole('link', { name: /^step sum 1 job 1 fresh/ }).waitFor()
  expect([...faults, ...late.faults]).toEqual([])
  await late.context.close()
  await context.close()
  await server.stop()
})

test('a build is stopped from the page, and its steps end', async () => {
  await using kitchen = await rig({
    recipe: { slow: { command: '%HOLD% slow', outputs: { out: 'number' } } },
  })
  const server = await served(kitchen)
  const { page, context } = await opened(browser, server)
  await page.getByRole('button', { name: 'Build' }).click()
  const slow = await kitchen.held('slow')
  await page.getByRole('button', { name: 'Stop' }).click()
  await slow.gone
  await page.getByRole('button', { name: 'Build' }).waitFor()
  await context.close()
  await server.stop()
})

test('a failing step is found, its log read, and its variant built alone', async () => {
  await using kitchen = await rig({})
  kitchen.cheffile(cheffileOf(kitchen.folder))
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await show(page, '#/now')
  await page.getByRole('button', { name: 'Build' }).click()
  await page.locator('.failure pre', { hasText: 'no bread' }).waitFor()
  expect(await page.locator('.failure').innerText()).toMatch(/exit 7/)
  await page.locator('.failure .chips a').click()
  await page.locator('.log', { hasText: 'trying 2' }).waitFor()
  await page.getByText('last cook failed: exit 7').waitFor()
  kitchen.write('mended', '')
  await page.getByRole('button', { name: 'Build this variant' }).click()
  await page.getByText('Build this variant again').waitFor()
  await page.locator('.large', { hasText: '2' }).waitFor()
  // And by the shelf, by its state.
  await show(page, '#/shelf/loaf')
  await page.locator('tbody .state.fresh').nth(2).waitFor()
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

function cheffileOf(folder: string): object {
  const command = `echo trying {n}; if [ {n} = 2 ] && [ ! -e ${folder}/mended ]; then echo no bread >&2; exit 7; fi; echo {n} > {out}`
  return {
    flavours: { n: [1, 2, 3] },
    recipe: { risky: { command, inputs: { n: 'n' }, outputs: { out: 'loaf' } } },
  }
}

test('what another chef builds shows on the page', async () => {
  await using kitchen = await rig(study)
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await page.getByRole('navigation').getByText('9 to cook').waitFor()
  await kitchen.run(['build'])
  await page.getByRole('navigation').getByText('all is fresh').waitFor()
  await show(page, '#/now')
  await page.locator('.bar.cooked').nth(8).waitFor()
  kitchen.cheffile({ ...study, flavours: { ...study.flavours, count: [10] } })
  await page.locator('.shelves').getByRole('link', { name: 'error 2' }).waitFor()
  kitchen.write('cheffile.json', '{ "recipe": 3 }')
  await page.getByRole('alert').first().waitFor()
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('a shelf is sorted, filtered and searched, and every choice stands in the address', async () => {
  await using kitchen = await rig(study)
  await kitchen.run(['build'])
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await show(page, '#/shelf/error')
  const first = page.locator('tbody tr:not(.space)').first()
  await first.getByText('BP').waitFor()
  await page.getByRole('button', { name: 'result', exact: true }).click()
  await page.locator('th[aria-sort=ascending]').getByRole('button').click()
  await first.getByText('900', { exact: true }).waitFor()
  await page.getByLabel('Only count').fill('<= 20')
  await first.getByText('400', { exact: true }).waitFor()
  await page.getByLabel('Search').fill('omp')
  await page.getByText('2 of 6').waitFor()
  const other = await context.newPage()
  await other.goto(page.url())
  await other.getByText('2 of 6').waitFor()
  await other.locator('tbody tr:not(.space)').first().getByText('400', { exact: true }).waitFor()
  await other.close()
  // By keys alone: to the first item.
  await first.locator('a').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 2, name: 'Log' }).waitFor()
  expect(await page.locator('.large').innerText()).toBe('400')
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('pictures are shown in cells, with their neighbours, and opened where they can do nothing', async () => {
  await using kitchen = await rig(study)
  await kitchen.run(['build'])
  const server = await served(kitchen)
  const { page, context, faults } = await opened(browser, server)
  await show(page, '#/shelf/picture')
  await page.locator('tbody img').nth(2).waitFor()
  await page.locator('tbody tr:not(.space) a').first().click()
  await page.locator('img.preview').waitFor()
  expect(await page.locator('.neighbours img').count()).toBe(3)
  await page.getByText('pictures/10.svg').waitFor()
  const address = await page.getByRole('link', { name: 'Open the file' }).getAttribute('href')
  const response = await context.request.get(`${server.origin}${address}`)
  expect(response.headers()['content-type']).toBe('image/svg+xml')
  expect(response.headers()['content-security-policy']).toMatch(/^sandbox;/)
  expect(faults).toEqual([])
  await context.close()
  await server.stop()
})

test('chef watch --serve shows its own builds, and leaves with it', async () => {
  await using kitchen = await rig(
    {
      resources: { text: 'in.txt' },
      recipe: { copy: { command: 'cat {text} > {out}', inputs: { text: 'text' }, outputs: { out: 'copied' } } },
    },
    { 'in.txt': 'one\n' },
  )
  const server = await served(kitchen, ['watch', '--serve'])
  const { page, context } = await opened(browser, server)
  await page.getByRole('navigation').getByText('all is fresh').waitFor()
  await show(page, '#/item/copied')
  await page.locator('.log, .large', { hasText: 'one' }).first().waitFor()
  kitchen.write('in.txt', 'two\n')
  await page.locator('.log, .large', { hasText: 'two' }).first().waitFor()
  await context.close()
  await server.stop()
  await expect(fetch(server.origin)).rejects.toThrow()
})
