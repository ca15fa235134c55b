// What a person sees in a terminal of 80 and of 40 columns, as golden texts: the live view, failures, watching, plain output.
// CHEF_UPDATE_GOLDEN=1 writes the texts anew.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { rig } from '../rig.ts'
import { Screen } from './screen.ts'

const folder = fileURLToPath(new URL('screens/', import.meta.url))
const known = new Set<string>()

function golden(name: string, text: string): void {
  known.add(`${name}.txt`)
  const path = `${folder}${name}.txt`
  if (process.env.CHEF_UPDATE_GOLDEN === '1') writeFileSync(path, text)
  expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : `there is no ${name}.txt`)
}

const baking = `
flavours: { kind: [bread, cake, biscuit], oven: [1, 2] }
recipe:
  knead: { command: 'echo flour > {dough}', outputs: { dough: dough } }
  bake:
    command: '%HOLD% {kind}{oven}; cat {dough} > {out}'
    inputs: { dough: dough, kind: kind, oven: oven }
    outputs: { out: baked }
kitchen: { burners: 3 }
`

const failing = `
flavours: { kind: [bread, cake] }
recipe:
  bake:
    command: 'echo "heating the oven for {kind}"; echo "the oven is cold" >&2; echo {kind} > {out}; exit 3'
    inputs: { kind: kind }
    outputs: { out: baked }
  serve: { command: 'cat {baked} > {out}', inputs: { baked: baked }, outputs: { out: served } }
kitchen: { burners: 1 }
`

for (const columns of [80, 40]) {
  describe(`at ${columns} columns`, () => {
    test('a build under way, and how it ends', async () => {
      await using kitchen = await rig(baking)
      await using screen = await Screen.open(['build'], kitchen.folder, columns)
      const held = await Promise.all(['bread1', 'bread2', 'cake1'].map((name) => kitchen.held(name)))
      // The frame after the last job began.
      const live = await screen.shows(/( {2}bake .*\n){3}.*1\/7/)
      golden(`live-${columns}`, live)
      kitchen.letThrough('cake2', 'biscuit1', 'biscuit2')
      for (const one of held) one.release()
      golden(`done-${columns}`, await screen.shows('exit 0'))
    })

    test('failures with the end of their logs', async () => {
      await using kitchen = await rig(failing)
      await using screen = await Screen.open(['build', '-k', '-j', '1'], kitchen.folder, columns)
      golden(`failed-${columns}`, await screen.shows('exit 1'))
    })

    test('watching, its keys, and its end', async () => {
      await using kitchen = await rig(failing.replace('exit 3', 'test {kind} != cake'))
      await using screen = await Screen.open(['watch', '-k', '-j', '1'], kitchen.folder, columns)
      golden(`watch-${columns}`, await screen.shows('watching'))
      await screen.press('f')
      await screen.shows(/failed: bake[^]*failed: bake/)
      kitchen.cheffile(failing.replace('command:', 'comand:'))
      golden(`watch-broken-${columns}`, await screen.shows(/comand[^]*watching/))
      await screen.press('q')
      await screen.shows('exit 0')
    })
  })
}

test('a window made narrower in the middle of a build leaves no old lines behind', async () => {
  await using kitchen = await rig(baking)
  await using screen = await Screen.open(['build'], kitchen.folder, 80)
  const held = await Promise.all(['bread1', 'bread2', 'cake1'].map((name) => kitchen.held(name)))
  await screen.shows(/( {2}bake .*\n){3}.*1\/7/)
  await screen.resize(40)
  kitchen.letThrough('cake2', 'biscuit1', 'biscuit2')
  for (const one of held) one.release()
  golden('resized', await screen.shows('exit 0'))
})

test('in colour, and without where NO_COLOR says so', async () => {
  await using kitchen = await rig(failing)
  await using coloured = await Screen.open(['build', '-k', '-j', '1'], kitchen.folder, 80)
  await coloured.shows('exit 1')
  golden('failed-in-colour', await coloured.shown(true))
  // Another kitchen: in this one the jobs that took longest would be cooked first.
  await using other = await rig(failing)
  await using plain = await Screen.open(['build', '-k', '-j', '1'], other.folder, 80, { NO_COLOR: '1' })
  await plain.shows('exit 1')
  const shown = await plain.shown(true)
  expect(shown).not.toContain('\u001b')
  golden('failed-no-color', shown)
})

test('a terminal that can do nothing gets plain lines', async () => {
  await using kitchen = await rig(failing)
  await using screen = await Screen.open(['build', '-k', '-j', '1'], kitchen.folder, 80, { TERM: 'dumb' })
  await screen.shows('exit 1')
  const shown = await screen.shown(true)
  expect(shown).not.toContain('\u001b')
  golden('failed-dumb', shown)
})

test('without a terminal: plain lines', async () => {
  await using kitchen = await rig(failing.replace('exit 3', 'test {kind} != cake'))
  const { stderr, exit } = await kitchen.run(['build', '-k', '-j', '1'])
  expect(exit).toBe(1)
  golden('plain', stderr.replaceAll(/\b\d+(\.\d)? (ms|s)\b/g, 'TIME'))
})

test('every golden text belongs to a screen', () => {
  expect(readdirSync(folder).filter((name) => !known.has(name))).toEqual([])
})
