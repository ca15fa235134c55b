// Programs that steps name under `tools`: where they lie and what they are.
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { failure, Refusal } from '../base/failure.ts'
import type { Step } from '../config/configuration.ts'
import type { Looker } from '../fridge/looker.ts'

export class Tools {
  readonly #looker: Looker
  readonly #folders: string[]
  readonly #paths = new Map<string, string>()

  constructor(looker: Looker, searchPath: string) {
    this.#looker = looker
    this.#folders = searchPath.split(delimiter).filter((folder) => folder !== '')
  }

  /** Absolute, with links followed, so that an alternative that was switched shows. */
  path(step: Step, tool: string): string {
    const key = tool.includes('/') ? resolve(step.folder, tool) : tool
    const known = this.#paths.get(key)
    if (known !== undefined) return known
    const found = tool.includes('/') ? key : this.#folders.map((folder) => join(folder, tool)).find((path) => existsSync(path))
    if (found === undefined || !existsSync(found)) throw new Refusal([failure('tool-missing', { step: step.name, tool }, step.at)])
    const path = realpathSync(found)
    this.#paths.set(key, path)
    return path
  }

  identity(step: Step, tool: string): string {
    const path = this.path(step, tool)
    return this.#looker.file(path, 'trust')?.name ?? path
  }
}
