// A generated C project of many files, by chef and by ninja, in turn: from nothing, with nothing to do, after a change in
// headers that few and many files include: node bench/c-project.mjs [SOURCES] [HEADERS].
import { execFileSync, spawnSync } from 'node:child_process'
import { cpus, tmpdir } from 'node:os'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [sources = '120', headers = '40'] = process.argv.slice(2)
const burners = String(cpus().length)
const chef = fileURLToPath(new URL('../bin/chef', import.meta.url))
const generate = fileURLToPath(new URL('../fixtures/c-project/generate.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'chef-bench-c-'))
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env

const tools = {
  chef: {
    argv: [chef, 'build', '--json', '-j', burners],
    compiled: (text) => (text.match(/"step":"compile".*"status":"cooked"/g) ?? []).length,
  },
  ninja: { argv: ['ninja', '-j', burners], compiled: (text) => (text.match(/CC src/g) ?? []).length },
}

function run(name) {
  const { argv, compiled } = tools[name]
  const began = performance.now()
  const { status, stdout, stderr } = spawnSync(argv[0], argv.slice(1), { cwd: folder, env, encoding: 'utf8' })
  const ms = performance.now() - began
  if (status !== 0) throw new Error(`${name}: exit ${status}: ${stderr}`)
  return { ms, compiled: compiled(stdout) }
}

function compare(what) {
  const chefs = run('chef')
  const ninjas = run('ninja')
  if (chefs.compiled !== ninjas.compiled)
    throw new Error(`${what}: chef compiled ${chefs.compiled}, ninja ${ninjas.compiled}`)
  const shown = (ms) => `${ms.toFixed(0)} ms`.padStart(8)
  console.log(
    `${what.padEnd(22)} ${String(chefs.compiled).padStart(4)} compiled, chef ${shown(chefs.ms)}, ninja ${shown(ninjas.ms)}`,
  )
}

try {
  execFileSync(process.execPath, [generate, folder, sources, headers])
  compare('from nothing')
  compare('nothing to do')
  for (const header of [0, 1, Math.floor(headers / 8), Number(headers) - 1]) {
    const path = join(folder, 'include', `h${header}.h`)
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(/\((\d+)L/, (_, number) => `(${Number(number) + 1000}L`),
    )
    compare(`h${header}.h changed`)
  }
  compare('nothing to do')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
