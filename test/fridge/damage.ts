// What can befall a file of a fridge, and a kitchen whose fridge holds some of everything.
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Rig, rig } from '../rig.ts'

export const database = '.chefcache/fridge.db'

const cheffile = `
resources:
  raw: in.txt
  tree: { dir: parts }
flavours: { n: [1, 2] }
recipe:
  grow: { command: "head -c 40000 /dev/zero | tr '\\\\0' {n} > {x}; cat {raw} >> {x}", inputs: { raw: raw, n: n }, outputs: { x: big } }
  shrink: { command: "tail -c 5 {x} > {y}", inputs: { x: big }, outputs: { y: small } }
  pack: { command: "mkdir {d}; cp {x} {d}/x; cat {t}/* > {d}/t", inputs: { x: big, t: tree }, outputs: { d: box } }
  show: { command: "cat {d}/* | tail -c 20 > {l}", inputs: { d: box }, outputs: { l: list } }
links: { small: 'out/{n}.txt', list: 'out/list-{n}.txt', box: 'out/box-{n}' }
`

const files = { 'in.txt': 'end', 'parts/a.txt': 'a', 'parts/b.bin': 'b'.repeat(10_000) }

export async function fullKitchen(...flags: string[]): Promise<{ kitchen: Rig; clean: { [path: string]: string } }> {
  const kitchen = await rig(cheffile, files)
  const { exit, stderr } = await kitchen.run(['build', '--json', ...flags])
  if (exit !== 0) throw new Error(stderr)
  cpSync(kitchen.path('.chefcache'), kitchen.path('kept'), { recursive: true, preserveTimestamps: true })
  return { kitchen, clean: kitchen.tree('out') }
}

/** As it was after the first build; objects have other inodes, as in a fridge that was copied. */
export function restore(kitchen: Rig): void {
  kitchen.remove('.chefcache')
  kitchen.remove('out')
  cpSync(kitchen.path('kept'), kitchen.path('.chefcache'), { recursive: true, preserveTimestamps: true })
}

export function objectFiles(kitchen: Rig): string[] {
  const root = kitchen.path('.chefcache/objects')
  return readdirSync(root).flatMap((part) => readdirSync(join(root, part)).map((name) => join(root, part, name)))
}

export const damages: { [what: string]: (path: string) => void } = {
  truncated: (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  flipped: (path) => {
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 4
    writeFileSync(path, bytes)
  },
  zeroed: (path) => writeFileSync(path, Buffer.alloc(statSync(path).size)),
  removed: (path) => rmSync(path),
}

export function damage(path: string, what: string): void {
  chmodSync(path, 0o644)
  damages[what]?.(path)
}
