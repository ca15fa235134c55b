// Tickets that go through files and `chef cook` keep the contract of a executor.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readReceipt } from '../../src/executors/received-json.ts'
import { cancelledReceipt } from '../../src/executors/slurm/missing-receipts.ts'
import type { DirectExecutor } from '../../src/tickets/ticket.ts'
import { executorContract } from './executor.contract.ts'
import { hostEnvironment, packageFolder } from './tickets.ts'

/** The least engine there is: one process for each ticket, at once. */
function openEngine(): DirectExecutor {
  const folder = mkdtempSync(join(tmpdir(), 'chef-engine-'))
  const running = new Map<string, ChildProcess>()
  let count = 0
  return {
    name: 'engine',
    burners: 2,
    async cook(ticket) {
      const number = count++
      writeFileSync(join(folder, `${number}.json`), JSON.stringify(ticket))
      const words = [join(packageFolder, 'bin', 'chef'), 'cook', join(folder, `${number}.json`)]
      const child = spawn(process.execPath, words, { env: { ...hostEnvironment }, stdio: 'ignore' })
      running.set(ticket.id, child)
      await new Promise((resolve) => child.once('close', resolve))
      running.delete(ticket.id)
      const found = readReceipt(join(folder, `${number}.receipt.json`), ticket, ticket.pan)
      if ('value' in found) return found.value
      // Ended before chef had begun: there is no receipt then.
      if (found.missing && child.signalCode !== null) return cancelledReceipt(ticket)
      throw new Error(found.why)
    },
    cancel: (id) => void running.get(id)?.kill('SIGTERM'),
    async close() {
      const left = [...running.values()]
      await Promise.all(
        left.map((child) => {
          child.kill('SIGTERM')
          return new Promise((resolve) => child.once('close', resolve))
        }),
      )
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

executorContract('tickets and chef cook', openEngine)
