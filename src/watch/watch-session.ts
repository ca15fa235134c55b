// Runs one `chef watch`: carries out the effects of the loop, and keeps warm between builds what did not change.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Emit, KitchenEvent, Summary } from '../base/event.ts'
import { type Failure, type FailureCode, Refusal } from '../base/failures/failure.ts'
import { countVerdicts, invalidatePaths, type Session, type SessionRequest } from '../session/session.ts'
import { requireSession } from '../session/open-session.ts'
import { buildSession } from '../session/run-build.ts'
import { WarmSession } from '../session/warm-session.ts'
import type { Configuration } from '../config/configuration.ts'
import { makeFridgeFolders } from '../fridge/database.ts'
import type { LinkRow } from '../fridge/tables/link-table.ts'
import { takeLock } from '../fridge/lock.ts'
import type { DirectExecutor } from '../tickets/ticket.ts'
import type { KitchenReading } from '../recipe/load-recipe.ts'
import type { FileWatcher, Reports } from './file-watcher.ts'
import { batchChanges } from './change-batches.ts'
import { WatchedPaths } from './watched-paths.ts'
import { beginWatching, type Changes, everything, react, type WatchEffect, type WatchEvent } from './watch-loop.ts'

/** The services that a watch session receives from its caller. */
export interface WatchPorts {
  readConfiguration(): Promise<KitchenReading>
  /** Everything that a build needs except its listener. */
  request(configuration: Configuration): Omit<SessionRequest, 'emit' | 'warm'>
  keepGoing: boolean
  openExecutor(configuration: Configuration): Promise<DirectExecutor>
  openWatcher(root: string, reports: Reports): FileWatcher
  display: Display
  /** Runs after each good build. */
  followUp?: { start(): Promise<void>; stop(): Promise<void> }
  signal: AbortSignal
}

/** The display of a watcher, besides the events of its builds. */
export interface Display {
  begin(configuration: Configuration): Emit
  end(): void
  failures(failures: readonly Failure[]): void
  /** `watched` counts the watched paths. */
  resting(status: { watched: number }): void
  failedJobs(events: readonly KitchenEvent[]): void
}

const unmendable = new Set<FailureCode>([
  'cheffile-missing',
  'target-unknown',
  'narrow-unknown',
  'narrow-nothing',
  'fridge-locked',
])

/** The file memory is saved this many milliseconds after the last build. */
const restMs = 2000

/** `nothing` means there was nothing to build. */
type Outcome = 'good' | 'bad' | 'nothing'

export class WatchSession {
  readonly #ports: WatchPorts
  #state = beginWatching().state
  readonly #sources = new WatchedPaths()
  readonly #batches = batchChanges((paths) => this.#heard(paths))
  #configuration: Configuration | undefined
  #warm: WarmSession | undefined
  #watcher: FileWatcher | undefined
  #executor: { settings: string; executor: DirectExecutor } | undefined
  #kitchen: Session | undefined
  #stop = new AbortController()
  #failedJobs: KitchenEvent[] = []
  /**
   * The last build, and the folders whose entries it changed. Reports about those folders are the build's own doing.
   */
  #last: { summary: Summary; folders: Set<string> } | undefined
  #broken: readonly Failure[] = []
  #restTimer: NodeJS.Timeout | undefined
  #isFirst = true
  /** True if the files of the configuration were broken when they were last read. */
  #unread = true
  #leave: (exit: number) => void = () => undefined
  #break: (error: unknown) => void = () => undefined

  constructor(ports: WatchPorts) {
    this.#ports = ports
  }

  /** Resolves with the exit code when watching ends. */
  async run(): Promise<number> {
    const exit = new Promise<number>((resolve, reject) => {
      this.#leave = resolve
      this.#break = reject
    })
    const { signal } = this.#ports
    const interrupt = (): void => this.take({ type: 'interrupted' })
    signal.addEventListener('abort', interrupt, { once: true })
    for (const effect of beginWatching().effects) this.#carryOut(effect)
    if (signal.aborted) interrupt()
    try {
      return await exit
    } finally {
      signal.removeEventListener('abort', interrupt)
      await this.#close()
    }
  }

