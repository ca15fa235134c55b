// Conflicts between links, over plans in memory: against a model that compares all paths, and by example.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentName } from '../../src/base/content-name.ts'
import type { Resource } from '../../src/config/configuration.ts'
import { checkLinks, feedingLinks } from '../../src/placement/link-conflicts.ts'
import type { LinkSettings } from '../../src/placement/link-paths.ts'
import { makePlan, type Plan } from '../../src/plan/plan.ts'
import { fileItem, flavourItem, type StockedShelf } from '../../src/plan/shelves.ts'
import { commandSource, stepOf } from '../plan/steps.ts'

const at = { file: '/project/cheffile.yml', line: 1, column: 1 }

interface Link {
  result: string
  pattern: string
}

function settingsOf(links: Link[], resource?: Partial<Resource>): LinkSettings {
  const text: Resource = { name: 'text', kind: 'files', patterns: [], at, ...resource }
  return {
    root: '/project',
    files: ['/project/cheffile.yml', '/project/recipe.yml'],
    fridge: { path: '/project/.chefcache' },
    links: links.map((link) => ({ ...link, base: '/project', at })),
    resources: new Map([['text', text]]),
  }
}

const file = (path: string) =>
  fileItem(path, {
    name: contentName('file', '1'.padStart(16, '0')),
    size: 1,
    kind: 'file',
    path: `/project/${path}`,
    snapshot: true,
  })

/** `copy` makes `copied` and `other` of each text and each `n`; `join` collects all of `copied` into `joined`. */
function planOf(texts: string[], values: number[]): Plan {
  const shelves: StockedShelf[] = [
    { name: 'text', kind: 'resource', isFixed: false, items: texts.map(file), at },
    { name: 'n', kind: 'flavour', items: values.map(flavourItem), at },
    { name: 'copy', kind: 'step', isFixed: true, items: [file('steps/copy.sh')], at },
    commandSource('join'),
  ]
  const inputs = ['text', 'n'].map((name) => ({ inner: name, from: name }))
  const outputs = ['copied', 'other'].map((name) => ({ inner: name, name }))
  const steps = [
    stepOf('copy', inputs, outputs),
    stepOf('join', [{ inner: 'all', from: 'copied', collect: 'all' }], [{ inner: 'out', name: 'joined' }]),
  ]
  const planned = makePlan({ steps, outside: new Set(['text', 'n']) }, new Map(shelves.map((one) => [one.name, one])))
  if (!('plan' in planned)) throw new Error('nothing was planned')
  return planned.plan
}

const codesOf = (links: Link[], isLaid = (_: string) => false, plan = planOf(['a.txt', 'b.txt'], [1, 2])): string[] =>
  checkLinks(settingsOf(links), plan, isLaid).map(({ code }) => code)

const links = fc.array(
  fc.record({
    result: fc.constantFrom('copied', 'other'),
    pattern: fc
      .array(fc.constantFrom('{n}', '{text}', '{text.stem}', 'web', '/', '..', '-'), { minLength: 1, maxLength: 6 })
      .map((parts) => `out/${parts.join('')}`),
  }),
  { minLength: 1, maxLength: 3 },
)

test('links pass where all variants of all links have paths of their own, none inside of another, none outside and none over a source', () => {
  fc.assert(
    fc.property(links, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), (some, texts, values) => {
      const labels = ['a.txt', 'b.txt', 'b.md'].slice(0, texts)
      const numbers = [1, 2, 3].slice(0, values)
      const paths = some.flatMap(({ pattern }) =>
        labels.flatMap((label) => numbers.map((n) => pathOf(pattern, label, n))),
      )
      const isFine =
        new Set(paths).size === paths.length &&
        paths.every((path) => path.startsWith('/project/')) &&
        !labels.some((label) => paths.includes(`/project/${label}`)) &&
        !paths.some((path) => paths.some((other) => other.startsWith(`${path}/`)))
      const found = checkLinks(settingsOf(some), planOf(labels, numbers), () => false)
      expect(found.map(({ code }) => code).join(' ') || 'fine').toMatch(isFine ? /^fine$/ : /^link-/)
      expect(found.length).toBeLessThanOrEqual(some.length)
    }),
    { numRuns: 1000 },
  )
})

