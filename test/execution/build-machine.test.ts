// Random schedules through the build machine: random graphs, orders and accidents, against a model that knows only the
// graph. No process and no disk.
import { expect, test } from 'vitest'
import { phaseOf } from '../../src/execution/build-state.ts'
import { jobIdOf } from '../../src/plan/job-id.ts'
import {
  actionOf,
  contentFrom,
  type Faults,
  type Job,
  numbered,
  type Random,
  randomOf,
  type Setting,
  World,
} from './build-world.ts'

const none: Faults = {
  failing: 0,
  losing: 0,
  deferring: 0,
  invalidating: 0,
  interrupting: 0,
  overwriting: 0,
  storing: 0,
  changing: 0,
}

function randomSetting(random: Random, faults: Faults, more: { intermediates: boolean; keepGoing?: boolean }): Setting {
  const chance = (hundredths: number): boolean => random(100) < hundredths
  const jobs: Job[] = []
  const count = 1 + random(12)
  for (let job = 0; job < count; job++) {
    const inputs = Array.from({ length: job === 0 ? 0 : random(4) }, () => jobIdOf(random(job)))
    jobs.push({
      // Few commands, so that jobs meet in one action; some make the same of everything.
      command: chance(30) ? `constant${random(3)}` : `command${random(4)}`,
      inputs,
      retries: random(3),
      intermediate: more.intermediates && chance(40),
      takes: chance(15) ? 2 : 1,
      mayBeHeld: chance(60),
    })
  }
  const setting: Setting = {
    jobs,
    rules: {
      capacity: { burners: 1 + random(3), pools: {}, named: {} },
      keepGoing: more.keepGoing ?? chance(50),
      mostFailures: Number.POSITIVE_INFINITY,
      ahead: chance(40) ? random(3) : 0,
      remote: chance(30),
      mayPostpone: chance(50),
      behind: new Set(),
      wanted: undefined,
      settled: new Map(),
      deprived: new Map(),
    },
    known: new Set(),
    former: [],
    remote: new Set(),
    failures: new Map(),
    bytes: new Set(),
    faults,
  }
  rememberFormerBuild(setting, chance)
  return setting
}

/** What a build of a similar graph left behind: commands were others, results are known or lost, records are missing. */
function rememberFormerBuild(
  { jobs, known, former, bytes, remote, failures, faults }: Setting,
  chance: (n: number) => boolean,
): void {
  const share = chance(50) ? 90 : 40
  const before: string[] = []
  const now: string[] = []
  for (const [job, one] of numbered(jobs)) {
    const old = actionOf(
      chance(share) ? one : { ...one, command: `${one.command}+` },
      one.inputs.map((input) => before[input] ?? ''),
    )
    const action = actionOf(
      one,
      one.inputs.map((input) => now[input] ?? ''),
    )
    before[job] = contentFrom(old)
    now[job] = contentFrom(action)
    if (chance(share)) {
      known.add(old)
      bytes.add(contentFrom(old))
      if (chance(share)) former[job] = old
    }
    if (chance(20)) remote.add(action)
    if (chance(faults.failing) && !known.has(action)) failures.set(action, chance(60) ? 1 : Infinity)
  }
  for (const [job, { intermediate }] of numbered(jobs)) if (intermediate && chance(50)) bytes.delete(before[job] ?? '')
}

/** Every job has ended or waits for a receipt that comes later, and the counts are those of what was told. */
function checkEnd({
  build,
  told,
  setting,
  timesTold,
  timesRecooked,
  finished,
  blockedBecause,
  released,
  invalidated,
  interrupted,
}: World): void {
  same(finished, 1)
  for (const [job, { inputs }] of numbered(setting.jobs)) {
    const phase = phaseOf(build, job)
    if (told[job] === undefined) {
      if (phase === 'postponed') {
        same(setting.rules.mayPostpone && build.stopped === undefined, true)
        continue
      }
      same(phase, 'waiting')
      same(
        inputs.some((input) => ['deferred', 'waiting'].includes(phaseOf(build, input))),
        true,
      )
      continue
    }
    same(phase, told[job])
    same(timesTold[job], 1 + (timesRecooked[job] ?? 0))
    if (told[job] !== 'blocked') continue
    switch (blockedBecause.get(job)) {
      case 'blocked-by':
        same(
          inputs.some((input) => told[input] === 'failed' || told[input] === 'blocked'),
          true,
        )
        break
      case 'input-changed':
        same(invalidated.has(job) || setting.rules.mayPostpone, true)
        break
      case 'interrupted':
        same(interrupted, true)
        break
      default:
        expect(told).toContain('failed')
        same(setting.rules.keepGoing, false)
    }
  }
  // Intermediate results are released when they and all their readers are done, and only then.
  for (const [job, { intermediate }] of numbered(setting.jobs)) {
    const readers = numbered(setting.jobs).filter(([, { inputs }]) => inputs.includes(job))
    const isOver = [job, ...readers.map(([reader]) => reader)].every((one) => isDone(told[one]))
    same(released.has(job), intermediate && isOver)
  }
}

const isDone = (told: string | undefined): boolean => told === 'fresh' || told === 'reused' || told === 'cooked'

/** A tenth of what `expect` costs, and this is asked a million times. */
function same(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) expect(actual).toBe(expected)
}

