// Measures how long a saved file takes to become a result, whatever watches it.
import { spawn } from 'node:child_process'
import { readFileSync, renameSync, statSync, watch, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'

const patienceMs = 60_000

/** Starts a watcher in a process group of its own. */
export function start(command, args, folder, environment = {}) {
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const listeners = new Set()
  const hear = (data) => {
    said += data
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return {
    pid: child.pid,
    /** Resolves when the text has been said so often. */
    heard: (text, times = 1) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`${command} never said "${text}":\n${said.slice(-2000)}`)),
          patienceMs,
        )
        const look = () => {
          if (said.split(text).length <= times) return
          clearTimeout(timer)
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
      }),
    times: (text) => said.split(text).length - 1,
    async end() {
      const group = -(child.pid ?? 0)
      const closed = new Promise((resolve) => child.on('close', resolve))
      try {
        process.kill(group, 'SIGTERM')
      } catch {}
      const timer = setTimeout(() => process.kill(group, 'SIGKILL'), 5000)
      await closed
      clearTimeout(timer)
    },
  }
}

/** Milliseconds from the moment a text is saved, in place or as many editors do by renaming, until the result holds it. */
export function saveToResult(source, result, text, byRenaming = false) {
  return new Promise((resolve, reject) => {
    const folder = dirname(result)
    let begun = 0
    const look = () => {
      let now
      try {
        now = readFileSync(result, 'utf8')
      } catch {
        return
      }
      if (now !== text) return
      const ms = performance.now() - begun
      clearTimeout(timer)
      watcher.close()
      resolve(ms)
    }
    const watcher = watch(folder, (_, name) => {
      if (name === basename(result) || name === null) look()
    })
    const timer = setTimeout(() => {
      watcher.close()
      reject(new Error(`${result} never became ${text}`))
    }, patienceMs)
    begun = performance.now()
    writeFileSync(byRenaming ? `${source}~` : source, text)
    if (byRenaming) renameSync(`${source}~`, source)
  })
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

/** Memory and processor time of one process. */
export function usage(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return {
    memoryMiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    processorMs: (Number(fields[11]) + Number(fields[12])) * 10,
  }
}

export const exists = (path) => statSync(path, { throwIfNoEntry: false }) !== undefined
