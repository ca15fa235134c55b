// Cooks tickets on this machine: each shell step in a process of its own, and python, node and
// picture steps in warm processes.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { failure } from '../base/failures/failure.ts'
import { cookCollect } from '../steps/collect-step.ts'
import { type Cooking, cookInProcess } from '../steps/process-cook.ts'
import { nodeServer, pictureServer, pythonServer } from '../steps/warm/servers.ts'
import { WarmPool } from '../steps/warm/warm-pool.ts'
import { cookWarm, type WarmKitchen } from '../steps/warm/warm-cook.ts'
import type { HostEnvironment } from '../steps/pan.ts'
import type { Processes } from '../processes/process.ts'
import { unstarted } from '../steps/receipt.ts'
import { Spawner } from '../processes/spawner.ts'
import { PlainSpawner } from '../processes/plain-spawner.ts'
import type { Receipt, DirectExecutor, Ticket, TicketNote } from '../tickets/ticket.ts'

export interface LocalExecutorSettings {
  burners: number
  hostEnvironment: HostEnvironment
  /** The folder in which chef is installed. Its `dist` holds the compiled spawner and the servers of warm cooks. */
  packageFolder: string
}

/**
 * Jobs held ready were chosen before the jobs that earlier ones unlock. So there are only as many as keep the burners
 * busy.
 */
const mostAhead = 2

export function openProcesses(packageFolder: string): Processes {
  const program = join(packageFolder, 'dist', 'spawner')
  return existsSync(program) ? new Spawner(program) : new PlainSpawner()
}

export function openLocalExecutor(settings: LocalExecutorSettings): DirectExecutor {
  const processes = openProcesses(settings.packageFolder)
  const cooking = new Map<string, Cooking>()
  const { hostEnvironment } = settings
  const pool = new WarmPool(processes, settings.burners)
  const servers = join(settings.packageFolder, 'dist', 'cooks')
  const swept = new WeakSet<Ticket>()
  const common = { pool, hostEnvironment, swept, threaded: new Set<string>() }
  const python: WarmKitchen = {
    ...common,
    command: (ticket) => pythonServer(ticket, hostEnvironment, servers),
  }
  const node: WarmKitchen = { ...common, command: (ticket) => nodeServer(ticket, hostEnvironment, servers) }
  const pictures: WarmKitchen = {
    ...common,
    command: (ticket) => pictureServer(ticket, hostEnvironment, servers),
  }
  const begin = (ticket: Ticket, held: boolean): Cooking => {
    if (ticket.type === 'shell') return cookInProcess(ticket, hostEnvironment, processes, held)
    if (ticket.type === 'python') return cookWarm(ticket, python)
    if (ticket.type === 'node') return cookWarm(ticket, node)
    if (ticket.type === 'image' || ticket.type === 'course') return cookWarm(ticket, pictures)
    if (ticket.type === 'collect') return { receipt: Promise.resolve(cookCollect(ticket)), cancel: () => {} }
    const receipt = Promise.resolve(unstarted(ticket, failure('cook-unknown', { type: ticket.type })))
    return { receipt, cancel: () => {} }
  }
  return {
    name: 'local',
    burners: settings.burners,
    // Node's own child processes do not report the processes that a step leaves behind.
    sweeps: (ticket) => (ticket.type === 'shell' ? processes instanceof Spawner : swept.has(ticket)),
    ahead: processes.hold ? Math.min(settings.burners, mostAhead) : 0,
    async cook(ticket: Ticket, note?: TicketNote): Promise<Receipt> {
      const started = begin(ticket, note?.held ?? false)
      cooking.set(ticket.id, started)
      try {
        return await started.receipt
      } finally {
        cooking.delete(ticket.id)
      }
    },
    begin(id) {
      cooking.get(id)?.begin?.()
    },
    cancel(id) {
      cooking.get(id)?.cancel()
    },
    async close() {
      const all = [...cooking.values()]
      for (const one of all) one.cancel()
      await Promise.allSettled(all.map((one) => one.receipt))
      await pool.close()
      await processes.close()
    },
  }
}
