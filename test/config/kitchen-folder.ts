// A folder with the files of a kitchen, and what loading it gives or says.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Refusal } from '../../src/base/failures/failure.ts'
import type { Configuration } from '../../src/config/configuration.ts'
import type { LoadRequest } from '../../src/config/reading/load-configuration.ts'
import { readKitchen } from '../../src/recipe/load-recipe.ts'

export function folderWith(files: { [path: string]: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'chef-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

type Files = string | { [path: string]: string }

const request = (folder: string, more: Partial<LoadRequest>): LoadRequest => ({
  folder,
  linked: {},
  settings: [],
  free: [],
  cpus: 4,
  ...more,
})

export async function load(files: Files, more: Partial<LoadRequest> = {}): Promise<Configuration> {
  const folder = folderWith(typeof files === 'string' ? { 'cheffile.yml': files } : files)
  return loaded(request(folder, more), () => true)
}

async function loaded(asked: LoadRequest, exists: (path: string) => boolean): Promise<Configuration> {
  const { configuration, failures } = await readKitchen(asked, exists)
  if (failures.length > 0) throw new Refusal(failures)
  return configuration
}

/** `code line:column` of each failure, or `code` where it has no place. */
export async function faults(files: Files, more: Partial<LoadRequest> = {}, missing: string[] = []): Promise<string[]> {
  const refusal = await refusalOf(files, more, missing)
  return refusal.failures.map(({ code, at }) => (at ? `${code} ${at.line}:${at.column}` : code))
}

/** What is said: message and hint, with the folder's name taken out. */
export async function messages(files: Files, more: Partial<LoadRequest> = {}): Promise<string[]> {
  const refusal = await refusalOf(files, more, [])
  return refusal.failures.map(({ message, hint }) =>
    `${message}${hint ? ` | ${hint}` : ''}`.replace(/\/\S*chef-config-\w+\/?/g, './'),
  )
}

async function refusalOf(files: Files, more: Partial<LoadRequest>, missing: string[]): Promise<Refusal> {
  const folder = folderWith(typeof files === 'string' ? { 'cheffile.yml': files } : files)
  try {
    await loaded(request(folder, more), (path) => !missing.some((one) => path.endsWith(one)))
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error('nothing was refused')
}
