// Writes docs/api.md from dist/types: what the library exports, with its comments. `node bin/api.mjs` after bin/declarations.mjs.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const entry = join(root, 'dist', 'types', 'library', 'entry.d.ts')

/** Top-level statements of a declaration file: the compiler writes one from the first column to the next. */
function statements(file) {
  const found = new Map()
  const pattern =
    /^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export (?:declare )?(function|class|interface|type) (\w+)[\s\S]*?(?=^(?:\/\*\*|export|declare|type|import|interface|\{)|(?![\s\S]))/gm
  for (const [text, comment = '', kind, name] of readFileSync(file, 'utf8').matchAll(pattern)) {
    found.set(name, { kind, name, comment: plain(comment), code: tidy(text.slice(comment.length)) })
  }
  return found
}

const plain = (comment) =>
  comment
    .replace(/^\/\*\*|\*\/\s*$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join('\n')
    .trim()

/** Without what only a compiler reads, and indented as the project's own code is. */
const tidy = (code) =>
  code
    .replace(/^export (declare )?/, '')
    .replace(/^ {4}#private;\n/gm, '')
    .replace(/^( {4})+/gm, (space) => ' '.repeat(space.length / 2))
    .trim()

function exported() {
  const own = statements(entry)
  const found = [...own.values()]
  const lists = readFileSync(entry, 'utf8').matchAll(/^export (?:type )?\{ ([^}]*) \} from '([^']+)'/gm)
  for (const [, names, path] of lists) {
    const there = statements(join(dirname(entry), path.replace(/\.js$/, '.d.ts')))
    for (const name of names
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean))
      found.push(there.get(name))
  }
  return found
}

const order = ['function', 'class', 'interface', 'type']
const all = exported().sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
const chapter = ({ name, comment, code }) =>
  `## ${name}\n\n${comment ? `${comment}\n\n` : ''}\`\`\`ts\n${code}\n\`\`\`\n`
const text = `# The library, name by name

Made from the declarations by \`node bin/api.mjs\`; [library.md](library.md) shows how it is used.

${all.map(chapter).join('\n')}`

if (process.argv[2] === '--print') process.stdout.write(text)
else writeFileSync(join(root, 'docs', 'api.md'), text)
