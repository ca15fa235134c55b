// The protocol between chef and whatever cooks: order, ticket and receipt, defined once. The types, the checks of what
// comes from elsewhere and the published schema (docs/schema) are all made of this.
import { type Static, type TSchema, Type } from '@sinclair/typebox'
import type { Value } from '../base/value.ts'

const text = (description: string) => Type.String({ description })
const texts = (description: string) => Type.Array(Type.String(), { description })
const milliseconds = (description: string) => Type.Number({ minimum: 0, description })
const amount = (description: string) => Type.Optional(Type.Number({ minimum: 0, description }))
const values = (description: string) => Type.Unsafe<{ [name: string]: Value }>(Type.Object({}, { description }))
const textsByName = (description: string) => Type.Record(Type.String(), Type.String(), { description })
const version = Type.Literal(1, { description: 'of this protocol: another one is refused, never guessed' })

const content = Type.Union(
  [
    Type.Object(
      { kind: Type.Literal('inline'), base64: Type.String() },
      { description: 'small content travels along' },
    ),
    Type.Object({ kind: Type.Literal('file'), path: Type.String() }, { description: 'a file to link to' }),
    Type.Object(
      { kind: Type.Literal('tree'), path: Type.String() },
      { description: 'a folder of the fridge: the cook gets one of its own with links to the files' },
    ),
    Type.Object({ kind: Type.Literal('folder'), path: Type.String() }, { description: "a user's folder to link to" }),
  ],
  { description: 'bytes of the fridge or of the work tree; paths are absolute' },
)

const member = Type.Object({
  file: text('entry in the folder that is named like the input'),
  parameters: values('what tells this member from the others, and what they share: names to labels or values'),
  content,
})

const input = Type.Union([
  Type.Object({
    name: text('the name inside the step'),
    kind: Type.Literal('content'),
    file: text("the name in the pan: the inner name, with the label's extension where it has none of its own"),
    label: text('what the user calls it'),
    role: Type.Union([Type.Literal('resource'), Type.Literal('result')]),
    content,
  }),
  Type.Object({
    name: text('the name inside the step'),
    kind: Type.Literal('value'),
    value: Type.Unsafe<Value>(Type.Any({ description: 'any JSON value' })),
  }),
  Type.Object(
    { name: text('the name inside the step'), kind: Type.Literal('collected'), members: Type.Array(member) },
    { description: 'a folder with one entry for each member and an index.json, or a list for python and node' },
  ),
])

export const ticketSchema = Type.Object(
  {
    version,
    id: text('step/hash of the record'),
    step: text('the name of the step'),
    key: text('the action key: two tickets of one action do the same work'),
    action: Type.Optional(text('the text that the key is the hash of; whoever takes the receipt in compares it')),
    type: Type.Union(
      (['shell', 'python', 'node', 'image', 'collect', 'course'] as const).map((one) => Type.Literal(one)),
      { description: 'what cooks it' },
    ),
    source: Type.Optional(
      Type.Object(
        { file: text('its name in the pan'), path: text('where the user keeps it, for imports'), content },
        { description: 'what is run' },
      ),
    ),
    command: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String())], {
        description: 'rendered: a text goes to /bin/sh -c, a list is run as it is',
      }),
    ),
    settings: Type.Optional(values('what a built-in cook is told')),
    inputs: Type.Array(input),
    outputs: texts('inner names: for shell steps the file or folder written, or a pattern, then a folder results'),
    pan: text('absolute: the cook makes this folder and runs in it, its receiver empties it'),
    project: Type.Optional(text('the folder to run in, for steps that run in the project')),
    root: Type.Optional(text('the folder of the kitchen, so that messages can say what a step tried to read there')),
    env: textsByName('declared environment variables with the values they have here'),
    tools: textsByName('the programs of "tools" by name'),
    depends: values('flavours and labels of this variant, for logs and for collected tables'),
    needs: Type.Object(
      {
        cpu: amount('processors'),
        mem: amount('bytes'),
        gpu: amount('graphics cards'),
        time: amount('seconds'),
      },
      { description: 'what this attempt needs' },
    ),
    timeout: Type.Optional(milliseconds('milliseconds after which the cook is ended and has failed')),
    attempt: Type.Integer({ minimum: 1, description: 'counts from 1' }),
    isolate: Type.Union([Type.Boolean(), Type.Literal('check')], {
      description: 'run where only what is declared is seen',
    }),
    depfile: Type.Optional(
      Type.Object({
        file: Type.String(),
        format: Type.Union([Type.Literal('make'), Type.Literal('lines'), Type.Literal('json')]),
      }),
    ),
    warm: Type.Boolean({ description: 'whether the process may have cooked other tickets before' }),
  },
  { $id: 'ticket', title: 'Ticket', description: 'one job: everything a cook needs besides the files of the fridge' },
)

