// Finds the variants that content belongs to: results that hold it, resources and sources that records name by it.
import { contentInReference, bytesOf } from '../../base/content-name.ts'
import { isMap, parsed, type Value } from '../../base/value.ts'
import type { Damage } from './examination.ts'
import { listingIn } from '../objects/folder-listing.ts'
import { bytesOfOutputs } from '../stored-outputs.ts'
import type { ItemOutputsRow } from '../tables/item-table.ts'
import type { Upkeep } from './upkeep.ts'

/** Names the items of every damage that is of content, of an action or of a record. */
export function nameItems({ tables }: Upkeep, damages: Damage[]): void {
  const byContent = new Map<string, Damage[]>()
  const byAction = new Map<number, Damage[]>()
  const byRecord = new Map<string, Damage>()
  for (const damage of damages) {
    if (damage.what === 'object') note(byContent, damage.name, damage)
    else if (damage.what === 'folder') note(byContent, damage.name.replace(/^trees\/|\.program$/g, ''), damage)
    else if (damage.what === 'action' && damage.id !== undefined) note(byAction, damage.id, damage)
    else if (damage.what === 'record' || damage.what === 'reference')
      byRecord.set(damage.name.slice(damage.name.indexOf('/') + 1), damage)
  }
  if (byContent.size + byAction.size + byRecord.size === 0) return
  try {
    if (byContent.size > 0) addFolders(tables, byContent)
    for (const row of tables.items.withOutputs()) nameRow(row, byContent, byAction, byRecord)
  } catch {
    // Rows that cannot be read cannot be named either. The damage of the database is told already.
  }
  for (const damage of damages) damage.items = [...new Set(damage.items)].sort()
}

function note<Key>(map: Map<Key, Damage[]>, key: Key, damage: Damage): void {
  const known = map.get(key)
  if (known) known.push(damage)
  else map.set(key, [damage])
}

/** A folder is damaged with its members. */
function addFolders({ objects }: Upkeep['tables'], byContent: Map<string, Damage[]>): void {
  for (const { name, bytes } of objects.folders()) {
    for (const member of (bytes && listingIn(bytes)) ?? [])
      for (const damage of byContent.get(member.name) ?? []) note(byContent, name, damage)
  }
}

function nameRow(
  { name, record, id, outputs }: ItemOutputsRow,
  byContent: Map<string, Damage[]>,
  byAction: Map<number, Damage[]>,
  byRecord: Map<string, Damage>,
): void {
  const parsed = parsedRecord(record)
  const results = resultsIn(record)
  const first = `${results[0] ?? '?'}/${name}`
  if (id !== null) for (const damage of byAction.get(id) ?? []) damage.items.push(first)
  byRecord.get(name)?.items.push(first)
  if (byContent.size === 0) return
  for (const [at, content] of bytesOfOutputs(outputs ?? '').entries())
    for (const damage of byContent.get(content) ?? []) damage.items.push(`${results[at] ?? '?'}/${name}`)
  if (!isMap(parsed.depends)) return
  for (const [shelf, value] of Object.entries(parsed.depends)) {
    const content = typeof value === 'string' ? contentInReference(value) : undefined
    for (const damage of (content && byContent.get(bytesOf(content))) || [])
      damage.items.push(`${shelf}/${String(value)}`)
  }
}

/** Names of the results that a record is of. */
export function resultsIn(record: string): string[] {
  const { output } = parsedRecord(record)
  return Array.isArray(output) ? output.map(String) : []
}

function parsedRecord(record: string): { [key: string]: Value } {
  const value = parsed(record)
  return isMap(value) ? value : {}
}
