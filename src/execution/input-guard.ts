// Checks the objects that a cook got as links after its run: they are read-only for everybody but root.
import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bytesOf } from '../base/content-name.ts'
import type { Fridge } from '../fridge/fridge.ts'
import type { Content, Ticket } from '../tickets/ticket.ts'

export interface Given {
  /** The inner name. */
  name: string
  path: string
  written: bigint | undefined
}

export function objectsGiven({ source, inputs }: Ticket, { folder }: Fridge): Given[] {
  const given: Given[] = []
  const add = (name: string, content: Content): void => {
    if (content.kind !== 'file' || !content.path.startsWith(`${folder}/`)) return
    given.push({ name, path: content.path, written: writtenAt(content.path) })
  }
  if (source) add(source.file, source.content)
  for (const input of inputs) {
    if (input.kind === 'content') add(input.name, input.content)
    else if (input.kind === 'collected') for (const member of input.members) add(input.name, member.content)
  }
  return given
}

function writtenAt(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs
}

/** The input that the cook wrote into, if it did. What it spoilt is dropped, so that it is made again. */
export function overwritten(given: readonly Given[], fridge: Fridge): string | undefined {
  const spoilt = given.filter(({ path, written }) => {
    if (written === undefined) return false
    const now = writtenAt(path)
    return now !== undefined && now !== written
  })
  for (const { path } of spoilt) {
    rmSync(path, { force: true })
    const inside = path.slice(join(fridge.folder, 'objects').length + 1).replace('/', '')
    if (path.startsWith(join(fridge.folder, 'objects'))) fridge.objects.drop([bytesOf(inside)])
  }
  return spoilt[0]?.name
}
