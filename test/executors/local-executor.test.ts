// The local executor, with the compiled spawner and without.
import { afterAll } from 'vitest'
import { openLocalExecutor } from '../../src/executors/local-executor.ts'
import { install } from './installation.ts'
import { executorContract } from './executor.contract.ts'
import { hostEnvironment } from './tickets.ts'

const compiled = install(true)
const plain = install(false)
afterAll(() => {
  for (const one of [compiled, plain]) one.remove()
})

const open = (packageFolder: string) => () => openLocalExecutor({ burners: 2, hostEnvironment, packageFolder })

executorContract('local', open(compiled.folder))
executorContract('local, without a compiler', open(plain.folder))
