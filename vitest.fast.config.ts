// The fast tier of the tests: decisions in memory, by the thousand, without a process besides the runner's own.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'test/{base,config,execution,freshness,plan,placement,racks}/**/*.test.ts',
      'test/cli/arguments.test.ts',
      'test/docs/three-documents.test.ts',
      'test/executors/pan-again.test.ts',
      'test/fridge/{eviction,glance,memory,retention,store}.test.ts',
      'test/inspection/{lines,machine-comparison}.test.ts',
      'test/recipe/{check,link}.test.ts',
      'test/remote-cache/entry.test.ts',
      'test/report/{chart,json,plain,terminal,views,width}.test.ts',
      'test/rules/{circles,code,fast-tier,files,imports,page,reading}.test.ts',
      'test/simulation/{elements,formula,post,simulation}.test.ts',
      'test/watch/watcher.test.ts',
    ],
    // They leave nothing behind in their process, so it loads chef once.
    isolate: false,
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['test/no-processes.ts'],
    testTimeout: 60_000,
  },
})
