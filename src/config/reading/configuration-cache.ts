// Keeps the configuration that was read in the fridge, by the content of its files, so that unchanged files are not parsed again.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { packageFolder } from '../../base/package-folder.ts'
import type { Configuration } from '../configuration.ts'
import { type ConfigurationFacts, factsOf, setFacts } from '../configuration-facts.ts'
import { findCheffile, type Layers } from './layers.ts'

/** Everything that decides the configuration beside the files that it names. */
export interface CacheRequest extends Layers {
  folder: string
  cheffile?: string
  upwards?: boolean
  fridgePath?: string
  cpus: number
}

/** A file as it was when it was read; null where there was none. */
interface Stamp {
  path: string
  stat: { size: bigint; mtimeNs: bigint; ctimeNs: bigint; ino: bigint } | null
  sum: string | null
}

/** The parts that every command reads. */
type Head = Pick<Configuration, 'root' | 'cheffile' | 'files' | 'kitchen' | 'fridge' | 'cache' | 'options' | 'warnings'>

interface Entry {
  key: string
  stamps: Stamp[]
  facts: ConfigurationFacts
  head: Head
  /** Step sources that have to exist. */
  sources: string[]
}

type Body = Omit<Configuration, keyof Head>

/** Files that changed this shortly before they were read may change again unseen. */
const settledMs = 50

/** Returns undefined where the configuration has to be read. */
export function cachedConfiguration(request: CacheRequest): Configuration | undefined {
  if (!isCacheable(request)) return undefined
  const path = pathOf(request)
  if (path === undefined || !existsSync(path)) return undefined
  try {
    return takeUp(path, keyOf(request))
  } catch {
    // Written by another chef, or cut off: the files are read instead.
    return undefined
  }
}

function takeUp(path: string, key: string): Configuration | undefined {
  const file = openSync(path, 'r')
  try {
    const length = Buffer.alloc(8)
    readSync(file, length, 0, 8, 0)
    const [headBytes, bodyBytes] = [length.readUInt32LE(0), length.readUInt32LE(4)]
    const bytes = Buffer.alloc(headBytes)
    readSync(file, bytes, 0, headBytes, 8)
    const entry = deserialize(bytes) as Entry
    if (entry.key !== key || !entry.stamps.every(isCurrent) || !entry.sources.every((one) => existsSync(one)))
      return undefined
    const text = Buffer.alloc(bodyBytes)
    if (readSync(file, text, 0, bodyBytes, 8 + headBytes) !== bodyBytes) return undefined
    const configuration = withBody(entry.head, () => deserialize(text) as Body)
    setFacts(configuration, entry.facts)
    return configuration
  } finally {
    closeSync(file)
  }
}

/** Reads steps and resources when they are first asked for: a build with nothing to do never asks. */
function withBody(head: Head, read: () => Body): Configuration {
  let known: Body | undefined
  const body = (): Body => (known ??= read())
  return {
    ...head,
    get resources() {
      return body().resources
    },
    get flavours() {
      return body().flavours
    },
    get steps() {
      return body().steps
    },
    get links() {
      return body().links
    },
    get imports() {
      return body().imports
    },
    get origins() {
      return body().origins
    },
  }
}

/** `startedAt`: milliseconds, when the first file was read. `sources`: files that were looked for and found. */
export function keepConfiguration(
  request: CacheRequest,
  configuration: Configuration,
  { startedAt, sources }: { startedAt: number; sources: readonly string[] },
): void {
  const path = isCacheable(request) ? pathOf(request) : undefined
  const { root, cheffile, files, kitchen, fridge, cache, options, warnings, ...body } = configuration
  if (body.imports?.isAsked || files.some(isProgram)) return
  // A folder that is no fridge yet stays as it is, because a fridge is made in none that holds other files.
  if (path === undefined || dirname(path) !== fridge.path || !existsSync(join(fridge.path, 'fridge.db'))) return
  const stamps = files.map(stampOf)
  if (stamps.some(({ stat }) => stat !== null && isRecent(stat, startedAt))) return
  const head: Head = { root, cheffile, files, kitchen, fridge, cache, options, warnings }
  const entry: Entry = { key: keyOf(request), stamps, facts: factsOf(configuration), head, sources: [...sources] }
  const aside = `${path}.${process.pid}`
  try {
    const [headBytes, bodyBytes] = [serialize(entry), serialize(body)]
    const length = Buffer.alloc(8)
    length.writeUInt32LE(headBytes.length, 0)
    length.writeUInt32LE(bodyBytes.length, 4)
    writeFileSync(aside, Buffer.concat([length, headBytes, bodyBytes]), { mode: 0o600 })
    renameSync(aside, path)
  } catch {
    // Whoever may not write reads the files again.
  }
}

/** A cheffile in TypeScript may answer otherwise the next time, as it reads the environment. */
function isProgram(path: string): boolean {
  return /\.m?ts$/.test(path)
}

/** Addresses of caches may hold passwords. */
function isCacheable({ free, settings }: CacheRequest): boolean {
  const isSecret = [...free.map(({ text }) => text), ...settings.map(({ path }) => path)].some((one) =>
    /^caches?\b/.test(one),
  )
  return !isSecret
}

/** The file that holds the configuration of this kitchen. A fridge that the cheffile puts elsewhere holds none. */
function pathOf({ folder, cheffile, upwards, fridgePath }: CacheRequest): string | undefined {
  const found = findCheffile(folder, cheffile, upwards ?? true)
  const name = createHash('sha256').update(found).digest('hex').slice(0, 16)
  return join(fridgePath ?? join(dirname(found), '.chefcache'), `configuration-${name}`)
}

function keyOf({ folder, cheffile, linked, settings, free, fridgePath, cpus }: CacheRequest): string {
  const bundle = statSync(join(packageFolder(), 'dist', 'chef.cjs'), { throwIfNoEntry: false })
  const program = [bundle?.size, bundle?.mtimeMs, process.version]
  const text = JSON.stringify([program, folder, cheffile, linked, settings, free, fridgePath, cpus])
  return createHash('sha256').update(text).digest('hex')
}

function stampOf(path: string): Stamp {
  const stat = statOf(path)
  return { path, stat, sum: stat === null ? null : sumOf(path) }
}

function isCurrent({ path, stat: then, sum }: Stamp): boolean {
  const now = statOf(path)
  if (then === null || now === null) return then === now
  const { size, mtimeNs, ctimeNs, ino } = then
  if (now.size === size && now.mtimeNs === mtimeNs && now.ctimeNs === ctimeNs && now.ino === ino) return true
  return now.size === size && sumOf(path) === sum
}

function statOf(path: string): Stamp['stat'] {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (stat === undefined) return null
  const { size, mtimeNs, ctimeNs, ino } = stat
  return { size, mtimeNs, ctimeNs, ino }
}

function sumOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

function isRecent({ mtimeNs, ctimeNs }: NonNullable<Stamp['stat']>, startedAt: number): boolean {
  const settled = BigInt(Math.floor(startedAt) - settledMs) * 1_000_000n
  return mtimeNs >= settled || ctimeNs >= settled
}
