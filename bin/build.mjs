// Builds dist/: the bundle, the cooks that live in processes of their own, the spawner, the code cache.
// Runs after every install. A packed chef brings its bundle along; then only what depends on the machine is made.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileNative, native } from './native.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
const from = (path) => join(root, 'src', path)

/** Readers see the old file or the new one, never half of one. */
function put(path, content) {
  const aside = `${path}.${process.pid}`
  writeFileSync(aside, content)
  renameSync(aside, path)
}

/** The parser of yargs reads the words; how yargs lays out help takes 20 ms to load, and lies beside. */
const withoutLayout = {
  name: 'without-layout',
  setup({ onResolve }) {
    onResolve({ filter: /platform-shims\/esm\.mjs$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      sideEffects: false,
    }))
  },
}

/** Parts of Node that take a millisecond or more to load, and that a command with nothing to do does not need. */
const late = ['node:child_process', 'node:crypto', 'node:fs/promises', 'node:http', 'node:https', 'node:net']

/** They are imported where a module begins, and loaded when something of theirs is first used. */
const loadedLate = {
  name: 'loaded-late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      late.includes(path) && namespace !== 'late' ? { path, namespace: 'late' } : undefined,
    )
    onLoad({ filter: /./, namespace: 'late' }, async ({ path }) => {
      const names = JSON.stringify(Object.keys(process.getBuiltinModule(path)))
      const get = `get: () => require('${path}')[name]`
      return {
        contents: `for (const name of ${names}) Object.defineProperty(exports, name, { enumerable: true, ${get} })`,
      }
    })
  },
}

/**
 * Loading the database's seventeen small files, and looking for its native part in a dozen places, takes longer than
 * all that chef asks it. So they lie in the bundle, which has its code compiled; package.json holds the two to one version.
 */
const databaseWithin = {
  name: 'database-within',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^bindings$/ }, () => ({ path: 'bindings', namespace: 'native' }))
    onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, external: true }))
    onLoad({ filter: /./, namespace: 'native' }, () => ({
      contents: "module.exports = (name) => require('better-sqlite3/build/Release/better_sqlite3.node')",
    }))
  },
}

/**
 * Packages that few commands use lie beside the bundle, because reading it costs every start. The names that are
 * imported, and the files they become.
 */
const beside = {
  execa: 'execa',
  yargs: 'yargs',
  chokidar: 'chokidar',
  'hyparquet-writer/src/write.js': 'parquet',
}

const packagesBeside = {
  name: 'packages-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^[a-z@]/ }, ({ path }) =>
      path in beside ? { path: `./packages/${beside[path]}.cjs`, external: true } : undefined,
    )
  },
}

/** A script has no `import.meta`, and knows its own place by `__filename`. */
const asScript = {
  define: { 'import.meta.url': 'bundle.url', 'process.env.NODE_ENV': '"production"' },
  banner: { js: "const bundle = { get url() { return require('node:url').pathToFileURL(__filename).href } }" },
}

async function packages(build, shared) {
  mkdirSync(join(dist, 'packages'), { recursive: true })
  for (const [name, file] of Object.entries(beside)) {
    // Node hands what a script exports to an import as its default, which is all that yargs has.
    const contents = name === 'yargs' ? `module.exports = require('${name}').default` : `export * from '${name}'`
    const stdin = { contents, resolveDir: root }
    const { outputFiles } = await build({ ...shared, ...asScript, stdin, format: 'cjs' })
    put(join(dist, 'packages', `${file}.cjs`), outputFiles[0].contents)
  }
}

async function bundle() {
  const { build } = await import('esbuild')
  const shared = {
    bundle: true,
    write: false,
    platform: 'node',
    charset: 'ascii',
    target: 'node20.19',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    absWorkingDir: root,
    external: ['better-sqlite3', 'sharp', 'esbuild', 'fsevents', 'ws'],
  }
  const main = build({
    ...shared,
    entryPoints: [from('cli/program.ts')],
    format: 'cjs',
    external: shared.external.filter((name) => name !== 'better-sqlite3'),
    plugins: [withoutLayout, packagesBeside, databaseWithin, loadedLate],
    // `import()` becomes a late `require`: the bundle runs as a script, and needs no loader of modules.
    supported: { 'dynamic-import': false },
    ...asScript,
  }).then(({ outputFiles: [{ contents }] }) => {
    const seal = createHash('sha256').update(contents).digest('hex')
    // Inside of the function that runs it, so that nobody has to copy it once more at every start.
    put(
      join(dist, 'chef.cjs'),
      `// ${seal}\n(function (exports, require, module, __filename, __dirname) { ${Buffer.from(contents).toString()}\n})`,
    )
  })
  await Promise.all([main, packages(build, shared), library(build, shared), cooks(build, shared), page(build)])
}

