// A small real Slurm for tests: munged, slurmctld and virtual nodes on loopback, all of it below one folder.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface ClusterRequest {
  nodes?: number
  cpus?: number
  /** Lines that come last in slurm.conf. */
  config?: string[]
}

/** Debian: apt install slurm-wlm slurmctld slurmd slurm-client munge; the daemons want root here. */
export const hasSlurm = existsSync('/usr/sbin/slurmctld') && existsSync('/usr/sbin/munged') && process.getuid?.() === 0

const clients = ['sbatch', 'squeue', 'sacct', 'scancel', 'sinfo', 'scontrol']

export class Cluster {
  readonly folder: string
  /** For whoever calls Slurm: its clients come first on PATH, and each call is noted. */
  readonly environment: { [name: string]: string }
  readonly #daemons = new Map<string, ChildProcess>()
  readonly #nodes: string[]

  constructor(folder: string, nodes: number) {
    this.folder = folder
    this.#nodes = Array.from({ length: nodes }, (_, at) => `n${at + 1}`)
    this.environment = {
      SLURM_CONF: join(folder, 'slurm.conf'),
      PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}`,
    }
  }

  /** Programs that were called since the last time this was asked, in order, with their words. */
  calls(program?: string): string[] {
    const file = join(this.folder, 'calls')
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
    return lines.filter((line) => line !== '' && (program === undefined || line.startsWith(`${program} `)))
  }

  forgetCalls(): void {
    rmSync(join(this.folder, 'calls'), { force: true })
  }

  /** Calls a client without a note. */
  ask(program: string, ...args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      execFile(
        `/usr/bin/${program}`,
        args,
        { env: { ...process.env, ...this.environment } },
        (error, stdout, stderr) =>
          error ? reject(new Error(`${program} ${args.join(' ')}: ${stderr}`)) : resolve(stdout),
      )
    })
  }

  start(name: string): void {
    const config = join(this.folder, 'slurm.conf')
    const run = (program: string, args: string[]) => {
      const daemon = spawn(program, args, {
        stdio: 'ignore',
        env: { ...process.env, SLURM_CONF: config },
      })
      this.#daemons.set(name, daemon)
    }
    if (name === 'munged') {
      const at = (file: string) => join(this.folder, 'munge', file)
      run('/usr/sbin/munged', [
        ...['--foreground', '--force', '--num-threads=2', `--key-file=${at('key')}`, `--socket=${at('socket')}`],
        ...[`--pid-file=${at('pid')}`, `--log-file=${at('log')}`, `--seed-file=${at('seed')}`],
      ])
    } else if (name === 'slurmctld') run('/usr/sbin/slurmctld', ['-D', '-f', config])
    else run('/usr/sbin/slurmd', ['-D', '-f', config, '-N', name])
  }

  /** Ends a daemon by force and waits until it is gone. */
  async kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const daemon = this.#daemons.get(name)
    if (daemon === undefined) return
    this.#daemons.delete(name)
    const gone = new Promise((resolve) => daemon.once('exit', resolve))
    if (daemon.exitCode === null && daemon.signalCode === null) {
      daemon.kill(signal)
      await gone
    }
  }

  async open(): Promise<void> {
    this.start('munged')
    while (!existsSync(join(this.folder, 'munge', 'socket'))) await pause(10)
    this.start('slurmctld')
    for (const node of this.#nodes) this.start(node)
    await this.idle()
  }

  /** Waits until every node is there and has nothing to do. */
  async idle(): Promise<void> {
    for (;;) {
      const states = await this.ask('sinfo', '-h', '-N', '-o', '%t').catch(() => '')
      if (states.split('\n').filter((state) => state.trim() === 'idle').length >= this.#nodes.length) return
      await pause(50)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ask('scancel', '-u', 'root').catch(() => '')
    for (const name of [...this.#nodes, 'slurmctld']) await this.kill(name, 'SIGTERM')
    await this.kill('munged', 'SIGTERM')
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The first of a row of ports that were free a moment ago. */
async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 20_000)
    const all = await Promise.all(Array.from({ length: count }, (_, at) => isFree(first + at)))
    if (all.every(Boolean)) return first
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

export async function slurm({ nodes = 2, cpus = 4, config = [] }: ClusterRequest = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'chef-slurm-'))
  chmodSync(folder, 0o755)
  for (const part of ['state', 'spool', 'log', 'bin']) mkdirSync(join(folder, part))
  mkdirSync(join(folder, 'munge'), { mode: 0o711 })
  writeFileSync(join(folder, 'munge', 'key'), randomBytes(128), { mode: 0o400 })
  const host = hostname().split('.')[0] as string
  const port = await freePorts(nodes + 1)
  const settings = {
    ClusterName: 'test',
    SlurmctldHost: `${host}(127.0.0.1)`,
    SlurmctldPort: port,
    SlurmUser: 'root',
    SlurmdUser: 'root',
    AuthType: 'auth/munge',
    CredType: 'cred/munge',
    AuthInfo: `socket=${folder}/munge/socket`,
    CommunicationParameters: 'NoInAddrAny,NoCtldInAddrAny',
    StateSaveLocation: `${folder}/state`,
    SlurmdSpoolDir: `${folder}/spool/%n`,
    SlurmctldPidFile: `${folder}/slurmctld.pid`,
    SlurmdPidFile: `${folder}/slurmd.%n.pid`,
    SlurmctldLogFile: `${folder}/log/slurmctld.log`,
    SlurmdLogFile: `${folder}/log/slurmd.%n.log`,
    ProctrackType: 'proctrack/linuxproc',
    TaskPlugin: 'task/none',
    SlurmdParameters: 'config_overrides',
    JobAcctGatherType: 'jobacct_gather/none',
    MpiDefault: 'none',
    MailProg: '/bin/true',
    SwitchType: 'switch/none',
    ReturnToService: 2,
    SchedulerType: 'sched/backfill',
    SchedulerParameters: 'sched_min_interval=0,batch_sched_delay=0,bf_interval=1,default_queue_depth=10000',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_Core',
    AccountingStorageType: 'accounting_storage/none',
    // Jobs get the cached environment: each would begin with a login shell of root's otherwise.
    GetEnvTimeout: 0,
    MinJobAge: 300,
    MaxJobCount: 20_000,
    MaxArraySize: 10_001,
    KillWait: 2,
    InactiveLimit: 0,
    SlurmdTimeout: 30,
    SlurmctldTimeout: 30,
    MessageTimeout: 10,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  for (let node = 1; node <= nodes; node++) {
    lines.push(
      `NodeName=n${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port + node} CPUs=${cpus} Boards=1 ` +
        `SocketsPerBoard=1 CoresPerSocket=${cpus} ThreadsPerCore=1 RealMemory=4000 State=UNKNOWN`,
    )
  }
  lines.push(`PartitionName=main Nodes=n[1-${nodes}] Default=YES MaxTime=INFINITE State=UP`, ...config)
  writeFileSync(join(folder, 'slurm.conf'), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'calls'), '')
  mkdirSync(join(folder, 'state', 'env_cache'))
  writeFileSync(join(folder, 'state', 'env_cache', 'root'), 'HOME=/root\nPATH=/usr/bin:/bin\n')
  for (const client of clients) {
    const path = join(folder, 'bin', client)
    writeFileSync(path, `#!/bin/sh\necho "${client} $*" >> '${folder}/calls'\nexec /usr/bin/${client} "$@"\n`)
    chmodSync(path, 0o755)
  }
  const cluster = new Cluster(folder, nodes)
  await cluster.open()
  return cluster
}
