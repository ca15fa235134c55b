// Opens fridge.db: checks its header and schema version, migrates it, and sets it aside when it cannot be trusted.
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Database } from 'better-sqlite3'
import { type Failure, failure } from '../base/failures/failure.ts'
import type { FridgeSettings } from '../config/configuration.ts'
import { syncFolder } from './objects/file-bytes.ts'
import { makeFolders } from '../files/folder-creation.ts'
import { copyInMemory } from './database-copy.ts'
import { fridgeUnusable, isUnwritable, isVague } from './open-failure.ts'
import { refuseAmongFiles } from './fridge-parts.ts'
import { migrations, schema, schemaVersion } from './tables/tables.ts'
import { errorCode, errorMessage } from '../base/thrown-error.ts'

/** "chef" in ASCII: marks our files among all SQLite databases. */
const applicationId = 0x63686566

export interface OpenedDatabase {
  database: Database
  warnings: Failure[]
}

/** Opens an empty database in memory for a reader of a fridge that does not exist yet. */
export async function openDatabase(settings: FridgeSettings, write: boolean, damage?: string): Promise<OpenedDatabase> {
  const path = join(settings.path, 'fridge.db')
  const warnings: Failure[] = []
  if (write) makeFridgeFolders(settings.path)
  const sick = damage ?? diagnose(path)
  if (sick !== undefined) {
    if (!write) {
      warnings.push(failure('fridge-unreadable', { path, why: sick }))
      return { database: await databaseInMemory(), warnings }
    }
    warnings.push(setAside(path, sick))
  }
  if (!write && !existsSync(path)) return { database: await databaseInMemory(), warnings }
  const { default: Sqlite } = await import('better-sqlite3')
  const open = (): Database => new Sqlite(path, { fileMustExist: !write })
  try {
    if (write && settings.sync === 'full' && !existsSync(path)) {
      syncFolder(settings.path)
      syncFolder(dirname(settings.path))
    }
    const database = prepared(open, settings, write)
    if (versionOf(database) > 0) return { database, warnings }
    // Another chef is making it at this moment: to a reader it is empty.
    database.close()
    return { database: await databaseInMemory(), warnings }
  } catch (error) {
    const why = errorMessage(error)
    // Another chef is removing the fridge at this moment.
    if (!write && errorCode(error) === 'SQLITE_CANTOPEN' && !existsSync(path))
      return { database: await databaseInMemory(), warnings }
    if (!write && isVague(error) && isUnwritable(path)) {
      const copy = await copyInMemory(path)
      prepare(copy, settings)
      return { database: copy, warnings }
    }
    if (!isDamage(error)) throw fridgeUnusable(path, error)
    if (!write) return { database: await databaseInMemory(), warnings: [failure('fridge-unreadable', { path, why })] }
    warnings.push(setAside(path, why))
    return { database: prepared(open, settings, write), warnings }
  }
}

/** Tries twice where SQLite does not say why it failed, so that a passing trouble is not reported. */
function prepared(open: () => Database, settings: FridgeSettings, write: boolean): Database {
  for (let again = true; ; again = false) {
    let database: Database | undefined
    try {
      database = open()
      if (write || versionOf(database) > 0) prepare(database, settings)
      // SQLite opens for reading what it cannot open for writing, and fails only now.
      if (write) database.exec('DELETE FROM meta WHERE 0')
      return database
    } catch (error) {
      database?.close()
      // SQLite has already waited for seconds before it reports its locking protocol.
      const waited = errorCode(error) === 'SQLITE_PROTOCOL'
      if (!again || waited || !isVague(error)) throw error
    }
  }
}

export function isDamage(error: unknown): boolean {
  const code = errorCode(error)
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')
}

export function makeFridgeFolders(folder: string, again = 3): void {
  refuseAmongFiles(folder)
  try {
    for (const part of ['', 'objects', 'pans', 'logs', 'trees']) makeFolders(join(folder, part))
    const ignore = join(folder, '.gitignore')
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
  } catch (error) {
    // Another chef is removing the fridge at this moment.
    if (errorCode(error) === 'ENOENT' && again > 0) makeFridgeFolders(folder, again - 1)
    else throw fridgeUnusable(folder, error)
  }
}

export async function databaseInMemory(): Promise<Database> {
  const { default: Sqlite } = await import('better-sqlite3')
  const database = new Sqlite(':memory:')
  database.exec(schema)
  return database
}

function prepare(database: Database, settings: FridgeSettings): void {
  database.pragma('busy_timeout = 10000')
  if (versionOf(database) === 0) {
    // Dropped content gives its room back page by page.
    database.pragma('auto_vacuum = INCREMENTAL')
    database.pragma('journal_mode = WAL')
    database
      .transaction(() => {
        if (versionOf(database) !== 0) return
        database.exec(schema)
        database.pragma(`application_id = ${applicationId}`)
        database.pragma(`user_version = ${schemaVersion}`)
      })
      .immediate()
  }
  if (versionOf(database) < schemaVersion) database.transaction(migrate).immediate(database)
  database.pragma(`synchronous = ${settings.sync === 'full' ? 'FULL' : settings.sync === 'normal' ? 'NORMAL' : 'OFF'}`)
  database.pragma('cache_size = -4096')
  // Reads a first page, so that damage shows while it can still be set aside.
  database.prepare("SELECT value FROM meta WHERE key = 'generation'").get()
}

function versionOf(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

function migrate(database: Database): void {
  // Overwrites what a migration deletes.
  database.pragma('secure_delete = ON')
  for (let version = versionOf(database); version < schemaVersion; version++) database.exec(migrations[version] ?? '')
  database.pragma(`user_version = ${schemaVersion}`)
}

const headerBytes = 100

/** Finds what is wrong with the file by its header; undefined where it is ours, empty or missing. */
function diagnose(path: string): string | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw fridgeUnusable(path, error)
  }
  try {
    if (fstatSync(file).isDirectory()) return 'it is a folder'
    const header = Buffer.alloc(headerBytes)
    const look = (): number => readSync(file, header, 0, headerBytes, 0)
    const read = look()
    if (read === 0) return undefined
    if (read < headerBytes || header.toString('latin1', 0, 15) !== 'SQLite format 3') return 'it is not a database'
    if (header.readUInt32BE(68) === 0) {
      // While another chef makes it, the pages are in the write-ahead log, about to be there, or back in the file since the
      // header was read.
      if (existsSync(`${path}-wal`)) return undefined
      look()
      if (header.readUInt32BE(40) === 0) return undefined
    }
    if (header.readUInt32BE(68) !== applicationId) return 'it belongs to another program'
    const version = header.readUInt32BE(60)
    if (version > schemaVersion) return `it has schema version ${version}, and this chef knows ${schemaVersion}`
    const pageSize = header.readUInt16BE(16) === 1 ? 65536 : header.readUInt16BE(16)
    const pages = header.readUInt32BE(28)
    if (!existsSync(`${path}-wal`) && fstatSync(file).size < pages * pageSize) return 'its end is missing'
    return undefined
  } finally {
    closeSync(file)
  }
}

/** Moves an unreadable database out of the way, under a name that says since when. */
function setAside(path: string, why: string): Failure {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const aside = `${path}.aside-${stamp}`
  renameSync(path, aside)
  for (const part of ['-wal', '-shm']) if (existsSync(path + part)) renameSync(path + part, aside + part)
  return failure('fridge-set-aside', { path, aside, why })
}
