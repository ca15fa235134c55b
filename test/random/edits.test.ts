// After any series of edits a build leaves what a build from an empty fridge leaves, byte for byte, and the next cooks nothing.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Files, type Rig, rig } from '../rig.ts'
import { type Edit, edited, edits, mended } from './edits.ts'
import { kitchenOf, modelOf, type Shape, shapes } from './kitchens.ts'
import { laneOf, lanes, laneTimeout } from './runs.ts'

/** What befalls the fridge before a build: a part of it is lost, or a build is killed when it has told of so many jobs. */
type Mishap = 'none' | 'objects' | 'database' | 'pans' | number

interface Series {
  shape: Shape
  rounds: { edits: Edit[]; mishap: Mishap }[]
  bits: number
}

const mishaps: fc.Arbitrary<Mishap> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Mishap>('none') },
  { weight: 2, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.constantFrom<Mishap>('objects', 'database', 'pans') },
)

const series: fc.Arbitrary<Series> = fc.record({
  shape: shapes(5),
  rounds: fc.array(fc.record({ edits: fc.array(edits, { minLength: 1, maxLength: 3 }), mishap: mishaps }), {
    minLength: 1,
    maxLength: 4,
  }),
  bits: fc.constantFrom(64, 4),
})

function materialize(shape: Shape): { cheffile: object; files: Files } {
  return kitchenOf(shape, modelOf(shape, 12))
}

/** Brings the work tree from one state to another, touching only what differs; a file that moved is renamed. */
function apply(
  kitchen: Rig,
  before: { cheffile: object; files: Files },
  after: { cheffile: object; files: Files },
): void {
  if (JSON.stringify(before.cheffile) !== JSON.stringify(after.cheffile)) kitchen.cheffile(after.cheffile)
  const gone = Object.keys(before.files).filter((path) => !(path in after.files))
  for (const [path, content] of Object.entries(after.files)) {
    if (before.files[path] === content) continue
    const moved = path in before.files ? undefined : gone.findIndex((old) => before.files[old] === content)
    if (moved === undefined || moved < 0) kitchen.write(path, content)
    else kitchen.rename(gone.splice(moved, 1)[0] as string, path)
  }
  for (const path of gone) kitchen.remove(path)
}

async function befall(kitchen: Rig, mishap: Mishap, args: string[]): Promise<void> {
  if (mishap === 'none') return
  if (mishap === 'objects' || mishap === 'pans') return kitchen.remove(`.chefcache/${mishap}`)
  if (mishap === 'database') {
    for (const suffix of ['', '-wal', '-shm']) kitchen.remove(`.chefcache/fridge.db${suffix}`)
    // Without the database nobody can tell which files were laid out of variants that are gone.
    kitchen.remove('out')
    return
  }
  const running = kitchen.start(args)
  let told = 0
  running.child.stdout?.on('data', (data: Buffer) => {
    told += String(data).split('\n').length - 1
    if (told > mishap) running.child.kill('SIGKILL')
  })
  await running.result
}

async function expectAsFromEmpty({ shape, rounds, bits }: Series): Promise<void> {
  const flags = ['-k', '-o', `hashBits=${bits}`]
  const history = [shape]
  let state = materialize(shape)
  await using kitchen = await rig(state.cheffile, state.files)
  await kitchen.run(['build', '--json', ...flags])
  for (const [at, { edits: round, mishap }] of rounds.entries()) {
    let next = round.reduce((current, edit) => edited(current, edit, history), history.at(-1) as Shape)
    if (at === rounds.length - 1) next = mended(next)
    history.push(next)
    const changed = materialize(next)
    apply(kitchen, state, changed)
    state = changed
    await befall(kitchen, mishap, ['build', '--json', ...flags])
    const { exit, stderr } = await kitchen.run(['build', '--json', ...flags])
    if (exit === 2) expect(stderr).toMatch(/shelf is empty|is empty/)
    else expect([0, 1]).toContain(exit)
  }
  await using fresh = await rig(state.cheffile, state.files)
  const [again, whole] = await Promise.all([kitchen.run(['build', '--json', ...flags]), fresh.run(['build', '--json'])])
  expect(again.exit).toBe(whole.exit)
  if (whole.exit === 2) return
  expect({ exit: whole.exit, stderr: whole.exit === 0 ? '' : whole.stderr }).toEqual({ exit: 0, stderr: '' })
  expect(again.lines).toEqual([])
  expect(again.summary).toMatchObject({ jobs: whole.summary.jobs, fresh: whole.summary.jobs, cooked: 0, reused: 0 })
  expect(kitchen.tree('out')).toEqual(fresh.tree('out'))
}

describe('300 random series of edits leave what a build from an empty fridge leaves', () => {
  for (const lane of lanes) {
    test.concurrent(`lane ${lane}`, { timeout: laneTimeout }, async () => {
      await fc.assert(fc.asyncProperty(series, expectAsFromEmpty), laneOf(lane, 300))
    })
  }
})
