// Converts scripts of packages to a cheffile. Every task that makes or checks something becomes a step in its
// package's folder.
import type { ValueMap } from '../../base/value.ts'
import { freshFolders, type ImportResult, type Omission, literal, Names, quoted } from '../import-result.ts'
import {
  gathering,
  isGathered,
  isPattern,
  preparation,
  mergeFolders,
  type Output,
  outputsOf,
  overlap,
  partsOf,
} from './npm-outputs.ts'
import { taskName, mapOf, type NpmProject, type Task } from './npm-tasks.ts'

export function kitchenOfTasks(all: Task[], project: NpmProject, left: Omission[]): ImportResult {
  const tasks = new Map(all.map((task) => [task.id, task]))
  const leave = (task: Task, why: string): void => void left.push({ what: taskName(task.id), why })
  const made = new Map<string, Output[]>()
  for (const task of all) {
    const unfit: string[] = []
    const outputs = outputsOf(task.outputs, (pattern, why) => unfit.push(`${pattern}: ${why}`))
    const whole = outputs.find(
      ({ kind, place }) => kind !== 'several' && kind !== 'pattern' && `${task.folder}/`.startsWith(`${place}/`),
    )
    if (whole) unfit.push(`${whole.place}: its package lies in it`)
    const taken = outputs.flatMap((one) =>
      [...made].flatMap(([id, others]) =>
        others.some((other) => overlap(one, other)) ? [[id, one.place] as const] : [],
      ),
    )[0]
    const without = unfit.find((one) => one.startsWith('!'))
    if (without) leave(task, `its output ${without}`)
    const why = taken
      ? `it writes to ${taken[1]}, as ${taskName(taken[0])} does`
      : unfit.filter((one) => !one.startsWith('!')).map((one) => `its output ${one}`)[0]
    if (why === undefined) made.set(task.id, outputs)
    else {
      leave(task, why)
      tasks.delete(task.id)
    }
  }
  leaveDependants(tasks, leave)
  const writer = new NpmWriter(project, tasks, made, leave)
  const kept = all.filter(({ id }) => tasks.has(id))
  for (const task of kept) writer.claim(task)
  for (const task of kept) writer.add(task)
  return { cheffile: writer.cheffile(), left }
}

function leaveDependants(tasks: Map<string, Task>, leave: (task: Task, why: string) => void): void {
  for (let again = true; again; ) {
    again = false
    for (const task of [...tasks.values()]) {
      const missing = task.needs.find((id) => !tasks.has(id))
      if (missing === undefined) continue
      leave(task, `it needs ${taskName(missing)}, which is left out`)
      tasks.delete(task.id)
      again = true
    }
  }
}

class NpmWriter {
  readonly #project: NpmProject
  readonly #tasks: ReadonlyMap<string, Task>
  readonly #made: ReadonlyMap<string, Output[]>
  readonly #leave: (task: Task, why: string) => void
  readonly #names = new Names()
  readonly #resources: ValueMap = {}
  readonly #recipe: ValueMap = {}
  readonly #links: ValueMap = {}
  readonly #needed: ReadonlySet<string>

  constructor(
    project: NpmProject,
    tasks: ReadonlyMap<string, Task>,
    made: ReadonlyMap<string, Output[]>,
    leave: (task: Task, why: string) => void,
  ) {
    this.#project = project
    this.#tasks = tasks
    this.#made = made
    this.#leave = leave
    this.#needed = new Set([...tasks.values()].flatMap(({ needs }) => needs))
  }

  cheffile(): ValueMap {
    const sections = { resources: this.#resources, recipe: this.#recipe, links: this.#links }
    return Object.fromEntries(Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0))
  }

  /** Gives steps the first choice of names. */
  claim(task: Task): void {
    this.#step(task)
  }

  #step({ id, folder, script }: Task): string {
    const { name } = mapOf(this.#project.packages.get(folder))
    const plain = typeof name === 'string' ? name.replace(/^@/, '') : folder
    return this.#names.of(`step ${id}`, folder === '' ? script : `${plain}_${script}`)
  }

