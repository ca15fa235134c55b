// Where each command lives. Nothing of a command is loaded before it is called.
import type { Run } from './context.ts'

export const commandLoaders: { [name: string]: () => Promise<Run> } = {
  build: async () => (await import('./commands/build.ts')).build,
  watch: async () => (await import('./commands/watch.ts')).watch,
  plan: async () => (await import('./commands/plan.ts')).plan,
  status: async () => (await import('./commands/status.ts')).status,
  explain: async () => (await import('./commands/explain.ts')).explain,
  inspect: async () => (await import('./commands/inspect.ts')).inspect,
  log: async () => (await import('./commands/log.ts')).log,
  diff: async () => (await import('./commands/diff.ts')).diff,
  table: async () => (await import('./commands/table.ts')).table,
  plot: async () => (await import('./commands/plot.ts')).plot,
  serve: async () => (await import('./commands/serve.ts')).serve,
  import: async () => (await import('./commands/import.ts')).importFile,
  completion: async () => (await import('./commands/completion.ts')).completion,
  config: async () => (await import('./commands/config.ts')).config,
  check: async () => (await import('./commands/check.ts')).check,
  gc: async () => (await import('./commands/gc.ts')).gc,
  pin: async () => (await import('./commands/pin.ts')).pin,
  unpin: async () => (await import('./commands/pin.ts')).unpin,
  clean: async () => (await import('./commands/clean.ts')).clean,
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
  init: async () => (await import('./commands/init.ts')).init,
  receive: async () => (await import('./commands/receive.ts')).receive,
  cook: async () => (await import('./commands/cook.ts')).cook,
}