  take(event: WatchEvent): void {
    const { state, effects } = react(this.#state, event)
    this.#state = state
    for (const effect of effects) this.#carryOut(effect)
  }

  #carryOut(effect: WatchEffect): void {
    switch (effect.type) {
      case 'build':
        this.#build(effect.changes).then(
          () => this.take({ type: 'ended' }),
          (error: unknown) => this.#break(error),
        )
        return
      case 'invalidate':
        if (this.#kitchen) invalidatePaths(this.#kitchen, effect.paths)
        return
      case 'show-failures':
        if (this.#broken.length > 0) this.#ports.display.failures(this.#broken)
        this.#ports.display.failedJobs(this.#failedJobs)
        return
      case 'stop-build':
        this.#stop.abort()
        return
      case 'leave':
        this.#leave(effect.exit)
    }
  }

  #heard(paths: Set<string>): void {
    const changes = this.#newsOf(paths)
    if (changes) this.take({ type: 'changed', changes })
  }

  #newsOf(paths: Set<string>): Changes | undefined {
    try {
      return this.#sources.news(paths, this.#warm?.scanner)
    } catch {
      // The build reports what cannot even be examined.
      return everything
    }
  }

  async #build(changes: Changes): Promise<void> {
    clearTimeout(this.#restTimer)
    const last = this.#isOwnDoing(changes) ? this.#last : undefined
    if (last === undefined) await this.#ports.followUp?.stop()
    let outcome: Outcome = 'bad'
    this.#forget(changes)
    try {
      if (changes.configuration || this.#unread) await this.#read()
      this.#broken = []
      outcome = await this.#cook(this.#configuration as Configuration, last?.summary)
    } catch (error) {
      if (this.#stop.signal.aborted) return
      if (!(error instanceof Refusal) || this.#isOver(error)) throw error
      this.#broken = error.failures
      await this.#ports.followUp?.stop()
      this.#ports.display.failures(error.failures)
    }
    if (this.#stop.signal.aborted) return
    await this.#watch()
    this.#isFirst = false
    const watched = this.#sources.count(this.#warm?.scanner)
    if (this.#state.waiting === undefined) this.#ports.display.resting({ watched })
    if (outcome === 'good') await this.#ports.followUp?.start()
    this.#restTimer = setTimeout(() => void this.#rest().catch(this.#break), restMs)
  }

  /** True for failures that no change of a file repairs: wrong arguments, and a system without free watches. */
  #isOver({ failures }: Refusal): boolean {
    return failures.some(({ code }) => code.startsWith('watch-') || (this.#isFirst && unmendable.has(code)))
  }

  async #read(): Promise<void> {
    this.#unread = true
    this.#sources.reading()
    const { configuration, failures } = await this.#ports.readConfiguration()
    await this.#listen(configuration.root).watch(this.#sources.ofConfiguration(configuration, failures.length > 0))
    if (this.#sources.rewritten().length > 0) this.#batches.add(this.#sources.rewritten())
    if (failures.length > 0) throw new Refusal(failures)
    this.#configuration = configuration
    this.#unread = false
  }

  #forget(changes: Changes): void {
    if (changes.everything) this.#warm?.forgetAll()
    else this.#warm?.forget(changes.paths)
  }

  #listen(root: string): FileWatcher {
    this.#watcher ??= this.#ports.openWatcher(root, {
      changed: (paths) => this.#batches.add(paths),
      failed: (failure) => this.#break(new Refusal([failure], 1)),
    })
    return this.#watcher
  }

  #isOwnDoing({ paths, configuration, everything }: Changes): boolean {
    if (paths.size === 0 || configuration || everything || this.#unread) return false
    return [...paths].every((path) => this.#last?.folders.has(path))
  }

  /**
   * `last` is set if only the outputs of that build were reported. If they change nothing, there is nothing to build
   * or report.
   */
  async #cook(configuration: Configuration, last: Summary | undefined): Promise<Outcome> {
    const { display, keepGoing, followUp } = this.#ports
    const request = this.#ports.request(configuration)
    const warm = await this.#keepWarm(configuration, request)
    const failed: KitchenEvent[] = []
    const folders = new Set<string>()
    let listen: Emit | undefined
    const pending: KitchenEvent[] = []
    const emit: Emit = (event) => {
      if (event.type === 'job' && event.status === 'failed') failed.push(event)
      if (event.type === 'link') noteFolders(configuration.root, event.path, folders)
      if (listen === undefined) pending.push(event)
      else listen(event)
    }
    if (last === undefined) listen = display.begin(configuration)
    try {
      const { signal } = this.#stop
      const kitchen = await requireSession({ ...request, keepGoing: true, emit, warm, signal })
      this.#kitchen = kitchen
      // The loop could not report what changed while the session was being opened.
      if (this.#state.waiting) invalidatePaths(kitchen, this.#state.waiting.paths)
      let summary: Summary
      try {
        if (last !== undefined) {
          this.#last = undefined
          if (isAsAfter(last, kitchen, warm.fridge.links.all())) {
            warm.keep(kitchen.plan, kitchen.verdicts)
            return 'nothing'
          }
          await followUp?.stop()
          listen = display.begin(configuration)
          for (const event of pending) listen(event)
        }
        summary = await buildSession(kitchen, {
          keepGoing,
          signal,
          openExecutor: () => this.#lendExecutor(configuration),
        })
      } finally {
        kitchen.close()
      }
      emit(summary)
      this.#failedJobs = failed
      this.#last = { summary, folders }
      return summary.failed + summary.blocked === 0 ? 'good' : 'bad'
    } finally {
      this.#kitchen = undefined
      if (listen !== undefined) display.end()
    }
  }

  async #keepWarm(configuration: Configuration, request: Pick<SessionRequest, 'environment'>): Promise<WarmSession> {
    if (this.#warm && !this.#warm.fits(configuration)) {
      this.#warm.close()
      this.#warm = undefined
    }
    if (!this.#warm) {
      makeFridgeFolders(configuration.fridge.path)
      this.#warm = await WarmSession.open(configuration, request.environment.PATH ?? '')
    }
    this.#warm.take(configuration)
    return this.#warm
  }

  /** Lends an executor that stays warm: the session closes it at its end. */
  async #lendExecutor(configuration: Configuration): Promise<DirectExecutor> {
    const settings = JSON.stringify(configuration.kitchen)
    if (this.#executor?.settings !== settings) {
      await this.#executor?.executor.close()
      this.#executor = { settings, executor: await this.#ports.openExecutor(configuration) }
    }
    const { executor } = this.#executor
    return {
      name: executor.name,
      burners: executor.burners,
      sweeps: executor.sweeps && ((ticket) => executor.sweeps?.(ticket) ?? false),
      measures: executor.measures,
      ahead: executor.ahead,
      begin: executor.begin && ((id) => executor.begin?.(id)),
      pan: executor.pan && (() => executor.pan?.() as string),
      cook: (ticket, note) => executor.cook(ticket, note),
      cancel: (id) => executor.cancel(id),
      close: async () => undefined,
    }
  }

  /** Watches the paths first and then examines them again, so that a change in between is not missed. */
  async #watch(): Promise<void> {
    const warm = this.#warm
    if (!warm || !this.#configuration) return
    const { wanted, recent } = this.#sources.ofLooks(warm.scanner, this.#configuration.fridge.path)
    await this.#listen(this.#configuration.root).watch(wanted)
    const changed = recent.filter((path) => warm.scanner.hasChanged(path))
    if (changed.length > 0)
      this.take({ type: 'changed', changes: { paths: new Set(changed), configuration: false, everything: false } })
  }

  /** Saves the memory of files, unless another chef holds the lock. */
  async #rest(): Promise<void> {
    const { fridge } = this.#warm ?? {}
    if (!fridge?.memory.changed || this.#state.phase !== 'resting' || !this.#configuration) return
    const { who } = this.#ports.request(this.#configuration)
    const unlock = await takeLock({ folder: fridge.folder, who, wait: false, onWait: () => undefined }).catch(
      () => undefined,
    )
    if (!unlock) return
    try {
      fridge.saveMemory()
    } finally {
      unlock()
    }
  }

  async #close(): Promise<void> {
    clearTimeout(this.#restTimer)
    this.#batches.close()
    await this.#ports.followUp?.stop()
    await this.#watcher?.close()
    await this.#executor?.executor.close()
    await this.#rest().catch(() => undefined)
    this.#warm?.close()
  }
}

/** Notes the folders that contain a path, which may have come or gone with it. */
function noteFolders(root: string, path: string, folders: Set<string>): void {
  for (let folder = dirname(join(root, path)); !folders.has(folder); folder = dirname(folder)) {
    folders.add(folder)
    if (folder === root) return
  }
}

/**
 * True if everything stands as a build left it. A failed job is not retried just because other results were laid out.
 */
function isAsAfter({ jobs, fresh, cooked, reused }: Summary, kitchen: Session, laid: readonly LinkRow[]): boolean {
  const counts = countVerdicts(kitchen)
  const isSame = counts.jobs === jobs && counts.fresh === fresh + cooked + reused
  // A link that was deleted by hand is restored.
  return isSame && laid.every(({ path }) => existsSync(path))
}
