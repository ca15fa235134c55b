// Drops damaged rows and files, and whatever depends on them: the next build cooks it again.
import { rmSync } from 'node:fs'
import { bytesNamesIn, type BytesName, bytesOf } from '../../base/content-name.ts'
import { objectPath } from '../objects/disk-object-files.ts'
import { bytesOfOutputs } from '../stored-outputs.ts'
import type { Damage } from './examination.ts'
import type { Upkeep } from './upkeep.ts'

export interface Repaired {
  objects: number
  actions: number
  records: number
}

export function repair({ tables, transactions, folder }: Upkeep, damages: readonly Damage[]): Repaired {
  const repaired: Repaired = { objects: 0, actions: 0, records: 0 }
  const lost = new Set<string>()
  // Content that can be made again goes first: without a member's row, damage to its copy in a folder would go unnoticed.
  for (const { file } of damages) if (file !== undefined) rmSync(file, { recursive: true, force: true })
  transactions.run(() => {
    for (const { what, name, id } of damages) {
      if (id === undefined) continue
      if (what === 'object') {
        tables.gone.addId(id)
        tables.objects.dropId(id)
        lost.add(name)
        repaired.objects++
      } else if (what === 'record') repaired.records += tables.items.drop(id)
      else if (what === 'reference') tables.items.forgetAction(id)
      else if (what === 'action') repaired.actions += dropAction(tables, id)
      else if (what === 'memory') tables.looks.dropId(id)
      else if (what === 'history') tables.builds.drop(id)
    }
    if (lost.size > 0) {
      const touched = withFolders(tables, lost)
      repaired.actions += dropActionsOf(tables, touched)
      for (const content of tables.links.contents()) if (touched.has(bytesOf(content))) tables.links.doubt(content)
    }
    tables.sharing.dropStrayOutgoing()
    reserveNames(tables)
    // Sources are looked at again, because their snapshots may have been dropped.
    if (repaired.objects + repaired.actions + repaired.records > 0) tables.looks.dropAll()
  })
  // Once the rows are gone for good.
  for (const name of lost) rmSync(objectPath(folder, name), { recursive: true, force: true })
  return repaired
}

type Tables = Upkeep['tables']

function dropAction({ items, actions }: Tables, id: number): number {
  items.forgetActionOf(id)
  return actions.drop(id)
}

/** These objects, and the folders that hold one of them. */
function withFolders(tables: Tables, objects: ReadonlySet<string>): ReadonlySet<string> {
  const touched = new Set(objects)
  for (const { name, bytes } of tables.objects.folders())
    for (const member of bytesNamesIn(bytes?.toString() ?? '')) if (touched.has(member)) touched.add(name)
  return touched
}

/**
 * Drops the actions that gave this content, and those that read it: they may have read it damaged. What was cooked from their
 * results stays, because it was cooked from just the bytes that its action names.
 */
function dropActionsOf(tables: Tables, touched: ReadonlySet<string>): number {
  const going = new Set<number>()
  const isTouched = (spoken: string): boolean => {
    for (const name of bytesNamesIn(spoken)) if (touched.has(name)) return true
    return false
  }
  for (const { id, text, outputs } of tables.actions.texts())
    if (isTouched(text) || bytesOfOutputs(outputs).some((name) => touched.has(name))) going.add(id)
  return [...going].reduce((sum, id) => sum + dropAction(tables, id), 0)
}

/** Reserves names that actions speak of and of which nothing is known any more: no other content may get one of them. */
function reserveNames({ actions, lookSets, gone }: Tables): void {
  const unknown = new Set<BytesName>()
  const note = (spoken: string): void => {
    for (const name of bytesNamesIn(spoken)) if (!gone.isKnown(name)) unknown.add(name)
  }
  for (const { text, outputs, discovered } of actions.texts()) for (const one of [text, outputs, discovered]) note(one)
  for (const text of lookSets.texts()) note(text)
  for (const name of unknown) gone.reserve(name)
}
