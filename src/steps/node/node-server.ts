// Serves warm node cooks: takes orders one at a time, calls the step's execute() and answers. warm/servers.ts starts it as
// `node node.mjs SOCKET TOKEN`, and steps/by-hand.ts as `node node.mjs --by-hand ORDER`. It must not touch standard output, which is the ticket's log.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import type { FailureCode } from '../../base/failures/failure.ts'
import type { Value } from '../../base/value.ts'
import { ModuleLoader } from './module-loader.ts'
import { serve } from './server-loop.ts'
import { SharedObjects } from './shared-objects.ts'
import { enter, hasStartedOthers, leave, logBytes, noteStarts, resetPeak, usage } from './process-state.ts'
import { readValue, writeValue } from './node-values.ts'
import { type Answer, type Order, orderIn } from '../warm/worker-messages.ts'

/** A failure that chef words from its code and data. */
class Fault extends Error {
  constructor(
    readonly code: FailureCode,
    readonly data: { [name: string]: Value },
  ) {
    super(code)
  }
}

const ours = import.meta.url

function messageLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const [text = ''] = error.message.split('\n', 1)
  return text === '' ? error.name : `${error.name}: ${text}`
}

/** Prints the stack without the frames of Node and chef, and names the innermost place in the user's code. */
function faultOf(error: unknown, origin: string): NonNullable<Answer['fault']> {
  const root = dirname(origin)
  const stack = error instanceof Error && error.stack ? error.stack : String(error)
  const lines = stack
    .split('\n')
    .filter((line) => !/^\s+at .*(node:|<anonymous>)/.test(line) && !line.includes(ours))
    .map((line) =>
      line.replace(/(\/[^():]*):(\d+):(\d+)/, (_, path: string, ...numbers: string[]) => {
        const place = loader.placeOf(path, Number(numbers[0]), Number(numbers[1]))
        return `${path}:${place.line}:${place.column}`
      }),
    )
  process.stderr.write(`${lines.join('\n')}\n`)
  let place = basename(origin)
  for (const line of lines) {
    const found = /(?:file:\/\/)?(\/[^():]*):(\d+)(?::\d+)?\)?$/.exec(line.trim())
    if (!found?.[1]?.startsWith(`${root}/`) || found[1].includes('/node_modules/')) continue
    place = `${relative(root, found[1])}:${found[2]}`
    break
  }
  return { code: 'step-raised', data: { what: messageLine(error), place } }
}

async function readInputs(order: Order): Promise<{ [name: string]: unknown }> {
  const inputs: { [name: string]: unknown } = {}
  for (const input of order.inputs) {
    try {
      if (input.kind === 'value') inputs[input.name] = input.value
      else if (input.kind === 'file') inputs[input.name] = readValue(input.path, input.form)
      else inputs[input.name] = input.members.map((one) => [one.parameters, readValue(one.path, one.form)])
    } catch (error) {
      throw new Fault('input-unreadable', { name: input.name, why: messageLine(error) })
    }
  }
  return inputs
}

function keep(returned: unknown, order: Order, file: string): Answer['outputs'] {
  const isMapping =
    typeof returned === 'object' && returned !== null && !Array.isArray(returned) && !ArrayBuffer.isView(returned)
  if (!isMapping) {
    const type = Array.isArray(returned) ? 'a list' : ArrayBuffer.isView(returned) ? 'a Buffer' : String(returned)
    throw new Fault('step-returned', { file, type })
  }
  const given = returned as { [name: string]: unknown }
  for (const name of order.outputs) if (given[name] === undefined) throw new Fault('step-key-missing', { file, name })
  for (const name of Object.keys(given))
    if (!order.outputs.includes(name)) throw new Fault('step-key-surplus', { file, name, known: order.outputs })
  return order.outputs.map((name) => {
    try {
      return { name, path: writeValue(join(order.pan, name), given[name]) }
    } catch (error) {
      throw new Fault('step-value', { file, name, why: messageLine(error) })
    }
  })
}

async function run(order: Order): Promise<Answer['outputs']> {
  const file = basename(order.origin)
  const inputs = await readInputs(order)
  const execute = await loader.loadExecute(order.source, order.origin)
  if (typeof execute !== 'function') throw new Fault('step-execute', { file })
  return keep(await execute(inputs), order, file)
}

async function cook(order: Order): Promise<Answer> {
  resetPeak()
  const began = performance.now()
  const cpu = process.cpuUsage()
  let outputs: Answer['outputs'] = []
  let fault: Answer['fault']
  try {
    enter(order.env, order.folder)
    outputs = await run(order)
  } catch (error) {
    fault = error instanceof Fault ? { code: error.code, data: error.data } : faultOf(error, order.origin)
  }
  const used = process.cpuUsage(cpu)
  const ms = performance.now() - began
  const discovered = loader.forget(order.origin)
  const retire = leave()
  const { heldBytes, peakBytes, waited } = usage()
  return {
    ...(fault && { fault }),
    outputs,
    discovered,
    ms,
    cpuMs: (used.user + used.system) / 1000,
    heldBytes,
    peakBytes,
    retire,
    ...((loader.holdsPackages || shared.areChanged()) && { spent: true }),
    alone: !retire && !waited && !hasStartedOthers(),
    logBytes: logBytes(order.log),
  }
}

/** For `chef run`: in the foreground, with the terminal as input. A failure that chef words is written beside the order. */
async function cookByHand(path: string): Promise<void> {
  const order = orderIn(JSON.parse(readFileSync(path, 'utf8')))
  let fault: Answer['fault']
  try {
    enter(order.env, order.folder)
    await run(order)
  } catch (error) {
    fault = error instanceof Fault ? { code: error.code, data: error.data } : faultOf(error, order.origin)
  }
  writeFileSync(`${path}.answer`, JSON.stringify({ ...(fault && { fault }) }))
  process.exitCode = fault ? 1 : 0
}

const shared = new SharedObjects()
const loader = new ModuleLoader(shared)
const [, , mode, path = ''] = process.argv
if (mode === '--by-hand') await cookByHand(path)
else {
  noteStarts()
  serve(cook)
}
