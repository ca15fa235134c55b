// The types of a cheffile in TypeScript: its keys, and the names that may stand where.
import type { Value } from '../base/value.ts'

export type Resource =
  | string
  | readonly string[]
  | ({ readonly verify?: 'full' | 'strong' | 'trust' } & (
      | { readonly file: string }
      | { readonly glob: string | readonly string[] }
      | { readonly list: readonly string[] }
      | { readonly dir: string }
      | { readonly bundle: string | readonly string[] }
      | {
          readonly frames: string | readonly string[]
          readonly every?: number
          readonly from?: number
          readonly to?: number
        }
    ))

export type Range =
  | {
      readonly type: 'lin'
      readonly start: number
      readonly stop?: number
      readonly step?: number
      readonly count?: number
    }
  | {
      readonly type: 'log'
      readonly start: number
      readonly stop?: number
      readonly step?: number
      readonly count?: number
      readonly base?: number
    }

export type Data = string | number | boolean | null | readonly Data[] | { readonly [key: string]: Data }

/** A list of values and ranges, a range, a file of values, a table with a value in each row, or a single value. */
export type Flavour =
  | Range
  | { readonly type: 'file'; readonly file: string; readonly key?: string }
  | {
      readonly type: 'table'
      readonly file: string
      readonly types?: { readonly [column: string]: 'text' | 'number' | 'boolean' }
    }
  | Data

export type Input = string | { readonly from: string; readonly collect?: 'all' | readonly string[] }

export type Output = string | { readonly name: string; readonly keep?: boolean }

/**
 * The files of an output folder that are variants: a pattern, with the output where there are several. `file`: an output in
 * JSON lines, each of which is a variant.
 */
export type Pour = string | { readonly match: string; readonly from?: string } | { readonly file: string }

/** Values of several names that belong together: `{ algorithm: 'BP', num_N: 20 }`. */
export type Assignment = { readonly [name: string]: Data }

/** An amount, also as an expression of `attempt` or with a unit: `'2GB'`, `'1h30m'`. */
export type Amount = number | string

/** Names taken from the environment, or names with their values. */
export type Variables =
  | string
  | readonly string[]
  | { readonly [name: string]: string | number | boolean | { readonly from: 'environment'; readonly counts?: boolean } }

export interface Step {
  readonly type?: 'shell' | 'python' | 'node' | 'image' | 'collect' | 'course' | 'recipe'
  readonly resource?: string | readonly string[]
  readonly command?: string | readonly (string | number)[]
  readonly inputs?: { readonly [inner: string]: Input }
  readonly outputs?: { readonly [inner: string]: Output }
  /** Names that steps can read, with where their variants lie. */
  readonly pours?: { readonly [name: string]: Pour }
  readonly only?: Assignment | readonly Assignment[]
  readonly when?: Assignment | readonly Assignment[]
  readonly exclude?: Assignment | readonly Assignment[]
  readonly env?: Variables
  readonly tools?: string | readonly string[]
  readonly needs?: { readonly [burner: string]: Amount }
  readonly timeout?: Amount
  readonly retries?: number
  readonly at?: 'pan' | 'project'
  readonly isolate?: boolean | 'check'
  readonly depfile?: string | { readonly file: string; readonly format?: 'make' | 'lines' | 'json' }
  readonly pool?: string
  readonly keep?: boolean
  readonly warm?: boolean
  readonly sbatch?: { readonly [option: string]: Data }
  readonly ingredients?: Data
  readonly format?: string
  readonly fps?: number
  readonly duration?: Amount
  readonly loop?: boolean | number
  readonly columns?: number
  readonly labels?: boolean | string | readonly string[]
}

/** The sections of a cheffile, under the longer of each section's two names. */
export interface KitchenDefinition {
  readonly resources?: { readonly [name: string]: Resource }
  readonly flavours?: { readonly [name: string]: Flavour }
  readonly recipe?: { readonly [step: string]: Step }
  readonly links?: { readonly [result: string]: string | readonly string[] }
  readonly kitchen?: { readonly [key: string]: Data }
  readonly fridge?: { readonly [key: string]: Data }
  readonly cache?: { readonly [key: string]: Data }
  readonly options?: { readonly [key: string]: Data }
}

