// Makes tickets portable, and the tickets of this machine out of portable ones. A portable ticket needs neither the
// fridge nor the same paths: what it reads goes with it.
import { existsSync, realpathSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { variableDigest } from '../../base/variable-digest.ts'
import { isExecutable } from '../../files/executable.ts'
import { findPython } from '../../steps/interpreter.ts'
import { sharedKey } from '../../steps/declared-variables.ts'
import type { HostEnvironment } from '../../steps/pan.ts'
import type { CollectedMember, Content, Ticket } from '../../tickets/ticket.ts'
import { digestOf, Luggage, type Places } from './carried-content.ts'
import { placeContent, unfit } from './content-placement.ts'

/** Stands for the pan of a ticket that has none yet. */
const anyPan = 'pan'

export interface Packed<Head> {
  head: Head
  places: Places
}

/** Refuses steps that only this machine can cook. */
export function packTicket(ticket: Ticket, variables: HostEnvironment): Packed<Ticket> {
  if (ticket.project !== undefined || ticket.inPlace) throw stays(ticket, 'it runs in the project')
  const luggage = new Luggage()
  const carry = (content: Content): Content => {
    if (content.kind === 'inline') return content
    if (!existsSync(content.path)) throw new Refusal([failure('ticket-path-missing', { path: content.path })], 1)
    const kind = statSync(content.path).isDirectory() ? 'tree' : 'file'
    return { kind, path: luggage.add(content.path) }
  }
  const { source, root: _, ...rest } = ticket
  const head: Ticket = {
    ...mapContents(rest, carry),
    ...(source && { source: { file: source.file, path: source.file, content: carry(source.content) } }),
    pan: anyPan,
    tools: Object.fromEntries(Object.keys(ticket.tools).map((name) => [name, name])),
    toolDigests: Object.fromEntries(
      Object.entries(ticket.tools).map(([name, path]) => {
        if (name.includes('/')) throw stays(ticket, `its tool ${name} lies in the project`)
        return [name, digestOf(path).sha256]
      }),
    ),
    // The reads of a cook elsewhere say nothing about the files here.
    trace: 'off',
    ...(ticket.passed && { passed: passedOn(ticket, ticket.passed, variables) }),
    contents: luggage.contents,
  }
  return { head, places: luggage.places }
}

function stays({ step }: Ticket, why: string): Refusal {
  return new Refusal([failure('ticket-not-portable', { step, why })], 1)
}

/** The fridge's key stays at home, so the digests are made anew with the one that machines share. */
function passedOn(
  ticket: Ticket,
  { digests }: NonNullable<Ticket['passed']>,
  variables: HostEnvironment,
): Ticket['passed'] {
  const key = variables[sharedKey]
  const shared = Object.entries(digests).map(([name, digest]) => {
    if (digest === null) return [name, null]
    if (!key) throw stays(ticket, `it counts $${name} of the environment, and ${sharedKey} is not set`)
    return [name, variableDigest(key, name, variables[name])]
  })
  return { key: sharedKey, digests: Object.fromEntries(shared) }
}

export interface Arrival {
  /** The folder of the bytes, each file named by its SHA-256. */
  objects: string
  /** Is made for the inputs. */
  inputs: string
  /** The pan to cook in. */
  pan: string
  variables: HostEnvironment
}

/** Makes a portable ticket one of this machine. Throws a refusal where something is missing, damaged or different. */
export async function unpackTicket(ticket: Ticket, { objects, inputs, pan, variables }: Arrival): Promise<Ticket> {
  const { contents = {}, toolDigests = {}, source, ...rest } = ticket
  const placed = new Set<string>()
  const place = (content: Content): Content => {
    if (content.kind === 'inline') return content
    const carried = Object.hasOwn(contents, content.path) ? contents[content.path] : undefined
    if (carried === undefined) throw unfit(`"${content.path}" stands for no content`)
    const path = join(inputs, String(Object.keys(contents).indexOf(content.path)))
    if (!placed.has(path)) placeContent(carried, objects, path)
    placed.add(path)
    return { kind: carried.kind === 'file' ? 'file' : 'tree', path }
  }
  const { project: _, inPlace: __, root: ___, ...local } = mapContents(rest, place)
  if (ticket.project !== undefined || ticket.inPlace) throw stays(ticket, 'it runs in the project')
  if (ticket.passed && ticket.passed.key !== sharedKey) throw unfit('its variables have a key of another machine')
  return {
    ...local,
    ...(source && { source: { file: source.file, path: join(pan, source.file), content: place(source.content) } }),
    pan,
    tools: await sameTools(ticket, toolDigests, { pan, searchPath: variables.PATH ?? '' }),
  }
}

async function sameTools(
  { tools }: Ticket,
  digests: { [name: string]: string },
  { pan, searchPath }: { pan: string; searchPath: string },
): Promise<Ticket['tools']> {
  const found: Ticket['tools'] = {}
  for (const name of Object.keys(tools)) {
    const path = name === 'python' ? (await findPython(pan, {}, searchPath)).path : programOnPath(name, searchPath)
    if (path === undefined || digestOf(path).sha256 !== digests[name])
      throw new Refusal([failure('tool-elsewhere', { tool: name, found: path })], 1)
    found[name] = path
  }
  return found
}

function programOnPath(name: string, searchPath: string): string | undefined {
  const places = searchPath
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
  const found = places.find((path) => isExecutable(path) && statSync(path).isFile())
  return found === undefined ? undefined : realpathSync(found)
}

/** Changes the content of inputs. */
function mapContents<T extends Pick<Ticket, 'inputs'>>(ticket: T, change: (content: Content) => Content): T {
  const changeMember = (member: CollectedMember): CollectedMember => ({ ...member, content: change(member.content) })
  return {
    ...ticket,
    inputs: ticket.inputs.map((input) => {
      if (input.kind === 'content') return { ...input, content: change(input.content) }
      return input.kind === 'collected' ? { ...input, members: input.members.map(changeMember) } : input
    }),
  }
}

/** Returns a path of a ticket that is not there, and without which it cannot be cooked. */
export function missingPath(ticket: Ticket): string | undefined {
  const paths: string[] = ticket.project === undefined ? [] : [ticket.project]
  const note = (content: Content): Content => {
    if (content.kind !== 'inline') paths.push(content.path)
    return content
  }
  if (ticket.source) note(ticket.source.content)
  mapContents(ticket, note)
  return paths.find((path) => !existsSync(path))
}
