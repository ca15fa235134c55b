// A kitchen that is edited, built, hurt and built again: at the end it is what a build from an empty fridge leaves.
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Files, type Rig, rig } from '../rig.ts'
import { type Edit, edited, mended } from './edits.ts'
import { kitchenOf, modelOf, type Shape } from './kitchens.ts'

/** What befalls the fridge before a build: a part of it is lost, or a build is killed when it has told of so many jobs. */
type Mishap = 'none' | 'objects' | 'database' | 'pans' | number

export interface Series {
  shape: Shape
  rounds: { edits: Edit[]; mishap: Mishap; burners?: number }[]
  bits: number
  /** No step of a larger kitchen has more variants than this. */
  variants?: number
  /** The whole kitchen lies in another one, as a step of type recipe. */
  nested?: boolean
}

export const mishaps: fc.Arbitrary<Mishap> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Mishap>('none') },
  { weight: 2, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.constantFrom<Mishap>('objects', 'database', 'pans') },
)

interface WorkTree {
  cheffile: { [section: string]: object }
  files: Files
}

function materialize(shape: Shape, { variants = 12, nested = false }: Series): WorkTree {
  const whole = kitchenOf(shape, modelOf(shape, variants)) as WorkTree
  return nested ? within(whole) : whole
}

/** The same kitchen, called by another that gives it resources and flavours and takes all of its results. */
function within({ cheffile: { resources = {}, flavours = {}, recipe = {}, links = {} }, files }: WorkTree): WorkTree {
  const same = (names: string[]): object => Object.fromEntries(names.map((name) => [name, name]))
  const call = {
    type: 'recipe',
    resource: 'sub/cheffile.json',
    inputs: same([...Object.keys(resources), ...Object.keys(flavours)]),
    outputs: same(Object.keys(links)),
  }
  const patterns = Object.entries(links).map(([result, pattern]) => [
    result,
    String(pattern).replaceAll(/\{(s\d+)\}/g, '{sub.$1}'),
  ])
  const moved = Object.entries(files).map(([path, text]) => [path.startsWith('steps/') ? `sub/${path}` : path, text])
  return {
    cheffile: { resources, flavours, recipe: { sub: call }, links: Object.fromEntries(patterns) as object },
    files: {
      ...(Object.fromEntries(moved) as Files),
      'sub/cheffile.json': JSON.stringify({ resources, flavours, recipe }),
    },
  }
}

/** Brings the work tree from one state to another, touching only what differs; a file that moved is renamed. */
function apply(kitchen: Rig, before: WorkTree, after: WorkTree): void {
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

export async function expectAsFromEmpty(series: Series): Promise<void> {
  const { shape, rounds, bits } = series
  const flags = ['-k', '-o', `hashBits=${bits}`]
  const history = [shape]
  let state = materialize(shape, series)
  await using kitchen = await rig(state.cheffile, state.files)
  await kitchen.run(['build', '--json', ...flags])
  for (const [at, { edits: round, mishap, burners }] of rounds.entries()) {
    const build = ['build', '--json', ...flags, ...(burners === undefined ? [] : ['-j', String(burners)])]
    let next = round.reduce((current, edit) => edited(current, edit, history), history.at(-1) as Shape)
    if (at === rounds.length - 1) next = mended(next)
    history.push(next)
    const changed = materialize(next, series)
    apply(kitchen, state, changed)
    state = changed
    await befall(kitchen, mishap, build)
    const { exit, stderr } = await kitchen.run(build)
    if (exit === 2) expect(stderr).toMatch(/shelf is empty|is empty/)
    else expect([0, 1]).toContain(exit)
  }
  await using fresh = await rig(state.cheffile, state.files)
  const [again, whole] = await Promise.all([
    kitchen.run(['build', '--json', ...flags]),
    fresh.run(['build', '--json', '-k']),
  ])
  expect(again.exit).toBe(whole.exit)
  // Steps behind an empty shelf are blocked, and the others are cooked around them.
  if (/is empty/.test(whole.stderr)) return
  expect({ exit: whole.exit, stderr: whole.exit === 0 ? '' : whole.stderr }).toEqual({ exit: 0, stderr: '' })
  expect(again.lines).toEqual([])
  expect(again.summary).toMatchObject({ jobs: whole.summary.jobs, fresh: whole.summary.jobs, cooked: 0, reused: 0 })
  expect(kitchen.tree('out')).toEqual(fresh.tree('out'))
}
