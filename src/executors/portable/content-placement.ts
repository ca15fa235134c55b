// Lays carried content out in a folder. Whoever sent it may be hostile: nothing is written outside of the folder, and no
// byte is used that is not what its digest says.
import { chmodSync, constants, copyFileSync, lstatSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, isAbsolute, join, normalize } from 'node:path'
import { failure, Refusal } from '../../base/failures/failure.ts'
import { errorCode } from '../../base/thrown-error.ts'
import { makeFolders } from '../../files/folder-creation.ts'
import type { Carried } from '../../tickets/ticket-protocol.ts'
import { type CarriedFile, digestOf } from './carried-content.ts'

const digestForm = /^[0-9a-f]{64}$/

/** Names the file below `objects` that holds the bytes of a digest. */
export function objectPath(objects: string, sha256: string): string {
  if (!digestForm.test(sha256)) throw unfit(`"${sha256}" is no SHA-256`)
  return join(objects, sha256)
}

export function unfit(why: string): Refusal {
  return new Refusal([failure('parcel-unfit', { why })], 1)
}

/** Makes the file or folder `target`, which must not exist. */
export function placeContent(carried: Carried, objects: string, target: string): void {
  makeFolders(dirname(target))
  if (carried.kind === 'file') {
    placeFile(carried, objects, target)
    return
  }
  makeFolders(target)
  for (const file of carried.files) {
    const path = join(target, innerPath(file.path))
    makeFoldersBelow(target, dirname(path))
    placeFile(file, objects, path)
  }
  // After all files, so that none is written through a link.
  for (const link of carried.links) {
    const path = join(target, innerPath(link.path))
    makeFoldersBelow(target, dirname(path))
    once(link.path, () => symlinkSync(link.target, path))
  }
}

/** A link that was made before is no folder: a path that leads through it is refused. */
function makeFoldersBelow(root: string, folder: string): void {
  if (folder === root) return
  makeFoldersBelow(root, dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !lstatSync(folder).isDirectory())
      throw unfit(`two things would lie at "${folder}"`)
  }
}

function placeFile({ sha256, size, executable }: Omit<CarriedFile, 'kind'>, objects: string, path: string): void {
  const object = objectPath(objects, sha256)
  once(path, () => copyFileSync(object, path, constants.COPYFILE_EXCL), sha256)
  // The copy is hashed, and not the object: nobody else writes to it.
  const found = digestOf(path)
  if (found.sha256 !== sha256 || found.size !== size) throw unfit(`the bytes of ${sha256} are others`)
  chmodSync(path, executable ? 0o755 : 0o644)
}

function once(path: string, make: () => void, sha256 = ''): void {
  try {
    make()
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw unfit(`two things would lie at "${path}"`)
    if (errorCode(error) === 'ENOENT' && sha256 !== '') throw unfit(`the bytes of ${sha256} are missing`)
    throw error
  }
}

function innerPath(path: string): string {
  const plain = normalize(path)
  const isOutside = plain === '.' || plain === '..' || plain.startsWith('../') || isAbsolute(plain)
  if (isOutside || path.includes('\0') || plain.endsWith('/')) throw unfit(`"${path}" leads out of its folder`)
  return plain
}
