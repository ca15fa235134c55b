// The machine loses its power in the middle of a build or after it: what was not synced is gone. With `sync: full` nothing
// that was told is lost; with `normal` the last jobs may be; never is anything wrong.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeFileSync } from 'node:fs'
import type { Line, Rig } from '../rig.ts'
import { chance, isLong, some, spread, tell, times, tryEach } from './counts.ts'
import { type Call, contentsAtTheEnd, Disk, type Loss, readLog, safeFiles } from './disk.ts'
import { faultEnvironment } from './faults.ts'
import { expectSound, openPantry, type Pantry, pantry } from './pantry.ts'

interface Cut {
  sync: NonNullable<Pantry['sync']>
  links: NonNullable<Pantry['links']>
  names: Loss['names']
  data: Loss['data']
}

const cuts: Cut[] = [
  { sync: 'full', links: 'copy', names: 'synced', data: 'none' },
  { sync: 'full', links: 'symlink', names: 'synced', data: 'any' },
  { sync: 'full', links: 'copy', names: 'ordered', data: 'first' },
  { sync: 'normal', links: 'copy', names: 'ordered', data: 'none' },
  { sync: 'normal', links: 'symlink', names: 'ordered', data: 'first' },
  { sync: 'normal', links: 'symlink', names: 'ordered', data: 'any' },
]

function toldIn(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{"type":"job"')) return []
    const { id, status } = JSON.parse(line) as Line
    return status === 'cooked' || status === 'reused' ? [String(id)] : []
  })
}

/** After so many calls; in the long form also right before and after each sync, however few the others are. */
function cutsIn(calls: readonly Call[]): number[] {
  const around = calls.flatMap(({ kind }, at) => (isLong && kind === 'sync' ? [at, at + 1] : []))
  const points = new Set([
    ...spread(calls.length, times(1, calls.length)),
    ...around,
    ...(isLong ? [calls.length] : []),
  ])
  return [...points].sort((one, other) => one - other)
}

async function freshJobs(kitchen: Rig, environment: { [name: string]: string }): Promise<Set<string>> {
  const { lines } = await kitchen.run(['plan', '--json'], { environment })
  return new Set(lines.filter(({ verdict }) => verdict === 'fresh').map(({ id }) => String(id)))
}

for (const begin of ['an empty fridge', 'an older build'] as const) {
  describe(`a power cut in a build that began with ${begin}`, () => {
    const isQuick = (cut: Cut): boolean => cuts.indexOf(cut) % 2 === (begin === 'an older build' ? 0 : 1)
    for (const { sync, links, names, data } of some(cuts, isQuick)) {
      test(`sync: ${sync}, links: ${links}, names ${names}, data ${data}`, { timeout: 3_600_000 }, async () => {
        await using kitchen = await openPantry({ word: 'older', sync, links })
        if (begin === 'an older build') await kitchen.run(['build'])
        const roots = [kitchen.path('.chefcache'), kitchen.path('out')]
        kitchen.cheffile(pantry(kitchen.base, { word: 'cut', sync, links }))
        const start = safeFiles(kitchen.folder)
        const log = join(kitchen.base, 'calls')
        const recorded = await kitchen.run(['build', '--json'], {
          environment: faultEnvironment({ under: kitchen.folder, log }),
        })
        expect(recorded.exit).toBe(0)
        const calls = readLog(log)
        const final = contentsAtTheEnd(calls, safeFiles(kitchen.folder))
        // The machine was started again: the kernel says so by another name.
        const boot = join(kitchen.base, 'boot')
        let lost = 0
        const points = cutsIn(calls)
        await tryEach(points, async (point) => {
          const disk = new Disk(start, final)
          let told = ''
          for (const call of calls.slice(0, point)) {
            if (call.kind === 'told') told += String(call.bytes)
            else disk.take(call)
          }
          disk.leave({ names, data, chance: chance(point) }, roots)
          writeFileSync(boot, `boot-${point}\n`)
          const environment = faultEnvironment({ under: kitchen.folder, boot })
          const fresh = await freshJobs(kitchen, environment)
          const missing = toldIn(told).filter((id) => !fresh.has(id))
          lost += missing.length
          if (sync === 'full') expect({ point, missing }).toEqual({ point, missing: [] })
          await expectSound(kitchen, 'cut', { environment })
        })
        tell(`power cut, sync ${sync}, names ${names}, data ${data}`, {
          calls: calls.length,
          cuts: points.length,
          lost,
        })
      })
    }
  })
}
