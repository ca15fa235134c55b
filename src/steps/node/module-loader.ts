// Loads the user's modules for node steps. A step and the files it imports are instantiated for every ticket, from code that is
// compiled once, so that no state of one cook reaches the next. Packages are imported by Node and stay loaded.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { builtinModules, createRequire, Module, SourceMap } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import vm from 'node:vm'
import type { SharedObjects } from './shared-objects.ts'

type Namespace = { [name: string]: unknown }

interface Compiled {
  data: string
  code: string
  map?: SourceMap
}

const endings = ['', '.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js', '/index.mjs']
const builtins = new Set(builtinModules)

/** TypeScript imports its siblings by the name of their compiled file. */
function existing(path: string): string | undefined {
  const typed = path.replace(/\.([mc]?)js$/, '.$1ts')
  for (const base of new Set([path, typed])) {
    const found = endings.map((ending) => base + ending).find((one) => existsSync(one) && statSync(one).isFile())
    if (found) return found
  }
  return undefined
}

function isCommon(path: string, code: string): boolean {
  if (path.endsWith('.cjs')) return true
  if (!path.endsWith('.js') || /^\s*(import|export)\b/m.test(code)) return false
  return /\b(module\.exports|exports\.\w+)\s*=/.test(code)
}

export class ModuleLoader {
  /** Modules of this ticket, by path. */
  #modules = new Map<string, Promise<vm.Module>>()
  #externals = new Map<string, Promise<vm.Module>>()
  #importers = new Map<string, (specifier: string) => Promise<Namespace>>()
  #codes = new Map<string, Compiled>()
  #read = new Set<string>()
  #required = new Set(Object.keys(createRequire(import.meta.url).cache))
  readonly #shared: SharedObjects
  #holdsPackages = false

