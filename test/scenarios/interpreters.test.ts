// Interpreters that are replaced by others of the same version, through the real binary: their bytes count.
import { appendFileSync, copyFileSync, mkdirSync, statSync, truncateSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'
import { python } from '../steps/machine.ts'

interface Interpreter {
  name: string
  program: string
  original: string
  source: [path: string, text: string]
}

const interpreters: Interpreter[] = [
  {
    name: 'python',
    program: 'python3',
    original: python,
    source: ['steps/make.py', 'def execute():\n    return {"x": 1}\n'],
  },
  {
    name: 'node',
    program: 'node',
    original: process.execPath,
    source: ['steps/make.mjs', 'export function execute() {\n  return { x: 1 }\n}\n'],
  },
]

/** A program of the same version and size, with the times of the old one. */
function replace(path: string, last: string): void {
  const { size, atime, mtime } = statSync(path)
  truncateSync(path, size - 1)
  appendFileSync(path, last)
  utimesSync(path, atime, mtime)
}

test.each(interpreters)('$name of another build makes its steps stale', async ({ name, program, original, source }) => {
  const recipe = { make: { type: name, resource: source[0], outputs: { x: 'out' } } }
  await using kitchen: Rig = await rig({ recipe }, { [source[0]]: source[1] })
  const folder = join(kitchen.base, 'bin')
  mkdirSync(folder)
  const copy = join(folder, program)
  copyFileSync(original, copy)
  appendFileSync(copy, '1')
  const through = { environment: { PATH: `${folder}:${process.env.PATH}` } }
  const build = async () => (await kitchen.run(['build', '--json'], through)).lines
  expect(await build()).toMatchObject([{ step: 'make', status: 'cooked' }])
  expect(await build()).toEqual([])
  replace(copy, '2')
  expect(await build()).toMatchObject([{ step: 'make', status: 'cooked', reason: `tool changed: ${name}` }])
  replace(copy, '1')
  expect(await build()).toMatchObject([{ step: 'make', status: 'reused', reason: `tool changed: ${name}` }])
})
