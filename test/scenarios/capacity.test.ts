// What the kitchen has limits what runs at once, whatever the burners: memory, graphics cards, burners of the user's naming.
import { expect, test } from 'vitest'
import { type Held, type Rig, rig } from '../rig.ts'

/** Six jobs that need something, and six that need nothing and show that burners were free. */
function kitchenWith(needs: object, capacity: object): Promise<Rig> {
  const step = (name: string, more: object): object => ({
    command: `%HOLD% ${name} && echo {n} > {out}`,
    inputs: { n: 'num' },
    outputs: { out: `${name}s` },
    ...more,
  })
  return rig({
    flavours: { num: [1, 2, 3, 4, 5, 6] },
    recipe: { heavy: step('heavy', { needs }), light: step('light', {}) },
    kitchen: { burners: 5, ...capacity },
  })
}

const limits: [what: string, needs: object, capacity: object, most: number][] = [
  ['memory', { mem: '400MB' }, { mem: '1GB' }, 2],
  ['graphics cards', { gpu: 1 }, { gpu: 1 }, 1],
  ['graphics cards, where there are more,', { gpu: 2 }, { gpu: 6 }, 3],
  ['a burner of the user', { licence: 1 }, { named: { licence: 2 } }, 2],
  ['memory that a job needs more of than there is', { mem: '4GB' }, { mem: '1GB' }, 1],
]

for (const [what, needs, capacity, most] of limits) {
  test(`${what} lets ${most} run at once`, async () => {
    await using kitchen = await kitchenWith(needs, capacity)
    const { result } = kitchen.start(['build', '--json'])
    const heavy: Held[] = []
    for (let n = 0; n < most; n++) heavy.push(await kitchen.held('heavy'))
    let surplus: Held | undefined
    const next = kitchen.held('heavy').then((held) => {
      surplus = held
      return held
    })
    // Every other job comes and goes meanwhile: whatever could have been begun was begun.
    for (let n = 0; n < 6; n++) {
      const light = await kitchen.held('light')
      light.release()
      await light.gone
    }
    expect(surplus).toBeUndefined()
    heavy[0]?.release()
    expect(await next).toBe(surplus)
    kitchen.letThrough('heavy', 'light')
    for (const held of [...heavy.slice(1), await next]) held.release()
    expect(await result).toMatchObject({ exit: 0, summary: { cooked: 12 } })
  })
}
