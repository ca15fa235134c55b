// Looks through a whole fridge for what is not as it was written: database, rows, objects, folders of objects.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Digest, isCutFrom } from '../../base/digest.ts'
import { measureFile, namesInFolder } from '../objects/file-bytes.ts'
import { listTree } from '../../files/file-glob.ts'
import { listingIn } from '../objects/folder-listing.ts'
import { actionSum } from '../item-store.ts'
import { opened } from '../sealed-blob.ts'
import { absentNames, type ActionRow, type ItemRow, type ObjectRow, type Store } from './fridge-survey.ts'

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

export function examine(store: Store, options: ExamineOptions): Examination {
  const found: Examination = { damages: [], objects: 0, bytes: 0, actions: 0, items: 0 }
  const tell = (damage: Omit<Damage, 'items'>): void => void found.damages.push({ ...damage, items: [] })
  const parts = [examineStructure, examineObjects, examineActions, examineItems, examineMemory, examineTrees]
  for (const part of parts) {
    try {
      part(store, options, tell, found)
    } catch (error) {
      if (!String((error as { code?: unknown }).code).startsWith('SQLITE_')) throw error
      // What is wrong with the structure has been told, where SQLite could say it.
      tell({ what: 'database', name: 'fridge.db', why: (error as Error).message })
    }
  }
  return found
}

type Tell = (damage: Omit<Damage, 'items'>) => void

/** SQLite says at most so much of a damaged database. */
const mostComplaints = 100

function examineStructure({ database }: Store, _: ExamineOptions, tell: Tell): void {
  const roots = new Map<string, string>()
  const complaints = database.pragma(`integrity_check(${mostComplaints})`) as { integrity_check: string }[]
  if (complaints[0]?.integrity_check === 'ok') return
  try {
    const tables = database.prepare('SELECT name, rootpage FROM sqlite_master').all() as {
      name: string
      rootpage: number
    }[]
    for (const { name, rootpage } of tables) roots.set(String(rootpage), name)
  } catch {
    // Then its trees have numbers only.
  }
  for (const { integrity_check: text } of complaints.flatMap(({ integrity_check: all }) =>
    all.split('\n').map((integrity_check) => ({ integrity_check })),
  )) {
    const why = text
      .replace(/^\*\*\* in database main \*\*\*$/, '')
      .replace(/\bTree (\d+)\b/, (whole, root: string) => {
        return roots.get(root) ?? whole
      })
    if (why.trim() !== '') tell({ what: 'database', name: 'fridge.db', why })
  }
}

function examineObjects(store: Store, { bytes: whole }: ExamineOptions, tell: Tell, found: Examination): void {
  const { database, digest, objects } = store
  const absent = absentNames(store)
  const rows = database.prepare('SELECT id, name, size, kind, bytes, sum FROM object').iterate()
  for (const row of rows as Iterable<ObjectRow>) {
    const { id, name, size } = row
    found.objects++
    found.bytes += size
    const path = objects.files.pathOf(name)
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

function inlineTrouble({ name, size, kind, bytes, sum }: ObjectRow, digest: Digest): string | undefined {
  if (!Buffer.isBuffer(bytes)) return 'its row does not hold together'
  if (bytes.length !== size) return `it has ${bytes.length} bytes instead of ${size}`
  const now = digest.whole(bytes)
  if (sum === null ? !isCutFrom(now, name) : now !== sum) return 'its bytes are not those that were stored'
  if (kind === 1 ? listingIn(bytes) === undefined : kind !== 0) return 'it is not the kind of content it should be'
  return undefined
}

function fileTrouble(path: string, row: ObjectRow, digest: Digest, whole: boolean): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined || !stat.isFile()) return 'its file is missing'
  if (stat.size !== row.size) return `its file has ${stat.size} bytes instead of ${row.size}`
  if (!whole) return undefined
  try {
    const { sum } = measureFile(path, digest)
    const same = row.sum === null ? isCutFrom(sum, row.name) : sum === row.sum
    return same ? undefined : 'its bytes are not those that were stored'
  } catch (error) {
    return `its file cannot be read: ${(error as Error).message}`
  }
}

function examineActions({ database, digest }: Store, _: ExamineOptions, tell: Tell, found: Examination): void {
  const rows = database.prepare('SELECT * FROM action').iterate() as Iterable<ActionRow>
  for (const row of rows) {
    found.actions++
    const why = actionTrouble(row, digest)
    if (why !== undefined) tell({ what: 'action', name: row.key, why, id: row.id })
  }
}

function actionTrouble(row: ActionRow, digest: Digest): string | undefined {
  if ([row.key, row.text, row.discovered, row.outputs, row.receipt, row.sum].some((one) => typeof one !== 'string'))
    return 'its row does not hold together'
  if (!isCutFrom(digest.wholeText(row.text), row.key)) return 'its text is not what its key was made of'
  if (row.sum !== '' && row.sum !== actionSum(digest, row)) return 'what it gave is not what was written'
  return isJson(row.receipt) && (row.discovered === '' || isJson(row.discovered))
    ? undefined
    : 'what is known of its cook cannot be read'
}

function examineItems({ database, digest }: Store, _: ExamineOptions, tell: Tell, found: Examination): void {
  const rows = database
    .prepare(
      `SELECT item.id, shelf.step, item.name, item.record, item.action, action.id AS held
       FROM item LEFT JOIN shelf ON shelf.id = item.shelf LEFT JOIN action ON action.id = item.action`,
    )
    .iterate() as Iterable<ItemRow & { step: string | null; held: number | null }>
  for (const { id, step, name, record, action, held } of rows) {
    found.items++
    const whole = typeof record === 'string' && typeof name === 'string' && isJson(record)
    const bad = (what: Damage['what'], why: string): void => tell({ what, name: `${step ?? '?'}/${name}`, why, id })
    if (!whole || !isCutFrom(digest.wholeText(record), name))
      bad('record', 'its record is not what its name was made of')
    else if (step === null) bad('record', 'its shelf is missing')
    else if (action !== null && held === null) bad('reference', 'what is known of its cook is missing')
  }
}

function examineMemory({ database, digest }: Store, _: ExamineOptions, tell: Tell): void {
  const looks = database.prepare('SELECT rowid AS id, kitchen, key, packed FROM look').iterate()
  for (const { id, key, packed } of looks as Iterable<{ id: number; key: string; packed: Buffer }>) {
    if (!Buffer.isBuffer(packed) || opened(packed, digest) === undefined)
      tell({ what: 'memory', name: key, why: 'it is not what was remembered', id })
  }
  const builds = database.prepare('SELECT id, summary FROM build').iterate()
  for (const { id, summary } of builds as Iterable<{ id: number; summary: string }>)
    if (!isJson(summary)) tell({ what: 'history', name: String(id), why: 'it cannot be read', id })
}

/** Folders of the fridge are links to objects, or copies of programs. */
function examineTrees({ folder, digest, database }: Store, { bytes: whole }: ExamineOptions, tell: Tell): void {
  const find = database.prepare('SELECT id, name, size, kind, bytes, sum FROM object WHERE name = ?')
  const rowOf = (name: string): ObjectRow | undefined => find.get(name) as ObjectRow | undefined
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
    const listed = row?.kind === 1 && row.bytes !== null ? listingIn(row.bytes) : undefined
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

function isJson(text: unknown): boolean {
  if (typeof text !== 'string') return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
