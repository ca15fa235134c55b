// Photos in several widths and formats: chef, and a plain script that calls sharp for each of them with as many at once as
// there are cores, and sharp-cli where it is found (on PATH or in CHEF_BENCH_PEERS: npm install sharp-cli); in turn, in one
// run: node bench/pictures.mjs [PHOTOS] [ROUNDS]. Then the memory that chef and its cooks hold at most, for 100, 500 and
// 2,000 pictures made smaller, and as many served as one WebP and one sheet: node bench/pictures.mjs memory.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const chef = fileURLToPath(new URL('../bin/chef', import.meta.url))
const sharpPlace = import.meta.resolve('sharp')
const widths = [160, 320, 640, 960]
const formats = ['jpeg', 'png', 'webp']
const { default: sharp } = await import('sharp')

/** Soft hills with some grain, each photo unlike the others. */
async function photo(path, number, width, height) {
  const pixels = Buffer.alloc(width * height * 3)
  let state = number + 1
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      const grain = (state >>> 24) / 16
      pixels[at++] = 110 + 90 * Math.sin(x / 90 + number) + grain
      pixels[at++] = 110 + 90 * Math.cos(y / 70 + number / 3) + grain
      pixels[at++] = 110 + 90 * Math.sin((x + y) / 130 + number / 7) + grain
    }
  await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toFile(path)
}

async function photos(folder, count, width, height) {
  mkdirSync(join(folder, 'photos'), { recursive: true })
  for (let number = 0; number < count; number++)
    await photo(join(folder, 'photos', `p${String(number).padStart(4, '0')}.jpg`), number, width, height)
}

function cheffile(folder, sizes, forms = formats) {
  const kitchen = {
    resources: { photos: 'photos/*.jpg' },
    flavours: { width: sizes, form: forms },
    recipe: {
      shrink: {
        type: 'image',
        ingredients: [{ resize: { width: 'width' } }, { format: 'form' }],
        inputs: { photo: 'photos' },
        outputs: { out: 'small' },
      },
    },
  }
  writeFileSync(join(folder, 'cheffile.json'), JSON.stringify(kitchen))
}

const script = `
import { mkdirSync, readdirSync } from 'node:fs'
import { cpus } from 'node:os'
import sharp from ${JSON.stringify(sharpPlace)}
const [widths, formats] = JSON.parse(process.argv[2])
mkdirSync('out', { recursive: true })
const work = readdirSync('photos').flatMap((photo) => widths.flatMap((width) => formats.map((form) => ({ photo, width, form }))))
sharp.concurrency(1)
async function worker() {
  for (let one = work.pop(); one; one = work.pop())
    await sharp('photos/' + one.photo, { autoOrient: true }).resize({ width: one.width }).toFormat(one.form).toFile('out/' + one.photo + '-' + one.width + '.' + one.form)
}
await Promise.all(cpus().map(worker))
`

/** One call for each width and format: it cooks all its pictures at once. */
const cliScript = widths
  .flatMap((width) =>
    formats.map((form) => {
      const into = `out/${width}-${form}`
      return `mkdir -p ${into} && "$0" -i 'photos/*.jpg' -o ${into}/ -f ${form} resize ${width} > /dev/null`
    }),
  )
  .join(' &&\n')

function findSharpCli({ CHEF_BENCH_PEERS: peers, PATH = '' }) {
  const folders = [...(peers ? [join(peers, 'node_modules', '.bin')] : []), ...PATH.split(delimiter)]
  return folders.map((folder) => join(folder, 'sharp')).find((path) => existsSync(path))
}

