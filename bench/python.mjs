// A thousand variants of a small python step (with numpy), of a node step, and of one that imports a package (sharp):
// chef with warm cooks, ninja with a process a variant, Snakemake; in turn, in one run:
// node bench/python.mjs [VARIANTS] [BURNERS]. Snakemake is left out where it is not installed (Debian: apt install
// snakemake).
import { execFileSync, spawnSync } from 'node:child_process'
import { cpus, tmpdir } from 'node:os'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const variants = Number(process.argv[2] ?? 1000)
const burners = Number(process.argv[3] ?? cpus().length)
const chef = fileURLToPath(new URL('../bin/chef', import.meta.url))
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()

const languages = {
  python: {
    file: 'step.py',
    step: 'import numpy as np\n\n\ndef execute(n):\n    return {"z": float(np.linalg.det(np.eye(4) * n + np.ones((4, 4))))}\n',
    alone: 'alone.py',
    runner:
      'import json, sys\nfrom step import execute\njson.dump(execute(int(sys.argv[1]))["z"], open(sys.argv[2], "w"))\n',
    command: `${python} alone.py`,
  },
  node: {
    file: 'step.mjs',
    step: 'export const execute = ({ n }) => ({ z: Array.from({ length: 100 }, (_, i) => Math.sqrt(i * n)).reduce((a, b) => a + b) })\n',
    alone: 'alone.mjs',
    runner:
      "import { writeFileSync } from 'node:fs'\nimport { execute } from './step.mjs'\nwriteFileSync(process.argv[3], JSON.stringify(execute({ n: Number(process.argv[2]) }).z))\n",
    command: `${process.execPath} alone.mjs`,
  },
  // A package that takes as long to import as numpy does.
  sharp: {
    file: 'step.mjs',
    step: `import sharp from 'sharp'\nexport const execute = async ({ n }) => {\n  const create = { width: 4, height: 4, channels: 3, background: { r: n % 256, g: 0, b: 0 } }\n  return { z: (await sharp({ create }).raw().toBuffer())[0] }\n}\n`,
    alone: 'alone.mjs',
    runner:
      "import { writeFileSync } from 'node:fs'\nimport { execute } from './step.mjs'\nwriteFileSync(process.argv[3], JSON.stringify((await execute({ n: Number(process.argv[2]) })).z))\n",
    command: `${process.execPath} alone.mjs`,
    packages: fileURLToPath(new URL('../node_modules', import.meta.url)),
  },
}

const numbers = Array.from({ length: variants }, (_, at) => at + 1)

/** Prepares a folder and gives the command that makes every variant, and what it gave for variant n. */
const tools = {
  chef: {
    files: ({ file }) => ({
      'cheffile.json': JSON.stringify({
        flavours: { num: { type: 'lin', start: 1, stop: variants, step: 1 } },
        recipe: { compute: { resource: file, inputs: { n: 'num' }, outputs: { z: 'z' } } },
        kitchen: { burners },
      }),
    }),
    run: [chef, 'build', '--quiet'],
    value(folder, n) {
      const table = execFileSync(chef, ['table', 'z', '--json', '-f', `num=${n}`], { cwd: folder, encoding: 'utf8' })
      return JSON.parse(table.split('\n')[0]).value
    },
  },
  ninja: {
    files: ({ alone, runner, command }) => ({
      [alone]: runner,
      'build.ninja': `rule run\n  command = ${command} $n $out\n${numbers.map((n) => `build out/${n}: run\n  n = ${n}\n`).join('')}`,
    }),
    run: ['ninja', '--quiet', '-j', String(burners)],
    value: (folder, n) => JSON.parse(readFileSync(join(folder, 'out', String(n)), 'utf8')),
  },
  snakemake: {
    files: ({ alone, runner, command }) => ({
      [alone]: runner,
      Snakefile: `rule all:\n  input: expand("out/{n}", n=range(1, ${variants + 1}))\nrule run:\n  output: "out/{n}"\n  shell: "${command} {wildcards.n} {output}"\n`,
    }),
    run: ['snakemake', '--quiet', 'all', '--cores', String(burners)],
    value: (folder, n) => JSON.parse(readFileSync(join(folder, 'out', String(n)), 'utf8')),
  },
}

function isThere(program) {
  return existsSync(program) || spawnSync('which', [program], { stdio: 'ignore' }).status === 0
}

function measure(tool, language) {
  const folder = mkdtempSync(join(tmpdir(), `chef-bench-${language.file}-`))
  try {
    mkdirSync(join(folder, 'out'))
    const files = { [language.file]: language.step, ...tool.files(language) }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    if (language.packages) symlinkSync(language.packages, join(folder, 'node_modules'))
    const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
    const began = performance.now()
    const { status, stderr } = spawnSync(tool.run[0], tool.run.slice(1), { cwd: folder, env, encoding: 'utf8' })
    const ms = performance.now() - began
    if (status !== 0) throw new Error(`${tool.run.join(' ')}: exit ${status}: ${stderr}`)
    return { ms, values: [1, Math.ceil(variants / 2), variants].map((n) => tool.value(folder, n)) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** chef before and after each of the others, so that what else the machine does weighs on all alike. */
function compare(name, language) {
  let expected
  const once = (called) => {
    const { ms, values } = measure(tools[called], language)
    expected ??= JSON.stringify(values)
    if (JSON.stringify(values) !== expected)
      throw new Error(`${called} gave ${JSON.stringify(values)}, chef ${expected}`)
    console.log(
      `${name.padEnd(8)} ${called.padEnd(10)} ${(ms / 1000).toFixed(2)} s, ${(ms / variants).toFixed(2)} ms a variant`,
    )
    return ms
  }
  let before = once('chef')
  for (const called of ['ninja', 'snakemake']) {
    if (!isThere(tools[called].run[0])) {
      console.log(`${name.padEnd(8)} ${called.padEnd(10)} not installed`)
      continue
    }
    const ms = once(called)
    const after = once('chef')
    console.log(`${name.padEnd(8)} chef is ${((2 * ms) / (before + after)).toFixed(0)} times as fast as ${called}`)
    before = after
  }
}

console.log(`${variants} variants, ${burners} at once; python is ${python}, node is ${process.version}`)
for (const [name, language] of Object.entries(languages)) compare(name, language)