  constructor(shared: SharedObjects) {
    this.#shared = shared
    const modules = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown }
    const load = modules._load
    modules._load = (request, ...rest) => {
      const loaded = load.call(Module, request, ...rest)
      this.#note(request, loaded)
      return loaded
    }
  }

  /** A package keeps what a ticket did to it, and nobody can tell: its process must not serve another ticket. */
  get holdsPackages(): boolean {
    return this.#holdsPackages
  }

  #note(specifier: string, loaded: unknown): void {
    if (builtins.has(specifier.replace(/^node:/, ''))) this.#shared.add(loaded)
  }

  /** `source` is the staged file, `origin` the user's own, from where imports are resolved. */
  async loadExecute(source: string, origin: string): Promise<unknown> {
    const module = this.#make(origin, readFileSync(source, 'utf8'))
    this.#modules.set(origin, module)
    const namespace = (await this.#ready(await module)).namespace as Namespace
    const standard = namespace.default as Namespace | undefined
    return namespace.execute ?? standard?.execute ?? standard
  }

  /** Ends a ticket. Returns the files that it read, without the step itself. */
  forget(origin: string): string[] {
    const { cache } = createRequire(origin)
    for (const path of Object.keys(cache)) {
      if (this.#required.has(path)) continue
      if (path.includes('/node_modules/')) {
        this.#holdsPackages = true
        continue
      }
      this.#read.add(path)
      delete cache[path]
    }
    this.#read.delete(origin)
    const discovered = [...this.#read].sort()
    this.#read.clear()
    this.#modules.clear()
    return discovered
  }

  /** Maps a place in compiled code to the user's source. */
  placeOf(path: string, line: number, column: number): { line: number; column: number } {
    const entry = this.#codes.get(path)?.map?.findEntry(line - 1, column - 1)
    if (!entry || !('originalLine' in entry)) return { line, column }
    return { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  }

  async #ready(module: vm.Module): Promise<vm.Module> {
    if (module.status === 'unlinked') await module.link((specifier, from) => this.#resolve(specifier, from.identifier))
    if (module.status === 'linked') await module.evaluate()
    if (module.status === 'errored') throw module.error
    return module
  }

  #resolve(specifier: string, from: string): Promise<vm.Module> {
    const isFile = /^(\.{0,2}\/|file:)/.test(specifier)
    if (!isFile || builtins.has(specifier)) return this.#external(specifier, from)
    const wanted = specifier.startsWith('file:') ? fileURLToPath(specifier) : resolve(dirname(from), specifier)
    const path = existing(wanted)
    if (path === undefined || path.includes('/node_modules/')) return this.#external(specifier, from)
    const known = this.#modules.get(path)
    if (known) return known
    this.#read.add(path)
    const module = this.#make(path, readFileSync(path, 'utf8'))
    this.#modules.set(path, module)
    return module
  }

  async #make(path: string, data: string): Promise<vm.Module> {
    const held = this.#codes.get(path)
    const entry = held?.data === data ? held : await compile(path, data)
    this.#codes.set(path, entry)
    if (path.endsWith('.json')) return synthetic({ default: JSON.parse(entry.code) }, path)
    if (isCommon(path, entry.code)) return this.#common(path, entry.code)
    return located(path, entry.code, () => this.#sourceText(path, entry.code))
  }

  #sourceText(path: string, code: string): vm.Module {
    return new vm.SourceTextModule(code, {
      identifier: path,
      initializeImportMeta: (meta) => {
        meta.url = pathToFileURL(path).href
        meta.filename = path
        meta.dirname = dirname(path)
        meta.resolve = (specifier: string) =>
          specifier.startsWith('.')
            ? pathToFileURL(join(dirname(path), specifier)).href
            : pathToFileURL(createRequire(path).resolve(specifier)).href
      },
      importModuleDynamically: (async (specifier: string) =>
        this.#ready(await this.#resolve(specifier, path))) as unknown as (specifier: string) => vm.Module,
    })
  }

  #common(path: string, code: string): vm.Module {
    const module = new Module(path) as Module & { _compile(code: string, path: string): void }
    module.filename = path
    module.paths = (Module as unknown as { _nodeModulePaths(folder: string): string[] })._nodeModulePaths(dirname(path))
    module._compile(code, path)
    const exported = module.exports as unknown
    const named = typeof exported === 'object' && exported !== null ? (exported as Namespace) : {}
    return synthetic({ ...named, default: exported }, path)
  }

  #external(specifier: string, from: string): Promise<vm.Module> {
    const key = `${dirname(from)}\0${specifier}`
    let module = this.#externals.get(key)
    if (!module) {
      const isBuiltin = builtins.has(specifier.replace(/^node:/, ''))
      module = this.#importer(from)(specifier).then((namespace) => {
        if (isBuiltin) this.#note(specifier, namespace.default)
        else this.#holdsPackages = true
        return synthetic({ ...namespace }, specifier)
      })
      this.#externals.set(key, module)
      // A package that is missing now may be there for the next ticket.
      module.catch(() => this.#externals.delete(key))
    }
    return module
  }

  /** Returns Node's own import, which resolves from the folder of `from`. */
  #importer(from: string): (specifier: string) => Promise<Namespace> {
    const folder = dirname(from)
    let importer = this.#importers.get(folder)
    if (!importer) {
      importer = vm.runInThisContext('(specifier) => import(specifier)', {
        filename: from,
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER as never,
      }) as (specifier: string) => Promise<Namespace>
      this.#importers.set(folder, importer)
    }
    return importer
  }
}

function synthetic(namespace: Namespace, identifier: string): vm.Module {
  const names = Object.keys(namespace)
  return new vm.SyntheticModule(
    names,
    function fill(this: vm.SyntheticModule) {
      for (const name of names) this.setExport(name, namespace[name])
    },
    { identifier },
  )
}

async function compile(path: string, data: string): Promise<Compiled> {
  if (!/^\.[mc]?tsx?$/.test(extname(path))) return { data, code: data }
  const { transform } = await import('esbuild')
  const { code, map } = await transform(data, {
    loader: path.endsWith('x') ? 'tsx' : 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile: path,
    sourcemap: 'external',
    logLevel: 'silent',
  }).catch((error: { errors?: { text: string; location?: { line: number } | null }[] }) => {
    const first = error.errors?.[0]
    if (!first) throw error
    throw placed(new SyntaxError(first.text), path, first.location?.line)
  })
  return { data, code, map: new SourceMap(JSON.parse(map)) }
}

function placed(error: Error, path: string, line: number | undefined): Error {
  if (line !== undefined) error.stack = `${path}:${line}\n${error.name}: ${error.message}`
  return error
}

/** Adds the line of a syntax error, which V8 does not report for modules and the bundler does. */
async function located(path: string, code: string, make: () => vm.Module): Promise<vm.Module> {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const found = await import('esbuild')
      .then(({ transform }) => transform(code, { loader: 'js', format: 'esm', logLevel: 'silent' }))
      .catch((failed: { errors?: { location?: { line: number } | null }[] }) => failed)
    const line = 'errors' in found ? found.errors?.[0]?.location?.line : undefined
    throw placed(error, path, line)
  }
}
