// Writes what running a job means as one text, and finds what each input of the job is.
import { posix } from 'node:path'
import { type ContentName, contentName, isFolder, isLink } from '../base/content-name.ts'
import type { Int32Column } from '../base/number-columns.ts'
import { canonical, fieldOf, plainText, type Value } from '../base/value.ts'
import type { Step } from '../config/configuration.ts'
import { labelExtension, labelStem } from '../recipe/link-pattern.ts'
import { pictureTools } from '../recipe/course-format.ts'
import {
  parseArguments,
  parseTemplate,
  type Placeholder,
  renderArgument,
  renderShell,
  type Template,
} from '../recipe/placeholder.ts'
import { collectedLine, contentText, escaped, factLine, inputText, membersText, memberText } from './action-text.ts'
import { elementAt } from '../base/element-at.ts'
import {
  type CollectedInput,
  type InputColumn,
  type JobRow,
  pouredOf,
  type ResultItem,
  type ResultShelf,
  type StepTable,
  type StockedInput,
} from '../plan/step-table.ts'
import { type ItemContent, itemAt, type ResourceItem, type StockedItem, valueOf } from '../plan/shelves.ts'

/** The facts outside of its inputs that an action depends on. Each is asked for once a table. */
export interface Surroundings {
  /** The content of a result, or undefined while it is not known. */
  contentOf(shelf: ResultShelf, row: number): ContentName | undefined
  /** Returns the digest that represents a variable of the environment. */
  variable(name: string): string
  /** Returns the identity of a program, which changes with its bytes. */
  identity(step: Step, tool: string): string
  /** Names content in the text. The default is its name in this fridge. */
  nameOf?(name: ContentName): string
}

/** One input of one job, as a cook gets it. */
export type Staged =
  | {
      kind: 'content'
      file: string
      label: string
      role: 'resource' | 'result'
      name: ContentName
      item?: StockedItem
      /** A result that is a symbolic link: it leads somewhere only from its place. */
      link?: ResultItem
    }
  | { kind: 'value'; value: Value }
  | { kind: 'collected'; members: StagedMember[] }

export interface StagedMember {
  file: string
  parameters: { [name: string]: Value }
  name: ContentName
  item?: StockedItem
  link?: ResultItem
}

/** The name in the pan: the inner name, with the label's extension where the inner name has none. */
function stagedFile(inner: string, label: string): string {
  return posix.extname(inner) === '' ? inner + posix.extname(label) : inner
}

/** Returns the fact of a row's input, or undefined while a result that it needs is unknown. */
export function stageInput(column: InputColumn, row: number, contentOf: Surroundings['contentOf']): Staged | undefined {
  const { inner } = column.input
  switch (column.kind) {
    case 'stocked':
      return isPoured(column, row, contentOf) ? stagedItem(inner, column.item(row), column.input.field) : undefined
    case 'result': {
      const { shelf } = column
      const from = column.rows.get(row)
      const name = contentOf(shelf, from)
      if (name === undefined) return undefined
      const label = resultLabel(shelf)
      const file = isFolder(name) ? inner : stagedFile(inner, label)
      return { kind: 'content', file, label, role: 'result', name, ...(isLink(name) && { link: shelf.item(from) }) }
    }
    case 'collected': {
      const members = collectedMembers(column, row, contentOf)
      return members && { kind: 'collected', members }
    }
  }
}

/** A piece counts once the content that it was poured from is known; until then it may be another one. */
function isPoured(column: StockedInput, row: number, contentOf: Surroundings['contentOf']): boolean {
  const from = column.pouredFrom(row)
  return from === undefined || contentOf(from.shelf, from.row) !== undefined
}

export function stagedItem(inner: string, item: StockedItem, field: readonly string[]): Staged {
  if (item.content === undefined) return { kind: 'value', value: fieldOf(valueOf(item), field) ?? null }
  return contentInput(inner, item, item.content)
}

function contentInput(inner: string, item: ResourceItem, { kind, staged, name }: ItemContent): Staged {
  const { label } = item
  const file = kind === 'folder' ? inner : stagedFile(inner, staged ?? label)
  return { kind: 'content', file, label, role: 'resource', name, item }
}

/** A result is labelled by the file its step writes, without folders. */
function resultLabel({ inner }: ResultShelf): string {
  return posix.basename(inner)
}

