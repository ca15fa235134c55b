// A table of 100,000 variants in every form, in seconds of the command as a whole: `npm run bench:table [variants]`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const chef = fileURLToPath(new URL('../bin/chef', import.meta.url))
const wanted = Number(process.argv[2] ?? 100_000)
const most = 3

/** Many variants, few actions: only `of` reaches the command, so that nearly all are reused. */
const values = Array.from({ length: Math.ceil(wanted / 100) }, (_, id) => ({ id, of: id % 10 }))
const cheffile = {
  flavours: { point: values, seed: Array.from({ length: 100 }, (_, id) => ({ id, of: id % 10 })) },
  recipe: {
    measure: {
      command: [
        'sh',
        '-c',
        'printf "{\\"error\\": 0.%s, \\"name\\": \\"run %s\\"}" "$1" "$2" > out',
        'sh',
        '{p}',
        '{s}',
      ],
      inputs: { p: 'point.of', s: 'seed.of' },
      outputs: { out: 'z' },
    },
  },
}

const folder = mkdtempSync(join(tmpdir(), 'chef-table-bench-'))
const run = (...args) => {
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(chef, args, { cwd: folder, maxBuffer: 1 << 30 })
  if (status !== 0) throw new Error(String(stderr))
  return { seconds: (performance.now() - started) / 1000, stdout: String(stdout) }
}

try {
  writeFileSync(join(folder, 'cheffile.json'), JSON.stringify(cheffile))
  const built = run('build', '--quiet')
  console.log(`${values.length * 100} variants, built in ${built.seconds.toFixed(1)} s`)
  for (const args of [
    ['--json'],
    ['--csv'],
    ['--csv', '--sort', '-error,seed.id'],
    ['--group', 'seed.id', '--mean', 'error', '--csv'],
    ['--parquet', 'z.parquet'],
    ['--markdown'],
    [],
  ]) {
    const { seconds, stdout } = run('table', 'z', ...args)
    const size = args[0] === '--parquet' ? statSync(join(folder, 'z.parquet')).size : stdout.length
    console.log(
      `${seconds < most ? '  ' : '! '}${seconds.toFixed(2)} s  chef table z ${args.join(' ')}  (${(size / 1e6).toFixed(1)} MB)`,
    )
    if (seconds >= most) process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true })
}
