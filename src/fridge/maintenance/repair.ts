// Drops from a fridge what is damaged, and whatever stands on it: the next build cooks it again.
import { bytesNamesIn } from '../../base/content-name.ts'
import { rmSync } from 'node:fs'
import type { Damage } from './examination.ts'
import { forgetOutgoing, outputNames, type Store } from './fridge-survey.ts'

export interface Repaired {
  objects: number
  actions: number
  records: number
}

export function repair({ database, objects }: Store, damages: readonly Damage[]): Repaired {
  const repaired: Repaired = { objects: 0, actions: 0, records: 0 }
  const dropObject = database.prepare('DELETE FROM object WHERE id = ?')
  const leave = database.prepare(
    `INSERT OR REPLACE INTO gone(name, size, kind, sum, bytes)
     SELECT name, size, kind, sum, CASE kind WHEN 1 THEN bytes END FROM object WHERE id = ?`,
  )
  const lost = new Set<string>()
  const files: string[] = []
  // What can be made again goes first: once a member's row is gone, nobody would see that its copy in a folder is damaged.
  for (const { file } of damages) if (file !== undefined) rmSync(file, { recursive: true, force: true })
  database
    .transaction(() => {
      for (const { what, name, id } of damages) {
        if (id === undefined) continue
        if (what === 'object') {
          leave.run(id)
          dropObject.run(id)
          files.push(objects.files.pathOf(name))
          lost.add(name)
          repaired.objects++
        } else if (what === 'record')
          repaired.records += database.prepare('DELETE FROM item WHERE id = ?').run(id).changes
        else if (what === 'reference') database.prepare('UPDATE item SET action = NULL WHERE id = ?').run(id)
        else if (what === 'action') repaired.actions += dropAction(database, id)
        else if (what === 'memory') database.prepare('DELETE FROM look WHERE rowid = ?').run(id)
        else if (what === 'history') database.prepare('DELETE FROM build WHERE id = ?').run(id)
      }
      if (lost.size > 0) repaired.actions += dropActionsOf(database, lost)
      forgetOutgoing(database)
      reserveNames(database)
      // What sources held is looked at again: their snapshots may be among what was dropped.
      if (repaired.objects + repaired.actions + repaired.records > 0) database.exec('DELETE FROM look')
    })
    .immediate()
  // Once the rows are gone for good.
  for (const file of files) rmSync(file, { recursive: true, force: true })
  return repaired
}

type Database = Store['database']

function dropAction(database: Database, id: number): number {
  database.prepare('UPDATE item SET action = NULL WHERE action = ?').run(id)
  return database.prepare('DELETE FROM action WHERE id = ?').run(id).changes
}

/** Actions that gave this content, by itself or in a folder. */
function dropActionsOf(database: Database, lost: Set<string>): number {
  const folders = database.prepare('SELECT name, bytes FROM object WHERE kind = 1').iterate()
  for (const { name, bytes } of folders as Iterable<{ name: string; bytes: Buffer }>)
    for (const member of bytesNamesIn(bytes.toString())) if (lost.has(member)) lost.add(name)
  const going: number[] = []
  const actions = database.prepare("SELECT id, outputs FROM action WHERE ok = 1 AND outputs <> ''").iterate()
  for (const { id, outputs } of actions as Iterable<{ id: number; outputs: string }>)
    for (const name of outputNames(outputs)) if (lost.has(name)) going.push(id)
  return [...new Set(going)].reduce((sum, id) => sum + dropAction(database, id), 0)
}

/** Names that actions speak of and nothing is known of any more: no other content may get one of them. */
function reserveNames(database: Database): void {
  const known = database.prepare(
    'SELECT 1 FROM object WHERE name = :name UNION ALL SELECT 1 FROM digest WHERE name = :name UNION ALL SELECT 1 FROM gone WHERE name = :name',
  )
  const unknown = new Set<string>()
  const actions = database.prepare('SELECT text, outputs FROM action').iterate()
  for (const { text, outputs } of actions as Iterable<{ text: string; outputs: string }>)
    for (const spoken of [text, outputs])
      for (const name of bytesNamesIn(spoken)) if (known.get({ name }) === undefined) unknown.add(name)
  const reserve = database.prepare('INSERT INTO gone(name, size, kind, sum) VALUES (?, -1, 0, NULL)')
  for (const name of unknown) reserve.run(name)
}
