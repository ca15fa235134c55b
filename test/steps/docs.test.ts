// Every kitchen of docs/steps.md is built, and what the page shows of its results is what chef says.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Files, rig } from '../rig.ts'
import { hasCompiler, hasNumpy } from './machine.ts'

interface Example {
  title: string
  files: Files
  /** What the page says of a command: its arguments, and the lines it prints. */
  shown: { args: string[]; text: string }[]
}

const page = readFileSync(fileURLToPath(new URL('../../docs/steps.md', import.meta.url)), 'utf8')

/** A block says in a comment which file it is; in a program that comment may come second. */
function example(section: string): Example {
  const files: Files = {}
  for (const [, text = ''] of section.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)) {
    const [said = '', path = ''] = /^(?:#|\/\/) (\S+)\n/m.exec(text) ?? []
    files[path] = text.replace(said, '')
  }
  const shown = [...section.matchAll(/^ {4}\$ chef (.*)\n((?: {4}[^$].*\n|\n(?= {4}[^$]))*)/gm)].map(
    ([, args = '', text = '']) => ({
      args: args.split(' '),
      text: text.replaceAll(/^ {4}/gm, ''),
    }),
  )
  return { title: section.split('\n', 1)[0] ?? '', files, shown }
}

const examples = page
  .split(/^## /m)
  .map(example)
  .filter(({ files }) => 'cheffile.yml' in files)

const needed: { [title: string]: boolean } = { Python: hasNumpy, 'Inputs found while cooking': hasCompiler }

test('the page has a kitchen for every kind of step', () => {
  expect(examples.map(({ title }) => title)).toEqual([
    'Shell',
    'Python',
    'Node',
    'Collecting',
    'Kitchens in kitchens',
    'Inputs found while cooking',
    'What surrounds a step',
  ])
})

for (const { title, files, shown } of examples) {
  test.runIf(needed[title] ?? true)(`the kitchen under "${title}" cooks as the page says`, async () => {
    const { 'cheffile.yml': cheffile, ...others } = files
    await using kitchen = await rig(String(cheffile))
    for (const [path, text] of Object.entries(others))
      kitchen.write(path, text, String(text).startsWith('#!') ? 0o755 : 0o644)
    const built = await kitchen.build()
    expect([built.exit, built.stderr]).toEqual([0, ''])
    expect(shown.length).toBeGreaterThan(0)
    for (const { args, text } of shown) {
      const { exit, stdout } = await kitchen.run(args)
      expect([exit, stdout]).toEqual([0, text])
    }
    expect((await kitchen.build()).lines).toEqual([])
  })
}
