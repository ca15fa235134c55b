// What runs on a node of the cluster: one task of an array, which cooks its tickets one after the other.
import type { HostEnvironment } from '../../steps/pan.ts'

export interface ScriptRequest {
  folder: string
  /** How `chef` is called on the nodes. */
  chef: string[]
  environment: HostEnvironment
}

/** Receipts of a task that was started before are not made again. */
export function batchScript({ folder, chef, environment }: ScriptRequest): string {
  const { PATH, HOME, LANG, TMPDIR } = environment
  const exports = Object.entries({ PATH, HOME, LANG, TMPDIR })
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => `export ${name}=${quoted(text as string)}`)
  return `#!/bin/sh
# Cooks the tickets of one array task. Written by chef; the line of "tasks" with the task's number says which.
cd ${quoted(folder)} || { echo "$(hostname) does not see the folder of the tickets" >&2; exit 97; }
${exports.join('\n')}
set --
for number in $(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" tasks); do
  [ -e "$number.receipt.json" ] || set -- "$@" "$number.json"
done
[ $# -gt 0 ] || exit 0
exec ${chef.map(quoted).join(' ')} cook --quiet "$@"
`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
