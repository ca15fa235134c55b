// Orders through a simulated kitchen: time, processor time and memory at most, for few and for many, made up and out of a file,
// with events printed and without: node bench/simulation.mjs [ORDERS].
import { spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync, writeSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const chef = fileURLToPath(new URL('../bin/chef', import.meta.url))
const most = Number(process.argv[2] ?? 1_000_000)

/** What the kernel knows of a process, looked up until it ends: seconds of processor time, and memory in MB. */
function known(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')
  const memory = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return { cpu: (Number(fields[11]) + Number(fields[12])) / 100, memory: Number(memory?.[1] ?? 0) / 1000 }
}

function simulate(args) {
  const started = performance.now()
  const child = spawn(chef, ['simulate', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout.resume()
  let last = { cpu: 0, memory: 0 }
  const look = setInterval(() => {
    try {
      last = known(child.pid)
    } catch {
      // It has just ended.
    }
  }, 20)
  return new Promise((resolve, reject) => {
    child.on('close', (exit) => {
      clearInterval(look)
      if (exit === 0) resolve({ ...last, seconds: (performance.now() - started) / 1000 })
      else reject(new Error(`chef simulate ${args.join(' ')} gave exit ${exit}`))
    })
  })
}

function ordersFile(path, count) {
  const file = openSync(path, 'w')
  for (let from = 0; from < count; from += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, count - from) }, (_, at) => {
      const temp = ['hot', 'cold', 'frozen'][at % 3]
      return `{"id":"order-${from + at}","name":"Onion soup","temp":"${temp}","shelfLife":${60 + (at % 97)},"decayRate":0.4}\n`
    })
    writeSync(file, lines.join(''))
  }
  closeSync(file)
}

const folder = mkdtempSync(join(tmpdir(), 'chef-bench-'))
try {
  const file = join(folder, 'orders.json')
  ordersFile(file, most)
  const few = String(most / 100)
  const many = String(most)
  /** @type {[string, string[]][]} */
  const cases = [
    ['made up', ['--count', few]],
    ['made up', ['--count', many]],
    ['made up, overloaded, drop-new', ['--count', many, '--rate', '14']],
    ['made up, overloaded, lowest-value', ['--count', many, '--rate', '14', '--strategy', 'lowest-value']],
    ['made up, overloaded, lookahead', ['--count', many, '--rate', '14', '--strategy', 'lookahead']],
    ['out of a file', [file]],
    ['out of a file, every event printed', [file, '--json']],
  ]
  console.log('| orders | | seconds | of the processor | MB at most |\n|---|---|---|---|---|')
  for (const [name, args] of cases) {
    const { seconds, cpu, memory } = await simulate(args)
    const orders = Number(args.includes(few) ? few : many).toLocaleString('en')
    console.log(`| ${orders} | ${name} | ${seconds.toFixed(1)} | ${cpu.toFixed(1)} | ${memory.toFixed(0)} |`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
