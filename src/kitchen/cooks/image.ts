// The server of picture steps: a warm process that cooks one order after the other with sharp.
import { connect, type Socket } from 'node:net'
import type { Value } from '../../base/value.ts'
import { setThreads } from './ingredients/sharp.ts'
import { PictureFault } from './image-fault.ts'
import { heldAndPeak, logBytes, redirect, resetPeak } from './node-state.ts'
import { type Answer, frame, frameReader, type Order } from './order.ts'

async function run(order: Order): Promise<Answer['outputs']> {
  if (order.told?.type === 'course') {
    const { serveCourse } = await import('./course.ts')
    return serveCourse(order)
  }
  const { servePicture } = await import('./image-step.ts')
  return servePicture(order)
}

async function cook(order: Order): Promise<Answer> {
  redirect(order.log)
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
  return {
    ...(fault && { fault }),
    outputs,
    discovered: [],
    ms: performance.now() - began,
    cpuMs: (used.user + used.system) / 1000,
    ...heldAndPeak(),
    retire: false,
    logBytes: logBytes(order.log),
  }
}

/** A bug of ours is shown whole in the log, and by its first line in the message. */
function faultOf(error: unknown): NonNullable<Answer['fault']> {
  if (error instanceof PictureFault) return { code: error.code, data: error.data }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${text}\n`)
  const data: { [name: string]: Value } = { why: (text.split('\n')[0] as string).replace(/^Error: /, '') }
  return { code: 'picture-cook', data }
}

function serve(address: string, token: string): void {
  setThreads(Number(process.env.VIPS_CONCURRENCY ?? 1))
  const channel: Socket = connect(address)
  let turn = Promise.resolve()
  channel.on('connect', () => channel.write(frame({ token, pid: process.pid })))
  channel.on(
    'data',
    frameReader((order) => {
      turn = turn.then(async () => {
        channel.write(frame(await cook(order as Order)))
      })
    }),
  )
  channel.on('close', () => process.exit(0))
}

serve(process.argv[2] as string, process.argv[3] as string)
