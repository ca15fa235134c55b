// Finds the programs that steps name under `tools`, and identifies them.
import { realpathSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import type { Step } from '../config/configuration.ts'
import type { FileScanner } from './file-scanner.ts'
import { findFfmpeg, findSharp, type Program } from '../steps/image-programs.ts'
import { pictureTools } from '../recipe/course-format.ts'

export class ToolIdentities {
  readonly #scanner: FileScanner
  readonly #folders: string[]
  readonly #paths = new Map<string, string>()
  #ffmpeg: Program | undefined
  readonly #pythons = new Map<string, { path: string }>()

  constructor(scanner: FileScanner, searchPath: string) {
    this.#scanner = scanner
    this.#folders = searchPath.split(delimiter).filter((folder) => folder !== '')
  }

  /** Finds interpreters and asks them where they lie, which takes a process: before the plan is judged. */
  async prepare(steps: Step[]): Promise<void> {
    if (steps.some((step) => pictureTools(step).includes('ffmpeg'))) this.#ffmpeg ??= await findFfmpeg(this.#folders)
    const cooks = steps.filter((step) => step.type === 'python')
    if (cooks.length === 0) return
    const { findPython } = await import('../steps/interpreter.ts')
    for (const step of cooks) {
      const named = Object.fromEntries(step.tools.map((tool) => [tool, this.#find(step, tool)]))
      const python = await findPython(step.folder, named, this.#folders.join(delimiter))
      this.#pythons.set(step.name, python)
      // The places where another interpreter would be found first, and this one.
      for (const path of [join(step.folder, '.venv', 'bin', 'python'), python.path]) this.#scanner.file(path, 'strong')
    }
  }

  /** The paths that a ticket carries: of each tool, and of the interpreter that its type needs. */
  paths(step: Step): { [tool: string]: string } {
    const paths = Object.fromEntries(step.tools.map((tool) => [tool, this.#path(step, tool)]))
    if (this.#ffmpeg && pictureTools(step).includes('ffmpeg')) paths.ffmpeg = this.#ffmpeg.path
    const python = this.#pythons.get(step.name)
    return python ? { ...paths, python: python.path } : paths
  }

  /** Absolute, with links followed, so that an alternative that was switched shows. */
  #path(step: Step, tool: string): string {
    const key = tool.includes('/') ? resolve(step.folder, tool) : tool
    const known = this.#paths.get(key)
    if (known !== undefined) return known
    const path = realpathSync(this.#find(step, tool))
    this.#paths.set(key, path)
    return path
  }

  /** Each place that is passed over counts as looked at, because a program put there later would be found first. */
  #find(step: Step, tool: string): string {
    const own = tool.includes('/') ? resolve(step.folder, tool) : undefined
    const places = own === undefined ? this.#folders.map((folder) => join(folder, tool)) : [own]
    const found = places.find((path) => this.#scanner.file(path, 'strong')?.executable)
    if (found === undefined) throw new Refusal([failure('tool-missing', { step: step.name, tool }, step.at)])
    return found
  }

  /** By its bytes; of an interpreter those of the program that runs, because what was found may be a shim. */
  identity(step: Step, tool: string): string {
    if (pictureTools(step).includes(tool)) return this.#pictureTool(tool)
    const path = this.#interpreter(step, tool) ?? this.#path(step, tool)
    return this.#scanner.file(path, 'strong')?.name ?? path
  }

  #interpreter({ type, name }: Step, tool: string): string | undefined {
    if (tool === 'node' && type === 'node') return process.execPath
    const python = tool === 'python' ? this.#pythons.get(name) : undefined
    return python && realpathSync(python.path)
  }

  /** Looked at as well, so that a new one is noticed where nothing else changed. */
  #pictureTool(tool: string): string {
    const program = tool === 'sharp' ? findSharp() : this.#ffmpeg
    if (program) this.#scanner.file(program.path, 'strong')
    return `${tool} ${program?.version ?? 'missing'}`
  }
}
