// Notices whether a step changed objects that every ticket of a process shares: globals, prototypes, modules of Node.
import { EventEmitter } from 'node:events'

type Shared = object & { [key: PropertyKey]: unknown }

interface Snapshot {
  object: Shared
  keys: number
  values: Map<PropertyKey, unknown>
  accessors: Map<PropertyKey, unknown>
}

/** A module's own functions, and the classes among them, lie this deep. */
const deepest = 4
/** State that Node itself keeps on `process`, or that the server restores. */
const ownState = new Set<PropertyKey>(['env', 'exitCode', 'domain', 'stdin', 'stdout', 'stderr', 'report'])

export class SharedObjects {
  readonly #snapshots: Snapshot[] = []
  readonly #known = new Set<object>()
  readonly #settings = settings()

  constructor() {
    this.add(globalThis)
    for (const hidden of [[][Symbol.iterator](), Uint8Array.prototype, async () => undefined, function* () {}, /x/])
      this.add(Object.getPrototypeOf(hidden))
  }

  /** To be called before a step can reach the object. */
  add(object: unknown, depth = 0): void {
    if (!isShared(object) || this.#known.has(object)) return
    this.#known.add(object)
    const snapshot: Snapshot = { object, keys: 0, values: new Map(), accessors: new Map() }
    this.#snapshots.push(snapshot)
    const keys = Reflect.ownKeys(object)
    snapshot.keys = countOf(object, keys)
    for (const key of keys) {
      if (isProcess(object) && isOwnState(key)) continue
      const property = Object.getOwnPropertyDescriptor(object, key)
      if (property === undefined) continue
      if (!('value' in property)) {
        snapshot.accessors.set(key, property.get)
        // Modules such as fs and dns keep a second one behind it.
        if (key === 'promises') this.add(object[key], depth + 1)
      } else {
        snapshot.values.set(key, property.value)
        if (
          depth < deepest &&
          (typeof property.value === 'function' || isNamespace(property.value) || key === 'prototype')
        )
          this.add(property.value, depth + 1)
      }
    }
    if (depth < deepest) this.add(Object.getPrototypeOf(object), depth + 1)
  }

  areChanged(): boolean {
    return this.#settings !== settings() || this.#snapshots.some(isChanged)
  }
}

/** Settings that are read and written by accessors. */
function settings(): string {
  return `${process.title}\n${EventEmitter.defaultMaxListeners}`
}

function isChanged({ object, keys, values, accessors }: Snapshot): boolean {
  if (countOf(object, Reflect.ownKeys(object)) !== keys) return true
  for (const [key, value] of values) if (!Object.is(object[key], value)) return true
  for (const [key, get] of accessors) if (Object.getOwnPropertyDescriptor(object, key)?.get !== get) return true
  return false
}

function countOf(object: object, keys: readonly PropertyKey[]): number {
  return isProcess(object) ? keys.filter((key) => !isOwnState(key)).length : keys.length
}

function isProcess(object: object): boolean {
  return object === process
}

function isOwnState(key: PropertyKey): boolean {
  return ownState.has(key) || (typeof key === 'string' ? key.startsWith('_') : typeof key === 'symbol')
}

function isShared(object: unknown): object is Shared {
  return (typeof object === 'object' && object !== null) || typeof object === 'function'
}

/** Objects that hold functions, such as `Math`, `console` or `fs.promises`, and prototypes; not what Node keeps as data. */
function isNamespace(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return isProcess(value) || Object.prototype.toString.call(value) !== '[object Array]'
}
