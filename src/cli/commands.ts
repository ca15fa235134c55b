// Where each command lives. Nothing of a command is loaded before it is called.
import type { Run } from './context.ts'

export const commandLoaders: { [name: string]: () => Promise<Run> } = {
  build: async () => (await import('./commands/build-command.ts')).build,
  watch: async () => (await import('./commands/watch-command.ts')).watch,
  plan: async () => (await import('./commands/plan-command.ts')).plan,
  status: async () => (await import('./commands/status-command.ts')).status,
  explain: async () => (await import('./commands/explain-command.ts')).explain,
  inspect: async () => (await import('./commands/inspect-command.ts')).inspect,
  log: async () => (await import('./commands/log-command.ts')).log,
  diff: async () => (await import('./commands/diff-command.ts')).diff,
  table: async () => (await import('./commands/table-command.ts')).table,
  plot: async () => (await import('./commands/plot-command.ts')).plot,
  serve: async () => (await import('./commands/serve-command.ts')).serve,
  import: async () => (await import('./commands/import/import-command.ts')).importFile,
  completion: async () => (await import('./commands/completion-command.ts')).completion,
  config: async () => (await import('./commands/config-command.ts')).config,
  check: async () => (await import('./commands/check-command.ts')).check,
  gc: async () => (await import('./commands/gc-command.ts')).gc,
  pin: async () => (await import('./commands/pin-command.ts')).pin,
  unpin: async () => (await import('./commands/pin-command.ts')).unpin,
  clean: async () => (await import('./commands/clean-command.ts')).clean,
  simulate: async () => (await import('./commands/simulate-command.ts')).simulate,
  init: async () => (await import('./commands/init-command.ts')).init,
  receive: async () => (await import('./commands/receive-command.ts')).receive,
  cook: async () => (await import('./commands/cook-command.ts')).cook,
}
