// Both stores keep the contract: the fridge on disk, and its twin in memory.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { Fridge } from '../../src/fridge/fridge.ts'
import { openMemoryStore } from '../../src/fridge/memory-store.ts'
import { storeContract } from './store.contract.ts'

describe('in memory', () => {
  let store: ReturnType<typeof openMemoryStore> | undefined
  storeContract({ open: (hashBits) => (store ??= openMemoryStore(hashBits)), close: () => void (store = undefined) })
})

describe('on disk', () => {
  let root: string | undefined
  let fridge: Promise<Fridge> | undefined
  storeContract({
    open: (hashBits = 64) => {
      root ??= mkdtempSync(join(tmpdir(), 'fridge-'))
      const settings = {
        path: join(root, '.chefcache'),
        sync: 'normal',
        verifyReads: 'size',
        snapshotLimit: 0,
      } as const
      fridge ??= Fridge.open(
        { root, cheffile: join(root, 'cheffile.yml'), fridge: settings, options: { hashBits, logLimit: 1e6 } },
        true,
      )
      return fridge
    },
    close: async () => {
      const open = await fridge
      open?.close()
      if (root) rmSync(root, { recursive: true, force: true })
      root = fridge = undefined
    },
  })
})
