// Reports of one save arrive together, also where the editor cuts the file to nothing before it writes. The clock is the test's.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { batchChanges } from '../../src/watch/change-batches.ts'

afterEach(() => vi.useRealTimers())

test('a file that was cut to nothing is reported once it holds something', () => {
  vi.useFakeTimers()
  const folder = mkdtempSync(join(tmpdir(), 'chef-batches-'))
  const path = join(folder, 'a.txt')
  const batched: string[][] = []
  const batches = batchChanges((paths) => batched.push([...paths]))
  writeFileSync(path, '')
  batches.add([path])
  vi.advanceTimersByTime(15)
  expect(batched).toEqual([])
  writeFileSync(path, 'saved')
  batches.add([path])
  vi.advanceTimersByTime(2)
  expect(batched).toEqual([[path]])
  // One that stays empty does not wait for ever.
  writeFileSync(path, '')
  batches.add([path])
  vi.advanceTimersByTime(30)
  expect(batched).toEqual([[path], [path]])
  batches.close()
  rmSync(folder, { recursive: true })
})
