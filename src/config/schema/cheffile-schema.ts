// The one definition of a cheffile: every key, what it may hold and what it is for.
import type { Fields, Shape } from './shape.ts'

const text: Shape = { kind: 'text' }
const any: Shape = { kind: 'any' }
const flag: Shape = { kind: 'flag' }
const texts: Shape = { kind: 'list', of: text, single: true }
const whole = (least: number): Shape => ({ kind: 'number', whole: true, least })

const resource: Shape = {
  kind: 'either',
  of: [
    text,
    { kind: 'list', of: text },
    {
      kind: 'fields',
      oneOf: ['file', 'glob', 'list', 'dir', 'bundle', 'frames'],
      fields: {
        file: { ...text, describe: 'one file: one variant' },
        glob: { ...texts, describe: 'one variant for each file that matches' },
        list: { kind: 'list', of: text, describe: 'files and globs, one variant a file' },
        dir: { ...text, describe: 'a directory as one item' },
        bundle: { ...texts, describe: 'many files as one item' },
        frames: { ...texts, describe: 'every frame of an animation, or of a folder of pictures, is a variant' },
        every: { ...whole(1), describe: 'frames: take every n-th' },
        from: { ...whole(0), describe: 'frames: the first one taken' },
        to: { ...whole(0), describe: 'frames: the last one taken' },
        verify: {
          kind: 'choice',
          of: ['full', 'strong', 'trust'],
          describe: 'how changed content is told from known content',
        },
      },
    },
  ],
}

const input: Shape = {
  kind: 'either',
  of: [
    { ...text, describe: 'a resource, a flavour or a result; size.w takes a field of an object flavour' },
    {
      kind: 'fields',
      fields: {
        from: { ...text, required: true, describe: 'a resource, a flavour or a result' },
        collect: {
          kind: 'either',
          of: [
            { kind: 'choice', of: ['all'] },
            { kind: 'list', of: text, means: 'names such as [seed]' },
          ],
          describe: 'take all variants that differ only in the names listed, or all there are',
        },
      },
    },
  ],
}

const output: Shape = {
  kind: 'either',
  of: [
    { ...text, describe: 'the name in the fridge' },
    {
      kind: 'fields',
      fields: {
        name: { ...text, required: true, describe: 'the name in the fridge' },
        keep: { ...flag, describe: 'false: content is dropped once all that needs it is cooked' },
      },
    },
  ],
}

const assignments: Shape = { kind: 'list', of: { kind: 'table', of: any }, single: true }

const stepTypes = ['shell', 'python', 'node', 'image', 'collect', 'course', 'recipe'] as const

const stepFields: Fields = {
  type: { kind: 'choice', of: stepTypes, describe: 'what cooks it' },
  resource: { ...texts, describe: 'the source file; a list makes variants of the step' },
  command: {
    kind: 'either',
    of: [text, { kind: 'list', of: { kind: 'either', of: [text, { kind: 'number' }] } }],
    describe: 'a text for the shell, or a list of arguments run as it is',
  },
  inputs: { kind: 'table', of: input, describe: 'name inside the step: what it reads' },
  outputs: { kind: 'table', of: output, describe: 'name inside the step: name in the fridge' },
  only: { ...assignments, alias: 'when', describe: 'cook only variants that agree with one of these' },
  exclude: { ...assignments, describe: 'leave out variants that agree with one of these' },
  env: { ...texts, describe: 'environment variables passed through and hashed' },
  tools: { ...texts, describe: 'programs whose identity is hashed' },
  needs: {
    kind: 'fields',
    describe: 'what a job takes while it cooks; other keys are named burners',
    fields: {
      cpu: { kind: 'amount', unit: 'count' },
      mem: { kind: 'amount', unit: 'bytes' },
      gpu: { kind: 'amount', unit: 'count' },
      time: { kind: 'amount', unit: 'seconds' },
    },
    rest: { kind: 'number', least: 0 },
  },
  timeout: { kind: 'duration', describe: 'a cook that takes longer is ended and has failed' },
  retries: { ...whole(0), describe: 'how often a failed job is tried again' },
  at: { kind: 'choice', of: ['pan', 'project'], describe: 'where it runs' },
  isolate: { kind: 'choice', of: [true, false, 'check'], describe: 'run where only what is declared can be read' },
  depfile: {
    kind: 'either',
    describe: 'a file the step writes that lists what else it read',
    of: [
      text,
      {
        kind: 'fields',
        fields: { file: { ...text }, format: { kind: 'choice', of: ['make', 'lines', 'json'] } },
      },
    ],
  },
  pool: { ...text, describe: 'jobs of a pool run only so many at once' },
  keep: { ...flag, describe: 'the default for all outputs' },
  warm: { ...flag, describe: 'false: an own process for every job (python, node)' },
  sbatch: { kind: 'table', of: any, describe: 'free options for sbatch' },
  ingredients: { ...any, describe: 'image: what is done to the picture, in order' },
  format: { ...text, describe: 'collect: json, csv, folder or text; course: gif, webp, mp4, webm or sheet' },
  fps: { kind: 'number', least: 0.001, describe: 'course: frames a second' },
  duration: { kind: 'duration', describe: 'course: how long a frame is shown' },
  loop: { kind: 'either', of: [flag, whole(0)], describe: 'course: how often it is played; true or 0: for ever' },
  columns: { ...whole(1), describe: 'course, sheet: pictures in a row' },
  labels: { kind: 'either', of: [flag, texts], describe: 'course, sheet: parameters written under each picture' },
}

