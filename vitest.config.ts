// How the tests run: processes, not threads, because they change folders and load native modules.
import { execFileSync } from 'node:child_process'
import { delimiter, dirname } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The dearest files, which begin first so that none of them runs alone at the end. */
const dearest = [
  'engines/slurm',
  'package/package',
  'page/views',
  'engines/slurm-executor',
  'torture/faults',
  'torture/series',
  'pictures/frames',
  'torture/kills',
  'torture/power-cut',
]

class DearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = dearest.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return at < 0 ? dearest.length : at
    }
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other))
  }
}

/** The shim of a version manager takes longer to find Python than most steps take, so tests meet Python itself first. */
function pathWithPython(): string {
  const { PATH = '' } = process.env
  try {
    const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' })
    const folder = dirname(python.trim())
    return PATH.split(delimiter).includes(folder) ? PATH : `${folder}${delimiter}${PATH}`
  } catch {
    return PATH
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Tests leave nothing behind in their process, so each worker loads the rig and chef once.
    isolate: false,
    env: { PATH: pathWithPython() },
    // One more than a small machine has cores: many tests wait for a step, a cluster or a browser.
    maxWorkers: 3,
    sequence: { sequencer: DearestFirst },
    // Tests run the real binary, at times many times over; a machine of two cores needs patience.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 10_000,
    coverage: { provider: 'v8', include: ['src/**'], reportsDirectory: 'coverage' },
  },
})
