// The kitchen that is tortured: large and small results, folders with links, several outputs, and a list of what was cooked.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Files, type Result, type Rig, type RunOptions, rig } from '../rig.ts'

export interface Pantry {
  word: string
  sync?: 'off' | 'normal' | 'full'
  links?: 'copy' | 'symlink'
  bits?: number
}

/** Each step says at its end that it ran: what is recorded as cooked must have been. */
export function pantry(base: string, { word, sync = 'normal', links = 'symlink', bits = 64 }: Pantry): string {
  const list = join(base, 'cooked.txt')
  const said = (step: string, ...names: string[]): string => `echo ${[step, word, ...names].join(' ')} >> ${list}`
  return `
resources: { raw: 'in/*.txt' }
flavours: { n: [1, 2] }
fridge: { sync: ${sync} }
options: { hashBits: ${bits}, links: ${links} }
recipe:
  grow:
    command: "yes {n}${word} | head -c 20000 > {x}; cat {raw} >> {x}; ${said('grow', '{raw.label}', '{n}')}"
    inputs: { raw: raw, n: n }
    outputs: { x: big }
  pack:
    command: "mkdir -p {d}/deep; cp {x} {d}/one; echo {n} > {d}/deep/two; echo ${word} > {y}; ${said('pack', '{raw.label}', '{n}')}"
    inputs: { x: big, n: n, raw: raw }
    outputs: { d: packed, y: word }
  end:
    command: "tail -c 5 {x} > {y}; cat {d}/deep/two {w} >> {y}; ${said('end', '{raw.label}', '{n}')}"
    inputs: { x: big, d: packed, w: word, raw: raw, n: n }
    outputs: { y: small }
links: { small: 'out/{raw.stem}-{n}.txt', packed: 'out/folders/{raw.stem}-{n}', big: 'out/big/{raw.stem}-{n}.txt' }
`
}

const sources: Files = { 'in/a.txt': 'a\n', 'in/b.txt': 'b'.repeat(9000) }
export const jobs = 12

export async function openPantry(kitchen: Pantry): Promise<Rig> {
  const opened = await rig('', sources)
  opened.cheffile(pantry(opened.base, kitchen))
  return opened
}

/** What must lie in the work tree after a build, whatever came before. */
export function expectedTree(word: string): { [path: string]: string } {
  const found: { [path: string]: string } = {}
  for (const [path, raw] of Object.entries(sources) as [string, string][]) {
    for (const n of [1, 2]) {
      const name = `${path.slice(3, 4)}-${n}`
      const big = `${n}${word}\n`.repeat(20_000).slice(0, 20_000) + raw
      found[`big/${name}.txt`] = big
      found[`folders/${name}/one`] = big
      found[`folders/${name}/deep/two`] = `${n}\n`
      found[`${name}.txt`] = `${big.slice(-5)}${n}\n${word}\n`
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** An error in the user's words: never a stack, never a bug, never a library's message alone. */
export function expectPlainWords({ stderr, exit, signal }: Result): void {
  expect(stderr).not.toMatch(/^\s+at .*[:(]\d+|is a bug|UnhandledPromise|node:internal|SqliteError:/m)
  if (signal === null) expect([0, 1, 2, 130]).toContain(exit)
}

function cookedSoFar(kitchen: Rig): Set<string> {
  const list = join(kitchen.base, 'cooked.txt')
  return new Set(existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [])
}

/** Whatever befell the kitchen: nothing is recorded that was not cooked, and the next build ends as a clean one does. */
export async function expectSound(kitchen: Rig, word: string, options: RunOptions = {}): Promise<Result> {
  const planned = await kitchen.run(['plan', '--json'], options)
  expectPlainWords(planned)
  expect(planned.exit).toBe(0)
  const ran = cookedSoFar(kitchen)
  for (const { step, depends, verdict } of planned.lines)
    if (verdict === 'fresh') expect(ran).toContain(`${step} ${word} ${depends.raw} ${depends.n}`)
  const built = await kitchen.run(['build', '--json'], options)
  expectPlainWords(built)
  expect({ exit: built.exit, stderr: built.stderr }).toEqual({ exit: 0, stderr: built.stderr })
  expect(built.summary).toMatchObject({ jobs, failed: 0, blocked: 0 })
  expect(kitchen.tree('out')).toEqual(expectedTree(word))
  const again = await kitchen.run(['build', '--json'], options)
  expect(again).toMatchObject({ exit: 0, lines: [], summary: { jobs, fresh: jobs, cooked: 0 } })
  const checked = await kitchen.run(['check', '--json'], options)
  expect({ exit: checked.exit, stdout: checked.stdout }).toEqual({ exit: 0, stdout: checked.stdout })
  return built
}
