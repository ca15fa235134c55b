// What cooking each action gave: outputs, discovered files, receipt and log.
import { bytesOf, type BytesName, type ContentName } from '../base/content-name.ts'
import type { Digest } from '../base/digest.ts'
import type { Failure } from '../base/failures/failure.ts'
import { readFailure, type WrittenFailure } from '../base/failures/written-failure.ts'
import { bytesOfOutputs, outputsIn, outputsText, type StoredOutput } from './stored-outputs.ts'
import type { ActionTuple } from './tables/action-table.ts'
import type { Tables } from './tables/tables.ts'

/** An action that was cooked, or failed. */
export interface StoredAction {
  id: number
  /** The full text behind the key. */
  text: string
  ok: boolean
  /** In the order of the step's outputs. */
  outputs: StoredOutput[]
  discovered: Discovered[]
  /** Only of an action that failed. */
  failure?: Failure
  ms: number
}

/** A file that the cook read although nothing declared it. */
export interface Discovered {
  path: string
  /** What it held; undefined where it was not there. */
  name?: ContentName
}

/** What is kept of a receipt besides outputs: shown by `inspect` and `log`. */
export interface ReceiptNote extends WrittenFailure {
  exit: number | null
  signal: string | null
  startedAt: number
  cpuMs?: number
  peakBytes?: number
  host: string
  command?: string
}

/** What is stored of a cook. */
export interface CookNote {
  key: string
  note: ReceiptNote
  /** Null where it said nothing, or too much for a row: then it lies in a file. */
  log: Buffer | null
}

export type NewAction = CookNote & Omit<StoredAction, 'id' | 'failure'>

/** The checksum of what decides about a result. The action's text needs none: it is compared with what is wanted. */
export function actionSum(digest: Digest, action: { ok: number; discovered: string; outputs: string }): string {
  return digest.wholeText(`${action.ok}\n${action.discovered}\n${action.outputs}`)
}

export class ActionStore {
  readonly #tables: Tables
  readonly #kitchen: string
  readonly #digest: Digest

  constructor(tables: Tables, kitchen: string, digest: Digest) {
    this.#tables = tables
    this.#kitchen = kitchen
    this.#digest = digest
  }

  /** Everything that was ever cooked for a key, the latest first; another text of the same key is passed over. */
  ofKey(key: string, text: string): StoredAction[] {
    return this.#tables.actions.ofKey(key, text).flatMap((row) => this.parse(row) ?? [])
  }

  /** Replaces what was known of the same action with the same discoveries. Returns its id. */
  add({ key, text, ok, outputs, discovered, note, ms, log }: NewAction): number {
    const decisive = {
      ok: ok ? 1 : 0,
      discovered: discovered.length === 0 ? '' : JSON.stringify(discovered),
      outputs: outputsText(outputs),
    }
    const sum = actionSum(this.#digest, decisive)
    const receipt = JSON.stringify(note)
    return this.#tables.actions.set({ key, text, ...decisive, receipt, ms, log, used: note.startedAt, sum })
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
  parse([id, text, ok, outputs, discovered, receipt, ms, sum]: ActionTuple): StoredAction | undefined {
    if (sum !== '' && sum !== actionSum(this.#digest, { ok, discovered, outputs })) return undefined
    const action: StoredAction = {
      id,
      text,
      ok: ok === 1,
      outputs: outputsIn(outputs),
      discovered: discovered === '' ? [] : (JSON.parse(discovered) as Discovered[]),
      ms,
    }
    if (ok !== 1) action.failure = readFailure(receiptNote(receipt))
    return action
  }
}

/** Returns an empty note where the disk has damaged it. */
function receiptNote(text: string | null): ReceiptNote {
  try {
    return JSON.parse(text ?? '') as ReceiptNote
  } catch {
    return { exit: null, signal: null, startedAt: 0, host: '' }
  }
}
