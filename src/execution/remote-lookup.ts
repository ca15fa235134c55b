// Looks for a job's result in the remote cache. Where nobody has cooked it, brings what the job reads.
import type { ContentName } from '../base/content-name.ts'
import { stagedInputs } from '../freshness/action.ts'
import type { Verdicts } from '../freshness/verdicts.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { JobRow } from '../plan/step-table.ts'
import type { JobId } from '../plan/job-id.ts'
import type { Found, RemoteResults } from '../remote-cache/remote-results.ts'

export interface RemoteLookup {
  verdicts: Verdicts
  fridge: Fridge
  remote: RemoteResults
  /** Nothing more is to be brought: no job begins any more. */
  isStopped: () => boolean
}

export async function lookUp(job: JobId, lookup: RemoteLookup): Promise<Found | undefined> {
  const { verdicts, fridge, remote, isStopped } = lookup
  const row = verdicts.plan.at(job)
  const found = await remote.find(row, verdicts.wantedOutputs(row.table))
  if (found === undefined && !isStopped()) await remote.bring(absentInputs(row, verdicts, fridge))
  return found
}

/** Lists what a job reads and only the remote cache has. */
function absentInputs(row: JobRow, verdicts: Verdicts, { strongNames, remoteObjects }: Fridge): ContentName[] {
  if (strongNames.absent().size === 0) return []
  const staged = stagedInputs(row, (shelf, at) => verdicts.contentOf(shelf, at))
  const names = [...(staged?.values() ?? [])].flatMap((input) => {
    if (input.kind === 'content') return input.item ? [] : [input.name]
    return input.kind === 'collected' ? input.members.flatMap(({ name, item }) => (item ? [] : [name])) : []
  })
  return names.flatMap((name) => remoteObjects.missing(name))
}