/** Fills in a pattern and follows its `..`, as a user would by hand. */
function pathOf(pattern: string, text: string, n: number): string {
  const filled = pattern
    .replaceAll('{n}', String(n))
    .replaceAll('{text.stem}', text.replace(/\..*/, ''))
    .replaceAll('{text}', text)
  const path: string[] = []
  for (const part of `project/${filled}`.split('/'))
    if (part === '..') path.pop()
    else if (part !== '') path.push(part)
  return `/${path.join('/')}`
}

test('each conflict has its own failure', () => {
  expect(codesOf([{ result: 'copied', pattern: 'out/{text}-{n}' }])).toEqual([])
  expect(codesOf([{ result: 'copied', pattern: 'out/{text}' }])).toEqual(['link-clash'])
  expect(codesOf([{ result: 'copied', pattern: '../{text}-{n}' }])).toEqual(['link-outside'])
  expect(codesOf([{ result: 'copied', pattern: '.chefcache/{text}-{n}' }])).toEqual(['link-outside'])
  expect(codesOf([{ result: 'joined', pattern: 'cheffile.yml' }])).toEqual(['link-over-cheffile'])
  expect(codesOf([{ result: 'joined', pattern: './recipe.yml' }])).toEqual(['link-over-cheffile'])
  const twice = ['copied', 'other'].map((result) => ({ result, pattern: 'out/{text}-{n}' }))
  expect(codesOf(twice)).toEqual(['link-taken'])
  const inside = [
    { result: 'joined', pattern: 'out/all' },
    { result: 'copied', pattern: 'out/all/{text}-{n}' },
  ]
  expect(codesOf(inside)).toEqual(['link-inside'])
})

test('two variants on one path: the name that would tell them apart is suggested', () => {
  const [found] = checkLinks(
    settingsOf([{ result: 'copied', pattern: 'out/{text}' }]),
    planOf(['a.txt'], [1, 2]),
    () => false,
  )
  expect(found?.hint).toContain('{n}')
})

test('a file that a step reads or runs is laid over only where chef itself laid it', () => {
  const plan = planOf(['a.txt'], [1])
  for (const pattern of ['a.txt', 'steps/copy.sh']) {
    expect(codesOf([{ result: 'copied', pattern }], () => false, plan)).toEqual(['link-over-source'])
    expect(codesOf([{ result: 'copied', pattern }], (path) => path === `/project/${pattern}`, plan)).toEqual([])
  }
})

/** Whether a link is said to feed the resource `text`, of which the result is made. */
function feeds(pattern: string, resource: Partial<Resource>, result = 'copied'): boolean {
  const settings = settingsOf([{ result, pattern }], resource)
  return feedingLinks(settings, planOf(['a.txt'], [1])).some(({ code }) => code === 'link-feeds')
}

const patterns = (...some: string[]) => ({ patterns: some.map((pattern) => ({ base: '/project', pattern })) })

test('a link feeds the resource it is made of where the resource would find one more file there', () => {
  const texts = patterns('*.txt')
  expect(feeds('{text.stem}-copy.txt', texts)).toBe(true)
  expect(feeds('{text.stem}.copy', texts)).toBe(false)
  expect(feeds('out/{text.stem}-copy.txt', texts)).toBe(false)
  expect(feeds('{text}', texts)).toBe(false)
  expect(feeds('more/deep/copy', { kind: 'dir', ...patterns('more') })).toBe(true)
  expect(feeds('more/copy', { kind: 'bundle', ...patterns('more/**') })).toBe(true)
  expect(feeds('more/copy', { kind: 'bundle', ...patterns('more/**', '!more/copy/**', '!more/copy') })).toBe(false)
  // Also where the variants were collected on the way.
  expect(feeds('sum.txt', texts, 'joined')).toBe(true)
})
