// docs/cheffile.md names every key that a cheffile may hold, and the defaults that hold.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sections } from '../../src/config/schema/cheffile-schema.ts'
import type { Fields, Shape } from '../../src/config/schema/shape.ts'
import { repository } from './sources.ts'

const text = readFileSync(join(repository, 'docs/cheffile.md'), 'utf8')

/** The text under a heading of the second order. */
const chapter = (name: string): string => text.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? ''

function fieldsOf(shape: Shape): Fields {
  if (shape.kind === 'fields') return shape.fields
  if (shape.kind === 'table') return fieldsOf(shape.of)
  if (shape.kind === 'either') return Object.assign({}, ...shape.of.map(fieldsOf)) as Fields
  return {}
}

/** Told together, as they only mean something to built-in types: docs/pictures.md. */
const toldElsewhere = new Set(['duration', 'loop', 'columns', 'labels'])

test.each(['resources', 'recipe', 'kitchen', 'fridge', 'options', 'cache'] as const)(
  'every key of %s is told',
  (name) => {
    const keys = Object.keys(fieldsOf(sections[name].shape)).filter((key) => !toldElsewhere.has(key))
    expect(keys.length).toBeGreaterThan(3)
    expect(keys.filter((key) => !new RegExp(`\`${key}[\`:]`).test(chapter(name)))).toEqual([])
  },
)

/** `| key | default | ...` of a chapter, where the default is a value. */
function defaultsIn(name: string): { [key: string]: string } {
  const rows = chapter(name).matchAll(/^\| `(\w+)` \| `([^`]+)` \|/gm)
  return Object.fromEntries([...rows].map(([, key, value]) => [key, value]))
}

test.each(['kitchen', 'fridge', 'options', 'cache'] as const)('the defaults of %s are those of the program', (name) => {
  const { fields }: { fields: Fields } = sections[name].shape
  const told = defaultsIn(name)
  expect(Object.keys(told).length).toBeGreaterThan(0)
  // The one that no definition can hold, as it depends on where the cheffile lies.
  const { path: _, ...written } = told
  const held = Object.keys(written).map((key) => [key, String(fields[key]?.default ?? 'none')])
  expect(Object.fromEntries(held)).toEqual(written)
})