/** Keys of steps that only these types understand; the others are for all but `recipe`. */
export const keysOfTypes: { [key: string]: readonly string[] } = {
  ingredients: ['image'],
  format: ['collect', 'course'],
  fps: ['course'],
  duration: ['course'],
  loop: ['course'],
  columns: ['course'],
  labels: ['course'],
}

/** Keys that are no setting of the scheduler but told to a built-in cook. */
export const cookKeys = Object.keys(keysOfTypes)
export const recipeKeys = ['type', 'resource', 'inputs', 'outputs']

const slurmFields: Fields = {
  partition: text,
  account: text,
  qos: text,
  constraint: text,
  reservation: text,
  sbatch: { kind: 'table', of: any, describe: 'free options for sbatch' },
  queue: { ...whole(1), describe: 'how many jobs may stand in the queue' },
  group: { kind: 'duration', describe: 'tiny tickets are put together up to this time' },
  poll: { kind: 'duration', describe: 'how often states are asked for' },
}

const kitchen: Shape = {
  kind: 'fields',
  fields: {
    stove: { kind: 'choice', of: ['local', 'slurm'], describe: 'where tickets are cooked' },
    burners: { ...whole(1), describe: 'how many jobs cook at once' },
    named: { kind: 'table', of: { kind: 'number', least: 0 }, describe: 'capacities of named burners' },
    pools: { kind: 'table', of: whole(1), describe: 'how many jobs of a pool run at once' },
    mem: { kind: 'size', describe: 'memory that jobs with needs.mem share' },
    gpu: { ...whole(0), describe: 'graphics cards that jobs with needs.gpu share' },
    ...slurmFields,
    slurm: { kind: 'fields', fields: slurmFields, describe: 'what the slurm stove is told' },
  },
}

const cacheShape: Shape = {
  kind: 'fields',
  fields: {
    url: { ...text, required: true, describe: 'a server of the Bazel HTTP cache protocol' },
    read: { ...flag, describe: 'take results from it' },
    write: { ...flag, describe: 'give results to it' },
    token: { ...text, describe: 'sent as a bearer token; $NAME is taken from the environment' },
    timeout: { kind: 'number', least: 0.05, describe: 'seconds that the server may take to answer' },
  },
}

const fridge: Shape = {
  kind: 'fields',
  fields: {
    path: { ...text, describe: 'where it stands, if not in .chefcache' },
    capacity: { kind: 'size', describe: 'what it may hold' },
    snapshotLimit: { kind: 'size', describe: 'resources up to this size are kept, byte for byte' },
    sync: {
      kind: 'choice',
      of: ['off', 'normal', 'full'],
      describe: 'how hard an object is written before it is seen',
    },
    verifyReads: { kind: 'choice', of: ['size', 'always'], describe: 'what is looked at when content is used again' },
  },
}

const options: Shape = {
  kind: 'fields',
  fields: {
    targets: { ...texts, describe: 'results or steps to build; default: every result' },
    hashBits: {
      kind: 'number',
      whole: true,
      least: 1,
      most: 64,
      describe: 'cuts every hash, to see collisions resolved',
    },
    links: { kind: 'choice', of: ['copy', 'symlink'], describe: 'how results are laid out' },
    logs: { kind: 'choice', of: ['all', 'failed', 'none'], describe: 'which logs a build prints' },
  },
}

export interface SectionShape {
  shape: Shape
  alias: string
  describe: string
}

/** Values of flavours are read by themselves (flavours.ts): nearly everything is a value. */
export const sections = {
  resources: { alias: 'resource', describe: 'inputs from outside', shape: { kind: 'table', of: resource } },
  flavours: { alias: 'flavour', describe: 'parameters and their values', shape: { kind: 'table', of: any } },
  recipe: {
    alias: 'recipes',
    describe: 'the steps',
    shape: { kind: 'table', of: { kind: 'fields', fields: stepFields } },
  },
  links: { alias: 'link', describe: 'results laid out in the work tree', shape: { kind: 'table', of: texts } },
  kitchen: { alias: 'kitchens', describe: 'where and how much is cooked at once', shape: kitchen },
  fridge: { alias: 'fridges', describe: 'the store', shape: fridge },
  cache: { alias: 'caches', describe: 'a remote cache shared with others', shape: cacheShape },
  options: { alias: 'option', describe: 'everything else', shape: options },
} as const satisfies { [section: string]: SectionShape }

export type Section = keyof typeof sections

export const sectionNames = Object.keys(sections) as Section[]

export const rangeShape: Shape = {
  kind: 'fields',
  fields: {
    type: { kind: 'choice', of: ['lin', 'log'] },
    start: { kind: 'number', required: true, describe: 'the first value' },
    stop: { kind: 'number', describe: 'the last value, if it is hit' },
    step: { kind: 'number', describe: 'lin: what is added; log: what is added to the exponent' },
    count: { kind: 'number', describe: 'how many values' },
    base: { kind: 'number', describe: 'log: 10 where none is given' },
  },
}

export const valueFileShape: Shape = {
  kind: 'fields',
  fields: {
    type: { kind: 'choice', of: ['file'] },
    file: { ...text, required: true, describe: 'a JSON or YAML file' },
    key: { ...text, describe: 'the key under which the values lie; dots reach inside' },
  },
}
