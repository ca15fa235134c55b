// Whole builds through a real Slurm: what comes out, how often Slurm is asked, and what happens when things are taken away.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Files, type Rig, type RunOptions, rig } from '../rig.ts'
import { type Cluster, hasSlurm, slurm } from './slurm.ts'

interface ClusterRig extends Rig {
  /** What steps told by `%TOLD%`, line by line. */
  told(): string[]
  with: RunOptions
}

/** `%TOLD%` in a command is a file outside of the project that steps may add lines to. */
async function clusterRig(cluster: Cluster, recipe: string, files: Files = {}): Promise<ClusterRig> {
  const kitchen = await rig('', files)
  const told = join(kitchen.base, 'told')
  kitchen.cheffile(recipe.replaceAll('%TOLD%', told))
  const lines = () => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n').sort() : [])
  return Object.assign(kitchen, { told: lines, with: { environment: cluster.environment } })
}

/** Waits for what only shows when it is looked at. */
async function until<Found>(look: () => Promise<Found | undefined> | Found | undefined): Promise<Found> {
  for (;;) {
    const found = await look()
    if (found) return found
    await pause(100)
  }
}

const heldOnce = `
flavours: { n: [1, 2, 3] }
recipe:
  one:
    command: 'echo {n} >> %TOLD%; test {n} != 2 || %HOLD% two || exit 1; echo {n} > {out}'
    inputs: { n: n }
    outputs: { out: number }
kitchen: { stove: slurm, poll: 1s, group: 0 }
`

const numbers = ['1', '2', '3']

