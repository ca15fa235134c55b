// What python and node steps look for, told for each ticket, though one process cooks many of them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLocalExecutor } from '../../src/executors/local-executor.ts'
import type { Receipt, DirectExecutor, Ticket, TicketInput } from '../../src/tickets/ticket.ts'
import { install } from './installation.ts'
import { type Bench, bench, hostEnvironment, inline } from './tickets.ts'

const installed = install(true)
afterAll(() => installed.remove())

let executor: DirectExecutor
let here: Bench
beforeEach(() => {
  executor = openLocalExecutor({ burners: 1, hostEnvironment, packageFolder: installed.folder })
  here = bench()
})
afterEach(async () => {
  await executor.close()
  here.remove()
})

const value = (name: string, of: string): TicketInput => ({ name, kind: 'value', value: of })

function cook(type: 'python' | 'node', code: string, name: string, more: Partial<Ticket> = {}): Promise<Receipt> {
  const file = type === 'python' ? 'steps/compute.py' : 'steps/compute.mjs'
  const path = join(here.folder, file)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, code)
  const source = { file: file.slice(6), path, content: inline(code) }
  return executor.cook(
    here.ticket({ type, source, trace: 'infer', inputs: [value('name', name)], outputs: ['x'], ...more }),
  )
}

/** As words, those in the folder and outside of the pans. */
function looks({ observation, failure }: Receipt): string[] {
  expect(failure).toBeUndefined()
  if (!observation?.complete) throw new Error(observation?.why ?? 'there is no observation')
  const all = [...(observation.shared ?? []).flat(), ...observation.looks]
  return [
    ...new Set(
      all
        .filter(({ path }) => path.startsWith(`${here.folder}/`) && !path.startsWith(`${here.folder}/pans`))
        .map(({ kind, path }) => `${kind} ${path.slice(here.folder.length + 1)}`),
    ),
  ].sort()
}

const write = (path: string, text: string) => {
  mkdirSync(join(here.folder, path, '..'), { recursive: true })
  writeFileSync(join(here.folder, path), text)
}

describe('python', () => {
  const code = `
import os, part
here = os.path.dirname(__file__)
def execute(name):
    return {'x': part.read(os.path.join(here, name))}
`
  beforeEach(() => {
    write('steps/part.py', 'def read(path):\n  return open(path).read()\n')
    write('steps/a.txt', 'a')
    write('steps/b.txt', 'b')
  })

  test('each ticket is told its own files, and what the template imported', async () => {
    const first = looks(await cook('python', code, 'a.txt'))
    const second = looks(await cook('python', code, 'b.txt'))
    expect(first).toContain('content steps/part.py')
    expect(first).toContain('content steps/a.txt')
    expect(first).not.toContain('content steps/b.txt')
    expect(second).toEqual(first.map((look) => look.replace('a.txt', 'b.txt')))
  })

  test('modules are looked for by their names, and no folder is listed', async () => {
    write('steps/part.py', 'import other\ndef read(path):\n  return 1\n')
    write('late/other.py', '')
    mkdirSync(join(here.folder, 'early'))
    const env = { PYTHONPATH: `${here.folder}/early:${here.folder}/late` }
    const seen = looks(await cook('python', code, 'a.txt', { env }))
    expect(seen.filter((look) => look.startsWith('listing'))).toEqual([])
    expect(seen).toContain('content late/other.py')
    expect(seen).toContain('absent early/other.py')
    expect(seen).toContain('absent steps/other.py')
    expect(seen.join()).not.toContain('__pycache__')
  })

  test('a step that is imported anew for each ticket is told the same', async () => {
    const warm = looks(await cook('python', code, 'a.txt'))
    expect(looks(await cook('python', code, 'a.txt', { warm: false }))).toEqual(warm)
    const impure = `import os\nfolder = os.getcwd()\n${code}`
    expect(looks(await cook('python', impure, 'a.txt'))).toEqual(warm)
  })

  test('what a child process reads counts', async () => {
    const run = `import os, subprocess\ndef execute(name):\n  return {'x': subprocess.check_output(['cat', os.path.join(os.path.dirname(__file__), name)], text=True)}\n`
    expect(looks(await cook('python', run, 'a.txt'))).toContain('content steps/a.txt')
    expect(looks(await cook('python', run, 'b.txt'))).not.toContain('content steps/a.txt')
  })
})

describe('node', () => {
  const code = `
import { readFileSync } from 'node:fs'
import { part } from './part.mjs'
import box from 'box'
export const execute = ({ name }) => ({ x: part(readFileSync(new URL(name, import.meta.url), 'utf8') + box.name) })
`
  beforeEach(() => {
    write('steps/part.mjs', 'export const part = (text) => text\n')
    write('steps/a.txt', 'a')
    write('steps/b.txt', 'b')
    write('node_modules/box/package.json', '{"name": "box", "main": "main.js"}')
    write('node_modules/box/main.js', 'exports.name = "box"\n')
  })

  test('each ticket is told its own files, and the packages that are loaded', async () => {
    const first = looks(await cook('node', code, 'a.txt'))
    const second = looks(await cook('node', code, 'b.txt'))
    for (const look of ['steps/part.mjs', 'node_modules/box/main.js', 'steps/a.txt'])
      expect(first).toContain(`content ${look}`)
    expect(first).not.toContain('content steps/b.txt')
    expect(second).toContain('content node_modules/box/main.js')
    expect(second).toContain('content steps/part.mjs')
    expect(second).toContain('content steps/b.txt')
    expect(second).not.toContain('content steps/a.txt')
  })

  test('a package that changed is loaded again', async () => {
    const value = async () => readFileSync((await cook('node', code, 'a.txt')).outputs[0]?.path ?? '', 'utf8')
    expect(await value()).toBe('"abox"')
    write('node_modules/box/main.js', 'exports.name = "another box"\n')
    await expect.poll(value).toBe('"aanother box"')
  })
})
