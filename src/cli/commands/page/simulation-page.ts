// chef simulate --serve: shows the page with the simulated kitchen alone. It needs no cheffile.
import { join } from 'node:path'
import { packageFolder } from '../../../base/package-folder.ts'
import type { SimulationSource } from '../../../page/simulation-player.ts'
import { simulationChoices } from '../../../page/simulation-player.ts'
import { servePage } from '../../../page/serve-page.ts'
import { tellAddress } from './serve-command.ts'
import type { Context } from '../../context.ts'

export async function serveSimulation(
  context: Context,
  simulation: SimulationSource,
  { port, open }: { port: number | undefined; open: boolean },
): Promise<number> {
  const { kitchen, environment, signal } = context
  // Mistakes in the kitchen's file refuse here, before the page is served.
  await simulationChoices(simulation)
  await servePage({
    port: port ?? 0,
    open: async () => ({ failures: [], files: [] }),
    builder: {
      command: [process.execPath, join(packageFolder(), 'bin', 'chef')],
      kitchen: [...kitchen.words],
      folder: kitchen.folder,
      environment: environment.variables,
    },
    files: join(packageFolder(), 'dist', 'page'),
    simulation,
    only: 'simulation',
    signal,
    listening: (address) => tellAddress(context, address, open),
  })
  return 0
}
