// The protocol between chef and whatever cooks: order, ticket and receipt, defined once. The types, the checks of what
// comes from elsewhere and the published schema (docs/schema) are all made of this.
import type { Field, Fields, Shape, TypeOf } from '../config/schema/shape.ts'

const needed = { required: true } as const
const text = (describe?: string) => ({ kind: 'text', describe, ...needed }) as const
const texts = (describe: string) => ({ kind: 'list', of: { kind: 'text' }, describe, ...needed }) as const
const flag = (describe?: string) => ({ kind: 'flag', describe, ...needed }) as const
const number = (describe?: string) => ({ kind: 'number', least: 0, describe, ...needed }) as const
const count = (least: number, describe?: string) =>
  ({ kind: 'number', whole: true, least, describe, ...needed }) as const
const values = (describe: string) => ({ kind: 'table', of: { kind: 'any' }, describe, ...needed }) as const
const textsByName = (describe: string) => ({ kind: 'table', of: { kind: 'text' }, describe, ...needed }) as const
const choice = <const Words extends readonly (string | number)[]>(of: Words, describe?: string) =>
  ({ kind: 'choice', of, describe, ...needed }) as const
const either = <const Shapes extends readonly Shape[]>(of: Shapes, describe?: string) =>
  ({ kind: 'either', of, describe, ...needed }) as const
const list = <const S extends Shape>(of: S) => ({ kind: 'list', of, ...needed }) as const
/** A later chef may write more keys: they are passed over. */
const object = <const F extends Fields>(fields: F, describe?: string) =>
  ({ kind: 'fields', open: true, fields, describe, ...needed }) as const

function optional<F extends Field>({ required: _, ...field }: F): Omit<F, 'required'> {
  return field
}

const version = choice([1], 'of this protocol: another one is refused, never guessed')

const content = either(
  [
    object({ kind: choice(['inline']), base64: text() }, 'small content travels along'),
    object({ kind: choice(['file']), path: text() }, 'a file to link to'),
    object(
      { kind: choice(['tree']), path: text() },
      'a folder of the fridge: the cook gets one of its own with links to the files',
    ),
    object({ kind: choice(['folder']), path: text() }, "a user's folder to link to"),
  ],
  'bytes of the fridge or of the work tree; paths are absolute',
)

const place = text('its path in the folder')

/** Content that travels with a portable ticket or receipt. Its bytes are named by SHA-256. */
const carried = either(
  [
    object({ kind: choice(['file']), sha256: text(), size: count(0), executable: flag() }, 'one file'),
    object(
      {
        kind: choice(['folder']),
        files: list(object({ path: place, sha256: text(), size: count(0), executable: flag() })),
        links: list(object({ path: place, target: text('as the link says it') })),
      },
      'a folder',
    ),
  ],
  'what a name in place of a path stands for',
)

const contents = {
  kind: 'table',
  of: carried,
  describe: 'of portable ones: all content by the names that stand in place of paths',
} as const

const member = object({
  file: text('entry in the folder that is named like the input'),
  parameters: values('what tells this member from the others, and what they share: names to labels or values'),
  content,
})

const name = text('the name inside the step')

const input = either([
  object({
    name,
    kind: choice(['content']),
    file: text("the name in the pan: the inner name, with the label's extension where it has none of its own"),
    label: text('what the user calls it'),
    role: choice(['resource', 'result']),
    content,
  }),
  object({ name, kind: choice(['value']), value: { kind: 'any', describe: 'any JSON value', required: true } }),
  object(
    { name, kind: choice(['collected']), members: list(member) },
    'a folder with one entry for each member and an index.json, or a list for python and node',
  ),
])

