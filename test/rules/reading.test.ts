// Holds the reading list of CONTRIBUTING.md: its files exist, stand behind a file that imports them, and are as long as it says.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from './sources.ts'

const read = (file: string): string => readFileSync(join(repository, file), 'utf8')

const [, section = ''] = read('CONTRIBUTING.md').split('## The core path')
const [chapter = ''] = section.split('\n## ')
const files = [...chapter.matchAll(/`(src\/[^`]+)`/g)].map(([, file = '']) => file)

test('each file of the core path exists, and one before it imports it', () => {
  expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([])
  const met = new Set(files.slice(0, 1))
  const unmet = files.filter((file) => {
    const isMet = met.has(file)
    for (const [, path = ''] of read(file).matchAll(/(?:\bfrom |\bimport\()'(\.[^']+)'/g))
      met.add(join(file, '..', path))
    return !isMet
  })
  expect(unmet).toEqual([])
})

test('the core path is as long as it says, within a twentieth', () => {
  const [, count, lines = ''] = /(\d+) files, about ([\d,]+) lines/.exec(chapter) ?? []
  expect(new Set(files).size).toBe(Number(count))
  const total = files.reduce((sum, file) => sum + read(file).split('\n').length - 1, 0)
  expect(Math.abs(total / Number(lines.replaceAll(',', '')) - 1), `${total} lines`).toBeLessThanOrEqual(0.05)
})
