// chef serve: the kitchen as a web page on this machine, until it is told to stop.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { openKitchen } from '../../session/open-session.ts'
import { eventsFrom } from '../../page/event-lines.ts'
import { type ServeRequest, servePage } from '../../page/serve-page.ts'
import { jsonLine } from '../../report/json-lines.ts'
import type { Context, Run } from '../context.ts'
import { configure, everyStep, kitchenRequest, readConfiguration } from '../open-from-arguments.ts'
import { packageFolder } from '../../base/package-folder.ts'

export const serve: Run = async (context) => {
  const { meant, environment, signal } = context
  // A mistake in the cheffile refuses here; one that is made later is told on the page.
  const { root } = await configure(context)
  await servePage({
    port: meant.port ?? 0,
    open: () => openForReading(context),
    builder: {
      command: [process.execPath, join(packageFolder(), 'bin', 'chef')],
      kitchen: context.sameKitchen,
      folder: root,
      environment: environment.variables,
    },
    files: join(packageFolder(), 'dist', 'page'),
    simulation: { folder: root, settings: [], free: [] },
    ...(meant.events !== undefined && {
      events: { from: eventsFrom(Number(meant.events)), who: 'chef watch' },
    }),
    signal,
    listening: (address) => tellAddress(context, address),
  })
  return 0
}

/** A kitchen that cannot be read is told on the page, which waits for a better one. */
async function openForReading(context: Context): ReturnType<ServeRequest['open']> {
  const { configuration, failures } = await readConfiguration(context)
  const { files } = configuration
  if (failures.length > 0) return { failures, files }
  const opening = { targets: everyStep(configuration), lenient: true, emit: () => undefined }
  return { kitchen: await openKitchen(kitchenRequest(context, configuration, opening)), failures: [], files }
}

export function tellAddress({ meant, out }: Context, address: string): void {
  if (meant.json) out.write(jsonLine({ type: 'serving', url: address }))
  else out.write(`${address}\n`)
  out.flush()
  if (!meant.open) return
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open'
  // Whether a browser opens is the desktop's affair: the address stands there either way.
  spawn(program, [address], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref()
}
