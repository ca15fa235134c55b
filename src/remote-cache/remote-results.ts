// Results of others and for others: looks actions up in the shared cache, brings the bytes that are needed, gives what was cooked.
import { elementAt } from '../base/element-at.ts'
import { setMaxListeners } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import limit from 'p-limit'
import { bytesOf, contentName, type ContentName, isFolder, isProgram } from '../base/content-name.ts'
import type { Emit } from '../base/event.ts'
import { type Failure, failure } from '../base/failures/failure.ts'
import type { CacheSettings, Step } from '../config/configuration.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { FileScanner } from '../sources/file-scanner.ts'
import { lacksLooks, type TraceTexts } from '../base/trace.ts'
import type { World } from '../freshness/trace-check.ts'
import type { JobRow } from '../plan/step-table.ts'
import type { CacheAddress } from './server-address.ts'
import { CacheServer, CacheTrouble, mostEntryBytes, WrongBytes } from './cache-server.ts'
import {
  decodeEntry,
  encodeEntry,
  type SharedCook,
  type SharedEntry,
  type SharedFile,
  type SharedOutput,
} from './cache-entry.ts'
import { isSystemPath } from '../freshness/trace-recording.ts'
import { sharedKey, type SharedKeys } from './remote-keys.ts'
import { answer, type Answered, answerLines, type AnswersOptions, questionsOf, traceOf } from './remote-trace.ts'

/** A result of somebody else's cook, kept in this fridge; bytes that nobody asked for may still lie elsewhere. */
export interface Found {
  outputs: { name: ContentName; size: number }[]
  trace: TraceTexts
  cook: SharedCook
  log: Uint8Array
}

export interface SharingOptions {
  settings: CacheSettings
  address: CacheAddress
  fridge: Fridge
  scanner: FileScanner
  /** Asked whether the trace of a result holds here. */
  world: World
  /** Tells whether what the step reads without declaring it counts. */
  countsReads: (step: Step) => boolean
  root: string
  keys: SharedKeys
  /** False: results of others are not looked up. */
  read: boolean
  emit: Emit
  signal: AbortSignal
}

/** Data stored with an action that waits for its upload, which a later build may have to do. */
interface OutgoingNote {
  step: string
  /** The action's own key: numbers of actions that are gone are given again. */
  key: string
  inner: string[]
  /** The text behind the key, without the trace. */
  text: string
  /** Lists of questions that are known already to lead to a result. */
  known: string[][]
}

/** Blobs above this size are not sent before it is asked whether they are there. */
const askAboveBytes = 65_536
/** Longer logs stay where they were written. */
const mostLogBytes = 65_536
/** The most lists of questions that a signpost keeps. */
const mostRoads = 8
/** So many entries with their logs are in memory. */
const uploadsAtOnce = 16
const tooLarge = 413
const secondMs = 1000

/** An output as it lies here. */
interface OwnFile extends SharedFile {
  name: ContentName
}

interface OwnOutput extends SharedOutput {
  files: OwnFile[]
}

export class RemoteResults {
  readonly #options: SharingOptions
  readonly #server: CacheServer
  readonly #ended = new AbortController()
  readonly #bringing = new Map<ContentName, Promise<boolean>>()
  /** Blobs that are not there or not what they should be: whatever needs them is cooked here. */
  readonly #unusable = new Set<string>()
  readonly #roads = new Map<string, string[][]>()
  readonly #giving = new Map<number, Promise<void>>()
  readonly #given = new Map<string, Promise<void>>()
  readonly #uploads = limit(uploadsAtOnce)
  readonly #warned = new Set<string>()
  #reads: boolean
  #writes: boolean

  constructor(options: SharingOptions) {
    this.#options = options
    this.#reads = options.read
    this.#writes = options.settings.write
    options.fridge.outgoing.make()
    const signal = AbortSignal.any([options.signal, this.#ended.signal])
    // Every request under way listens to it.
    setMaxListeners(0, signal)
    this.#server = new CacheServer({
      address: options.address,
      timeoutMs: options.settings.timeout * secondMs,
      signal,
    })
  }

