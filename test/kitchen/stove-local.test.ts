// The local stove, with the compiled spawner and without.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openLocalStove } from '../../src/kitchen/stove-local.ts'
import { stoveContract } from './stove.contract.ts'
import { hostEnvironment, packageFolder } from './tickets.ts'

const compiled = mkdtempSync(join(tmpdir(), 'chef-package-'))
const plain = mkdtempSync(join(tmpdir(), 'chef-package-'))

beforeAll(() => {
  mkdirSync(join(compiled, 'dist'))
  cpSync(join(packageFolder, 'src/kitchen/cooks'), join(compiled, 'dist/cooks'), { recursive: true })
  execFileSync('cc', ['-O2', '-o', join(compiled, 'dist/spawner'), join(packageFolder, 'src/kitchen/spawner.c')])
})
afterAll(() => {
  for (const folder of [compiled, plain]) rmSync(folder, { recursive: true, force: true })
})

stoveContract('local', () => openLocalStove({ burners: 2, hostEnvironment, packageFolder: compiled }))
stoveContract('local, without a compiler', () => openLocalStove({ burners: 2, hostEnvironment, packageFolder: plain }))