function collectedMembers(
  column: CollectedInput,
  row: number,
  contentOf: Surroundings['contentOf'],
): StagedMember[] | undefined {
  const { shelf } = column
  const places = column.members(row)
  if (column.pouredFrom(row).some((from) => contentOf(from.shelf, from.row) === undefined)) return undefined
  if (shelf.kind !== 'result')
    return Array.from(places, (place, at) => stockedMember(shelf.name, itemAt(shelf, place), at))
  const names: ContentName[] = []
  // All names come first, because one unknown member is enough, and the parameters of the others cost more.
  for (const place of places) {
    const name = contentOf(shelf, place)
    if (name === undefined) return undefined
    names.push(name)
  }
  const extension = posix.extname(resultLabel(shelf))
  return Array.from(places, (place, at) => {
    const name = elementAt(names, at)
    const file = `${at}${isFolder(name) ? '' : extension}`
    return {
      file,
      parameters: shelf.table.at(place).parameters(),
      name,
      ...(isLink(name) && { link: shelf.item(place) }),
    }
  })
}

function stockedMember(shelf: string, item: StockedItem, at: number): StagedMember {
  const { content, label } = item
  return {
    file: `${at}${posix.extname(content?.staged ?? String(label))}`,
    parameters: { [shelf]: label },
    name: content?.name ?? contentName('value', canonical(valueOf(item))),
    item,
  }
}

/** Returns the value of a placeholder in a command. `place` returns the path of a file in the pan, or of a user's file. */
export function placeholderText(
  staged: Map<string, Staged>,
  { name, property }: Placeholder,
  place: (file: string, staged?: Staged) => string,
): string {
  const input = staged.get(name)
  if (input === undefined) return place(name)
  if (input.kind === 'value') return plainText(input.value)
  if (input.kind === 'collected') return place(name, input)
  if (property === undefined) return place(input.file, input)
  if (property === 'label') return input.label
  return property === 'stem' ? labelStem(input.label) : labelExtension(input.label)
}

export type Command = { step: string } & ({ shell: Template } | { list: Template[] })

export function parseCommand(step: Step): Command | undefined {
  if (step.command === undefined) return undefined
  if (step.imported && typeof step.command === 'string') return { step: step.name, shell: { pieces: [step.command] } }
  const names = [...step.inputs, ...step.outputs].map((one) => one.inner)
  if (typeof step.command === 'string') return { step: step.name, shell: parseTemplate(step.command, names).template }
  return { step: step.name, list: parseArguments(step.command, names) }
}

export function renderCommand(command: Command, resolve: (placeholder: Placeholder) => string): string | string[] {
  if ('shell' in command) return renderShell(command.shell, resolve, command.step)
  return command.list.map((part) => renderArgument(part, resolve, command.step))
}

/** Writes the action of every row of a table; undefined while an input of the row is not known. */
export function actionWriter(table: StepTable, surroundings: Surroundings): (row: number) => string | undefined {
  const { step } = table
  const head = stepLines(step, surroundings)
  const command = parseCommand(step)
  const nameOf = surroundings.nameOf ?? ((name) => name)
  const source = sourceWriter(table, nameOf)
  const inputs = table.inputs.map((column) => inputWriter(column, surroundings.contentOf, nameOf))
  return (row) => {
    let text = head + source(row)
    for (const write of inputs) {
      const lines = write(row)
      if (lines === undefined) return undefined
      text += lines
    }
    return command === undefined ? text : text + commandLine(command, table.at(row), surroundings)
  }
}

function stepLines(step: Step, surroundings: Surroundings): string {
  let text = factLine('type', '', step.type)
  if (step.place === 'project') text += factLine('place', '', step.imported?.folder ?? 'project')
  if (step.imported?.response) text += factLine('settings', 'response', step.imported.response.content)
  if (step.isolate === true) text += factLine('isolate', '', 'true')
  if (step.depfile) text += factLine('depfile', step.depfile.file, step.depfile.format)
  for (const { name, value, counts } of step.env)
    if (counts) text += factLine('env', name, value === undefined ? surroundings.variable(name) : canonical(value))
  const interpreter = step.type === 'python' || step.type === 'node' ? [step.type] : pictureTools(step)
  for (const tool of new Set([...interpreter, ...step.tools]))
    text += factLine('tool', tool, surroundings.identity(step, tool))
  for (const { inner, files } of step.outputs) text += factLine('output', inner, files ? canonical(files.patterns) : '')
  return text
}

