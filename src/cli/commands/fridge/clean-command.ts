// chef clean: removes the fridge, and with --links the results that were laid out in the work tree.
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Emit } from '../../../base/event.ts'
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { takeAwayLinks } from '../../../placement/link-layout.ts'
import type { Configuration } from '../../../config/configuration.ts'
import { Fridge } from '../../../fridge/fridge.ts'
import { isFridgePart } from '../../../fridge/fridge-parts.ts'
import { bytes, many } from '../../../report/text/amounts-text.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { printable } from '../../../report/text/width.ts'
import { command } from '../../arguments/command.ts'
import { flag } from '../../arguments/flag.ts'
import type { FlagOptions } from '../../arguments/read-options.ts'
import { waitFlag } from '../../arguments/shared-flags.ts'
import { type Context, warn } from '../../context.ts'
import { uncheckedConfiguration, withFridgeLock } from '../../kitchen/fridge-only.ts'

interface Removed {
  objects: number
  bytes: number
  links: number
}

const flags = {
  links: flag.switch({ summary: 'remove what was laid out in the work tree as well' }),
  wait: waitFlag,
}

export const clean = command({
  name: 'clean',
  summary: 'remove the fridge',
  positionals: {},
  flags,
  examples: [['chef clean --links', 'the fridge and everything that came out of it']],
  async run(options, context) {
    const { json, quiet, out } = context
    const configuration = await uncheckedConfiguration(context)
    const folder = configuration.fridge.path
    let removed: Removed = { objects: 0, bytes: 0, links: 0 }
    if (existsSync(folder)) {
      if (!isFridge(folder)) throw new Refusal([failure('clean-no-fridge', { path: folder })])
      removed = await removeFridge(options, context, configuration)
    } else if (!json && !quiet) out.write('there is no fridge: nothing to remove\n')
    if (json) out.write(jsonLine({ type: 'summary', ...removed }))
    return 0
  },
})

function isFridge(folder: string): boolean {
  const names = readdirSync(folder)
  return names.length === 0 || names.includes('fridge.db') || (names.includes('objects') && names.includes('pans'))
}

async function removeFridge(
  { links, wait }: FlagOptions<typeof flags>,
  context: Context,
  configuration: Configuration,
): Promise<Removed> {
  const { json, quiet, out, err, environment } = context
  const folder = configuration.fridge.path
  const removed: Removed = { objects: 0, bytes: 0, links: 0 }
  await withFridgeLock(context, { configuration, wait }, async () => {
    const fridge = await Fridge.open(configuration, true)
    warn(context, fridge.warnings)
    const { objects, bytes } = fridge.totals()
    removed.objects = objects
    removed.bytes = bytes
    if (links) takeAwayLinks(fridge, configuration.root, tellLinks(context, removed))
    fridge.close()
    // The lock goes last: whoever waits for it begins a new fridge in the same moment.
    const rest = ownParts(folder).filter((name) => !isLock(name))
    for (const name of [...rest, 'lock.json', 'lock.db']) rmSync(join(folder, name), { recursive: true, force: true })
  })
  const left = notOurs(folder)
  if (json || quiet) return removed
  const shown = printable(relative(environment.folder, folder) || folder)
  out.write(`removed ${shown}: ${many(removed.objects, 'object')}, ${bytes(removed.bytes)}\n`)
  if (left.length > 0) err.write(`left ${many(left.length, 'file')} in ${shown} that chef did not make\n`)
  return removed
}

function isLock(name: string): boolean {
  return name.startsWith('lock.')
}

/** Removes the folder if it is empty; otherwise returns the files in it that are not chef's. */
function notOurs(folder: string): string[] {
  try {
    rmdirSync(folder)
    return []
  } catch {
    // Another chef may have begun a new fridge in it.
    return existsSync(folder) ? readdirSync(folder).filter((name) => !isFridgePart(name)) : []
  }
}

function ownParts(folder: string): string[] {
  return readdirSync(folder).filter((name) => isFridgePart(name))
}

function tellLinks(context: Context, removed: Removed): Emit {
  const { json, quiet, out } = context
  return (event) => {
    if (event.type !== 'link') return
    if (event.action === 'removed') removed.links++
    const why = event.why ? `: ${event.why}` : ''
    if (json) out.write(jsonLine({ type: 'link', path: event.path, action: event.action }))
    else if (!quiet) out.write(`${event.action} ${printable(event.path)}${why}\n`)
  }
}
