// The server of picture steps: a warm process that cooks one order after the other with sharp.
import type { Value } from '../base/value.ts'
import { setThreads } from './ingredients/sharp.ts'
import { PictureFault } from './picture-fault.ts'
import { serve } from '../steps/node/server-loop.ts'
import { logBytes, usage, resetPeak } from '../steps/node/process-state.ts'
import type { Answer, Order } from '../steps/warm/worker-messages.ts'

async function run(order: Order): Promise<Answer['outputs']> {
  if (order.told?.type === 'course') {
    const { serveCourse } = await import('./courses/course.ts')
    return serveCourse(order)
  }
  const { servePicture } = await import('./image-step.ts')
  return servePicture(order)
}

async function cook(order: Order): Promise<Answer> {
  resetPeak()
  process.chdir(order.folder)
  const began = performance.now()
  const cpu = process.cpuUsage()
  let outputs: Answer['outputs'] = []
  let fault: Answer['fault']
  try {
    outputs = await run(order)
  } catch (error) {
    fault = faultOf(error)
  }
  const used = process.cpuUsage(cpu)
  const { heldBytes, peakBytes } = usage()
  return {
    ...(fault && { fault }),
    outputs,
    discovered: [],
    ms: performance.now() - began,
    cpuMs: (used.user + used.system) / 1000,
    heldBytes,
    peakBytes,
    retire: false,
    alone: true,
    logBytes: logBytes(order.log),
  }
}

/** A bug in chef goes to the log in full, and its first line into the message. */
function faultOf(error: unknown): NonNullable<Answer['fault']> {
  if (error instanceof PictureFault) return { code: error.code, data: error.data }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${text}\n`)
  const data: { [name: string]: Value } = { why: (text.split('\n')[0] ?? '').replace(/^Error: /, '') }
  return { code: 'picture-cook', data }
}

setThreads(Number(process.env.VIPS_CONCURRENCY ?? 1))
serve(cook)
