// From saving a file to its result, beside `wireit --watch` and `turbo watch` on the same work, in turn in one run:
// a kitchen of one step (cp), and one of a hundred sources with a step each; saved in place, and saved by renaming.
//   node bench/watch.mjs [rounds]
// The peers are installed from npm into a folder beside the system's temporary files, once.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exists, pause, percentile, saveToResult, start } from './watch-measure.mjs'

const chef = fileURLToPath(new URL('../bin/chef', import.meta.url))
const rounds = Number(process.argv[2] ?? 30)
const peers = join(tmpdir(), 'chef-bench-peers')

function installPeers() {
  if (exists(join(peers, 'node_modules', 'turbo')) && exists(join(peers, 'node_modules', 'wireit'))) return
  mkdirSync(peers, { recursive: true })
  writeFileSync(join(peers, 'package.json'), '{ "private": true }')
  const packages = ['wireit@0.14', 'turbo@2']
  execFileSync('npm', ['install', '--no-fund', '--no-audit', ...packages], { cwd: peers, stdio: 'ignore' })
}

const json = (folder, name, value) => writeFileSync(join(folder, name), JSON.stringify(value))
const each = (count, make) => Array.from({ length: count }, (_, at) => make(at))

/** Each copies in/N.txt to out/N.txt when it is saved. `source` and `result` of the one that is changed. */
const watchers = {
  chef: {
    prepare(folder) {
      writeFileSync(
        join(folder, 'cheffile.yml'),
        `resources: { in: 'in/*.txt' }
recipe: { copy: { command: 'cp {in} {out}', inputs: { in: in }, outputs: { out: copied } } }
links: { copied: 'out/{in}' }
`,
      )
      return { source: 'in/0.txt', result: 'out/0.txt' }
    },
    command: [chef, 'watch'],
  },
  wireit: {
    prepare(folder, count) {
      symlinkSync(join(peers, 'node_modules'), join(folder, 'node_modules'))
      const names = each(count, (at) => `copy-${at}`)
      const scripts = each(count, (at) => [
        names[at],
        { command: `cp in/${at}.txt out/${at}.txt`, files: [`in/${at}.txt`], output: [`out/${at}.txt`] },
      ])
      json(folder, 'package.json', {
        private: true,
        scripts: Object.fromEntries(['all', ...names].map((name) => [name, 'wireit'])),
        wireit: { all: { dependencies: names }, ...Object.fromEntries(scripts) },
      })
      return { source: 'in/0.txt', result: 'out/0.txt' }
    },
    command: ['npm', 'run', 'all', '--watch'],
  },
  turbo: {
    prepare(folder, count) {
      symlinkSync(join(peers, 'node_modules'), join(folder, 'node_modules'))
      writeFileSync(join(folder, '.gitignore'), 'node_modules\n.turbo\n')
      const own = { name: 'bench', workspaces: ['in-*'] }
      json(folder, 'package.json', { ...own, private: true, packageManager: 'npm@11.0.0' })
      const links = each(count, (at) => [`node_modules/in-${at}`, { resolved: `in-${at}`, link: true }])
      const packages = { '': own, ...Object.fromEntries(links) }
      json(folder, 'package-lock.json', { name: 'bench', lockfileVersion: 3, packages })
      json(folder, 'turbo.json', { tasks: { copy: { inputs: ['in.txt'], outputs: ['out.txt'] } } })
      for (let at = 0; at < count; at++) {
        mkdirSync(join(folder, `in-${at}`))
        json(join(folder, `in-${at}`), 'package.json', { name: `in-${at}`, scripts: { copy: 'cp in.txt out.txt' } })
        writeFileSync(join(folder, `in-${at}`, 'in.txt'), 'begin')
      }
      execFileSync('git', ['init', '-q'], { cwd: folder })
      return { source: 'in-0/in.txt', result: 'in-0/out.txt' }
    },
    command: [join(peers, 'node_modules', '.bin', 'turbo'), 'watch', 'copy'],
    environment: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
  },
}

async function race(count, byRenaming) {
  const base = mkdtempSync(join(tmpdir(), 'chef-watch-'))
  const running = {}
  try {
    for (const [name, watcher] of Object.entries(watchers)) {
      const folder = join(base, name)
      for (const path of ['in', 'out']) mkdirSync(join(folder, path), { recursive: true })
      for (let at = 0; at < count; at++) writeFileSync(join(folder, 'in', `${at}.txt`), 'begin')
      const { source, result } = watcher.prepare(folder, count)
      const [command, ...args] = watcher.command
      const one = { source: join(folder, source), result: join(folder, result), times: [] }
      running[name] = { ...one, process: start(command, args, folder, watcher.environment) }
      while (!exists(one.result)) await pause(50)
      await pause(500 + 100 * count)
    }
    for (let round = -2; round < rounds; round++) {
      for (const { source, result, times } of Object.values(running)) {
        const ms = await saveToResult(source, result, `round ${round}`, byRenaming)
        // Two to get warm.
        if (round >= 0) times.push(ms)
        await pause(300)
      }
    }
  } finally {
    for (const { process: one } of Object.values(running)) await one.end()
    rmSync(base, { recursive: true, force: true, maxRetries: 5 })
  }
  const p50 = (name) => percentile(running[name].times, 0.5)
  console.table(
    Object.fromEntries(
      Object.entries(running).map(([name, { times }]) => [
        name,
        {
          'p50 ms': p50(name).toFixed(1),
          'p95 ms': percentile(times, 0.95).toFixed(1),
          'p50 by that of wireit': (p50(name) / p50('wireit')).toFixed(2),
        },
      ]),
    ),
  )
}

installPeers()
for (const count of [1, 100]) {
  for (const byRenaming of [false, true]) {
    console.log(`${count} ${count === 1 ? 'source' : 'sources'}, saved ${byRenaming ? 'by renaming' : 'in place'}`)
    await race(count, byRenaming)
  }
}