function eachSeed(count: number, first: number, run: (random: Random) => void): void {
  for (let seed = first; seed < first + count; seed++) {
    try {
      run(randomOf(seed))
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
}

test('without accidents every job ends as its graph says, whatever the order', () => {
  eachSeed(4000, 1, (random) => {
    const setting = randomSetting(
      random,
      { ...none, failing: random(2) * 20 },
      { intermediates: false, keepGoing: true },
    )
    const { jobs, failures, remote, rules } = setting
    const knownBefore = new Set(setting.known)
    const former = [...setting.former]
    const world = new World(setting, random)
    world.run()
    checkEnd(world)
    // The model: one walk in the order of the graph.
    const contents: (string | undefined)[] = []
    const cooked = new Map<string, number>()
    for (const [job, one] of numbered(jobs)) {
      const inputs = one.inputs.map((input) => contents[input])
      const texts = inputs.filter((input) => input !== undefined)
      const status = world.told[job]
      if (texts.length < inputs.length) {
        same(status, 'blocked')
        continue
      }
      const action = actionOf(one, texts)
      if (knownBefore.has(action)) {
        contents[job] = contentFrom(action)
        same(status, former[job] === action ? 'fresh' : 'reused')
        continue
      }
      const failing = rules.remote && remote.has(action) ? 0 : (failures.get(action) ?? 0)
      if (failing === Infinity) same(status, 'failed')
      if (status === 'failed') {
        // Which job of an action leads decides how often it is tried.
        const retries = jobs.filter(({ command }) => command === one.command).map((same) => same.retries)
        expect(failing).toBeGreaterThan(Math.min(...retries))
        continue
      }
      contents[job] = contentFrom(action)
      same(world.contents[job], contents[job])
      same(status === 'cooked' || status === 'reused', true)
      if (status === 'cooked') cooked.set(action, (cooked.get(action) ?? 0) + 1)
      if (rules.remote && remote.has(action)) same(status, 'reused')
      else cooked.set(action, cooked.get(action) ?? 0)
    }
    // One cook for each action, however many jobs have it.
    same(
      [...cooked.values()].every((count) => count === 1),
      true,
    )
    same(
      world.timesRecooked.every((times) => times === 0),
      true,
    )
  })
})

/** Bytes of intermediate results are gone: their makers are cooked again where somebody needs them, and nowhere else. */
test('intermediate results that are gone are made again for those who read them', () => {
  eachSeed(3000, 10_001, (random) => {
    const setting = randomSetting(random, none, { intermediates: true, keepGoing: true })
    const { jobs } = setting
    const world = new World(setting, random)
    world.run()
    checkEnd(world)
    const contents: string[] = []
    for (const [job, one] of numbered(jobs)) {
      const action = actionOf(
        one,
        one.inputs.map((input) => contents[input] ?? ''),
      )
      contents[job] = contentFrom(action)
      same(world.contents[job], contents[job])
      same(isDone(world.told[job]), true)
      // Without losses on the way a result is made again at most once.
      same((world.timesRecooked[job] ?? 0) < 2, true)
      if ((world.timesRecooked[job] ?? 0) === 0) continue
      const readers = numbered(jobs).flatMap(([reader, { inputs }]) => (inputs.includes(job) ? [reader] : []))
      expect(
        readers.some((reader) => world.verdictBefore(reader) !== 'fresh' || (world.timesRecooked[reader] ?? 0) > 0),
      ).toBe(true)
    }
    const released = jobs.flatMap(({ intermediate }, job) => (intermediate ? [job] : []))
    same([...world.released].sort((one, other) => one - other).join(' '), released.join(' '))
  })
})

test('whatever happens on the way, every job ends once and nothing is left running', () => {
  eachSeed(5000, 20_001, (random) => {
    const often = (hundredths: number): number => (random(3) === 0 ? random(hundredths) : 0)
    const faults: Faults = {
      failing: often(40),
      losing: often(30),
      deferring: often(20),
      invalidating: often(15),
      interrupting: often(10),
      overwriting: often(15),
      storing: often(15),
      changing: often(15),
    }
    const world = new World(randomSetting(random, faults, { intermediates: true }), random)
    world.run()
    checkEnd(world)
    for (const [job, one] of numbered(world.setting.jobs)) {
      if (!isDone(world.told[job])) continue
      // What is done is what its inputs make of it.
      const inputs = one.inputs.map((input) => world.contents[input] ?? '')
      same(world.contents[job], contentFrom(actionOf(one, inputs)))
    }
  })
})

test('a change that makes no difference stops where it makes none', () => {
  const jobs: Job[] = ['changed', 'constant', 'reader', 'reader'].map((command, job) => ({
    command,
    inputs: job === 0 ? [] : [jobIdOf(job - 1)],
    retries: 0,
    intermediate: false,
    takes: 1,
    mayBeHeld: false,
  }))
  const setting: Setting = {
    jobs,
    rules: {
      capacity: { burners: 1, pools: {}, named: {} },
      keepGoing: false,
      mostFailures: Number.POSITIVE_INFINITY,
      ahead: 0,
      remote: false,
      mayPostpone: false,
      behind: new Set(),
      wanted: undefined,
      settled: new Map(),
      deprived: new Map(),
    },
    known: new Set(['reader(constant)', 'reader(<reader(constant)>)']),
    former: [undefined, undefined, 'reader(constant)', 'reader(<reader(constant)>)'],
    remote: new Set(),
    failures: new Map(),
    bytes: new Set(['<reader(constant)>', '<reader(<reader(constant)>)>']),
    faults: none,
  }
  const world = new World(setting, randomOf(1))
  world.run()
  expect(world.told).toEqual(['cooked', 'cooked', 'fresh', 'fresh'])
})
