// Computes the needs of a job at its nth attempt: amounts may be expressions of `attempt`.
import { amountAt } from '../config/sections/amounts.ts'
import type { Needs } from '../config/configuration.ts'
import type { Ticket } from '../tickets/ticket.ts'

export function evaluateNeeds({ cpu, mem, gpu, time }: Needs, attempt: number): Ticket['needs'] {
  const needs: Ticket['needs'] = {}
  if (cpu !== undefined) needs.cpu = amountAt(cpu, attempt)
  if (mem !== undefined) needs.mem = amountAt(mem, attempt)
  if (gpu !== undefined) needs.gpu = amountAt(gpu, attempt)
  if (time !== undefined) needs.time = amountAt(time, attempt)
  return needs
}
