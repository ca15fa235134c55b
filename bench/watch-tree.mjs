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

async function measure({ changed, result, cheffile }, count) {
  const folder = mkdtempSync(join(tmpdir(), 'chef-watch-tree-'))
  try {
    makeTree(folder, count, cheffile)
    execFileSync(chef, ['build', '--quiet'], { cwd: folder })
    const begun = performance.now()
    const watcher = start(chef, ['watch'], folder)
    await watcher.heard('watching ')
    const readyMs = performance.now() - begun
    await pause(3000)
    const before = usage(watcher.pid)
    await pause(5000)
    const atRest = usage(watcher.pid)
    const times = []
    for (let change = 0; change < changes; change++) {
      times.push(await saveToResult(join(folder, changed), join(folder, result), `changed ${change}\n`))
      await pause(120 + count / 50)
    }
    await watcher.end()
    return {
      'ready ms': Math.round(readyMs),
      'memory MiB': Math.round(atRest.memoryMiB),
      'processor at rest %': ((atRest.processorMs - before.processorMs) / 50).toFixed(1),
      'p50 ms': percentile(times, 0.5).toFixed(1),
      'p95 ms': percentile(times, 0.95).toFixed(1),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const [name, kitchen] of Object.entries(kitchens)) {
  if (process.argv[4] && !name.includes(process.argv[4])) continue
  console.log(name)
  console.table({ '20 files': await measure(kitchen, 20), [`${files} files`]: await measure(kitchen, files) })
}
