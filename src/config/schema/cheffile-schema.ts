// Defines the cheffile: each key, its shape, its purpose and its default.
import type { Value, ValueMap } from '../../base/value.ts'
import type { Fields, Shape, TypeOf } from './shape.ts'

const text = { kind: 'text' } as const
const any = { kind: 'any' } as const
const flag = { kind: 'flag' } as const
const texts = { kind: 'list', of: text, single: true } as const
const placed = { kind: 'text', placed: true } as const
const placedTexts = { kind: 'list', of: placed, single: true } as const
const whole = <const Least extends number>(least: Least) => ({ kind: 'number', whole: true, least }) as const
const table = <const S extends Shape>(of: S) => ({ kind: 'table', of, blank: true }) as const
/** A table whose order, and the places of its names, count. */
const named = <const S extends Shape>(of: S) => ({ ...table(of), placed: true }) as const

const none: Value[] = []
const empty: ValueMap = {}

const verify = { kind: 'choice', of: ['full', 'strong', 'trust'] } as const

const resource = {
  kind: 'either',
  of: [
    placed,
    { kind: 'list', of: placed },
    {
      kind: 'fields',
      oneOf: ['file', 'glob', 'list', 'dir', 'bundle', 'frames'],
      fields: {
        file: { ...placed, describe: 'one file: one variant' },
        glob: { ...placedTexts, describe: 'one variant for each file that matches' },
        list: { kind: 'list', of: placed, describe: 'files and globs, one variant a file' },
        dir: { ...placed, describe: 'a directory as one item' },
        bundle: { ...placedTexts, describe: 'many files as one item' },
        frames: { ...placedTexts, describe: 'every frame of an animation, or of a folder of pictures, is a variant' },
        every: { ...whole(1), describe: 'frames: take every n-th' },
        from: { ...whole(0), describe: 'frames: the first one taken' },
        to: { ...whole(0), describe: 'frames: the last one taken' },
        verify: { ...verify, describe: 'how changed content is told from known content' },
      },
    },
  ],
} as const satisfies Shape

const input = {
  kind: 'fields',
  short: {
    key: 'from',
    describe: 'a resource, a flavour or a result; size.w takes a field of an object flavour',
  },
  fields: {
    from: { ...placed, required: true, describe: 'a resource, a flavour or a result' },
    collect: {
      kind: 'either',
      of: [
        { kind: 'choice', of: ['all'] },
        { kind: 'list', of: text, means: 'names such as [seed]' },
      ],
      describe: 'take all variants that differ only in the names listed, or all there are',
    },
  },
} as const satisfies Shape

const output = {
  kind: 'fields',
  short: { key: 'name', describe: 'the name in the fridge' },
  fields: {
    name: { ...placed, required: true, describe: 'the name in the fridge' },
    keep: { ...flag, describe: 'false: content is dropped once all that needs it is cooked' },
  },
} as const satisfies Shape

const pour = {
  kind: 'fields',
  short: { key: 'match', describe: 'which files of the output folder are variants' },
  oneOf: ['match', 'file'],
  fields: {
    match: { ...text, describe: 'a pattern: each file of the folder that it matches is a variant' },
    from: { ...text, describe: 'the output that is poured; needed where the step has several' },
    file: { ...text, describe: 'an output in JSON lines: each line is a variant' },
  },
} as const satisfies Shape

/** Variables of a step: names that are taken from the environment, or names with their values. */
const variables = {
  kind: 'either',
  of: [
    texts,
    table({
      kind: 'either',
      of: [
        text,
        { kind: 'number' },
        flag,
        {
          kind: 'fields',
          fields: {
            from: { kind: 'choice', of: ['environment'], required: true, describe: 'where the value is taken from' },
            counts: { ...flag, default: true, describe: 'false: another value cooks nothing again' },
          },
        },
      ],
    }),
  ],
  default: none,
} as const satisfies Shape & { default: Value }

const assignments = { kind: 'list', of: table(any), single: true, default: none } as const

/** The ways to observe a step. */
const traceMode = { kind: 'choice', of: ['infer', 'strict', 'check', 'off'] } as const