describe.runIf(hasSlurm)('on a cluster', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await slurm({
      nodes: 2,
      cpus: 4,
      config: [
        'PartitionName=low Nodes=n[1-2] MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=CANCEL',
        'PartitionName=high Nodes=n[1-2] MaxTime=INFINITE State=UP PriorityTier=10',
        'PreemptType=preempt/partition_prio',
        'PreemptMode=CANCEL',
      ],
    })
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  const running = (): Promise<string> =>
    until(async () => {
      const jobs = await cluster.ask('squeue', '-h', '-r', '-t', 'R', '-o', '%i')
      return jobs.trim() || undefined
    })

  test('a hundred variants give the same bytes as at home, with few calls', async () => {
    const recipe = (stove: string) => `
flavours: { n: { type: lin, start: 1, stop: 100, step: 1 } }
recipe:
  one: { command: 'echo {n} > {out}', inputs: { n: n }, outputs: { out: sum } }
links: { sum: 'web/{n}.txt' }
kitchen: { stove: ${stove} }
`
    await using home = await clusterRig(cluster, recipe('local'))
    await using away = await clusterRig(cluster, recipe('slurm'))
    await home.run(['build'])
    cluster.forgetCalls()
    const began = Date.now()
    const built = await away.run(['build', '--json'], away.with)
    const seconds = (Date.now() - began) / 1000
    expect(built).toMatchObject({ exit: 0, summary: { cooked: 100, failed: 0 } })
    expect(away.tree('web')).toEqual(home.tree('web'))
    expect(Object.keys(away.tree('web'))).toHaveLength(100)
    expect(cluster.calls('sbatch').length).toBeLessThanOrEqual(3)
    expect(cluster.calls('squeue').length + cluster.calls('sacct').length).toBeLessThan(seconds)
    expect((await away.run(['plan', '--json'], away.with)).summary).toMatchObject({ fresh: 100 })
    expect(away.tree('.chefcache/slurm')).toEqual({})
  })

  test('a chef that was killed and is started again goes on with the arrays that run', async () => {
    await using kitchen = await clusterRig(cluster, heldOnce)
    const first = kitchen.start(['build'], kitchen.with)
    const held = await kitchen.held('two')
    first.child.kill('SIGKILL')
    await first.result
    await until(() => kitchen.told().length === 3)
    cluster.forgetCalls()
    const second = kitchen.start(['build', '--json'], kitchen.with)
    await until(() => cluster.calls('squeue').length > 0)
    held.release()
    expect(await second.result).toMatchObject({ exit: 0, summary: { failed: 0, blocked: 0 } })
    expect(kitchen.told()).toEqual(numbers)
    expect(cluster.calls('sbatch')).toEqual([])
    expect((await kitchen.table('number')).map((row) => row.value)).toEqual([1, 2, 3])
  })

  test('what is ended from outside is said in those words; what had a receipt is not cooked again', async () => {
    await using kitchen = await clusterRig(cluster, heldOnce)
    const first = kitchen.start(['build', '-k', '--json'], kitchen.with)
    await kitchen.held('two')
    await until(async () => (await running()).split('\n').length === 1)
    await cluster.ask('scancel', await running())
    const result = await first.result
    expect(result).toMatchObject({ exit: 1, summary: { cooked: 2, failed: 1 } })
    expect(result.stderr).toContain('cancelled in Slurm, not by chef')
    kitchen.letThrough('two')
    expect(await kitchen.run(['build', '--json'], kitchen.with)).toMatchObject({
      exit: 0,
      summary: { fresh: 2, cooked: 1 },
    })
    expect(kitchen.told()).toEqual(['1', '2', '2', '3'])
  })

  test('a lost node is said, and tried again as retries and growing needs say', async () => {
    await using kitchen = await clusterRig(
      cluster,
      heldOnce.replace(
        'outputs: {',
        'retries: 1\n    needs: { mem: 100 MB * attempt, cpu: 1, time: 90s }\n    sbatch: { nodelist: n1, priority: false }\n    outputs: {',
      ),
    )
    cluster.forgetCalls()
    const build = kitchen.start(['build', '--json'], kitchen.with)
    await kitchen.held('two')
    await until(async () => (await running()).split('\n').length === 1)
    await cluster.ask('scontrol', 'update', 'nodename=n1', 'state=down', 'reason=test')
    await cluster.ask('scontrol', 'update', 'nodename=n1', 'state=resume').catch(async (error: unknown) => {
      // Its daemon may have registered in between: then it is up already, and there is nothing to resume.
      if (/down/i.test(await cluster.ask('sinfo', '-h', '-n', 'n1', '-o', '%T'))) throw error
    })
    kitchen.letThrough('two')
    const result = await build.result
    expect(result).toMatchObject({ exit: 0, summary: { cooked: 3 } })
    expect(result.stderr).toMatch(/step "one": the node was lost: n1 \(job \d+_\d+\); tried again/)
    const sent = cluster.calls('sbatch')
    expect(sent).toHaveLength(2)
    for (const word of ['--cpus-per-task=1', '--mem=96M', '--time=2', '--nodelist=n1', '--array=0-2'])
      expect(sent[0]).toContain(word)
    expect(sent[0]).not.toContain('priority')
    expect(sent[1]).toContain('--mem=191M')
    expect(kitchen.told()).toEqual(['1', '2', '2', '3'])
  })

  test('a preempted job is said to be one', async () => {
    await using kitchen = await clusterRig(cluster, heldOnce.replace('group: 0', 'group: 0, partition: low'))
    const build = kitchen.start(['build', '-k', '--json'], kitchen.with)
    await kitchen.held('two')
    await until(async () => (await running()).split('\n').length === 1)
    await cluster.ask('sbatch', '-p', 'high', '-N', '2', '--exclusive', '--output=/dev/null', '--wrap=sleep 1')
    const result = await build.result
    expect(result).toMatchObject({ exit: 1, summary: { cooked: 2, failed: 1 } })
    expect(result.stderr).toMatch(/failed: one .*preempted/)
    await cluster.idle()
  })

  test('an interrupted build ends its arrays in one call and leaves nothing behind', async () => {
    await using kitchen = await clusterRig(cluster, heldOnce.replace('test {n} != 2 ||', ''))
    cluster.forgetCalls()
    const build = kitchen.start(['build'], kitchen.with)
    const all = [await kitchen.held('two'), await kitchen.held('two'), await kitchen.held('two')]
    build.child.kill('SIGINT')
    expect((await build.result).exit).toBe(130)
    await Promise.all(all.map((held) => held.gone))
    expect(cluster.calls('scancel')).toHaveLength(1)
    await until(async () => (await cluster.ask('squeue', '-h', '-t', 'PD,R')).trim() === '' || undefined)
    expect(kitchen.tree('.chefcache/slurm')).toEqual({})
    expect((await kitchen.plan()).summary).toMatchObject({ fresh: 0, stale: 3 })
  })

  test('a receipt that is torn or of another version is not taken for the one that follows', async () => {
    await using kitchen = await clusterRig(cluster, heldOnce)
    const build = kitchen.start(['build', '--json'], kitchen.with)
    const held = await kitchen.held('two')
    const batch = await until(() =>
      Object.keys(kitchen.tree('.chefcache/slurm')).find((path) => path.endsWith('/1.json')),
    )
    const receipt = `.chefcache/slurm/${batch.replace('1.json', '1.receipt.json')}`
    kitchen.write(receipt, '{"version": 1, "id"')
    await pause(500)
    kitchen.write(receipt, '{"version": 7, "ok": true}')
    await pause(500)
    held.release()
    expect(await build.result).toMatchObject({ exit: 0, summary: { cooked: 3, failed: 0 } })
    expect(kitchen.told()).toEqual(numbers)
  })

  test('only so many jobs stand in the queue, and tiny tickets share one', async () => {
    await using kitchen = await clusterRig(
      cluster,
      heldOnce.replace('[1, 2, 3]', '[2, 3, 4, 5, 6, 7, 8]').replace('group: 0', 'group: 0, queue: 3'),
    )
    cluster.forgetCalls()
    const build = kitchen.start(['build', '--json'], kitchen.with)
    const held = await kitchen.held('two')
    await until(() => kitchen.told().length === 3)
    const queued = await cluster.ask('squeue', '-h', '-r', '-t', 'PD,R')
    expect(queued.trim().split('\n').length).toBeLessThanOrEqual(3)
    held.release()
    expect(await build.result).toMatchObject({ exit: 0, summary: { cooked: 7 } })
    expect(cluster.calls('sbatch').every((call) => /--array=0-[0-2] /.test(call))).toBe(true)
    cluster.forgetCalls()
    const again = await kitchen.run(
      ['build', '--force', '--json', '-o', 'kitchen.group=30', '-f', 'n=3,4,5,6,7,8'],
      kitchen.with,
    )
    expect(again).toMatchObject({ exit: 0, summary: { cooked: 6 } })
    expect(cluster.calls('sbatch')).toHaveLength(1)
    expect(cluster.calls('sbatch')[0]).toContain('--array=0-0 ')
  })

  test('what Slurm refuses fails in its words, and what it cannot be told is refused before', async () => {
    await using kitchen = await clusterRig(
      cluster,
      heldOnce.replace('outputs: {', 'needs: { mem: 900 GB }\n    outputs: {'),
    )
    const refused = await kitchen.run(['build'], kitchen.with)
    expect(refused.exit).toBe(1)
    expect(refused.stderr).toContain('Slurm refused the job: ')
    kitchen.cheffile(heldOnce.replace('group: 0', 'sbatch: { array: 1-3 }'))
    expect(await kitchen.run(['build'], kitchen.with)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('the kitchen sets "array" for sbatch, and chef needs it itself'),
    })
    expect(await kitchen.run(['build'], { environment: { PATH: '/nowhere' } })).toMatchObject({ exit: 127 })
  })
})

