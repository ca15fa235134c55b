// Whether `chef plan --simulate` tells the truth: real builds with one and with two burners against their forecasts.
// A forecast is made before each build from the times of the one before. `node bench/forecast.mjs [rounds]`
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const chef = join(dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'chef')
const rounds = Number(process.argv[2] ?? 3)
const allowed = 0.15

/** Three layers, times from 50 to 400 ms, the last job reading all: a schedule that is neither a chain nor a heap. */
const layered = (work) => `
flavours:
  n: { type: lin, start: 1, stop: 16, step: 1 }
recipe:
  one: { command: '${work('(({n} * 7) % 8 + 1) * 50')}; echo {n} > {out}', inputs: { n: n }, outputs: { out: first } }
  two: { command: '${work('(({n} * 5) % 4 + 1) * 50')}; cat {in} > {out}', inputs: { in: first, n: n }, outputs: { out: second } }
  all: { command: '${work('200')}; cat {in}/* > {out}', inputs: { in: { from: second, collect: all } }, outputs: { out: third } }
`

const kitchens = {
  'jobs that wait': layered((ms) => `sleep 0.$(printf %03d $(( ${ms} )))`),
  'jobs that compute': layered((ms) => `i=0; while [ $i -lt $(( (${ms}) * 1000 )) ]; do i=$((i+1)); done`),
  'many short jobs': `
flavours: { n: { type: lin, start: 1, stop: 400, step: 1 } }
recipe:
  one: { command: 'echo {n} > {out}', inputs: { n: n }, outputs: { out: first } }
  two: { command: 'cat {in} > {out}', inputs: { in: first }, outputs: { out: second } }
`,
}

function run(folder, ...args) {
  const { stdout, status, stderr } = spawnSync(chef, [...args, '--json', '-C', folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const middle = (values) => [...values].sort((one, other) => one - other)[values.length >> 1]

let far = 0
console.log('kitchen            burners  forecast     real  real/forecast (each round)')
for (const [name, cheffile] of Object.entries(kitchens)) {
  const folder = mkdtempSync(join(tmpdir(), 'chef-forecast-'))
  writeFileSync(join(folder, 'cheffile.yml'), cheffile)
  for (const burners of ['1', '2']) {
    run(folder, 'build', '--force', '-j', burners)
    const seen = Array.from({ length: rounds }, () => {
      const [{ ms: forecast }] = run(folder, 'plan', '--simulate', '--force', '-j', burners)
      const { ms: real } = run(folder, 'build', '--force', '-j', burners).at(-1)
      return { forecast, real, ratio: real / forecast }
    })
    const { forecast, real, ratio } = seen.find((one) => one.ratio === middle(seen.map((each) => each.ratio)))
    if (Math.abs(ratio - 1) > allowed) far++
    const each = seen.map((one) => one.ratio.toFixed(2)).join(' ')
    console.log(
      `${name.padEnd(18)} ${burners.padStart(7)} ${`${forecast} ms`.padStart(9)} ${`${real} ms`.padStart(8)}  ${ratio.toFixed(2)} (${each})`,
    )
  }
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = far > 0 ? 1 : 0
