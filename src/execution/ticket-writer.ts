// Writes the ticket of a job: everything a cook needs besides the fridge's files.
import { existsSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { type ContentName, isFolder, isProgram, valueText } from '../base/content-name.ts'
import type { Configuration, ImportedStep, Step } from '../config/configuration.ts'
import { traceModeOf } from '../config/trace-mode.ts'
import type { Fridge } from '../fridge/fridge.ts'
import { type CollectedMember, type Content, type Ticket, type TicketInput, ticketVersion } from '../tickets/ticket.ts'
import {
  type Command,
  parseCommand,
  placeholderText,
  renderCommand,
  type Staged,
  type StagedMember,
  stagedInputs,
  type Surroundings,
} from '../freshness/action.ts'
import type { PlacedItems } from '../placement/placed-results.ts'
import type { JobRow, ResultItem, StepTable } from '../plan/step-table.ts'
import type { StockedItem } from '../plan/shelves.ts'
import { evaluateNeeds } from './attempt-needs.ts'

export interface TicketWriter {
  /** `lost`: content that the job reads and the fridge has not got any more. */
  write(row: JobRow, terms: TicketTerms): Ticket | { lost: ContentName }
}

/** The facts of one attempt. `key`: of the action. `pan`: a folder that does not exist yet. */
export interface TicketTerms {
  key: string
  attempt: number
  pan: string
}

export interface TicketContext {
  configuration: Configuration
  fridge: Fridge
  contentOf: Surroundings['contentOf']
  /** The values that cooks find in their environment, where they are like these. */
  variable: (name: string) => string | undefined
  placed: Pick<PlacedItems, 'pathOf'>
  /** Paths of the programs of `tools`. */
  toolPaths: (step: Step) => { [tool: string]: string }
}

class Lost {
  constructor(readonly name: ContentName) {}
}

export function ticketWriter(context: TicketContext): TicketWriter {
  const commands = new Map<Step, Command | undefined>()
  return {
    write(row, terms) {
      const { step } = row
      if (!commands.has(step)) commands.set(step, parseCommand(step))
      const inputs = stagedInputs(row, context.contentOf)
      if (inputs === undefined) throw new Error(`the inputs of ${row.id} are not known`)
      try {
        return makeTicket(context, row, { inputs, command: commands.get(step) }, terms)
      } catch (error) {
        if (error instanceof Lost) return { lost: error.name }
        throw error
      }
    },
  }
}

function makeTicket(
  context: TicketContext,
  row: JobRow,
  { inputs, command }: { inputs: Map<string, Staged>; command: Command | undefined },
  { key, attempt, pan }: TicketTerms,
): Ticket {
  const { step, table } = row
  const inProject = step.place === 'project'
  const ticket: Ticket = {
    version: ticketVersion,
    id: row.id,
    step: step.name,
    key,
    type: step.type,
    // A command of another tool's graph finds its files where it expects them.
    inputs: step.imported ? [] : [...inputs].map(([name, input]) => ticketInput(context, table, name, input)),
    outputs: step.outputs.map((output) => output.inner),
    pan,
    env: Object.fromEntries(step.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    tools: context.toolPaths(step),
    root: context.configuration.root,
    depends: row.depends(),
    needs: evaluateNeeds(step.needs, attempt),
    attempt,
    isolate: step.isolate,
    trace: traceModeOf(step, context.configuration.kitchen),
    warm: step.warm,
  }
  if (command)
    ticket.command = renderCommand(command, (placeholder) =>
      placeholderText(inputs, placeholder, inProject ? projectPlace(step, pan) : panPlace),
    )
  const source = table.source.item(row.row)
  if (source.content?.path) {
    ticket.source = {
      file: basename(source.content.path),
      path: source.content.path,
      content: contentOf(context, source.content.name, source, true),
    }
  } else if (step.command === undefined) ticket.settings = step.settings
  const passed = passedBy(step, context)
  if (passed) ticket.passed = passed
  if (inProject) ticket.project = step.folder
  if (step.imported) ticket.inPlace = inPlaceOf(step, step.imported)
  if (step.timeout !== undefined) ticket.timeout = step.timeout * 1000
  if (step.depfile) ticket.depfile = step.depfile
  return ticket
}

function inPlaceOf(
  { depfile, outputs }: Step,
  { isSparing, response, takesDepfile, programs }: ImportedStep,
): Ticket['inPlace'] {
  const taken = depfile !== undefined && takesDepfile ? [depfile.file] : []
  const sets = outputs.flatMap(({ inner, files }) => (files ? [{ name: inner, ...files }] : []))
  return {
    keeps: isSparing,
    written: response ? [response] : [],
    taken: response ? [...taken, response.path] : taken,
    ...(sets.length > 0 && { sets }),
    ...(programs && { programs: [...programs] }),
  }
}

/** The variables that a cook takes from its own environment. Their values stand in no ticket. */
function passedBy({ env }: Step, { fridge, variable }: TicketContext): Ticket['passed'] {
  const passed = env.filter(({ value }) => value === undefined)
  if (passed.length === 0) return undefined
  const digests = passed.map(({ name, counts }) => [name, counts ? fridge.key.digest(name, variable(name)) : null])
  return { key: fridge.key.path, digests: Object.fromEntries(digests) }
}

function panPlace(file: string): string {
  return file
}

/** In the project, a user's file is named where the user keeps it, everything else by its place in the pan. */
function projectPlace(step: Step, pan: string): (file: string, staged?: Staged) => string {
  return (file, staged) => {
    const path = staged?.kind === 'content' ? staged.item?.content?.path : undefined
    return path === undefined ? join(pan, file) : relative(step.folder, path) || '.'
  }
}

function ticketInput(context: TicketContext, table: StepTable, name: string, staged: Staged): TicketInput {
  switch (staged.kind) {
    case 'value':
      return { name, kind: 'value', value: staged.value }
    case 'collected':
      return { name, kind: 'collected', members: staged.members.map((member) => ticketMember(context, member)) }
    case 'content': {
      const { file, label, role, item, link } = staged
      if (link) return { name, kind: 'content', file, label, role, content: inItsPlace(context, staged.name, link) }
      const live = table.step.place === 'project' && item?.content?.staged === undefined ? item?.content : undefined
      const content: Content = live?.path
        ? { kind: live.kind, path: live.path }
        : contentOf(context, staged.name, item, item !== undefined && isShared(table, name))
      return { name, kind: 'content', file, label, role, content }
    }
  }
}

/** Returns true where several jobs read the same item: a link to it costs less than a copy for each. */
function isShared(table: StepTable, name: string): boolean {
  const column = table.inputs.find(({ input }) => input.inner === name)
  return column?.kind === 'stocked' && column.shelf.items.length < table.rows
}

function inItsPlace({ placed }: TicketContext, name: ContentName, link: ResultItem): Content {
  return { kind: 'file', path: placed.pathOf(link) ?? lost(name) }
}

function ticketMember(context: TicketContext, member: StagedMember): CollectedMember {
  const { file, parameters, name, item, link } = member
  if (link) return { file, parameters, content: inItsPlace(context, name, link) }
  const text = valueText(name)
  if (text !== undefined)
    return { file, parameters, content: { kind: 'inline', base64: Buffer.from(text).toString('base64') } }
  return { file, parameters, content: contentOf(context, name, item, false) }
}

/** `shared` content is linked to, so that a thousand jobs do not carry a thousand copies. */
function contentOf(
  { fridge }: TicketContext,
  name: ContentName,
  item: StockedItem | undefined,
  shared: boolean,
): Content {
  const held = item?.content
  const { objects, paths, trees } = fridge
  if (held && !held.snapshot) {
    if (held.kind === 'file') return { kind: 'file', path: held.path ?? lost(name) }
    return { kind: 'tree', path: trees.folderOf(name, held.path) ?? lost(name) }
  }
  if (isFolder(name)) {
    const path = trees.folderOf(name) ?? (membersAgain(objects, held) ? trees.folderOf(name) : undefined)
    return { kind: 'tree', path: path ?? lost(name) }
  }
  if (isProgram(name) || held?.executable) return { kind: 'file', path: trees.programOf(name) ?? lost(name) }
  const bytes = shared ? undefined : objects.inline(name)
  if (bytes) return { kind: 'inline', base64: bytes.toString('base64') }
  return { kind: 'file', path: paths.fileOf(name) ?? keptAgain(fridge, name, held) ?? lost(name) }
}

/** A snapshot that was lost is taken again, if the file still is what it was. */
function keptAgain({ objects, paths }: Fridge, name: ContentName, held: StockedItem['content']): string | undefined {
  if (held?.path === undefined || !existsSync(held.path)) return undefined
  return objects.keepFile(held.path, statSync(held.path).size, false).name === name ? paths.fileOf(name) : undefined
}

/** The same for a folder of the user's: true where all of its files are there. */
function membersAgain(objects: Fridge['objects'], held: StockedItem['content']): boolean {
  if (held?.path === undefined || held.members === undefined) return false
  for (const { path, name } of held.members) {
    const file = join(held.path, path)
    if (objects.has(name)) continue
    if (!existsSync(file) || objects.keepFile(file, statSync(file).size, false).name !== name) return false
  }
  return objects.keepListing(held.members).name === held.name
}

function lost(name: ContentName): never {
  throw new Lost(name)
}
