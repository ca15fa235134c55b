// Runs `chef cook --listen`: a cook that is asked over HTTP, until it is told to stop.
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { packageFolder } from '../../../base/package-folder.ts'
import { errorMessage } from '../../../base/thrown-error.ts'
import { CookServer } from '../../../executors/http/cook-server.ts'
import { openLocalExecutor } from '../../../executors/local-executor.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import type { Context } from '../../context.ts'
import { listenAddress } from '../../kitchen/listen-address.ts'
import { tellReceipt } from './receipt-lines.ts'

interface ListenRequest {
  listen: string
  tokenFile: string | undefined
  burners: number | undefined
}

export async function listenForTickets(context: Context, request: ListenRequest): Promise<number> {
  const { environment, json, out, signal } = context
  const { variables } = environment
  const { host, port, token } = listenAddress(context, request)
  const burners = request.burners ?? availableParallelism()
  const work = mkdtempSync(join(variables.TMPDIR ?? '/tmp', 'chef-cook-'))
  const stove = openLocalExecutor({ burners, hostEnvironment: variables, packageFolder: packageFolder() })
  const cooked = (receipt: Parameters<typeof tellReceipt>[1]): void => tellReceipt(context, receipt)
  const server = new CookServer({ host, token, burners, work, variables, stove, cooked })
  try {
    const found = await server.listen(port).catch((error: unknown) => {
      throw new Refusal([failure('listen-failed', { address: request.listen, why: errorMessage(error) })], 1)
    })
    const address = `http://${host.includes(':') ? `[${host}]` : host}:${found}`
    // A token of the user's own is not printed.
    const url = request.tokenFile === undefined ? `${address}/?token=${token}` : `${address}/`
    out.write(json ? jsonLine({ type: 'serving', url, burners }) : `${url}\n`)
    out.flush()
    await stopped(signal)
    return 0
  } finally {
    await server.close()
    await stove.close()
    rmSync(work, { recursive: true, force: true })
  }
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
}
