// What leaves the heap is in order, whatever was taken out of its middle.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Entry, RemovableHeap } from '../../src/racks/removable-heap.ts'

const keys = fc.array(fc.record({ key: fc.integer({ min: 0, max: 9 }), removed: fc.boolean() }))

test('entries come out by key, equal ones as they were added, without those taken out', () => {
  fc.assert(
    fc.property(keys, (given) => {
      const heap = new RemovableHeap<number>()
      const entries = given.map(({ key }, number) => heap.add(number, key, number))
      entries.filter((_, at) => given[at]?.removed).forEach((entry) => heap.remove(entry))
      const out: Entry<number>[] = []
      for (let first = heap.first; first; first = heap.first) {
        out.push(first)
        heap.remove(first)
        heap.remove(first)
      }
      const left = entries.filter((_, at) => !given[at]?.removed)
      expect(out).toEqual(left.sort((one, other) => one.key - other.key || one.tie - other.tie))
      expect(heap.size).toBe(0)
    }),
  )
})
