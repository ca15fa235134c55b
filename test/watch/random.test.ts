// Random edits in quick series while `chef watch` looks on: what is laid out in the end is what a clean build
// lays out.
import fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { edited, edits, mended } from '../random/edits.ts'
import { kitchenOf, modelOf, type Shape, shapes } from '../random/kitchens.ts'
import { type Files, type Rig, rig } from '../rig.ts'
import { seed, times } from '../torture/counts.ts'
import { watching } from './watching.ts'

const kitchens = times(1, 8)
const editsEach = 25

function apply(kitchen: Rig, before: Files, after: Files): void {
  for (const [path, content] of Object.entries(after)) if (before[path] !== content) kitchen.write(path, content)
  for (const path of Object.keys(before)) if (!(path in after)) kitchen.remove(path)
}

interface Cheffile {
  resources?: object
  recipe: object
  links?: object
}

/** With a step besides that shows by a number of its own how far watching has come. */
function materialize(shape: Shape): { cheffile: object; files: Files } {
  const { cheffile, files } = kitchenOf(shape, modelOf(shape, 12)) as { cheffile: Cheffile; files: Files }
  const { resources, recipe, links } = cheffile
  const beat = { command: 'cp {pulse} {out}', inputs: { pulse: 'pulse' }, outputs: { out: 'beaten' } }
  return {
    cheffile: {
      ...cheffile,
      resources: { ...resources, pulse: 'pulse.txt' },
      recipe: { ...recipe, beat },
      links: { ...links, beaten: 'beaten.txt' },
    },
    files,
  }
}

for (let lane = 0; lane < kitchens; lane++) {
  test.concurrent(`kitchen ${lane} with ${editsEach} edits`, { timeout: 900_000 }, async () => {
    const [[shape, series] = []] = fc.sample(
      fc.tuple(shapes(4), fc.array(fc.tuple(edits, fc.boolean()), { minLength: editsEach, maxLength: editsEach })),
      { numRuns: 1, seed: seed + lane },
    )
    const history = [shape as Shape]
    let state = materialize(shape as Shape)
    await using kitchen = await rig(state.cheffile, { ...state.files, 'pulse.txt': 'begin' })
    const watch = watching(kitchen, ['-k'])
    const change = (next: Shape): void => {
      const changed = materialize(next)
      apply(kitchen, state.files, changed.files)
      if (!isDeepStrictEqual(state.cheffile, changed.cheffile)) kitchen.cheffile(changed.cheffile)
      state = changed
      history.push(next)
    }
    for (const [at, [edit, waits]] of (series ?? []).entries()) {
      change(edited(history.at(-1) as Shape, edit, history))
      if (!waits) continue
      const told = watch.stderr().length
      kitchen.write('pulse.txt', `${at}`)
      await watch.until(
        () => watch.stderr().length > told || (kitchen.exists('beaten.txt') && kitchen.read('beaten.txt') === `${at}`),
      )
    }
    change(mended(history.at(-1) as Shape))
    await using clean = await rig(state.cheffile, { ...state.files, 'pulse.txt': 'end' })
    const whole = await clean.run(['build', '--json'])
    if (whole.exit === 2) return watch.says('is empty')
    expect(whole.exit).toBe(0)
    const expected = clean.tree('out')
    await watch.until(() => isDeepStrictEqual(kitchen.tree('out'), expected))
    // Nothing is left that another build would cook.
    await watch.end()
    expect((await kitchen.run(['build', '--json'])).summary).toMatchObject({ cooked: 0, failed: 0 })
  })
}
