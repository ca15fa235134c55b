// Writes the script that a node of the cluster runs: one task of an array, which cooks its tickets in sequence.
import type { HostEnvironment } from '../../steps/pan.ts'

export interface ScriptRequest {
  folder: string
  /** The words that call `chef` on the nodes. */
  chef: string[]
  environment: HostEnvironment
}

/** A task that is started again keeps the receipts it has. */
export function batchScript({ folder, chef, environment }: ScriptRequest): string {
  const { PATH, HOME, LANG, TMPDIR } = environment
  const exports = Object.entries({ PATH, HOME, LANG, TMPDIR })
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `export ${name}=${quote(text as string)}`)
  return `#!/bin/sh
# Cooks the tickets of one array task. Written by chef; the line of "tasks" with the task's number says which.
cd ${quote(folder)} || { echo "$(hostname) does not see the folder of the tickets" >&2; exit 97; }
${exports.join('\n')}
set --
for number in $(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" tasks); do
  [ -e "$number.receipt.json" ] || set -- "$@" "$number.json"
done
[ $# -gt 0 ] || exit 0
exec ${chef.map(quote).join(' ')} cook --quiet "$@"
`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
