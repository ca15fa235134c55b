// What the fridge drops when it is over its capacity, compared with dropping what was used longest ago (LRU): seconds of cooking
// that had to be done again over a series of builds. Then how long `chef gc` takes for 100,000 items. node bench/retention.mjs
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The program's own choice, compiled for this script. */
async function retention() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src/fridge/retention.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

const { unplaced } = await retention()
const hour = 3_600_000

function random(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Sizes and times of results differ by orders of magnitude, independently of each other. */
function study(seed) {
  const next = random(seed)
  return Array.from({ length: 400 }, (_, at) => ({
    at,
    size: Math.round(10 ** (3 + 4 * next())),
    ms: Math.round(10 ** (1 + 4 * next())),
  }))
}

/** Builds of some parameters each: people come back to what they did lately, and now and then to what they did long ago. */
function* buildsOf(variants, seed, count) {
  const next = random(seed + 1)
  let centre = 0
  for (let build = 0; build < count; build++) {
    centre = next() < 0.15 ? Math.floor(next() * variants.length) : centre + Math.floor(next() * 7) - 3
    yield Array.from({ length: 40 }, (_, at) => variants[(centre + at + variants.length) % variants.length])
  }
}

const strategies = {
  'worth, with overflow (chef)': (cold, room, now) => unplaced(cold, room, now),
  'used longest ago (LRU)': (cold, room) => {
    let left = room
    return [...cold]
      .sort((one, other) => other.born - one.born)
      .filter(({ size }) => {
        const fits = size <= left
        // What comes after the first that does not fit is older.
        left = fits ? left - size : -1
        return !fits
      })
  },
}

function play(choose, seed, share) {
  const variants = study(seed)
  const capacity = share * variants.reduce((sum, { size }) => sum + size, 0)
  const held = new Map()
  const seen = new Set()
  const played = { first: 0, again: 0 }
  let now = 0
  for (const wanted of buildsOf(variants, seed, 300)) {
    now += 2 * hour
    for (const variant of wanted) {
      if (!held.has(variant.at)) played[seen.has(variant.at) ? 'again' : 'first'] += variant.ms / 1000
      seen.add(variant.at)
      held.set(variant.at, { ...variant, kind: 'cold', born: now })
    }
    const hot = new Set(wanted.map(({ at }) => at))
    const bytes = (some) => some.reduce((sum, { size }) => sum + size, 0)
    const all = [...held.values()]
    if (bytes(all) <= capacity) continue
    const cold = all.filter(({ at }) => !hot.has(at))
    const room = Math.max(0, capacity - bytes(all.filter(({ at }) => hot.has(at))))
    for (const { at } of choose(cold, room, now)) held.delete(at)
  }
  return played
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
process.stdout.write(
  '| capacity, of all results | strategy | cooked a first time | cooked again |\n|---|---|---|---|\n',
)
for (const share of [0.1, 0.2, 0.4, 0.6]) {
  for (const [name, choose] of Object.entries(strategies)) {
    const all = seeds.map((seed) => play(choose, seed, share))
    const mean = (key) => Math.round(all.reduce((sum, one) => sum + one[key], 0) / all.length)
    process.stdout.write(`| ${share * 100} % | ${name} | ${mean('first')} s | ${mean('again')} s |\n`)
  }
}

/** A fridge with so many results that no plan has, made of rows: cooking them would take an hour. */
function gcOf(count) {
  const Database = createRequire(import.meta.url)('better-sqlite3')
  const folder = mkdtempSync(join(tmpdir(), 'chef-retention-'))
  const chef = join(root, 'bin/chef')
  try {
    writeFileSync(
      join(folder, 'cheffile.yml'),
      'flavours: { n: [1] }\nrecipe: { a: { command: "echo {n} > {x}", inputs: { n: n }, outputs: { x: x } } }\n',
    )
    spawnSync(chef, ['build'], { cwd: folder })
    const database = new Database(join(folder, '.chefcache/fridge.db'))
    const item = database.prepare('INSERT INTO item(shelf, name, record, current, action) VALUES (1, ?, ?, 0, ?)')
    const action = database.prepare(
      "INSERT INTO action(id, key, text, discovered, ok, outputs, receipt, ms, used) VALUES (?, ?, ?, '', 1, ?, '{}', ?, ?)",
    )
    const object = database.prepare('INSERT INTO object(name, size, kind, bytes) VALUES (?, ?, 0, ?)')
    const next = random(7)
    database.transaction(() => {
      for (let at = 0; at < count; at++) {
        const name = (0x1000_0000_0000n + BigInt(at)).toString(16).padStart(16, '0')
        const size = 20 + Math.floor(200 * next())
        object.run(name, size, Buffer.alloc(size, at % 251))
        action.run(
          at + 100,
          name,
          `type\t\tshell\nvalue\tn\t${at}\n`,
          `${name} ${size}`,
          1000 * next(),
          Date.now() - 1e9 * next(),
        )
        item.run(name, `{"depends":{"n":${at}},"output":["x"],"step":"a"}`, at + 100)
      }
    })()
    database.close()
    // The shell tells what its children took of the processors: the machine may be busy with other things.
    const told = spawnSync('sh', ['-c', `'${chef}' gc --json -o fridge.capacity=20MB | tail -1; times`], {
      cwd: folder,
      encoding: 'utf8',
    }).stdout.split('\n')
    const { dropped, before: held, after } = JSON.parse(told[0])
    const seconds = [...told[2].matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + 60 * m + Number(s), 0)
    return { seconds, dropped, held, after }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const { seconds, dropped, held, after } = gcOf(100_000)
process.stdout.write(
  `\nchef gc of 100,000 items, ${(held / 1e6).toFixed(0)} MB down to ${(after / 1e6).toFixed(0)} MB: ${dropped} dropped in ${seconds.toFixed(1)} s of processor time\n`,
)
