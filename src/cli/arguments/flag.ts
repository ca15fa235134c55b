// Declares flags: how each is written, what the help and the completion say of it, and how its value is read.
import { resolve } from 'node:path'
import { type Failure, failure } from '../../base/failures/failure.ts'
import type { FixedSetting } from '../../config/reading/layers.ts'

/** A flag as the parser, the help and the completion see it. */
export interface FlagDescription {
  /** The letter of its short form. */
  alias?: string
  /** Stands for the value in the help; a flag without it is a switch. */
  value?: string
  /** The value of a flag that is written without one. */
  bare?: string
  /** The flag that takes a number behind the letter of this switch: `-k3` is `-k` and `--failures 3`. */
  counts?: string
  choices?: readonly string[]
  /** The kind of name that its value is, for completion. Files and folders are known by `value`. */
  completes?: 'variants' | 'settings' | 'columns'
  /** A value may begin with `-`. */
  minus?: true
  /** A switch that is on by default: its `--no-` form is what is shown. */
  on?: true
  summary: string
}

export interface NamedFlag extends FlagDescription {
  name: string
}

/** One flag as it was given on the command line. */
export interface GivenFlag {
  name: string
  /** Its values in order; none where it was not given. */
  texts: readonly string[]
  on: boolean | undefined
  /** Paths are relative to it. */
  folder: string
}

export type Read<Value> = { value: Value; setting?: FixedSetting | undefined } | { unfit: Failure }

export interface Flag<Value> extends FlagDescription {
  read(given: GivenFlag): Read<Value> | Promise<Read<Value>>
}

type Described<More = unknown> = Omit<FlagDescription, 'value' | 'on' | 'choices'> & More
/** The path of the setting that the flag lays over the cheffile. */
type Laid = { setting?: string }

export const flag = {
  switch: (described: Described): Flag<boolean> => ({ ...described, read: ({ on }) => ({ value: on ?? false }) }),

  switchOff: (described: Described): Flag<boolean> => ({
    ...described,
    on: true,
    read: ({ on }) => ({ value: on ?? true }),
  }),

  text: (described: Described<{ value: string } & Laid>): Flag<string | undefined> => ({
    ...described,
    read: ({ name, texts }) => {
      const value = texts.at(-1)
      return { value, setting: settingOf(described, name, value) }
    },
  }),

  texts: (described: Described<{ value: string }>): Flag<string[]> => ({
    ...described,
    read: ({ texts }) => ({ value: [...texts] }),
  }),

  choice: <const Choice extends string>(
    described: Described<{ value: string; choices: readonly Choice[] } & Laid>,
  ): Flag<Choice | undefined> => ({
    ...described,
    read: ({ name, texts }) => {
      // The parser has refused every other word.
      const value = described.choices.find((choice) => choice === texts.at(-1))
      return { value, setting: settingOf(described, name, value) }
    },
  }),

  /** An absolute path of a file or a folder. */
  path: (described: Described<{ value: 'FILE' | 'DIR' }>): Flag<string | undefined> => ({
    ...described,
    read: ({ texts, folder }) => {
      const path = texts.at(-1)
      return { value: path === undefined ? undefined : resolve(folder, path) }
    },
  }),

  number: (
    described: Described<{ value: string; wanted: string; fits: (value: number) => boolean } & Laid>,
  ): Flag<number | undefined> => ({
    ...described,
    read: ({ name, texts }) => {
      const text = texts.at(-1)
      if (text === undefined) return { value: undefined }
      const value = text.trim() === '' ? Number.NaN : Number(text)
      if (!described.fits(value)) return { unfit: valueWrong(name, text, described.wanted) }
      return { value, setting: settingOf(described, name, value) }
    },
  }),

  /** Names with commas between them; several flags add up. */
  columns: (described: Pick<FlagDescription, 'minus' | 'summary'> & { value?: string }): Flag<string[]> => ({
    value: 'NAME[,NAME]',
    completes: 'columns',
    ...described,
    read: ({ name, texts }) => {
      const wrong = texts.find((text) => columnsOf(text).some((column) => column === '' || column === '-'))
      if (wrong !== undefined) return { unfit: valueWrong(name, wrong, 'names of columns') }
      return { value: texts.flatMap(columnsOf) }
    },
  }),
}

/** `a,-b` */
function columnsOf(text: string): string[] {
  return text.split(',').map((column) => column.trim())
}

/** For `fits` of a number. */
export function wholeFrom(least: number, most = Number.MAX_SAFE_INTEGER): (value: number) => boolean {
  return (value) => Number.isSafeInteger(value) && value >= least && value <= most
}

export function valueWrong(name: string, value: string, wanted: string): Failure {
  return failure('flag-value-wrong', { flag: `--${name}`, value, wanted })
}

function settingOf(
  { setting, alias }: Described<Laid>,
  name: string,
  value: string | number | undefined,
): FixedSetting | undefined {
  if (setting === undefined || value === undefined) return undefined
  return { path: setting, value, argument: `${alias ? `-${alias}` : `--${name}`} ${value}` }
}

/** `--no-wait` and `--json`: how a flag is written. */
export function written(flag: NamedFlag): string {
  return `--${flag.on ? 'no-' : ''}${flag.name}`
}
