// The Slurm executor keeps the contract of how tickets travel, on a real Slurm; `ticket-executor.test.ts` has the rest for `chef cook`.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { slurmClient } from '../../src/executors/slurm/slurm-client.ts'
import { openSlurmExecutor } from '../../src/executors/slurm/slurm-executor.ts'
import { transportContract } from '../executors/executor.contract.ts'
import { hostEnvironment, packageFolder } from '../executors/tickets.ts'
import { type Cluster, hasSlurm, slurm } from './slurm.ts'

describe.runIf(hasSlurm)('on a cluster', () => {
  let cluster: Cluster
  const fridge = realpathSync(mkdtempSync(join(tmpdir(), 'chef-fridge-')))
  beforeAll(async () => {
    cluster = await slurm({ nodes: 1, cpus: 4 })
  })
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
    rmSync(fridge, { recursive: true })
  })
  transportContract('slurm', () =>
    openSlurmExecutor({
      settings: { options: {}, queue: 100, groupMs: 1000 },
      fridge,
      client: slurmClient({ ...process.env, ...cluster.environment }),
      hostEnvironment,
      chef: [process.execPath, join(packageFolder, 'bin', 'chef')],
      warn: () => undefined,
    }),
  )
})
