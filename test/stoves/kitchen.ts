// The kitchen that every stove cooks, and the cooks that the tests start.
import { once } from 'node:events'
import { type Rig, rig, type Running } from '../rig.ts'

const cheffile = `
resources: { raw: data/raw.txt, kit: { dir: kit }, part: 'parts/*.txt', tool: files/tool.sh }
flavours: { n: [1, 2, 3] }
recipe:
  shell: { command: '%HOLD% shell; cat {raw} {kit}/deep/two.txt > {out}; echo {n} >> {out}', inputs: { raw: raw, kit: kit, n: n }, outputs: { out: shelled } }
  tooling: { command: 'sh {tool} {part} > {out}', inputs: { tool: tool, part: part }, outputs: { out: tooled } }
  script: { resource: script.mjs, inputs: { shelled: shelled }, outputs: { out.json: scripted } }
  folder: { command: 'mkdir -p all; cp {shelled} all/a; cp {shelled} all/b', inputs: { shelled: shelled }, outputs: { 'all/*': foldered } }
  all: { command: 'cat {scripted}/* > {out}', inputs: { scripted: { from: scripted, collect: [n] } }, outputs: { out: joined } }
links:
  shelled: 'made/{n}.txt'
  tooled: 'made/{part.stem}.twice'
  scripted: 'made/{n}.json'
  foldered: 'made/{n}'
  joined: made/joined
`

const files = {
  'data/raw.txt': 'raw\n',
  'kit/one.txt': 'one\n',
  'kit/deep/two.txt': 'two\n',
  'parts/a.txt': 'a\n',
  'parts/b.txt': 'b\n',
  'files/tool.sh': '#!/bin/sh\ncat "$1" "$1"\n',
  'script.mjs': `export function execute({ shelled }) { return { 'out.json': { text: String(shelled) } } }\n`,
}

export const jobs = 12

/** Its first step waits for `shell` until the test lets it through. */
export function stoveKitchen(settings = ''): Promise<Rig> {
  return rig(`${cheffile}${settings}`, files)
}

/** What a build on this machine lays out. */
export async function madeAtHome(): Promise<{ [path: string]: string }> {
  await using kitchen = await stoveKitchen()
  kitchen.letThrough('shell')
  const built = await kitchen.build()
  if (built.exit !== 0 || built.summary.cooked !== jobs) throw new Error(built.stderr)
  return kitchen.tree('made')
}

export interface StartedCook extends Running {
  /** With the token. */
  url: URL
}

/** Starts a cook outside of the project, and waits until it listens. */
export async function startCook(kitchen: Rig, ...more: string[]): Promise<StartedCook> {
  const running = kitchen.start(['cook', '--listen', '0', ...more], { folder: kitchen.base })
  const { stdout } = running.child
  if (stdout === null) throw new Error('the cook has no output')
  const [line] = await once(stdout, 'data')
  return { ...running, url: new URL(String(line).trim()) }
}
