// Shapes describe, as data, what cheffiles, tickets and receipts may hold. The check (conform.ts), the JSON Schema
// (json-schema.ts) and the types of the code are derived from them.
import type { Value } from '../../base/value.ts'
import type { PlacedEntry, PlacedText } from '../origin.ts'
import type { Amount, Unit } from '../sections/amounts.ts'

type Constant = string | number | boolean | null

interface Described {
  readonly describe?: string
}

export type Shape = Described &
  (
    | { readonly kind: 'any' }
    | { readonly kind: 'nothing' }
    /** A `placed` text is read together with its place. */
    | { readonly kind: 'text'; readonly placed?: true }
    | { readonly kind: 'number'; readonly whole?: boolean; readonly least?: number; readonly most?: number }
    | { readonly kind: 'flag' }
    /** `path`: a path such as ./mine.mjs may stand instead. It is read as an absolute one. */
    | { readonly kind: 'choice'; readonly of: readonly Constant[]; readonly path?: true }
    | { readonly kind: 'size' }
    | { readonly kind: 'duration' }
    | { readonly kind: 'amount'; readonly unit: Unit }
    | ListShape
    | TableShape
    | FieldsShape
    /** The first alternative that fits is taken. Objects are told apart by keys with a single choice. */
    | { readonly kind: 'either'; readonly of: readonly Shape[] }
  )

interface ListShape {
  readonly kind: 'list'
  readonly of: Shape
  /** A value without a list around it is a list of one. */
  readonly single?: true
  /** Describes the items in messages. */
  readonly means?: string
}

/** The keys are names that the user chose. */
interface TableShape {
  readonly kind: 'table'
  readonly of: Shape
  /** If nothing stands behind the key, the table has no entries. */
  readonly blank?: true
  /** It is read as a list of entries in the order written, each with the place of its name. */
  readonly placed?: true
}

export interface FieldsShape {
  readonly kind: 'fields'
  readonly fields: Fields
  /** Unknown keys are ignored, because a later version may write more. */
  readonly open?: true
  /** Unknown keys are names that the user chose. They are read as a table under `name`. */
  readonly rest?: { readonly name: string; readonly of: Shape }
  /** Exactly one of these keys must be present. */
  readonly oneOf?: readonly string[]
  /** A value on its own stands for this key. */
  readonly short?: Described & { readonly key: string }
}

export type Field = Shape & {
  readonly required?: true
  /** Another spelling of the key. */
  readonly alias?: string
  /** As it would be written. */
  readonly default?: Value
}

export interface Fields {
  readonly [name: string]: Field
}

/** The type of a value that was read by a shape. */
export type TypeOf<S> = S extends { readonly kind: 'any' }
  ? Value
  : S extends { readonly kind: 'nothing' }
    ? null
    : S extends { readonly kind: 'text' }
      ? S extends { readonly placed: true }
        ? PlacedText
        : string
      : S extends { readonly kind: 'number' | 'size' | 'duration' }
        ? number
        : S extends { readonly kind: 'flag' }
          ? boolean
          : S extends { readonly kind: 'choice'; readonly of: readonly (infer One)[] }
            ? S extends { readonly path: true }
              ? One | `/${string}`
              : One
            : S extends { readonly kind: 'amount' }
              ? Amount
              : S extends { readonly kind: 'list'; readonly of: infer Item }
                ? TypeOf<Item>[]
                : S extends { readonly kind: 'table'; readonly of: infer Item }
                  ? S extends { readonly placed: true }
                    ? PlacedEntry<TypeOf<Item>>[]
                    : { [name: string]: TypeOf<Item> }
                  : S extends { readonly kind: 'fields'; readonly fields: infer F }
                    ? Flat<KeysOf<F> & RestOf<S>>
                    : S extends { readonly kind: 'either'; readonly of: readonly (infer One)[] }
                      ? TypeOf<One>
                      : never

type Flat<T> = { [Key in keyof T]: T[Key] }

/** The keys that always have a value. */
type Sure<F> = { [Key in keyof F]: F[Key] extends { required: true } | { default: unknown } ? Key : never }[keyof F]

type KeysOf<F> = { -readonly [Key in Sure<F>]: TypeOf<F[Key]> } & {
  -readonly [Key in Exclude<keyof F, Sure<F>>]?: TypeOf<F[Key]>
}

type RestOf<S> = S extends { readonly rest: { readonly name: infer Name extends string; readonly of: infer Item } }
  ? { [Key in Name]: { [name: string]: TypeOf<Item> } }
  : unknown