export const receiptSchema = Type.Object(
  {
    version,
    id: text('of the ticket'),
    key: text('of the ticket'),
    attempt: Type.Integer({ minimum: 1, description: 'of the ticket' }),
    ok: Type.Boolean(),
    exit: Type.Union([Type.Integer(), Type.Null()], { description: 'exit code, where the cook ended by itself' }),
    signal: Type.Union([Type.String(), Type.Null()], { description: 'the signal that ended it' }),
    failure: Type.Optional(text('why it is not ok, in one line: exit 3, timed out after 2 s, output "z" is missing')),
    hint: Type.Optional(text('what may help')),
    startedAt: milliseconds('milliseconds since 1970'),
    ms: milliseconds('how long it took'),
    cpuMs: Type.Optional(milliseconds('processor time')),
    peakBytes: Type.Optional(Type.Number({ minimum: 0, description: 'most memory held' })),
    outputs: Type.Array(
      Type.Object({
        name: text('inner name'),
        path: text('where it lies now: absolute, below the pan or the project'),
        kind: Type.Union([Type.Literal('file'), Type.Literal('folder')]),
      }),
    ),
    discovered: texts('absolute paths of files read that were not declared'),
    log: Type.Optional(
      Type.Object(
        { path: Type.String(), bytes: Type.Number() },
        { description: 'standard output and error as they came; absent where nothing was said' },
      ),
    ),
    host: text('the machine that cooked'),
    warnings: texts('what the cook noticed beside'),
  },
  { $id: 'receipt', title: 'Receipt', description: 'what became of a ticket, good or bad' },
)

export const orderSchema = Type.Object(
  {
    version,
    root: text('the folder of the kitchen'),
    fridge: text('the folder of the fridge: every machine that cooks must see it under this path'),
    targets: texts('what the order is for, as it was typed; none: the default'),
    next: Type.Integer({ minimum: 1, description: 'the number of the next ticket' }),
    waiting: Type.Integer({ minimum: 0, description: 'jobs that wait for results of these tickets' }),
    tickets: Type.Array(
      Type.Object({
        number: Type.Integer({ minimum: 1 }),
        file: text('the ticket, beside the order'),
        receipt: text('where chef cook writes the receipt, beside the order'),
        id: text('of the ticket'),
        step: text('of the ticket'),
        key: text('of the ticket'),
        writtenAt: milliseconds('milliseconds since 1970'),
        expectedMs: Type.Optional(milliseconds('how long it will probably take')),
        received: Type.Optional(
          Type.Object(
            { ok: Type.Boolean(), startedAt: Type.Number() },
            { description: 'set when its receipt was taken in' },
          ),
        ),
      }),
    ),
  },
  { $id: 'order', title: 'Order', description: 'tickets that are given out together' },
)

export const schemas: { [name: string]: TSchema } = { order: orderSchema, ticket: ticketSchema, receipt: receiptSchema }

export type TicketData = Static<typeof ticketSchema>
export type ReceiptData = Static<typeof receiptSchema>
export type OrderData = Static<typeof orderSchema>
