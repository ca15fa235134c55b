// chef init: writes a small kitchen that builds at once. Never overwrites a file.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { failure, Refusal } from '../../../base/failures/failure.ts'
import { packageFolder } from '../../../base/package-folder.ts'
import { jsonLine } from '../../../report/json-lines.ts'
import { command } from '../../arguments/command.ts'

const cheffile = `# What goes in, what varies, what is cooked. "chef build" cooks it, "chef table shout" shows what came out.

resources:
  words: words/*.txt # every file is a variant

flavours:
  times: { type: lin, start: 1, stop: 3, step: 1 } # 1 2 3

recipe:
  raise: # one job for every file
    command: tr a-z A-Z < {word} > {loud}
    inputs: { word: words }
    outputs: { loud: capitals }
  repeat: # crossed with the flavour, never mixing two files
    command: for i in $(seq {times}); do cat {loud}; done > {out}
    inputs: { loud: capitals, times: times }
    outputs: { out: shout }

links:
  shout: out/{words.stem}-{times}.txt # results laid out where you can see them
`

const files: [path: string, content: string][] = [
  ['cheffile.yml', cheffile],
  ['words/hello.txt', 'hello\n'],
  ['words/kitchen.txt', 'kitchen\n'],
]

const otherCheffiles = ['cheffile.yaml', 'cheffile.json', 'cheffile', 'cheffile.ts']

export const init = command({
  name: 'init',
  summary: 'write a small kitchen that builds at once',
  positionals: {},
  flags: {},
  examples: [['chef init -C study', 'in the folder study, which is made']],
  run(_, { kitchen: { folder }, json, quiet, out, err, outStyle: style }) {
    const there = [...files.map(([path]) => path), ...otherCheffiles].filter((path) => existsSync(join(folder, path)))
    if (there.length > 0) throw new Refusal([failure('init-exists', { files: there })])
    for (const [path, text] of files) {
      const content = path === 'cheffile.yml' ? schemaLine(folder) + text : text
      mkdirSync(join(folder, path, '..'), { recursive: true })
      writeFileSync(join(folder, path), content, { flag: 'wx' })
      if (json) out.write(jsonLine({ type: 'file', path }))
      else out.write(`${style.green('wrote')} ${path}\n`)
    }
    if (json) out.write(jsonLine({ type: 'summary', files: files.length }))
    else if (!quiet) err.write('"chef build" cooks it, "chef status" looks inside\n')
    return 0
  },
})

/** The schema's path for editors. It is relative, and so the same for everybody, where chef is installed in the project. */
function schemaLine(folder: string): string {
  const schema = join(packageFolder(), 'docs', 'schema', 'cheffile.schema.json')
  const near = relative(folder, schema)
  return `# yaml-language-server: $schema=${near.startsWith('node_modules') ? near : schema}\n`
}
