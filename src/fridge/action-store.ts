// Stores the outcome of each cooked action: outputs, trace, receipt and log.
import { bytesOf, type BytesName, type ContentName } from '../base/content-name.ts'
import type { Digest } from '../base/digest.ts'
import type { Failure } from '../base/failures/failure.ts'
import { readFailure, type WrittenFailure } from '../base/failures/written-failure.ts'
import { emptyTrace, type Look, looksIn, traceText, type TraceTexts } from '../base/trace.ts'
import { bytesOfOutputs, outputsIn, outputsText, type StoredOutput } from './stored-outputs.ts'
import type { ActionRow, ActionTuple } from './tables/action-table.ts'
import type { Tables } from './tables/tables.ts'

/** An action that was cooked, or failed. */
export interface StoredAction {
  id: number
  /** The full text behind the key. */
  text: string
  ok: boolean
  /** In the order of the step's outputs. */
  outputs: StoredOutput[]
  /** The looks of the cook outside of its pan. */
  trace: TraceTexts
  /** Only of an action that failed. */
  failure?: Failure
  ms: number
}

/** The stored part of a receipt besides outputs, shown by `inspect` and `log`. */
export interface ReceiptNote extends WrittenFailure {
  exit: number | null
  signal: string | null
  startedAt: number
  cpuMs?: number
  peakBytes?: number
  host: string
  command?: string
  /** Why the cook was not observed, or not to its end, where that was wanted. */
  unobserved?: { refused: boolean; why: string } | undefined
  undeclared?: UndeclaredNote | undefined
}

/** The undeclared reads and writes of a cook. Its reads are absent where they are those of its trace. */
export interface UndeclaredNote {
  reads?: string[]
  writes?: string[]
  /** Names of inputs that it never looked at. */
  unread?: string[]
}

/** A stored cook. */
export interface CookNote {
  key: string
  note: ReceiptNote
  /** Null where it said nothing, or too much for a row: then it lies in a file. */
  log: Buffer | null
}

export type NewAction = CookNote & Omit<StoredAction, 'id' | 'failure'>

/** The checksum of what decides about a result. The action's text needs none: it is compared with what is wanted. */
export function actionSum(
  digest: Digest,
  { ok, discovered, outputs, look_set }: Pick<ActionRow, 'ok' | 'discovered' | 'outputs' | 'look_set'>,
): string {
  return digest.wholeText(`${ok}\n${discovered}\n${outputs}${look_set === 0 ? '' : `\n${look_set}`}`)
}

/** Set once any cook was not observed: a fridge without it need not look through all receipts. */
const unobservedNote = 'note:unobserved'

export class ActionStore {
  readonly #tables: Tables
  readonly #kitchen: string
  readonly #digest: Digest
  /** By id: reading one takes longer than all that is asked of it. */
  readonly #lookSets = new Map<number, string>()
  #knowsUnobserved = false

  constructor(tables: Tables, kitchen: string, digest: Digest) {
    this.#tables = tables
    this.#kitchen = kitchen
    this.#digest = digest
  }

  /** Everything that was ever cooked for a key, the latest first; another text of the same key is passed over. */
  ofKey(key: string, text: string): StoredAction[] {
    return this.#tables.actions.ofKey(key, text).flatMap((row) => this.parse(row) ?? [])
  }

