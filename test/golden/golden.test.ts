// What chef says of each mistake: exit code, stdout and stderr are one text, reviewed as a diff.
// CHEF_UPDATE_GOLDEN=1 writes the texts anew.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Result, type Rig, rig } from '../rig.ts'
import { badInputs } from './cases.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const update = process.env.CHEF_UPDATE_GOLDEN === '1'

function golden(name: string, text: string): void {
  const path = `${folder}${name}.txt`
  if (update) writeFileSync(path, text)
  expect(text).toBe(existsSync(path) ? readFileSync(path, 'utf8') : `there is no ${name}.txt`)
}

function told(kitchen: Rig, args: string[], { exit, stdout, stderr }: Result): string {
  const parts = [`$ chef ${args.join(' ')}`, `exit ${exit}`, '--- stdout', stdout, '--- stderr', stderr]
  return `${parts
    .map((part) => part.replaceAll(kitchen.folder, 'PROJECT').replaceAll(kitchen.base, 'BASE').trimEnd())
    .join('\n')}\n`
}

function expectPlainError({ exit, stdout, stderr }: Result): void {
  expect(exit).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^error: /m)
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
  expect(stderr).not.toMatch(/\bnode:|node_modules|chef\.cjs|undefined|\[object/)
  expect(stderr).not.toContain('\u001b')
}

describe('a mistake is told with exit 2 and leaves no fridge behind:', () => {
  for (const [name, { cheffile, files = {}, args = [] }] of Object.entries(badInputs)) {
    test(name, async () => {
      await using kitchen = await rig(cheffile ?? '', files)
      if (cheffile === undefined) kitchen.remove('cheffile.yml')
      const before = kitchen.tree('.')
      const command = ['build', ...args]
      const result = await kitchen.run(command)
      golden(name, told(kitchen, command, result))
      expectPlainError(result)
      expect(kitchen.tree('.')).toEqual(before)
    })
  }
})

test('a mistake leaves a fridge that is there as it is', async () => {
  await using kitchen = await rig(`recipe:\n  make: { command: "echo 1 > {x}", outputs: { x: x } }\n`)
  await kitchen.build()
  const before = kitchen.tree('.chefcache')
  kitchen.cheffile('recipe:\n  make: { comand: "echo 1 > {x}", outputs: { x: x } }\n')
  expectPlainError(await kitchen.run(['build']))
  expect(kitchen.tree('.chefcache')).toEqual(before)
})

test('an unknown command and an unknown flag are told with a suggestion', async () => {
  await using kitchen = await rig(`recipe:\n  make: { command: "echo 1 > {x}", outputs: { x: x } }\n`)
  for (const [args, suggestion] of [
    [['biuld'], 'build'],
    [['build', '--keep-goign'], '--keep-going'],
  ] as const) {
    const result = await kitchen.run([...args])
    expectPlainError(result)
    expect(result.stderr).toContain(`hint: did you mean "${suggestion}"?`)
  }
})

test('every golden text belongs to a case', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
    const known = file.slice(0, -'.txt'.length) in badInputs
    if (update && !known) rmSync(`${folder}${file}`)
    else expect(badInputs).toHaveProperty([file.slice(0, -'.txt'.length)])
  }
})