describe.runIf(hasSlurm)('on a cluster that forgets ended jobs at once', () => {
  const forgetful = async (config: string[]): Promise<Cluster> => {
    const cluster = await slurm({ nodes: 1, cpus: 4, config })
    const path = join(cluster.folder, 'bin', 'squeue')
    const filter = '/usr/bin/squeue "$@" | { grep -v \'CANCELLED\\|FAILED\\|COMPLETED\' || true; }'
    writeFileSync(path, `${readFileSync(path, 'utf8').replace(/^exec .*$/m, '')}${filter}\n`)
    return cluster
  }
  const killed = async (cluster: Cluster, kitchen: ClusterRig) => {
    const build = kitchen.start(['build', '-k', '--json'], kitchen.with)
    await kitchen.held('two')
    const task = await until(async () => {
      const tasks = (await cluster.ask('squeue', '-h', '-r', '-t', 'R', '-o', '%i')).trim().split('\n')
      return tasks.length === 1 && cluster.calls('squeue').length > 0 ? tasks[0] : undefined
    })
    await cluster.ask('scancel', task)
    kitchen.letThrough('two')
    return build.result
  }

  test('the file of completions says how a job ended', async () => {
    const completions = join(tmpdir(), `chef-completions-${process.pid}`)
    await using cluster = await forgetful(['JobCompType=jobcomp/filetxt', `JobCompLoc=${completions}`])
    await using kitchen = await clusterRig(cluster, heldOnce)
    const result = await killed(cluster, kitchen)
    expect(result).toMatchObject({ exit: 1, summary: { cooked: 2, failed: 1 } })
    expect(result.stderr).toContain('cancelled in Slurm, not by chef')
    expect(kitchen.told()).toEqual(numbers)
    rmSync(completions, { force: true })
  })

  test('without accounting a job that nobody knows is sent again', async () => {
    await using cluster = await forgetful([])
    await using kitchen = await clusterRig(cluster, heldOnce)
    const result = await killed(cluster, kitchen)
    expect(result.summary).toMatchObject({ cooked: 3, failed: 0 })
    expect(cluster.calls('sacct')).toEqual([])
    expect(kitchen.told()).toEqual(['1', '2', '2', '3'])
  })
})

// A cluster of its own: a controller that was killed may give the numbers of jobs that still run to new ones.
describe.runIf(hasSlurm)('on a cluster whose daemons are killed', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await slurm({ nodes: 2, cpus: 4 })
  })
  afterAll(() => cluster[Symbol.asyncDispose]())

  test('slurmctld and slurmd may be killed and started again while a build runs', async () => {
    await using kitchen = await clusterRig(cluster, heldOnce)
    const build = kitchen.start(['build', '--json'], kitchen.with)
    const held = await kitchen.held('two')
    await until(() => kitchen.told().length === 3)
    for (const daemon of ['n1', 'n2', 'slurmctld']) await cluster.kill(daemon)
    held.release()
    await held.gone
    for (const daemon of ['slurmctld', 'n1', 'n2']) cluster.start(daemon)
    expect(await build.result).toMatchObject({ exit: 0, summary: { cooked: 3, failed: 0 } })
    expect(kitchen.told()).toEqual(numbers)
  })
})
