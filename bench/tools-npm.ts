// Peers of the npm world: wireit, turbo, nx. They know no parameters, so a parameter is a script, a package or a target.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectCommand, scriptOf, type Settings, type Tool, taskCommand } from './tools.ts'
import { lastFile, outFolder, type Workload } from './workload.ts'

export function npmTools(jobs: number): Tool[] {
  return [
    {
      name: 'wireit',
      // It is only ever run by npm, and does not say its version.
      versionOf: ['sh', '-c', 'grep version "$(dirname "$(readlink -f "$(command -v wireit)")")/../package.json"'],
      write: (folder, work, settings) => json(folder, 'package.json', wireitPackage(work, settings)),
      build: ['npm', 'run', '--silent', 'join'],
      env: { WIREIT_PARALLEL: String(jobs), WIREIT_LOGGER: 'quiet' },
      caches: ['.wireit'],
      restores: true,
    },
    {
      name: 'turbo',
      versionOf: ['turbo', '--version'],
      write: turboWorkspace,
      build: ['turbo', 'run', 'build', `--concurrency=${jobs}`, '--output-logs=none'],
      env: { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
      caches: ['.turbo'],
      restores: true,
    },
    {
      name: 'nx',
      versionOf: ['nx', '--version'],
      write: (folder, work, settings) => {
        json(folder, 'package.json', { name: 'bench', private: true })
        json(folder, 'nx.json', { parallel: jobs, analytics: false })
        json(folder, 'project.json', nxProject(work, settings))
      },
      // It wants to be installed in the workspace.
      prepare: ['sh', '-c', 'ln -sfn "$(readlink -f "$(command -v nx)" | sed "s|/nx/.*||")" node_modules'],
      build: ['nx', 'run', 'bench:join', '--outputStyle=static'],
      env: { NX_NO_CLOUD: 'true', NX_VERBOSE_LOGGING: 'false' },
      caches: ['.nx'],
      restores: true,
      stop: ['nx', 'daemon', '--stop'],
    },
  ]
}

function json(folder: string, name: string, value: unknown): void {
  writeFileSync(join(folder, name), JSON.stringify(value))
}

/** Names of tasks must not look like paths. */
function taskName(out: string): string {
  return out.replace(`${outFolder}/`, '')
}

function isResult(input: string): boolean {
  return input.startsWith(`${outFolder}/`)
}

function wireitPackage(work: Workload, settings: Settings): object {
  const wireit: { [name: string]: object } = {
    join: {
      command: collectCommand,
      files: ['parts.list'],
      output: [lastFile],
      dependencies: work.parts.map(taskName),
    },
  }
  for (const node of work.nodes) {
    wireit[taskName(node.out)] = {
      command: taskCommand(work, node, settings),
      files: [scriptOf(work), ...node.inputs.filter((input) => !isResult(input))],
      output: [node.out],
      dependencies: node.inputs.filter(isResult).map(taskName),
    }
  }
  const scripts = Object.fromEntries(Object.keys(wireit).map((name) => [name, 'wireit']))
  return { name: 'bench', private: true, scripts, wireit }
}

/** A package for each task, which writes into a folder of its own: turbo does not let two packages share one. */
function turboWorkspace(folder: string, work: Workload, settings: Settings): void {
  const shared = [scriptOf(work), 'parts.list', ...work.sources.map((source) => source.path)]
  json(folder, 'package.json', {
    name: 'bench',
    private: true,
    packageManager: 'npm@10.0.0',
    workspaces: ['packages/*'],
  })
  json(folder, 'package-lock.json', { name: 'bench', lockfileVersion: 3, packages: {} })
  json(folder, 'turbo.json', {
    globalDependencies: shared,
    tasks: { build: { dependsOn: ['^build'], outputs: ['$TURBO_ROOT$/out/**'], cache: true } },
  })
  for (const node of work.nodes) {
    const name = taskName(node.out)
    const dependencies = Object.fromEntries(node.inputs.filter(isResult).map((input) => [taskName(input), '*']))
    turboPackage(folder, name, taskCommand(work, node, settings), dependencies, node.out)
  }
  turboPackage(
    folder,
    'join',
    collectCommand,
    Object.fromEntries(work.parts.map((part) => [taskName(part), '*'])),
    lastFile,
  )
}

function turboPackage(folder: string, name: string, command: string, dependencies: object, out: string): void {
  const place = join(folder, 'packages', name)
  mkdirSync(place, { recursive: true })
  json(place, 'package.json', { name, version: '1.0.0', scripts: { build: `cd ../.. && ${command}` }, dependencies })
  json(place, 'turbo.json', { extends: ['//'], tasks: { build: { outputs: [`$TURBO_ROOT$/${out}`] } } })
}

function nxProject(work: Workload, settings: Settings): object {
  const targets: { [name: string]: object } = {
    join: {
      command: collectCommand,
      cache: true,
      inputs: ['{workspaceRoot}/parts.list', { dependentTasksOutputFiles: '**/*' }],
      outputs: [`{workspaceRoot}/${lastFile}`],
      dependsOn: work.parts.map(taskName),
    },
  }
  for (const node of work.nodes) {
    targets[taskName(node.out)] = {
      command: taskCommand(work, node, settings),
      cache: true,
      inputs: [
        ...[scriptOf(work), ...node.inputs.filter((input) => !isResult(input))].map(
          (path) => `{workspaceRoot}/${path}`,
        ),
        ...(node.inputs.some(isResult) ? [{ dependentTasksOutputFiles: '**/*' }] : []),
      ],
      outputs: [`{workspaceRoot}/${node.out}`],
      dependsOn: node.inputs.filter(isResult).map(taskName),
    }
  }
  return { name: 'bench', root: '.', targets }
}