const step = {
  kind: 'fields',
  fields: {
    type: {
      kind: 'choice',
      of: ['shell', 'python', 'node', 'image', 'collect', 'course', 'recipe'],
      describe: 'what cooks it',
    },
    resource: { ...placedTexts, default: none, describe: 'the source file; a list makes variants of the step' },
    command: {
      kind: 'either',
      of: [text, { kind: 'list', of: { kind: 'either', of: [text, { kind: 'number' }] } }],
      describe: 'a text for the shell, or a list of arguments run as it is',
    },
    inputs: { ...named(input), default: empty, describe: 'name inside the step: what it reads' },
    outputs: { ...named(output), default: empty, describe: 'name inside the step: name in the fridge' },
    pours: {
      ...named(pour),
      default: empty,
      describe: 'name: the files of an output that become variants of that name, for the steps that read it',
    },
    only: { ...assignments, alias: 'when', describe: 'cook only variants that agree with one of these' },
    exclude: { ...assignments, describe: 'leave out variants that agree with one of these' },
    env: {
      ...variables,
      describe: 'variables that the step sees: names taken from the environment, or names and values',
    },
    tools: { ...texts, default: none, describe: 'programs whose identity is hashed' },
    needs: {
      kind: 'fields',
      describe: 'what a job takes while it cooks; other keys are named burners',
      fields: {
        cpu: { kind: 'amount', unit: 'count' },
        mem: { kind: 'amount', unit: 'bytes' },
        gpu: { kind: 'amount', unit: 'count' },
        time: { kind: 'amount', unit: 'seconds' },
      },
      rest: { name: 'burners', of: { kind: 'number', least: 0 } },
      default: empty,
    },
    timeout: { kind: 'duration', describe: 'a cook that takes longer is ended and has failed' },
    retries: { ...whole(0), default: 0, describe: 'how often a failed job is tried again' },
    at: { kind: 'choice', of: ['pan', 'project'], default: 'pan', describe: 'where it runs' },
    isolate: {
      kind: 'choice',
      of: [true, false, 'check'],
      default: false,
      describe: 'run where only what is declared can be read',
    },
    trace: { ...traceMode, describe: 'what undeclared reads mean; without it as the kitchen says' },
    depfile: {
      kind: 'fields',
      describe: 'a file the step writes that lists what else it read',
      short: { key: 'file' },
      fields: { file: text, format: { kind: 'choice', of: ['make', 'lines', 'json'], default: 'make' } },
    },
    pool: { ...text, describe: 'jobs of a pool run only so many at once' },
    keep: { ...flag, default: true, describe: 'the default for all outputs' },
    warm: { ...flag, default: true, describe: 'false: an own process for every job (python, node)' },
    sbatch: { ...table(any), describe: 'free options for sbatch' },
    ingredients: { ...any, describe: 'image: what is done to the picture, in order' },
    format: { ...text, describe: 'collect: json, csv, folder or text; course: gif, webp, mp4, webm or sheet' },
    fps: { kind: 'number', least: 0.001, describe: 'course: frames a second' },
    duration: { kind: 'duration', describe: 'course: how long a frame is shown' },
    loop: { kind: 'either', of: [flag, whole(0)], describe: 'course: how often it is played; true or 0: for ever' },
    columns: { ...whole(1), describe: 'course, sheet: pictures in a row' },
    labels: { kind: 'either', of: [flag, texts], describe: 'course, sheet: parameters written under each picture' },
  },
} as const satisfies Shape

/** Settings of built-in cooks. The scheduler ignores them. */
export const cookKeys = ['ingredients', 'format', 'fps', 'duration', 'loop', 'columns', 'labels'] as const

const typesOfKeys: { [Key in (typeof cookKeys)[number]]: readonly string[] } = {
  ingredients: ['image'],
  format: ['collect', 'course'],
  fps: ['course'],
  duration: ['course'],
  loop: ['course'],
  columns: ['course'],
  labels: ['course'],
}

/** The step types that understand a key. Keys that are not listed are for all types but `recipe`. */
export const keysOfTypes: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(typesOfKeys))

export const recipeKeys = ['type', 'resource', 'inputs', 'outputs']

const slurmFields = {
  partition: text,
  account: text,
  qos: text,
  constraint: text,
  reservation: text,
  sbatch: { ...table(any), describe: 'free options for sbatch' },
  queue: { ...whole(1), describe: 'how many jobs may stand in the queue' },
  group: { kind: 'duration', describe: 'tiny tickets are put together up to this time' },
  poll: { kind: 'duration', describe: 'how often states are asked for' },
} as const satisfies Fields

const kitchen = {
  kind: 'fields',
  fields: {
    stove: {
      kind: 'choice',
      of: ['local', 'slurm', 'http'],
      path: true,
      default: 'local',
      describe: 'where tickets are cooked: a name, or the path of a module of your own',
    },
    cooks: {
      ...texts,
      describe: 'http: addresses that chef cook --listen printed; $NAME is taken from the environment',
    },
    token: { ...text, describe: 'http: what all cooks ask for; $NAME is taken from the environment' },
    burners: { ...whole(1), describe: 'how many jobs cook at once' },
    env: { ...variables, describe: 'the same for every step; what a step says comes first' },
    trace: { ...traceMode, default: 'infer', describe: 'what undeclared reads of a step mean, where it does not say' },
    named: { ...table({ kind: 'number', least: 0 }), default: empty, describe: 'capacities of named burners' },
    pools: { ...table(whole(1)), default: empty, describe: 'how many jobs of a pool run at once' },
    mem: { kind: 'size', describe: 'memory that jobs with needs.mem share' },
    gpu: { ...whole(0), describe: 'graphics cards that jobs with needs.gpu share' },
    ...slurmFields,
    slurm: { kind: 'fields', fields: slurmFields, describe: 'what the slurm stove is told' },
  },
} as const satisfies Shape

