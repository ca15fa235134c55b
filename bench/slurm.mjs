// Tiny tickets through a real Slurm, beside Slurm's own floor: an array of `true` of the same length, in turn in one run.
//   node bench/slurm.mjs [tickets] [rounds]
// It starts a cluster of its own on loopback (Debian: slurm-wlm slurmctld slurmd slurm-client munge; as root).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const tickets = Number(process.argv[2] ?? 1000)
const rounds = Number(process.argv[3] ?? 3)
const seconds = (since) => (performance.now() - since) / 1000

async function timed(work) {
  const since = performance.now()
  await work()
  return seconds(since)
}

/** From sbatch to the last task gone. */
function floor(cluster) {
  return timed(async () => {
    await cluster.ask('sbatch', '--parsable', `--array=0-${tickets - 1}`, '--output=/dev/null', '--wrap=true')
    while ((await cluster.ask('squeue', '-h', '-t', 'PD,R,CG', '-o', '%i')).trim() !== '') await pause(250)
  })
}

function chefBuild(cluster, folder, ...words) {
  return timed(() => {
    const command = [join(root, 'bin', 'chef'), 'build', '--quiet', ...words]
    const { status, stderr } = spawnSync(process.execPath, command, {
      cwd: folder,
      env: { ...process.env, ...cluster.environment },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
  })
}

const kitchen = () => `
flavours: { n: { type: lin, start: 1, stop: ${tickets}, step: 1 } }
recipe: { tiny: { command: 'echo {n} > {out}', inputs: { n: n }, outputs: { out: number } } }
kitchen: { stove: slurm }
`

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

const folder = mkdtempSync(join(tmpdir(), 'chef-bench-slurm-'))
try {
  const outfile = join(folder, 'cluster.mjs')
  const entry = join(root, 'test', 'engines', 'slurm.ts')
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20.19' })
  const { slurm } = await import(pathToFileURL(outfile).href)
  const cluster = await slurm({ nodes: 4, cpus: 16 })
  try {
    writeFileSync(join(folder, 'cheffile.yml'), kitchen())
    const times = { 'array of true': [], 'chef, times unknown': [], 'chef, times known': [] }
    for (let round = 0; round < rounds; round++) {
      times['array of true'].push(await floor(cluster))
      rmSync(join(folder, '.chefcache'), { recursive: true, force: true })
      times['chef, times unknown'].push(await chefBuild(cluster, folder))
      times['chef, times known'].push(await chefBuild(cluster, folder, '--force'))
    }
    const least = median(times['array of true'])
    console.log(`${tickets} tickets, ${rounds} rounds in turn; median of seconds, and times the array of true`)
    for (const [name, all] of Object.entries(times)) {
      const ratio = median(all) / least
      console.log(`${name.padEnd(20)} ${median(all).toFixed(1).padStart(6)} s ${ratio.toFixed(2).padStart(6)}`)
    }
  } finally {
    await cluster[Symbol.asyncDispose]()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
