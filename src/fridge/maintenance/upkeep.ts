// The parts of a fridge that maintenance works on: rows of all kitchens, content, and the pages of the database.
import type { Digest } from '../../base/digest.ts'
import type { DatabasePages } from '../database-pages.ts'
import type { Objects } from '../objects/objects.ts'
import type { Tables } from '../tables/tables.ts'
import type { Transactions } from '../transactions.ts'

export interface Upkeep {
  tables: Tables
  digest: Digest
  folder: string
  objects: Objects
  pages: DatabasePages
  transactions: Transactions
}