const cache = {
  kind: 'fields',
  fields: {
    url: { ...text, required: true, describe: 'a server of the Bazel HTTP cache protocol' },
    read: { ...flag, default: true, describe: 'take results from it' },
    write: { ...flag, default: false, describe: 'give results to it' },
    token: { ...text, describe: 'sent as a bearer token; $NAME is taken from the environment' },
    timeout: { kind: 'number', least: 0.05, default: 5, describe: 'seconds that the server may take to answer' },
  },
} as const satisfies Shape

const fridge = {
  kind: 'fields',
  fields: {
    path: { ...placed, describe: 'where it stands, if not in .chefcache' },
    capacity: { kind: 'size', describe: 'what it may hold' },
    verify: { ...verify, describe: 'how changed content is told from known content, where a resource does not say' },
    snapshotLimit: {
      kind: 'size',
      default: '16MB',
      describe: 'resources up to this size are kept, byte for byte',
    },
    sync: {
      kind: 'choice',
      of: ['off', 'normal', 'full'],
      default: 'normal',
      describe: 'how hard an object is written before it is seen',
    },
    verifyReads: {
      kind: 'choice',
      of: ['size', 'always'],
      default: 'size',
      describe: 'when large objects are hashed: first used or changed, or always',
    },
  },
} as const satisfies Shape

const options = {
  kind: 'fields',
  fields: {
    targets: { ...texts, default: none, describe: 'results or steps to build; default: every result' },
    hashBits: {
      kind: 'number',
      whole: true,
      least: 1,
      most: 64,
      default: 64,
      describe: 'cuts every hash, to see collisions resolved',
    },
    maxPieces: { ...whole(1), default: 100_000, describe: 'how many variants a job may pour' },
    links: { kind: 'choice', of: ['copy', 'symlink'], default: 'copy', describe: 'how results are laid out' },
    logLimit: { kind: 'size', default: '16MB', describe: 'longer logs are kept without their middle' },
    logs: { kind: 'choice', of: ['all', 'failed', 'none'], default: 'failed', describe: 'which logs a build prints' },
  },
} as const satisfies Shape

export interface SectionShape {
  shape: Shape
  alias: string
  describe: string
}

/** Values of flavours are read by themselves (flavour-values.ts): nearly everything is a value. */
export const sections = {
  resources: { alias: 'resource', describe: 'inputs from outside', shape: table(resource) },
  flavours: { alias: 'flavour', describe: 'parameters and their values', shape: table(any) },
  recipe: { alias: 'recipes', describe: 'the steps', shape: table(step) },
  imports: {
    alias: 'import',
    describe: 'build files of other tools, whose graphs become part of the kitchen',
    shape: placedTexts,
  },
  links: { alias: 'link', describe: 'results laid out in the work tree', shape: named(placedTexts) },
  kitchen: { alias: 'kitchens', describe: 'where and how much is cooked at once', shape: kitchen },
  fridge: { alias: 'fridges', describe: 'the store', shape: fridge },
  cache: { alias: 'caches', describe: 'a remote cache shared with others', shape: cache },
  options: { alias: 'option', describe: 'everything else', shape: options },
} as const satisfies { [section: string]: SectionShape }

export type Section = keyof typeof sections

/** The value that a section is read as. */
export type Conformed<Name extends Section> = TypeOf<(typeof sections)[Name]['shape']>
export type ConformedStep = Conformed<'recipe'>[string]
export type ConformedResource = Conformed<'resources'>[string]

export const sectionNames: readonly Section[] = [
  'resources',
  'flavours',
  'recipe',
  'imports',
  'links',
  'kitchen',
  'fridge',
  'cache',
  'options',
]

export const rangeShape = {
  kind: 'fields',
  fields: {
    type: { kind: 'choice', of: ['lin', 'log'] },
    start: { kind: 'number', required: true, describe: 'the first value' },
    stop: { kind: 'number', describe: 'the last value, if it is hit' },
    step: { kind: 'number', describe: 'lin: what is added; log: what is added to the exponent' },
    count: { kind: 'number', describe: 'how many values' },
    base: { kind: 'number', describe: 'log: 10 where none is given' },
  },
} as const satisfies Shape

export const valueTableShape = {
  kind: 'fields',
  fields: {
    type: { kind: 'choice', of: ['table'] },
    file: {
      ...placed,
      required: true,
      describe: 'a CSV or TSV file: a variant for each row, with a field for each column',
    },
    types: {
      ...named({ kind: 'choice', of: ['text', 'number', 'boolean'] }),
      describe: 'columns whose cells are not to be read as they look',
    },
  },
} as const satisfies Shape

export const valueFileShape = {
  kind: 'fields',
  fields: {
    type: { kind: 'choice', of: ['file'] },
    file: { ...placed, required: true, describe: 'a JSON or YAML file' },
    key: { ...placed, describe: 'the key under which the values lie; dots reach inside' },
  },
} as const satisfies Shape
