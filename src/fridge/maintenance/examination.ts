// Finds everything in a fridge that is not as it was written: database, rows, objects, folders of objects.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, isCutFrom } from '../../base/digest.ts'
import { objectPath } from '../objects/disk-object-files.ts'
import { measureFile, namesInFolder } from '../objects/file-bytes.ts'
import { listTree } from '../../files/file-glob.ts'
import { listingIn } from '../objects/folder-listing.ts'
import { actionSum, storedLooks } from '../action-store.ts'
import type { ActionRow } from '../tables/action-table.ts'
import { type NamedObjectRow, objectKinds } from '../tables/object-table.ts'
import type { Upkeep } from './upkeep.ts'
import { errorCode, errorMessage } from '../../base/thrown-error.ts'

export interface Damage {
  what: 'database' | 'object' | 'folder' | 'action' | 'record' | 'reference' | 'memory' | 'history'
  /** A content name, a record, or a path below the fridge. */
  name: string
  why: string
  /** Its row, where it is a row that has to go. */
  id?: number
  /** A file or folder below the fridge that has to go; the content itself is good or lies elsewhere. */
  file?: string
  /** Variants that it belongs to: `z/<record>`, `photos/cat.jpg:<hash>`. */
  items: string[]
}

export interface Examination {
  damages: Damage[]
  objects: number
  bytes: number
  actions: number
  items: number
}

export interface ExamineOptions {
  /** False: sizes only. */
  bytes: boolean
}

export function examine(upkeep: Upkeep, options: ExamineOptions): Examination {
  const found: Examination = { damages: [], objects: 0, bytes: 0, actions: 0, items: 0 }
  const tell = (damage: Omit<Damage, 'items'>): void => void found.damages.push({ ...damage, items: [] })
  const parts = [examineStructure, examineObjects, examineActions, examineItems, examineMemory, examineTrees]
  for (const part of parts) {
    try {
      part(upkeep, options, tell, found)
    } catch (error) {
      if (!errorCode(error).startsWith('SQLITE_')) throw error
      // Structural damage has been reported already, as far as SQLite could describe it.
      tell({ what: 'database', name: 'fridge.db', why: errorMessage(error) })
    }
  }
  return found
}

type Tell = (damage: Omit<Damage, 'items'>) => void

function examineStructure({ pages }: Upkeep, _: ExamineOptions, tell: Tell): void {
  for (const why of pages.faults()) tell({ what: 'database', name: 'fridge.db', why })
}

function examineObjects(upkeep: Upkeep, { bytes: whole }: ExamineOptions, tell: Tell, found: Examination): void {
  const { tables, digest, folder } = upkeep
  const absent = new Set<string>(tables.sharing.absent())
  for (const row of tables.objects.whole()) {
    const { id, name, size } = row
    found.objects++
    found.bytes += size
    const path = objectPath(folder, name)
    const bad = (why: string): void => tell({ what: 'object', name, why, id })
    if (typeof name !== 'string' || typeof size !== 'number' || (row.sum !== null && !isCutFrom(row.sum, name)))
      bad('its row does not hold together')
    else if (row.bytes !== null) {
      const why = inlineTrouble(row, digest)
      if (why !== undefined) bad(why)
      else if (statSync(path, { throwIfNoEntry: false })) {
        // Made of the bytes in the database for a cook that wanted a file.
        const trouble = fileTrouble(path, row, digest, whole)
        if (trouble !== undefined) tell({ what: 'object', name, why: `its copy as a file: ${trouble}`, file: path })
      }
    } else if (!absent.has(name)) {
      const trouble = fileTrouble(path, row, digest, whole)
      if (trouble !== undefined) bad(trouble)
    }
  }
}

function inlineTrouble({ name, size, kind, bytes, sum }: NamedObjectRow, digest: Digest): string | undefined {
  if (!Buffer.isBuffer(bytes)) return 'its row does not hold together'
  if (bytes.length !== size) return `it has ${bytes.length} bytes instead of ${size}`
  const now = digest.whole(bytes)
  if (sum === null ? !isCutFrom(now, name) : now !== sum) return 'its bytes are not those that were stored'
  if (kind === objectKinds.folder ? listingIn(bytes) === undefined : kind !== objectKinds.file)
    return 'it is not the kind of content it should be'
  return undefined
}

