// A store that lies in memory alone, for tests of decisions.
import { openDigest } from '../base/digest.ts'
import { databaseInMemory } from './database.ts'
import { MemoryObjectFiles } from './objects/memory-object-files.ts'
import { Store } from './store.ts'

export async function openMemoryStore(hashBits = 64): Promise<Store> {
  const digest = await openDigest(hashBits)
  return new Store({
    database: await databaseInMemory(),
    files: new MemoryObjectFiles(digest),
    digest,
    kitchen: 'kitchen',
    settings: { path: 'memory', verifyReads: 'size' },
    writable: true,
  })
}
