// Cooks tickets on this machine: each shell step in a process of its own, and python, node and
// picture steps in warm processes.
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
import { livingOrphans, ProcessRecord } from '../processes/process-record.ts'
import { Spawner } from '../processes/spawner.ts'
import { spawnerProgram } from '../processes/spawner-program.ts'
import { PlainSpawner } from '../processes/plain-spawner.ts'
import type { Receipt, DirectExecutor, Ticket, TicketNote } from '../tickets/ticket.ts'

export interface LocalExecutorSettings {
  burners: number
  hostEnvironment: HostEnvironment
  /** The folder in which chef is installed. Its `dist` holds the compiled spawner and the servers of warm cooks. */
  packageFolder: string
  /** The folder of the fridge, which keeps a record of what was started. A cook of single tickets has none. */
  fridge?: string
}

/**
 * Jobs held ready were chosen before the jobs that earlier ones unlock. So there are only as many as keep the burners
 * busy.
 */
const mostAhead = 2

export function openProcesses(packageFolder: string, record?: ProcessRecord): Processes {
  const program = spawnerProgram(packageFolder)
  return program === undefined
    ? new PlainSpawner((pid) => record?.note('step', pid))
    : new Spawner(program, (pid) => record?.note('spawner', pid))
}

export function openLocalExecutor(settings: LocalExecutorSettings): DirectExecutor {
  const { fridge } = settings
  const record = fridge === undefined ? undefined : new ProcessRecord(fridge)
  const processes = openProcesses(settings.packageFolder, record)
  const mayHaveOrphans = fridge !== undefined && livingOrphans(fridge).length > 0
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
    const [orphan] = mayHaveOrphans && ticket.project !== undefined ? livingOrphans(fridge) : []
    if (orphan !== undefined) {
      const refused = unstarted(ticket, failure('step-orphan', { pid: orphan }))
      return { receipt: Promise.resolve(refused), cancel: () => {} }
    }
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
      record?.remove()
    },
  }
}