  /** Returns the results of a task, or its mark if it declares no outputs. */
  #results(task: Task): { name: string; output: Output | undefined }[] {
    const outputs = this.#made.get(task.id) ?? []
    if (outputs.length === 0)
      return [{ name: this.#names.of(`done ${task.id}`, `${this.#step(task)}.done`), output: undefined }]
    return outputs.map((output) => ({ name: this.#names.of(`result ${output.inner}`, output.place), output }))
  }

  /** Returns the tasks that do something, behind those that only group others. */
  #behind(ids: string[], seen = new Set<string>()): Task[] {
    return ids.flatMap((id) => {
      const task = this.#tasks.get(id)
      if (task === undefined || seen.has(id)) return []
      seen.add(id)
      return task.command === undefined ? this.#behind(task.needs, seen) : [task]
    })
  }

  add(task: Task): void {
    const inputs: ValueMap = {}
    const before: string[] = []
    for (const { name, output } of this.#behind(task.needs).flatMap((one) => this.#results(one))) {
      const inner = `i${Object.keys(inputs).length + 1}`
      inputs[inner] = name
      if (output === undefined || task.command === undefined) continue
      const whole = output.kind !== 'pattern' && !isGathered(output)
      before.push(`${whole ? 'fresh' : 'merge'} {${inner}} ${literal(quoted(output.place))}`)
    }
    for (const [word, source] of [
      ['merge', mergeFolders],
      ['fresh', freshFolders],
    ] as const)
      if (before.some((line) => line.startsWith(`${word} `))) before.unshift(source)
    const files = this.#files(task)
    if (files !== undefined) inputs[`i${Object.keys(inputs).length + 1}`] = files
    if (task.command === undefined && Object.keys(inputs).length === 0)
      return this.#leave(task, 'it has no command and nothing that it needs')
    const results = this.#results(task)
    const outputs = results.flatMap(({ output }) => output ?? [])
    const innerOf = (output: Output | undefined): string => {
      if (output === undefined) return 'done'
      return isGathered(output) ? `out${outputs.indexOf(output) + 1}` : output.inner
    }
    for (const { name, output } of results) if (output) this.#links[name] = literal(output.place)
    const lines = [
      ...before,
      ...preparation(outputs, task.clean),
      ...(task.command === undefined ? [] : [this.#command(task, task.command)]),
      ...gathering(outputs, innerOf),
      ...(outputs.length > 0 ? [] : [this.#mark(task)]),
    ]
    this.#recipe[this.#step(task)] = {
      command: lines.join(' &&\n'),
      ...(Object.keys(inputs).length > 0 && { inputs }),
      outputs: Object.fromEntries(results.map(({ name, output }) => [innerOf(output), name])),
      ...(task.env.length > 0 && { env: [...new Set(task.env)] }),
      at: 'project',
      // Scripts read results of others in their places, where those of the time before may lie until the build is over.
      trace: 'off',
    }
  }

  /** Runs a command as npm does: in the package's folder, with the programs of node_modules on the PATH. */
  #command({ folder, variables, otherwise }: Task, command: string): string {
    const above = folder.split('/').map((_part, at, parts) => parts.slice(0, parts.length - at).join('/'))
    const programs = [...new Set([...above, ''])].map((one) => `$PWD/${one === '' ? '' : `${one}/`}node_modules/.bin`)
    return [
      `( PATH="${programs.join(':')}:$PATH" &&`,
      ...Object.entries(variables).map(([name, value]) => literal(`export ${name}=${quoted(value)} &&`)),
      ...Object.entries(otherwise).map(([name, value]) =>
        literal(`{ test -n "\${${name}+set}" || export ${name}=${quoted(value)}; } &&`),
      ),
      ...(folder === '' ? [] : [literal(`cd ${quoted(folder)} &&`)]),
      literal(`{ ${command}\n})`),
    ].join('\n')
  }

  /**
   * Writes a mark for a task whose outputs are unknown. If other tasks need it, the mark changes whenever its inputs
   * do.
   */
  #mark(task: Task): string {
    if (task.command === undefined || !this.#needed.has(task.id)) return 'echo done > {done}'
    return `grep -o '"key":"[^"]*"' "$(dirname {done})/ticket.json" > {done}`
  }

  /** Excludes outputs of tasks from the files, because the inputs of a task already cover them. */
  #files(task: Task): string | undefined {
    if (task.inputs.length === 0) return undefined
    const patterns = task.inputs.flatMap((one) => asBundle(one, this.#project.isFile))
    const outputs = [...this.#made.values()].flat().flatMap(partsOf)
    const without = outputs
      .filter(({ place }) => mayHold(patterns, place))
      .flatMap(({ kind, inner, place }) => (kind === 'pattern' ? [`!${inner}`] : [`!${place}`, `!${place}/**`]))
    const bundle = [...new Set([...patterns, ...without])]
    if (!this.#project.matches(bundle)) {
      this.#leave(task, `its files ${task.inputs.join(', ')} match nothing that is not made by a task`)
      return undefined
    }
    const known = Object.entries(this.#resources).find(
      ([, one]) => JSON.stringify(mapOf(one).bundle) === JSON.stringify(bundle),
    )
    const name = known?.[0] ?? this.#names.of(`files ${task.id}`, `${this.#step(task)}.files`)
    this.#resources[name] = { bundle }
    return name
  }
}

/** Patterns of scripts match hidden files as well, and a folder stands for everything in it. */
function asBundle(pattern: string, isFile: (path: string) => boolean): string[] {
  const plain = pattern.replace(/\/$/, '')
  if (plain.endsWith('**')) return plain.startsWith('!') ? [plain] : [`${plain}/*`, `${plain}/.*`]
  if (plain.endsWith('**/*')) return plain.startsWith('!') ? [plain] : [plain, plain.replace(/\*$/, '.*')]
  if (isPattern(plain) || isFile(plain)) return [plain]
  return plain.startsWith('!') ? [plain, `${plain}/**`] : [plain, `${plain}/**/*`, `${plain}/**/.*`]
}

/** Decides cheaply whether a pattern could match something at a place. It may say yes too often. */
function mayHold(patterns: string[], place: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('/')
    const fixed = parts.slice(0, parts.findIndex(isPattern) < 0 ? parts.length : parts.findIndex(isPattern)).join('/')
    return (
      !pattern.startsWith('!') && (fixed === '' || `${place}/`.startsWith(`${fixed}/`) || fixed.startsWith(`${place}/`))
    )
  })
}
