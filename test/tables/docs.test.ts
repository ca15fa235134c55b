// The kitchen of docs/tables.md is built, and what the page shows is what chef says.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/tables.md', import.meta.url)), 'utf8')

const files = Object.fromEntries(
  [...page.matchAll(/^```\w+\n(?:#|\/\/) (\S+)\n([\s\S]*?)^```$/gm)].map(([, path = '', text = '']) => [path, text]),
)
const shown = [...page.matchAll(/^ {4}\$ chef (.*)\n((?: {4}[^$\n].*\n)+)/gm)].map(([, args = '', text = '']) => ({
  args: args.split(' '),
  text: text.replaceAll(/^ {4}/gm, ''),
}))
/** Commands of which only the words are shown. */
const named = [...page.matchAll(/^ {4}chef ([^>\n]*)/gm)].map(([, args = '']) => args.trim().split(' '))

test('the page has a kitchen, tables and commands', () => {
  expect(Object.keys(files)).toEqual(['cheffile.yml', 'steps/integrate.mjs'])
  expect(shown.length).toBeGreaterThan(1)
  expect(named.length).toBeGreaterThan(2)
})

test('its kitchen cooks, and every command does what is shown', async () => {
  const { 'cheffile.yml': cheffile = '', ...others } = files
  await using kitchen = await rig(cheffile, others)
  expect(await kitchen.run(['build', '-q'])).toMatchObject({ exit: 0, stderr: '' })
  for (const { args, text } of shown) {
    const { exit, stdout } = await kitchen.run(args)
    expect([exit, stdout]).toEqual([0, text])
  }
  for (const args of named) expect(await kitchen.run(args)).toMatchObject({ exit: 0 })
})
