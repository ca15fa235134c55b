// chef serve: shows the kitchen as a web page on this machine, until it is told to stop.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { openSession } from '../../../session/open-session.ts'
import { eventsFrom } from '../../../page/event-lines.ts'
import { type ServeRequest, servePage } from '../../../page/serve-page.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { command, cookedIsKept } from '../../arguments/command.ts'
import { eventsFlag, openFlag, portFlag } from '../../arguments/shared-flags.ts'
import type { Context } from '../../context.ts'
import { configure, everyStep, kitchenRequest, readConfiguration } from '../../kitchen/open-from-arguments.ts'
import { packageFolder } from '../../../base/package-folder.ts'

export const serve = command({
  name: 'serve',
  summary: 'show the kitchen as a web page on this machine',
  positionals: {},
  flags: { port: portFlag, open: openFlag, events: eventsFlag },
  examples: [
    ['chef serve --open', 'in the browser, until Ctrl-C'],
    ['chef watch --serve', 'builds on every change, and the page beside it'],
  ],
  interrupted: cookedIsKept,
  run: serveKitchen,
})

interface ServeOptions {
  port: number | undefined
  open: boolean
  events: string | undefined
}

async function serveKitchen({ port, open, events }: ServeOptions, context: Context): Promise<number> {
  const { kitchen, environment, signal } = context
  // A mistake in the cheffile refuses here; a later one is shown on the page.
  const { root } = await configure(context)
  await servePage({
    port: port ?? 0,
    open: () => openForReading(context),
    builder: {
      command: [process.execPath, join(packageFolder(), 'bin', 'chef')],
      kitchen: [...kitchen.words],
      folder: root,
      environment: environment.variables,
    },
    files: join(packageFolder(), 'dist', 'page'),
    simulation: { folder: root, settings: [], free: [] },
    ...(events !== undefined && {
      events: { from: eventsFrom(Number(events)), who: 'chef watch' },
    }),
    signal,
    listening: (address) => tellAddress(context, address, open),
  })
  return 0
}

/** The page shows why a kitchen cannot be read, and waits until it can. */
async function openForReading(context: Context): ReturnType<ServeRequest['open']> {
  const { configuration, failures } = await readConfiguration(context)
  const { files } = configuration
  if (failures.length > 0) return { failures, files }
  const opening = { targets: everyStep(configuration), lenient: true, emit: () => undefined }
  const opened = await openSession(kitchenRequest(context, configuration, opening))
  return 'failures' in opened ? { ...opened, files } : { kitchen: opened.session, failures: [], files }
}

export function tellAddress({ json, out }: Context, address: string, open: boolean): void {
  if (json) out.write(jsonLine({ type: 'serving', url: address }))
  else out.write(`${address}\n`)
  out.flush()
  if (!open) return
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open'
  // A desktop that cannot open a browser is no failure: the address stands there either way.
  spawn(program, [address], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref()
}