  /** Replaces what was known of the same action with the same trace. Returns its id. */
  add({ key, text, ok, outputs, trace, note, ms, log }: NewAction): number {
    const decisive = {
      ok: ok ? 1 : 0,
      discovered: trace.own,
      outputs: outputsText(outputs),
      look_set: trace.system === '' ? 0 : this.#tables.lookSets.add(this.#digest.wholeText(trace.system), trace.system),
    }
    const sum = actionSum(this.#digest, decisive)
    const receipt = JSON.stringify(note)
    if (note.unobserved) this.#noteUnobserved()
    return this.#tables.actions.set({ key, text, ...decisive, receipt, ms, log, used: note.startedAt, sum })
  }

  #noteUnobserved(): void {
    if (!this.#knowsUnobserved) this.#tables.meta.setNote(unobservedNote, 'yes')
    this.#knowsUnobserved = true
  }

  /** The number of jobs of the kitchen's plan that count by their declared inputs only, because they were not observed. */
  unobserved(): number {
    return this.#tables.meta.note(unobservedNote) === undefined ? 0 : this.#tables.actions.unobserved(this.#kitchen)
  }

  /** Everything that is kept of one cook. */
  cooked(id: number): (StoredAction & CookNote) | undefined {
    const row = this.#tables.actions.one(id)
    const action = row && this.parse(row)
    const kept = action && this.receipt(id)
    return action && kept && { ...action, ...kept }
  }

  receipt(id: number): CookNote | undefined {
    const row = this.#tables.actions.receipt(id)
    return row && { note: receiptNote(row.receipt), key: row.key, log: row.log }
  }

  /** The cooks of the kitchen's plan, the latest first. */
  recent(most: number): { step: string; name: string; note: ReceiptNote; ms: number; ok: boolean }[] {
    return this.#tables.actions
      .recent(most, this.#kitchen)
      .map(({ receipt, ok, ...row }) => ({ ...row, note: receiptNote(receipt), ok: ok === 1 }))
  }

  /** Outputs of good cooks, of variants that a plan has and of others, with the time at which they were last used. */
  *held(): Iterable<{ step: string; current: boolean; used: number; outputs: StoredOutput[] }> {
    for (const { current, outputs, ...row } of this.#tables.actions.held())
      yield { ...row, current: current === 1, outputs: outputsIn(outputs) }
  }

  /** Which of these names are also the content of another output than those that go: by action, places in its outputs. */
  heldElsewhere(names: ReadonlySet<ContentName>, going: ReadonlyMap<number, readonly number[]>): ContentName[] {
    const held: ContentName[] = []
    const byBytes = new Map<BytesName, ContentName[]>()
    for (const name of names) byBytes.set(bytesOf(name), [...(byBytes.get(bytesOf(name)) ?? []), name])
    for (const { id, outputs } of this.#tables.actions.outputs()) {
      const places = going.get(id)
      for (const [at, name] of bytesOfOutputs(outputs).entries())
        if (!places?.includes(at)) held.push(...(byBytes.get(name) ?? []))
    }
    return held
  }

  /** A row that is not what was written counts as not there: its job is cooked again. */
  parse([id, text, ok, outputs, discovered, receipt, ms, sum, look_set]: ActionTuple): StoredAction | undefined {
    if (sum !== '' && sum !== actionSum(this.#digest, { ok, discovered, outputs, look_set })) return undefined
    const system = this.#lookSet(look_set)
    if (system === undefined) return undefined
    const action: StoredAction = {
      id,
      text,
      ok: ok === 1,
      outputs: outputsIn(outputs),
      trace: discovered === '' && system === '' ? emptyTrace : { own: ownText(discovered), system },
      ms,
    }
    if (ok !== 1) action.failure = readFailure(receiptNote(receipt))
    return action
  }

  /** Undefined where the disk has damaged it. */
  #lookSet(id: number): string | undefined {
    if (id === 0) return ''
    const known = this.#lookSets.get(id)
    if (known !== undefined) return known
    const row = this.#tables.lookSets.one(id)
    if (row === undefined || row.sum !== this.#digest.wholeText(row.text)) return undefined
    this.#lookSets.set(id, row.text)
    return row.text
  }
}

function ownText(discovered: string): string {
  return discovered.startsWith('[') ? traceText(storedLooks(discovered)) : discovered
}

/**
 * The lines of a trace as a row holds them; throws for any other text. Before version 4 of the schema a row held the files
 * that the cook had discovered, as JSON.
 */
export function storedLooks(discovered: string): Look[] {
  if (!discovered.startsWith('[')) return looksIn(discovered)
  const files = JSON.parse(discovered) as { path: string; name?: ContentName }[]
  return files.map(({ path, name }) =>
    name === undefined ? { kind: 'absent', path } : { kind: 'content', path, value: name },
  )
}

/** Returns an empty note where the disk has damaged it. */
function receiptNote(text: string | null): ReceiptNote {
  try {
    return JSON.parse(text ?? '') as ReceiptNote
  } catch {
    return { exit: null, signal: null, startedAt: 0, host: '' }
  }
}
