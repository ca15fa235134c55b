// The page under a storm: ten thousand events a second, two pages looking on, one of them not reading. `node bench/page.mjs [seconds]`
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { WebSocket } from 'ws'

const seconds = Number(process.argv[2] ?? 60)
const eventsPerSecond = 10_000
const burners = 16
const tickMs = 20
const chef = fileURLToPath(new URL('../bin/chef', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'chef-page-bench-'))
writeFileSync(
  join(folder, 'cheffile.yml'),
  "flavours: { n: { type: lin, start: 1, stop: 1000, step: 1 } }\nrecipe:\n  mix: { command: 'echo {n} > {out}', inputs: { n: n }, outputs: { out: dough } }\n",
)
const server = spawn(chef, ['serve', '-C', folder, '--events=3'], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] })
const address = await new Promise((resolve) => server.stdout.once('data', (data) => resolve(String(data).trim())))
const { origin, searchParams } = new URL(address)

/** Resident memory of the server, in MB. */
function memory() {
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))
  return Math.round(Number(found?.[1] ?? 0) / 1024)
}

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
const page = await browser.newPage()
await page.goto(address)
await page.evaluate("location.hash = '#/now'")
await page.locator('h1').waitFor()

// A page that is stopped by its reader: it must be let go, not waited for.
const deaf = new WebSocket(`${origin.replace('http', 'ws')}/events`, {
  headers: { authorization: `Bearer ${searchParams.get('token')}` },
})
await new Promise((resolve) => deaf.once('open', resolve))
deaf._socket.pause()

const line = (event) => `${JSON.stringify(event)}\n`
const pipe = server.stdio[3]
let job = 0
let sent = 0
pipe.write(line({ type: 'plan', jobs: 10_000_000, fresh: 0, stale: 10_000_000, maybe: 0 }))
const begun = performance.now()
const timer = setInterval(() => {
  const due = ((performance.now() - begun) / 1000) * eventsPerSecond
  let text = ''
  for (; sent < due; sent += 2, job++) {
    const depends = { n: job % 1000 }
    if (job >= burners) {
      const ended = job - burners
      const status = ended % 5000 === 0 ? 'failed' : 'cooked'
      text += line({
        type: 'job',
        job: ended,
        id: `mix/${ended}`,
        step: 'mix',
        depends: { n: ended % 1000 },
        status,
        reason: 'never cooked',
        ms: 3,
        exit: status === 'failed' ? 1 : 0,
      })
    }
    text += line({ type: 'start', job, id: `mix/${job}`, step: 'mix', depends })
  }
  pipe.write(text)
}, tickMs)

/** Frames drawn in a second, the longest pause between two, and how long a click takes to show. */
const looking = `new Promise((resolve) => {
  const begun = performance.now()
  let before = begun, frames = 0, longest = 0
  const frame = (now) => {
    frames++
    longest = Math.max(longest, now - before)
    before = now
    if (now - begun < 2000) requestAnimationFrame(frame)
    else resolve({ perSecond: Math.round(frames / 2), longest: Math.round(longest) })
  }
  requestAnimationFrame(frame)
})`

const memories = []
while (performance.now() - begun < seconds * 1000) {
  const { perSecond, longest } = await page.evaluate(looking)
  const clicked = performance.now()
  await page.evaluate("location.hash = '#/history'")
  await page.getByText('Nothing was built yet.').waitFor()
  await page.evaluate("location.hash = '#/now'")
  await page.locator('.bar').first().waitFor()
  const switched = Math.round(performance.now() - clicked)
  const done = await page.locator('.builds p').innerText()
  memories.push(memory())
  console.log(
    `${Math.round((performance.now() - begun) / 1000)} s: ${sent} events, ${done}; ${perSecond} frames/s, longest pause ${longest} ms, ` +
      `two views in ${switched} ms, server ${memories.at(-1)} MB, waiting in the pipe ${pipe.writableLength} B`,
  )
}
clearInterval(timer)
const half = memories.slice(Math.floor(memories.length / 2))
console.log(`memory: ${Math.min(...half)} to ${Math.max(...half)} MB in the second half, ${memories[0]} MB at first`)
// It learns that it was let go once it reads again.
const letGo = new Promise((resolve) => deaf.once('close', () => resolve(true)))
deaf._socket.resume()
const patience = new Promise((resolve) => setTimeout(() => resolve(false), 3000))
console.log(`the page that did not read was ${(await Promise.race([letGo, patience])) ? 'let go' : 'kept'}`)
deaf.terminate()
await browser.close()
const ended = new Promise((resolve) => server.once('exit', resolve))
server.kill('SIGTERM')
await ended
rmSync(folder, { recursive: true, force: true })