type TextKeys<Map> = Extract<keyof Map, string>
type NameOf<Out> = Out extends string ? Out : Out extends { readonly name: infer Name extends string } ? Name : never
type Section<Definition, Name extends keyof KitchenDefinition> = Name extends keyof Definition
  ? NonNullable<Definition[Name]>
  : unknown

/** Any text is allowed if the compiler does not know the names. */
type OrAny<Name> = [Name] extends [never] ? string : Name

export type ResourceName<Definition> = TextKeys<Section<Definition, 'resources'>>
export type FlavourName<Definition> = TextKeys<Section<Definition, 'flavours'>>
export type StepName<Definition> = TextKeys<Section<Definition, 'recipe'>>

type Steps<Definition> = Section<Definition, 'recipe'>
type ResultsOf<Recipe> = {
  [Name in keyof Recipe]: Recipe[Name] extends { readonly outputs: infer Outputs }
    ? NameOf<Outputs[keyof Outputs]>
    : never
}[keyof Recipe]

type PoursOf<Recipe> = {
  [Name in keyof Recipe]: Recipe[Name] extends { readonly pours: infer Pours } ? TextKeys<Pours> : never
}[keyof Recipe]

/** A name that a step pours. */
export type PouredName<Definition> = Extract<PoursOf<Steps<Definition>>, string>

export type ResultName<Definition> = Extract<ResultsOf<Steps<Definition>>, string>

/** A result or a step, as `chef build` takes it. */
export type Target<Definition> = OrAny<ResultName<Definition> | StepName<Definition>>

/** The names that an input may read. An included kitchen has names of its own, which are only known once it is read. */
type Readable<Definition> =
  | ResourceName<Definition>
  | FlavourName<Definition>
  | `${FlavourName<Definition>}.${string}`
  | ResultName<Definition>
  | PouredName<Definition>
  | `${PouredName<Definition>}.${string}`
  | `${CallingStep<Definition>}.${string}`

type CallingStep<Definition> = {
  [Name in keyof Steps<Definition>]: Steps<Definition>[Name] extends { readonly type: 'recipe' } ? Name : never
}[keyof Steps<Definition>] &
  string

type CheckedInput<In, Names> = In extends { readonly from: unknown }
  ? Omit<In, 'from'> & { readonly from: Names }
  : Names

type CheckedStep<One, Names> = One extends { readonly inputs: infer Inputs }
  ? Omit<One, 'inputs'> & { readonly inputs: { readonly [Inner in keyof Inputs]: CheckedInput<Inputs[Inner], Names> } }
  : One

/** Rejects unknown keys in sections and steps. */
type NoOthers<Actual, Known> = { readonly [Key in Exclude<keyof Actual, keyof Known>]: never }

export type Checked<Definition> = NoOthers<Definition, KitchenDefinition> &
  (Definition extends { readonly recipe: infer Recipe }
    ? {
        readonly recipe: {
          readonly [Name in keyof Recipe]: CheckedStep<Recipe[Name], Readable<Definition>> &
            NoOthers<Recipe[Name], Step>
        }
      }
    : unknown) &
  (Definition extends { readonly links: infer Links } ? NoOthersNamed<Links, Target<Definition>> : unknown)

type NoOthersNamed<Links, Names> = {
  readonly links: { readonly [Name in Exclude<keyof Links, Names>]: never }
}

/** The value of a flavour or a resource in a variant. */
export type ParameterValue<Definition, Name extends string> =
  Name extends FlavourName<Definition>
    ? FlavourValue<Section<Definition, 'flavours'>[Name & keyof Section<Definition, 'flavours'>]>
    : string

type FlavourValue<Written> = Written extends readonly (infer Item)[]
  ? FlavourValue<Item>
  : Written extends { readonly type: 'lin' | 'log' }
    ? number
    : Written extends { readonly type: 'file' | 'table' }
      ? Value
      : Written
