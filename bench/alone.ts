// What no peer does: starting up, planning many variants, knowing that nothing changed in very many, hashing much.
import { closeSync, mkdirSync, openSync, rmSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from './measure.ts'
import { type Measure, note, type Track } from './race.ts'
import { shuffled } from './statistics.ts'

interface Runner {
  measure: Measure
  command: Command
  before?: () => void
}

/** Runs commands in turn, for so many rounds. */
async function inTurn(track: Track, rounds: number, runners: Runner[]): Promise<Measure[]> {
  for (let round = 0; round < rounds; round++) {
    for (const { measure, command, before } of shuffled(runners, round + 1)) {
      if (track.signal.aborted) break
      before?.()
      note(measure, await track.measuring.run(command))
    }
  }
  return runners.map((runner) => runner.measure)
}

function emptyMeasure(workload: string, size: number, phase: string, tool: string): Measure {
  return { workload, size, phase, tool, ms: [] }
}

function freshFolder(track: Track, name: string): string {
  const folder = join(track.folder, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}

const nodeStart = [process.execPath, '-e', '0']

export async function starting(track: Track, chef: string, rounds: number): Promise<Measure[]> {
  const cwd = freshFolder(track, 'start')
  writeFileSync(
    join(cwd, 'cheffile.yml'),
    `flavours: { n: [1, 2, 3] }
recipe:
  square: { command: 'echo $(({n} * {n})) > {out}', inputs: { n: n }, outputs: { out: number } }
  join: { type: collect, inputs: { all: { from: number, collect: all } }, outputs: { all.txt: all } }
`,
  )
  await track.measuring.run({ argv: [chef, 'build'], cwd })
  return inTurn(track, rounds, [
    { measure: emptyMeasure('start', 1, 'node', 'node'), command: { argv: nodeStart, cwd } },
    { measure: emptyMeasure('start', 1, 'version', 'chef'), command: { argv: [chef, '--version'], cwd } },
    { measure: emptyMeasure('start', 1, 'status', 'chef'), command: { argv: [chef, 'status'], cwd } },
    { measure: emptyMeasure('start', 1, 'noop', 'chef'), command: { argv: [chef, 'build'], cwd } },
  ])
}

/** Four steps, and a million variants among them: each step has one for every pair of values, the first for every value. */
export async function planning(track: Track, chef: string, sizes: number[], rounds: number): Promise<Measure[]> {
  const runners = sizes.map((size): Runner => {
    const cwd = freshFolder(track, `plan-${size}`)
    const many = Math.floor(size / 3 / 100)
    writeFileSync(
      join(cwd, 'cheffile.yml'),
      `flavours:
  m: { type: lin, start: 1, stop: ${many}, step: 1 }
  n: { type: lin, start: 1, stop: 100, step: 1 }
recipe:
  one: { command: 'echo {m} > {out}', inputs: { m: m }, outputs: { out: a } }
  two: { command: 'cat {a} > {out}; echo {n} >> {out}', inputs: { a: a, n: n }, outputs: { out: b } }
  three: { command: 'wc {b} > {out}', inputs: { b: b }, outputs: { out: c } }
  four: { command: 'cat {b} {c} > {out}', inputs: { b: b, c: c }, outputs: { out: d } }
`,
    )
    return { measure: emptyMeasure('planning', size, 'plan', 'chef'), command: { argv: [chef, 'plan'], cwd } }
  })
  return inTurn(track, rounds, runners)
}

/**
 * Variants that differ in name and do the same work, so that a million of them are ready after one cook: a value is an
 * object, and the step takes a field that all of them share.
 */
export async function unchanged(track: Track, chef: string, sizes: number[], rounds: number): Promise<Measure[]> {
  const runners: Runner[] = []
  const first: Measure[] = []
  for (const size of sizes) {
    const cwd = freshFolder(track, `names-${size}`)
    const many = Math.round(size / 1000)
    const objects = (count: number) => Array.from({ length: count }, (_, id) => ({ id, work: 1 }))
    writeFileSync(join(cwd, 'values.json'), JSON.stringify({ a: objects(many), b: objects(1000) }))
    writeFileSync(
      join(cwd, 'cheffile.yml'),
      `flavours:
  a: { type: file, file: values.json, key: a }
  b: { type: file, file: values.json, key: b }
recipe:
  compute: { command: 'echo $(({a} + {b})) > {out}', inputs: { a: a.work, b: b.work }, outputs: { out: sum } }
`,
    )
    track.say(`names ${size} first build`)
    const measure = emptyMeasure('names', size, 'first', 'chef')
    note(measure, await track.measuring.run({ argv: [chef, 'build', '--quiet'], cwd }))
    first.push(measure)
    runners.push({ measure: emptyMeasure('names', size, 'noop', 'chef'), command: { argv: [chef, 'build'], cwd } })
  }
  for (const { command } of runners) await track.measuring.run(command)
  const node: Runner = {
    measure: emptyMeasure('names', 1, 'node', 'node'),
    command: { argv: nodeStart, cwd: track.folder },
  }
  const measures = await inTurn(track, rounds, [...runners, node])
  for (const size of sizes) rmSync(join(track.folder, `names-${size}`), { recursive: true, force: true })
  return [...first, ...measures]
}

const piece = 1 << 20

/** A large resource, touched before each round: chef must look at all of it again, as xxhsum does. */
export async function hashing(track: Track, chef: string, mebibytes: number[], rounds: number): Promise<Measure[]> {
  const runners: Runner[] = []
  for (const size of mebibytes) {
    const cwd = freshFolder(track, `hash-${size}`)
    const path = join(cwd, 'large.bin')
    fill(path, size)
    writeFileSync(
      join(cwd, 'cheffile.yml'),
      `resources: { large: large.bin }
recipe:
  look: { command: 'echo seen > {out}', inputs: { large: large }, outputs: { out: seen } }
`,
    )
    await track.measuring.run({ argv: [chef, 'build'], cwd })
    const command = { argv: [chef, 'build'], cwd }
    runners.push({ measure: emptyMeasure('hashing', size, 'hash', 'chef'), command, before: () => touchFile(path) })
    if (track.xxhsum) {
      const peer = { argv: [track.xxhsum, '-H1', path], cwd }
      runners.push({ measure: emptyMeasure('hashing', size, 'hash', 'xxhsum'), command: peer })
    }
  }
  const measures = await inTurn(track, rounds, runners)
  for (const size of mebibytes) rmSync(join(track.folder, `hash-${size}`), { recursive: true, force: true })
  return measures
}

function touchFile(path: string): void {
  const now = new Date()
  utimesSync(path, now, now)
}

function fill(path: string, mebibytes: number): void {
  const bytes = Buffer.alloc(piece)
  const file = openSync(path, 'w')
  for (let at = 0; at < mebibytes; at++) {
    for (let word = 0; word < piece; word += 4) bytes.writeUInt32LE((at * piece + word) % 4_294_967_291, word)
    writeSync(file, bytes)
  }
  closeSync(file)
}
