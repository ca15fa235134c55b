// Watching a tree of 20,000 files: how soon it is ready, what it costs at rest, and how long one change takes beside the
// same change in a small tree.   node bench/watch-tree.mjs [files] [changes]
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pause, percentile, saveToResult, start, usage } from './watch-measure.mjs'

const chef = fileURLToPath(new URL('../bin/chef', import.meta.url))
const files = Number(process.argv[2] ?? 20_000)
const changes = Number(process.argv[3] ?? 30)
const perFolder = 18

/** What of the tree a change reaches. */
const kitchens = {
  'one file beside a bundle of all': {
    changed: 'in.txt',
    result: 'out.txt',
    cheffile: `resources: { in: in.txt, all: { bundle: ['tree/**/*.txt'] } }
recipe:
  copy: { command: 'cp {in} {out}', inputs: { in: in }, outputs: { out: copied } }
  list: { command: 'ls -R {all} | wc -l > {out}', inputs: { all: all }, outputs: { out: listed } }
links: { copied: out.txt, listed: listed.txt }
`,
  },
  'one of a bundle of all': {
    changed: 'tree/0/0.txt',
    result: 'out.txt',
    cheffile: `resources: { all: { bundle: ['tree/**/*.txt'] } }
recipe:
  first: { command: 'cat {all}/tree/0/0.txt > {out}', inputs: { all: all }, outputs: { out: copied } }
links: { copied: out.txt }
`,
  },
  'each file a variant': {
    changed: 'tree/0/0.txt',
    result: 'web/0/0.txt',
    cheffile: `resources: { each: 'tree/**/*.txt' }
recipe:
  copy: { command: 'read x < {each}; echo "$x" > {out}', inputs: { each: each }, outputs: { out: copied } }
links: { copied: 'web/{each}' }
`,
  },
}

function makeTree(folder, count, cheffile) {
  for (let file = 0; file < count; file++) {
    const path = join(folder, 'tree', String(Math.floor(file / perFolder)), `${file % perFolder}.txt`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${file}\n`)
  }
  writeFileSync(join(folder, 'in.txt'), 'begin\n')
  writeFileSync(join(folder, 'cheffile.yml'), cheffile)
}

async function open({ changed, result, cheffile }, count) {
  const folder = mkdtempSync(join(tmpdir(), 'chef-watch-tree-'))
  makeTree(folder, count, cheffile)
  execFileSync(chef, ['build', '--quiet'], { cwd: folder })
  const begun = performance.now()
  const watcher = start(chef, ['watch'], folder)
  await watcher.heard('watching ')
  const readyMs = performance.now() - begun
  await pause(3000)
  const before = usage(watcher.pid)
  await pause(5000)
  const after = usage(watcher.pid)
  return {
    source: join(folder, changed),
    result: join(folder, result),
    times: [],
    costs: {
      'ready ms': Math.round(readyMs),
      'memory MiB': Math.round(after.memoryMiB),
      'processor at rest %': ((after.processorMs - before.processorMs) / 50).toFixed(1),
    },
    async close() {
      await watcher.end()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Both trees are watched at the same time and changed in turn, so that what else the machine does hits both. */
async function compare(kitchen) {
  const trees = []
  try {
    for (const count of [20, files]) trees.push(await open(kitchen, count))
    for (let change = 0; change < changes; change++) {
      for (const { source, result, times } of trees) {
        times.push(await saveToResult(source, result, `changed ${change}\n`))
        await pause(200 + files / 50)
      }
    }
  } finally {
    for (const tree of trees) await tree.close()
  }
  const rows = trees.map(({ costs, times }) => ({
    ...costs,
    'p50 ms': percentile(times, 0.5).toFixed(1),
    'p95 ms': percentile(times, 0.95).toFixed(1),
  }))
  console.table({ '20 files': rows[0], [`${files} files`]: rows[1] })
  const [small, large] = trees.map(({ times }) => percentile(times, 0.5))
  console.log(`the large tree takes ${(large / small).toFixed(2)} times as long`)
}

for (const [name, kitchen] of Object.entries(kitchens)) {
  if (process.argv[4] && !name.includes(process.argv[4])) continue
  console.log(name)
  await compare(kitchen)
}
