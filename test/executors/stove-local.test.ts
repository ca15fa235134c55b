// The local stove, with the compiled spawner and without.
import { afterAll } from 'vitest'
import { openLocalExecutor } from '../../src/executors/local-executor.ts'
import { install } from './installation.ts'
import { stoveContract } from './stove.contract.ts'
import { hostEnvironment } from './tickets.ts'

const compiled = install(true)
const plain = install(false)
afterAll(() => {
  for (const one of [compiled, plain]) one.remove()
})

const open = (packageFolder: string) => () => openLocalExecutor({ burners: 2, hostEnvironment, packageFolder })

stoveContract('local', open(compiled.folder))
stoveContract('local, without a compiler', open(plain.folder))