/** A command counts as it is rendered; everything else as it is. */
function sourceWriter({ step, source }: StepTable, nameOf: NameOf): (row: number) => string {
  const settings = step.command === undefined ? factLine('settings', '', canonical(step.settings)) : ''
  return linesByItem(source.places, (row) => {
    const { content } = source.item(row)
    // Not its name: a renamed file is the same work.
    return content ? factLine('source', '', nameOf(content.name)) : settings
  })
}

/** Writes what rows with the same item share once. */
function linesByItem(places: Int32Column, write: (row: number) => string): (row: number) => string {
  const lines: string[] = []
  return (row) => (lines[places.get(row)] ??= write(row))
}

type NameOf = NonNullable<Surroundings['nameOf']>

function inputWriter(
  column: InputColumn,
  contentOf: Surroundings['contentOf'],
  nameOf: NameOf,
): (row: number) => string | undefined {
  const { inner, field, isOrderOnly } = column.input
  if (isOrderOnly) return (row) => (stageInput(column, row, contentOf) === undefined ? undefined : '')
  if (column.kind === 'stocked') {
    const lines = linesByItem(column.places, (row) =>
      stagedLines(inner, stagedItem(inner, column.item(row), field), nameOf),
    )
    return pouredOf(column.shelf) ? (row) => (isPoured(column, row, contentOf) ? lines(row) : undefined) : lines
  }
  if (column.kind === 'collected' && column.shelf.kind === 'result')
    return collectedWriter(column, column.shelf, contentOf, nameOf)
  return (row) => {
    const staged = stageInput(column, row, contentOf)
    return staged && stagedLines(inner, staged, nameOf)
  }
}

/**
 * The line of `stagedLines`, for many members: what a member is called and which variant it is stays as it is when the
 * text is written again.
 */
function collectedWriter(
  column: CollectedInput,
  shelf: ResultShelf,
  contentOf: Surroundings['contentOf'],
  nameOf: NameOf,
): (row: number) => string | undefined {
  const { table } = shelf
  const { inner } = column.input
  const extension = escaped(posix.extname(resultLabel(shelf)))
  const variants: string[] = []
  return (row) => {
    const lines: string[] = []
    for (const member of column.members(row)) {
      const name = contentOf(shelf, member)
      if (name === undefined) return undefined
      variants[member] ??= escaped(canonical(table.at(member).parameters()))
      const file = `${lines.length}${isFolder(name) ? '' : extension}`
      lines.push(memberText(file, escaped(nameOf(name)), variants[member]))
    }
    return collectedLine(inner, lines)
  }
}

function stagedLines(inner: string, staged: Staged, nameOf: NameOf): string {
  switch (staged.kind) {
    case 'value':
      return factLine('value', inner, canonical(staged.value))
    case 'content': {
      const content = contentText(nameOf(staged.name), staged.item?.content?.executable)
      return factLine('input', inner, inputText({ file: staged.file, content }))
    }
    case 'collected': {
      const members = staged.members.map(({ file, name, parameters }) =>
        memberText(file, nameOf(name), canonical(parameters)),
      )
      return factLine('collected', inner, membersText(members))
    }
  }
}

/** For the key, files are named as in a pan and the user's own as in the project, wherever both lie. */
function commandLine(command: Command, row: JobRow, { contentOf }: Surroundings): string {
  if (row.step.imported) return factLine('command', '', canonical(row.step.command ?? null))
  const staged = stagedInputs(row, contentOf) ?? new Map<string, Staged>()
  const rendered = renderCommand(command, (placeholder) =>
    placeholderText(staged, placeholder, (file, input) =>
      row.step.place === 'project' && input?.kind === 'content' && input.item ? input.label : file,
    ),
  )
  return factLine('command', '', canonical(rendered))
}

/** Every input of a row by its inner name; undefined while one is not known. */
export function stagedInputs(
  { table, row }: JobRow,
  contentOf: Surroundings['contentOf'],
): Map<string, Staged> | undefined {
  const inputs = new Map<string, Staged>()
  for (const column of table.inputs) {
    const staged = stageInput(column, row, contentOf)
    if (staged === undefined) return undefined
    inputs.set(column.input.inner, staged)
  }
  return inputs
}
