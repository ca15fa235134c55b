// Words every reason. Programs compare these texts in --json, so each is part of the contract.
import type { Reason } from '../../base/reason.ts'
import { plainText } from '../../base/value.ts'

/** Returns the text that `--json` and the terminal show for a reason. */
export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'fresh':
      return 'fresh'
    case 'never-cooked':
      return 'never cooked'
    case 'flavour-new':
      return `flavour is new: ${reason.flavour}=${plainText(reason.value)}`
    case 'source-changed':
      return `source changed: ${reason.source}`
    case 'input-changed':
      return `input changed: ${reason.input}`
    case 'environment-changed':
      return `environment changed: ${reason.name}`
    case 'tool-changed':
      return `tool changed: ${reason.tool}`
    case 'discovered-changed':
      return `discovered input changed: ${fileName(reason.path)}`
    case 'discovered-appeared':
      return `discovered input appeared: ${reason.path}`
    case 'not-observed':
      return 'was not observed'
    case 'result-missing':
      return 'result missing'
    case 'last-cook-failed':
      return `last cook failed: ${reason.failure.message}`
    case 'forced':
      return 'forced'
    case 'blocked':
      return `blocked by ${reason.by}`
    case 'stopped':
      return reason.after === 'failure' ? 'cancelled after a failure' : 'interrupted'
    case 'changed-meanwhile':
      return `changed while it was cooked: ${reason.label}`
  }
}

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
