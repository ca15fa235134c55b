// Peers that go by time or by a graph of files: ninja, make, tup, doit, Snakemake.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectCommand, scriptOf, type Settings, type Tool, taskCommand } from './tools.ts'
import { lastFile, numpyScript, type Workload } from './workload.ts'

export function fileTools(jobs: number): Tool[] {
  return [
    {
      name: 'ninja',
      versionOf: ['ninja', '--version'],
      byTime: true,
      write: (folder, work, settings) => put(folder, work, 'build.ninja', ninjaFile(work, settings)),
      build: ['ninja', '--quiet', '-j', String(jobs)],
      caches: ['.ninja_log', '.ninja_deps'],
    },
    {
      name: 'make',
      versionOf: ['make', '--version'],
      byTime: true,
      write: (folder, work, settings) => put(folder, work, 'Makefile', makefile(work, settings)),
      build: ['make', '-s', '-j', String(jobs)],
      caches: [],
    },
    {
      name: 'tup',
      versionOf: ['tup', '--version'],
      byTime: true,
      write: (folder, work, settings) => put(folder, work, 'Tupfile', tupfile(work, settings)),
      prepare: ['tup', 'init', '--no-sync', '--force'],
      build: ['tup', '--quiet', `-j${jobs}`],
      caches: ['.tup'],
      // It was ended in the middle: its file system is still mounted.
      stop: ['sh', '-c', 'fusermount3 -uqz .tup/mnt || true'],
    },
    {
      name: 'doit',
      versionOf: ['doit', '--version'],
      write: (folder, work, settings) => put(folder, work, 'dodo.py', dodoFile(work, settings)),
      build: ['doit', '-v', '0', '-n', String(jobs), '--reporter', 'zero'],
      caches: ['.doit.db', '.doit.db.db', '.doit.db.dat', '.doit.db.dir'],
    },
    {
      name: 'snakemake',
      versionOf: ['snakemake', '--version'],
      byTime: true,
      write: (folder, work, settings) => put(folder, work, 'Snakefile', snakefile(work, settings)),
      build: ['snakemake', '--quiet', '--cores', String(jobs)],
      caches: ['.snakemake'],
    },
  ]
}

function put(folder: string, work: Workload, name: string, text: string): void {
  writeFileSync(join(folder, name), text)
  if (work.kind === 'numpy') writeFileSync(join(folder, 'step.py'), numpyScript)
}

function ninjaFile(work: Workload, { python }: Settings): string {
  const script = scriptOf(work)
  const step = script === 'step.py' ? `${python} step.py` : 'sh step.sh'
  const rules = `rule step\n  command = ${step} $parameter $out $in\nrule join\n  command = ${collectCommand}\n`
  const builds = work.nodes.map(
    ({ out, parameter, inputs }) => `build ${out}: step ${inputs.join(' ')} | ${script}\n  parameter = ${parameter}\n`,
  )
  return `${rules}${builds.join('')}build ${lastFile}: join | parts.list ${work.parts.join(' ')}\n`
}

function makefile(work: Workload, settings: Settings): string {
  const rules = work.nodes.map(
    (node) => `${node.out}: ${scriptOf(work)} ${node.inputs.join(' ')}\n\t${taskCommand(work, node, settings)}\n`,
  )
  return `${lastFile}: parts.list ${work.parts.join(' ')}\n\t${collectCommand}\n${rules.join('')}`
}

function tupfile(work: Workload, settings: Settings): string {
  const last = new Set(work.parts)
  const rules = work.nodes.map((node) => {
    const bin = last.has(node.out) ? ' {parts}' : ''
    return `: ${scriptOf(work)} ${node.inputs.join(' ')} |> ${taskCommand(work, node, settings)} |> ${node.out}${bin}\n`
  })
  return `${rules.join('')}: parts.list {parts} |> ${collectCommand} |> ${lastFile}\n`
}

/** Python reads the graph as data: what somebody with a loop in the file would have. */
function graphText(work: Workload, settings: Settings): string {
  const tasks = work.nodes.map((node) => [
    node.out,
    [scriptOf(work), ...node.inputs],
    taskCommand(work, node, settings),
  ])
  return `tasks = ${JSON.stringify(tasks)}\nparts = ${JSON.stringify(work.parts)}\n`
}

function dodoFile(work: Workload, settings: Settings): string {
  return `${graphText(work, settings)}
def task_step():
    for out, inputs, command in tasks:
        yield {'name': out, 'file_dep': inputs, 'targets': [out], 'actions': [command]}

def task_join():
    return {'file_dep': ['parts.list', *parts], 'targets': ['${lastFile}'], 'actions': ['${collectCommand}']}
`
}

function snakefile(work: Workload, settings: Settings): string {
  return `${graphText(work, settings)}
graph = {out: (inputs, command) for out, inputs, command in tasks}

rule join:
    input: ['parts.list', *parts]
    output: '${lastFile}'
    shell: '${collectCommand}'

rule step:
    input: lambda wildcards: graph['out/' + wildcards.name][0]
    output: 'out/{name,[nl][0-9-]+}'
    params: command=lambda wildcards: graph['out/' + wildcards.name][1]
    shell: '{params.command}'
`
}