/** The page is one script and one style: what a browser asks for is there already. */
async function page(build) {
  mkdirSync(join(dist, 'page'), { recursive: true })
  const { outputFiles } = await build({
    entryPoints: [from('page/browser/page.tsx'), from('page/browser/page.css')],
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    target: 'es2022',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
    absWorkingDir: root,
    outdir: join(dist, 'page'),
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  for (const { path, contents } of outputFiles) put(path, contents)
  for (const name of ['index.html', 'icon.svg'])
    put(join(dist, 'page', name), readFileSync(from(`page/browser/${name}`)))
}

/** What is imported, the part of it that a cheffile sees, and the program that evaluates such a cheffile. */
async function library(build, shared) {
  const made = { library: 'library/entry.ts', define: 'library/define.ts', evaluate: 'config/program/evaluate.ts' }
  for (const [name, source] of Object.entries(made)) {
    const { outputFiles } = await build({
      ...shared,
      entryPoints: [from(source)],
      format: 'esm',
      // An importer has the packages; the two others run alone.
      packages: name === 'library' ? 'external' : 'bundle',
      keepNames: name === 'library',
    })
    put(join(dist, `${name}.mjs`), outputFiles[0].contents)
  }
}

async function cooks(build, shared) {
  mkdirSync(join(dist, 'cooks'), { recursive: true })
  for (const name of readdirSync(from('steps/python')).filter((name) => name.endsWith('.py'))) {
    const aside = join(dist, 'cooks', `${name}.${process.pid}`)
    copyFileSync(from(`steps/python/${name}`), aside)
    renameSync(aside, join(dist, 'cooks', name))
  }
  const servers = { node: 'steps/node/node-server.ts', image: 'pictures/image-server.ts' }
  for (const [name, source] of Object.entries(servers)) {
    const server = await build({ ...shared, entryPoints: [from(source)], format: 'esm' })
    put(join(dist, 'cooks', `${name}.mjs`), server.outputFiles[0].contents)
  }
}

/** The spawner starts and observes steps. One that came with the package and runs here needs no compiler. */
function makeSpawner() {
  if (process.platform !== 'linux' || !existsSync(native)) return
  const prebuilt = join(dist, 'prebuilt', `linux-${process.arch}`, 'spawner')
  const isClone = existsSync(from('cli/program.ts'))
  if (!isClone && spawnSync(prebuilt, ['--self-test'], { stdio: 'ignore' }).status === 0) return
  if (!compileNative({ folder: dist, compiler: 'cc' }))
    console.warn('warning: no spawner fits this machine, and no C compiler made one: chef does not see what steps read')
}

/** A small kitchen is cooked, so that the cache holds the code that a build runs through. */
function warm() {
  const kitchen = mkdtempSync(join(tmpdir(), 'chef-warm-'))
  writeFileSync(
    join(kitchen, 'cheffile.yml'),
    `flavours: { n: [1, 2] }
recipe:
  one: { command: 'echo {n} > {out}', inputs: { n: n }, outputs: { out: number } }
  two: { command: 'cat {number} > {out}', inputs: { number: number }, outputs: { out: copy } }
`,
  )
  const command = [join(root, 'bin', 'warm.cjs'), 'build', '-C', kitchen]
  spawnSync(process.execPath, command, { stdio: 'ignore', timeout: 30_000 })
  rmSync(kitchen, { recursive: true, force: true })
}

mkdirSync(dist, { recursive: true })
if (existsSync(from('cli/program.ts'))) {
  // esbuild has shown what is wrong by then.
  await bundle().catch(() => process.exit(1))
}
makeSpawner()
if (existsSync(join(dist, 'chef.cjs'))) warm()