/** bash counts the processor time of all that was started: on a busy machine it says more than the clock. */
function run(folder, argv) {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: '' }
  delete env.NODE_EXTRA_CA_CERTS
  const started = performance.now()
  const timed = ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', ...argv]
  const { status, stdout, stderr } = spawnSync('bash', timed, {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (status !== 0) throw new Error(stderr.slice(-2000))
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(stderr)
  return { ms: performance.now() - started, cpuMs: (Number(user) + Number(system)) * 1000, stdout }
}

function build(folder) {
  const { ms, cpuMs, stdout } = run(folder, [chef, 'build', '--json'])
  const { jobs, fresh, cooked, reused } = JSON.parse(stdout.trim().split('\n').at(-1))
  return { ms, cpuMs, counts: `${jobs} jobs: ${fresh} fresh, ${cooked} cooked, ${reused} reused` }
}

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`
const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]

async function times(count, rounds) {
  const folder = mkdtempSync(join(tmpdir(), 'chef-pictures-'))
  try {
    await photos(folder, count, 1600, 1200)
    writeFileSync(join(folder, 'plain.mjs'), script)
    const cli = findSharpCli(process.env)
    const tools = {
      chef: () => build(folder),
      plain: () => run(folder, [process.execPath, 'plain.mjs', JSON.stringify([widths, formats])]),
      ...(cli && { 'sharp-cli': () => run(folder, ['sh', '-c', cliScript, cli]) }),
    }
    const names = Object.keys(tools)
    const cold = Object.fromEntries(names.map((tool) => [tool, []]))
    const cpu = Object.fromEntries(names.map((tool) => [tool, []]))
    for (let round = 0; round < rounds; round++) {
      const first = round % names.length
      for (const tool of [...names.slice(first), ...names.slice(0, first)]) {
        rmSync(join(folder, '.chefcache'), { recursive: true, force: true })
        rmSync(join(folder, 'out'), { recursive: true, force: true })
        cheffile(folder, widths)
        const made = tools[tool]()
        cold[tool].push(made.ms)
        cpu[tool].push(made.cpuMs)
        console.log(`cold ${tool.padEnd(9)} ${seconds(made.ms)}, processor ${seconds(made.cpuMs)} ${made.counts ?? ''}`)
      }
    }
    for (const [what, all] of Object.entries({ time: cold, processor: cpu })) {
      const one = median(all.chef)
      for (const [tool, theirs] of Object.entries(all).slice(1)) {
        const other = median(theirs)
        console.log(`cold, ${what}: chef ${seconds(one)}, ${tool} ${seconds(other)}, ${(one / other).toFixed(3)} times`)
      }
    }
    rmSync(join(folder, '.chefcache'), { recursive: true, force: true })
    build(folder)
    const say = (what) => {
      const { ms, counts } = build(folder)
      console.log(`${what.padEnd(18)} ${String(Math.round(ms)).padStart(6)} ms  ${counts}`)
    }
    say('nothing changed')
    await photo(join(folder, 'photos', 'p0007.jpg'), 100_000, 1600, 1200)
    say('one photo changed')
    cheffile(folder, [...widths, 480])
    say('one width added')
    say('nothing changed')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Bytes resident in a process and in all below it, the process first. */
function resident(pid) {
  const children = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    } catch {
      // It has ended meanwhile.
    }
  }
  const all = [pid]
  for (const one of all) all.push(...(children.get(one) ?? []))
  return all.map((one) => {
    try {
      return Number(readFileSync(`/proc/${one}/statm`, 'latin1').split(' ')[1]) * 4096
    } catch {
      return 0
    }
  })
}

function courses(folder) {
  const course = (format) => ({
    type: 'course',
    format,
    inputs: { pictures: { from: 'photos', collect: 'all' } },
    outputs: { out: `all_${format}` },
  })
  const kitchen = { resources: { photos: 'photos/*.jpg' }, recipe: { film: course('webp'), sheet: course('sheet') } }
  writeFileSync(join(folder, 'cheffile.json'), JSON.stringify(kitchen))
}

async function memory(what, [width, height], write) {
  for (const count of [100, 500, 2000]) {
    const folder = mkdtempSync(join(tmpdir(), 'chef-pictures-'))
    try {
      await photos(folder, count, width, height)
      write(folder)
      const child = spawn(chef, ['build', '--quiet'], { cwd: folder, stdio: 'ignore' })
      const most = { all: 0, chef: 0, cook: 0 }
      const look = setInterval(() => {
        const [own, ...others] = resident(child.pid)
        most.all = Math.max(most.all, own + others.reduce((sum, one) => sum + one, 0))
        most.chef = Math.max(most.chef, own)
        most.cook = Math.max(most.cook, ...others)
      }, 20)
      const status = await new Promise((resolve) => child.on('close', resolve))
      clearInterval(look)
      if (status !== 0) throw new Error(`exit ${status}`)
      const [all, own, cook] = Object.values(most).map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`)
      console.log(
        `${what}: ${count} pictures: ${all} at most, chef ${own}, the larger one of ${cpus().length} cooks ${cook}`,
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

if (process.argv[2] === 'memory') {
  await memory('made smaller', [800, 600], (folder) => cheffile(folder, [320], ['jpeg']))
  await memory('served as one', [96, 72], courses)
} else await times(Number(process.argv[2] ?? 200), Number(process.argv[3] ?? 3))