export const ticketShape = object(
  {
    version,
    id: text('step/hash of the record'),
    step: text('the name of the step'),
    key: text('the action key: two tickets of one action do the same work'),
    action: optional(text('the text that the key is the hash of; whoever takes the receipt in compares it')),
    type: choice(['shell', 'python', 'node', 'image', 'collect', 'course'], 'what cooks it'),
    source: optional(
      object(
        { file: text('its name in the pan'), path: text('where the user keeps it, for imports'), content },
        'what is run',
      ),
    ),
    command: optional(either([text(), list(text())], 'rendered: a text goes to /bin/sh -c, a list is run as it is')),
    settings: optional(values('what a built-in cook is told')),
    inputs: list(input),
    outputs: texts('inner names: for shell steps the file or folder written, or a pattern, then a folder results'),
    pan: text('absolute: the cook makes this folder and runs in it, its receiver empties it'),
    inPlace: optional(
      object(
        {
          keeps: flag('whether outputs that the command leaves alone stay; without it they are removed first'),
          written: list(object({ path: text(), content: text() })),
          taken: texts('files that are removed when the cook went well'),
          sets: optional(
            list(
              object(
                {
                  name: text('inner name'),
                  folder: text('absolute'),
                  patterns: texts('the last that matches decides; ! takes out'),
                  except: texts('paths of files that are not meant'),
                },
                'an output that is all files of some patterns',
              ),
            ),
          ),
          programs: optional(texts('folders that come before those of PATH')),
        },
        "a step of another tool's graph: its outputs stay where the command writes them, and may be missing",
      ),
    ),
    project: optional(text('the folder to run in, for steps that run in the project')),
    root: optional(text('the folder of the kitchen, so that messages can say what a step tried to read there')),
    env: textsByName('environment variables to which the cheffile gives a value'),
    passed: optional(
      object(
        {
          key: text('the file of the fridge that holds the key of the digests'),
          digests: {
            kind: 'table',
            of: either([text(), { kind: 'nothing' }]),
            describe: 'hmac:BASE64URL, the text null where it is not set, or null where any value will do',
            ...needed,
          },
        },
        'variables that the cook takes from its own environment: where one has another value, it refuses',
      ),
    ),
    tools: textsByName('the programs of "tools" by name'),
    depends: values('flavours and labels of this variant, for logs and for collected tables'),
    needs: object(
      {
        cpu: optional(number('processors')),
        mem: optional(number('bytes')),
        gpu: optional(number('graphics cards')),
        time: optional(number('seconds')),
      },
      'what this attempt needs',
    ),
    timeout: optional(number('milliseconds after which the cook is ended and has failed')),
    attempt: count(1, 'counts from 1'),
    isolate: either([flag(), choice(['check'])], 'run where only what is declared is seen'),
    trace: optional(choice(['infer', 'strict', 'check', 'off'], 'what undeclared reads mean; absent: off')),
    depfile: optional(object({ file: text(), format: choice(['make', 'lines', 'json']) })),
    warm: flag('whether the process may have cooked other tickets before'),
    contents,
    toolDigests: {
      kind: 'table',
      of: { kind: 'text' },
      describe: 'of portable ones: SHA-256 of the programs of "tools", which the cook finds on its own PATH',
    },
  },
  'one job: everything a cook needs besides the files of the fridge',
)

export const receiptShape = object(
  {
    version,
    id: text('of the ticket'),
    key: text('of the ticket'),
    attempt: count(1, 'of the ticket'),
    ok: flag(),
    exit: either([{ kind: 'number', whole: true }, { kind: 'nothing' }], 'exit code, where the cook ended by itself'),
    signal: either([text(), { kind: 'nothing' }], 'the signal that ended it'),
    failure: optional(text('why it is not ok, in one line: exit 3, timed out after 2 s, output "z" is missing')),
    hint: optional(text('what may help')),
    failed: optional(
      object(
        { code: text('a code of docs/errors.md'), data: optional(values('what its text is made of')) },
        'the failure for programs',
      ),
    ),
    startedAt: number('milliseconds since 1970'),
    ms: number('how long it took'),
    cpuMs: optional(number('processor time')),
    peakBytes: optional(number('most memory held')),
    outputs: list(
      object({
        name: text('inner name'),
        path: text('where it lies now: absolute, below the pan or the project'),
        kind: choice(
          ['file', 'folder', 'link', 'absent', 'files'],
          'link, absent and files: only of steps with inPlace',
        ),
        members: optional(texts('of kind files: paths below the path')),
      }),
    ),
    discovered: texts('absolute paths of files read that were not declared'),
    log: optional(
      object(
        { path: text(), bytes: { kind: 'number', required: true } },
        'standard output and error as they came; absent where nothing was said',
      ),
    ),
    host: text('the machine that cooked'),
    warnings: texts('what the cook noticed beside'),
    contents,
  },
  'what became of a ticket, good or bad',
)

export const orderShape = object(
  {
    version,
    root: text('the folder of the kitchen'),
    fridge: text('the folder of the fridge: every machine that cooks must see it under this path'),
    targets: texts('what the order is for, as it was typed; none: the default'),
    next: count(1, 'the number of the next ticket'),
    waiting: count(0, 'jobs that wait for results of these tickets'),
    portable: optional(flag('its tickets carry their content in the folder "objects", and go anywhere')),
    tickets: list(
      object({
        number: count(1),
        file: text('the ticket, beside the order'),
        receipt: text('where chef cook writes the receipt, beside the order'),
        id: text('of the ticket'),
        step: text('of the ticket'),
        key: text('of the ticket'),
        writtenAt: number('milliseconds since 1970'),
        expectedMs: optional(number('how long it will probably take')),
        received: optional(
          object({ ok: flag(), startedAt: { kind: 'number', required: true } }, 'set when its receipt was taken in'),
        ),
      }),
    ),
  },
  'tickets that are given out together',
)

export type Carried = TypeOf<typeof carried>
export type TicketData = TypeOf<typeof ticketShape>
export type ReceiptData = TypeOf<typeof receiptShape>
export type OrderData = TypeOf<typeof orderShape>