function fileTrouble(path: string, row: NamedObjectRow, digest: Digest, whole: boolean): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isFile()) return 'its file is missing'
  if (stat.size !== row.size) return `its file has ${stat.size} bytes instead of ${row.size}`
  if (!whole) return undefined
  try {
    const { sum } = measureFile(path, digest)
    const same = row.sum === null ? isCutFrom(sum, row.name) : sum === row.sum
    return same ? undefined : 'its bytes are not those that were stored'
  } catch (error) {
    return `its file cannot be read: ${errorMessage(error)}`
  }
}

function examineActions({ tables, digest }: Upkeep, _: ExamineOptions, tell: Tell, found: Examination): void {
  for (const row of tables.actions.whole()) {
    found.actions++
    const why = actionTrouble(row, digest) ?? lookSetTrouble(tables.lookSets, row.look_set, digest)
    if (why !== undefined) tell({ what: 'action', name: row.key, why, id: row.id })
  }
}

function actionTrouble(row: ActionRow, digest: Digest): string | undefined {
  if ([row.key, row.text, row.discovered, row.outputs, row.receipt, row.sum].some((one) => typeof one !== 'string'))
    return 'its row does not hold together'
  if (!isCutFrom(digest.wholeText(row.text), row.key)) return 'its text is not what its key was made of'
  if (row.sum !== '' && row.sum !== actionSum(digest, row)) return 'what it gave is not what was written'
  return isJson(row.receipt) && isTrace(row.discovered) ? undefined : 'what is known of its cook cannot be read'
}

function lookSetTrouble(lookSets: Upkeep['tables']['lookSets'], id: number, digest: Digest): string | undefined {
  if (id === 0) return undefined
  const set = lookSets.one(id)
  if (set === undefined) return 'what its cook looked for in the system is missing'
  const isWhole = typeof set.text === 'string' && set.sum === digest.wholeText(set.text) && isTrace(set.text)
  return isWhole ? undefined : 'what its cook looked for in the system is not what was written'
}

function examineItems({ tables, digest }: Upkeep, _: ExamineOptions, tell: Tell, found: Examination): void {
  for (const { id, step, name, record, action, held } of tables.items.references()) {
    found.items++
    const whole = typeof record === 'string' && typeof name === 'string' && isJson(record)
    const bad = (what: Damage['what'], why: string): void => tell({ what, name: `${step ?? '?'}/${name}`, why, id })
    if (!whole || !isCutFrom(digest.wholeText(record), name))
      bad('record', 'its record is not what its name was made of')
    else if (step === null) bad('record', 'its shelf is missing')
    else if (action !== null && held === null) bad('reference', 'what is known of its cook is missing')
  }
}

function examineMemory({ tables }: Upkeep, _: ExamineOptions, tell: Tell): void {
  for (const { id, key, packed } of tables.looks.all())
    if (packed === undefined) tell({ what: 'memory', name: key, why: 'it is not what was remembered', id })
  for (const { id, summary } of tables.builds.all())
    if (!isJson(summary)) tell({ what: 'history', name: String(id), why: 'it cannot be read', id })
}

/** Folders of the fridge are links to objects, or copies of programs. */
function examineTrees({ folder, digest, tables }: Upkeep, { bytes: whole }: ExamineOptions, tell: Tell): void {
  const rowOf = (name: string): NamedObjectRow | undefined => tables.objects.named(name)
  const root = join(folder, 'trees')
  for (const entry of namesInFolder(root)) {
    const tree = join(root, entry)
    const bad = (why: string): void => tell({ what: 'folder', name: join('trees', entry), why, file: tree })
    if (entry.endsWith('.program')) {
      const row = rowOf(entry.slice(0, -'.program'.length))
      const trouble = row && fileTrouble(tree, row, digest, whole)
      if (trouble !== undefined) bad(trouble)
      continue
    }
    const row = rowOf(entry)
    const listed = row?.kind === objectKinds.folder && row.bytes !== null ? listingIn(row.bytes) : undefined
    // Without a listing it is left over.
    if (listed === undefined) continue
    const there = new Map(listTree(tree).map(({ label, path }) => [label, path]))
    for (const { path, name } of listed) {
      const member = rowOf(name)
      const file = there.get(path)
      const trouble = member && (file === undefined ? 'it is missing' : fileTrouble(file, member, digest, whole))
      if (trouble !== undefined) bad(`${path}: ${trouble}`)
    }
    if (there.size > listed.length) bad('it holds more than it should')
  }
}

function isTrace(text: string): boolean {
  try {
    storedLooks(text)
    return true
  } catch {
    return false
  }
}

function isJson(text: unknown): boolean {
  if (typeof text !== 'string') return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
