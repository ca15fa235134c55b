// All tables of a fridge, and the schema that makes them.
import type { Database } from 'better-sqlite3'
import type { Digest } from '../../base/digest.ts'
import { actionSchema, ActionTable } from './action-table.ts'
import { buildSchema, BuildTable } from './build-table.ts'
import { digestSchema, DigestTable } from './digest-table.ts'
import { goneSchema, GoneTable } from './gone-table.ts'
import { itemSchema, ItemTable } from './item-table.ts'
import { linkSchema, LinkTable } from './link-table.ts'
import { lookSetSchema, LookSetTable } from './look-set-table.ts'
import { lookSchema, LookTable } from './look-table.ts'
import { metaSchema, MetaTable } from './meta-table.ts'
import { objectSchema, ObjectTable } from './object-table.ts'
import { pinSchema, PinTable } from './pin-table.ts'
import { SharingTables } from './sharing-tables.ts'
import { shelfSchema, ShelfTable } from './shelf-table.ts'
import { Statements } from './statements.ts'

export const schemaVersion = 6

export const schema = [
  metaSchema,
  shelfSchema,
  itemSchema,
  actionSchema,
  lookSetSchema,
  objectSchema,
  goneSchema,
  pinSchema,
  digestSchema,
  lookSchema,
  linkSchema,
  buildSchema,
].join('\n')

/** Each makes a database of its version one of the next. */
export const migrations: { [from: number]: string } = {
  1: `
ALTER TABLE action ADD COLUMN sum TEXT NOT NULL DEFAULT '';
ALTER TABLE object ADD COLUMN sum TEXT;
CREATE TABLE gone(name TEXT PRIMARY KEY, size INTEGER NOT NULL, kind INTEGER NOT NULL, sum TEXT) WITHOUT ROWID;
CREATE TABLE pin(step TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(step, name)) WITHOUT ROWID;
DELETE FROM look;
`,
  2: 'ALTER TABLE gone ADD COLUMN bytes BLOB;',
  3: `
ALTER TABLE action ADD COLUMN look_set INTEGER NOT NULL DEFAULT 0;
${lookSetSchema}
DELETE FROM look;
`,
  // Actions held values of the environment as they were.
  4: `
UPDATE item SET action = NULL WHERE action IN (SELECT id FROM action WHERE text LIKE '%' || char(10) || 'env' || char(9) || '%');
DELETE FROM action WHERE text LIKE '%' || char(10) || 'env' || char(9) || '%';
CREATE TABLE IF NOT EXISTS outgoing(action INTEGER PRIMARY KEY, note TEXT NOT NULL);
DELETE FROM outgoing;
DELETE FROM look;
`,
  5: `
ALTER TABLE digest RENAME TO old_digest;
${digestSchema}
INSERT INTO digest(name, size, sha256) SELECT name, size, sha256 FROM old_digest;
DROP TABLE old_digest;
`,
}

export type Tables = ReturnType<typeof tablesOf>

/** Tables that are kept by kitchen show the rows of this one. */
export function tablesOf(database: Database, kitchen: string, digest: Digest) {
  const on = new Statements(database)
  return {
    meta: new MetaTable(on),
    shelves: new ShelfTable(on),
    items: new ItemTable(on),
    actions: new ActionTable(on),
    lookSets: new LookSetTable(on),
    objects: new ObjectTable(on),
    gone: new GoneTable(on),
    digests: new DigestTable(on),
    pins: new PinTable(on),
    links: new LinkTable(on, kitchen),
    looks: new LookTable(on, kitchen, digest),
    builds: new BuildTable(on, kitchen),
    sharing: new SharingTables(on),
  }
}