  /** The result of an action that somebody else cooked. `needed`: places of the outputs whose bytes have to be here. */
  async find(row: JobRow, needed: readonly number[]): Promise<Found | undefined> {
    const text = this.#reads ? this.#options.keys.text(row) : undefined
    if (text === undefined) return undefined
    try {
      const [entry, road] = await this.#entryOf(text, row.step)
      if (entry === undefined) return undefined
      const outputs = this.#keep(row.step, entry.outputs)
      if (outputs === undefined) return undefined
      const { remoteObjects } = this.#options.fridge
      const missing = needed.flatMap((at) => remoteObjects.missing(elementAt(outputs, at).name))
      if (!(await this.bring(missing))) return undefined
      return { outputs, trace: traceOf(road, this.#answering), cook: entry.cook, log: entry.log }
    } catch (error) {
      this.#trouble(error, 'read')
      return undefined
    }
  }

  /** Brings bytes that lie elsewhere. False where some of them cannot be had. */
  async bring(names: readonly ContentName[]): Promise<boolean> {
    const brought = await Promise.all(
      [...new Set(names)].map((name) => {
        let bringing = this.#bringing.get(name)
        if (bringing === undefined) this.#bringing.set(name, (bringing = this.#bringOne(name)))
        return bringing
      }),
    )
    return brought.every(Boolean)
  }

  /** Gives a cooked action to others, while the build goes on. */
  give(row: JobRow, action: number): void {
    if (!this.#options.settings.write) return
    const text = this.#options.keys.text(row)
    if (text === undefined) return
    const note: OutgoingNote = {
      step: row.step.name,
      key: this.#options.fridge.actions.receipt(action)?.key ?? '',
      inner: row.step.outputs.map(({ inner }) => inner),
      text,
      known: this.#roads.get(sharedKey(text)) ?? [],
    }
    this.#options.fridge.begin()
    this.#options.fridge.outgoing.addOutgoing({ action, note: JSON.stringify(note) })
    this.#send(action, note)
  }

  /** Results that earlier builds did not upload. */
  resume(): void {
    if (!this.#writes) return
    for (const { action, note } of this.#options.fridge.outgoing.outgoing())
      this.#send(action, JSON.parse(note) as OutgoingNote)
  }

  /** Returns true while the bytes of an action's outputs are needed here. */
  isGiving(action: number): boolean {
    return this.#giving.has(action)
  }

  /** Everything that was cooked is given, or will be by a later build. */
  async flush(): Promise<void> {
    while (this.#giving.size > 0) await Promise.all(this.#giving.values())
  }

  /** Returns true where this content can be fetched on demand. */
  reaches(name: ContentName): boolean {
    return this.#reads && this.#options.fridge.remoteObjects.isElsewhere(name)
  }

  async close(): Promise<void> {
    await this.flush()
    this.#ended.abort()
    this.#server.close()
  }

  /** An entry under the action's own key, or under one of the keys that files it discovered lead to. */
  async #entryOf(text: string, step: Step): Promise<[(SharedEntry & { kind: 'result' }) | undefined, Answered[]]> {
    const entry = await this.#entry(sharedKey(text))
    if (entry === undefined || entry.kind === 'result') return [entry, []]
    this.#roads.set(sharedKey(text), entry.paths)
    for (const paths of entry.paths) {
      const road = this.#roadOf(paths)
      if (road && lacksLooks(traceOf(road, this.#answering)) && this.#options.countsReads(step)) continue
      const found = road && (await this.#entry(sharedKey(text + answerLines(road))))
      if (road && found?.kind === 'result') return [found, road]
    }
    return [undefined, []]
  }

  async #entry(key: string): Promise<SharedEntry | undefined> {
    const bytes = await this.#server.entry(key)
    const entry = bytes && decodeEntry(bytes)
    if (entry === undefined || entry.key === key) return entry
    this.#warn(failure('cache-damaged', { url: this.#shownUrl, what: 'an entry answers another key than its own' }))
    return undefined
  }

  /** Answers these questions for this machine. */
  #roadOf(questions: readonly string[]): Answered[] | undefined {
    try {
      return answer(questions, this.#answering)
    } catch {
      return undefined
    }
  }

  get #answering(): AnswersOptions {
    const { world, root, keys, scanner } = this.#options
    const contentOf = (path: string): ContentName | undefined =>
      scanner.file(path.startsWith('/') ? path : join(root, path), isSystemPath(path) ? 'strong' : undefined)?.name
    return { world, root, contentOf, sharedName: (name, path) => keys.nameOf(name, path) }
  }

  /** Content gets the name here that its bytes would have, before they come. */
  #keep(step: Step, shared: readonly SharedOutput[]): Found['outputs'] | undefined {
    const { fridge } = this.#options
    fridge.begin()
    const outputs: Found['outputs'] = []
    for (const { inner } of step.outputs) {
      const output = shared.find((one) => one.inner === inner)
      if (output === undefined || output.files.some(({ sha256 }) => this.#unusable.has(sha256))) return undefined
      const names = output.files.map(({ sha256, size, sum }) =>
        size === 0
          ? fridge.objects.keepBytes(Buffer.alloc(0)).name
          : fridge.remoteObjects.keepAbsent(sum, { sha256, size }),
      )
      outputs.push(this.#keepOutput(output, names))
    }
    return outputs
  }

  #keepOutput({ kind, files }: SharedOutput, names: readonly ContentName[]): Found['outputs'][number] {
    const size = files.reduce((sum, file) => sum + file.size, 0)
    const entries = files.flatMap(({ path, executable }, at) => {
      const name = names[at]
      return name === undefined ? [] : [{ path, executable, name }]
    })
    if (kind !== 'folder' && entries[0]) return { name: contentName(kind, entries[0].name), size }
    return { name: this.#options.fridge.objects.keepListing(entries).name, size }
  }

  async #bringOne(name: ContentName): Promise<boolean> {
    const { fridge } = this.#options
    if (fridge.objects.has(name)) return true
    const strong = fridge.strongNames.find(name)
    if (strong === undefined || !this.#reads) return false
    const aside = fridge.paths.asideName()
    try {
      if (!(await this.#download(strong, aside))) return false
      fridge.begin()
      if (fridge.remoteObjects.fill(bytesOf(name), aside)) return true
      this.#unusable.add(strong.sha256)
      return false
    } catch (error) {
      this.#trouble(error, 'read')
      return false
    } finally {
      rmSync(aside, { force: true })
      this.#bringing.delete(name)
    }
  }

  async #download(digest: { sha256: string; size: number }, path: string): Promise<boolean> {
    try {
      if (!this.#unusable.has(digest.sha256) && (await this.#server.blob(digest, path))) return true
    } catch (error) {
      if (!(error instanceof WrongBytes)) throw error
      this.#warn(failure('cache-damaged', { url: this.#shownUrl, what: error.message }))
    }
    this.#unusable.add(digest.sha256)
    return false
  }

  #send(action: number, note: OutgoingNote): void {
    if (!this.#writes) return
    const sending = this.#uploads(() => this.#upload(action, note))
      .catch((error: unknown) => this.#trouble(error, 'write'))
      .finally(() => this.#giving.delete(action))
    this.#giving.set(action, sending)
  }

  /** Blobs first: an entry that can be found has everything. */
  async #upload(action: number, note: OutgoingNote): Promise<void> {
    const { fridge } = this.#options
    const kept = fridge.actions.cooked(action)
    const cooked = kept?.key === note.key ? kept : undefined
    const outputs = cooked && this.#sharedOutputs(note.inner, cooked.outputs)
    // Dropped meanwhile, or a file of the trace cannot be read: nothing that could be given.
    const road = cooked && this.#roadOf(questionsOf(cooked.trace))
    if (cooked?.ok && outputs && road) {
      const { startedAt, host, cpuMs, peakBytes, command } = cooked.note
      const log = cooked.log !== null && cooked.log.length <= mostLogBytes ? cooked.log : new Uint8Array()
      const cook: SharedCook = { ms: cooked.ms, startedAt, host, cpuMs, peakBytes, command }
      const key = sharedKey(note.text + answerLines(road))
      const entry = encodeEntry({ key, kind: 'result', outputs, cook, log })
      if (entry.length <= mostEntryBytes) await this.#giveAll(note, outputs, road, Buffer.from(entry))
    }
    fridge.begin()
    fridge.outgoing.dropOutgoing(action)
  }

  async #giveAll(note: OutgoingNote, outputs: OwnOutput[], road: Answered[], entry: Buffer): Promise<void> {
    try {
      await Promise.all(outputs.flatMap(({ files }) => files.map((file) => this.#giveBlob(file))))
      await this.#server.put('ac', sharedKey(note.text + answerLines(road)), entry)
      if (road.length > 0) await this.#giveSignpost(note, road)
    } catch (error) {
      // It would be too large the next time as well.
      if (!(error instanceof CacheTrouble) || error.status !== tooLarge) throw error
      this.#warn(failure('cache-too-large', { url: this.#shownUrl, step: note.step }))
    }
  }

  async #giveSignpost({ text, known }: OutgoingNote, road: Answered[]): Promise<void> {
    const paths = road.map(({ question }) => question)
    const others = known.filter((one) => JSON.stringify(one) !== JSON.stringify(paths))
    const key = sharedKey(text)
    const entry = encodeEntry({ key, kind: 'signpost', paths: [paths, ...others].slice(0, mostRoads) })
    await this.#server.put('ac', key, Buffer.from(entry))
  }

  #sharedOutputs(inner: readonly string[], outputs: Found['outputs']): OwnOutput[] | undefined {
    const { objects, remoteObjects } = this.#options.fridge
    const shared: OwnOutput[] = []
    for (const [at, { name }] of outputs.entries()) {
      if (!objects.has(name)) return undefined
      const entries = isFolder(name) ? (objects.listing(name) ?? []) : [{ path: '', name, executable: isProgram(name) }]
      const files = entries.map(({ path, name: one, executable }): OwnFile => {
        const { sha256, size } = remoteObjects.strongName(bytesOf(one)) as { sha256: string; size: number }
        return { path, executable, sha256, size, name: bytesOf(one), sum: objects.sumOf(bytesOf(one)) }
      })
      shared.push({
        inner: inner[at] as string,
        kind: isFolder(name) ? 'folder' : isProgram(name) ? 'program' : 'file',
        files,
      })
    }
    return shared
  }

  /** The empty blob is never stored: everybody knows it. */
  #giveBlob(file: OwnFile): Promise<void> {
    let giving = this.#given.get(file.sha256)
    if (giving === undefined) this.#given.set(file.sha256, (giving = this.#putBlob(file)))
    return giving
  }

  async #putBlob({ sha256, size, name }: OwnFile): Promise<void> {
    if (size === 0) return
    const { objects, paths } = this.#options.fridge
    const asks = size > askAboveBytes && !this.#unusable.has(sha256)
    if (asks && (await this.#server.holds(sha256))) return
    const body = objects.inline(name) ?? paths.fileOf(name)
    if (body === undefined) throw new CacheTrouble('a result was deleted from the fridge before it was given')
    await this.#server.put('cas', sha256, typeof body === 'string' ? { path: body, size } : body)
  }

  /** Without the cache chef cooks as it would without one: said once. */
  #trouble(error: unknown, doing: 'read' | 'write'): void {
    if (this.#options.signal.aborted || this.#ended.signal.aborted) return
    if (!(error instanceof CacheTrouble) && !(error instanceof WrongBytes)) throw error
    const why = error.message
    if (error instanceof WrongBytes) {
      this.#warn(failure('cache-damaged', { url: this.#shownUrl, what: why }))
      return
    }
    const { status } = error
    if (doing === 'write') {
      this.#writes = false
      this.#warn(failure('cache-unwritable', { url: this.#shownUrl, why }))
      if (status !== undefined) return
    } else this.#warn(failure('cache-unreachable', { url: this.#shownUrl, why }))
    // Whatever else is under way would only wait as long.
    this.#reads = false
    this.#writes = false
    this.#ended.abort()
  }

  get #shownUrl(): string {
    return this.#options.address.url.href
  }

  #warn(warning: Failure): void {
    if (this.#warned.has(warning.code)) return
    this.#warned.add(warning.code)
    this.#options.emit({ type: 'warning', failure: warning })
  }
}
