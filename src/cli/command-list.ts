// The commands in the order of the help, each loaded with its code when it is called.
import type { Command } from './arguments/command.ts'
import type { CommandList } from './arguments/command-description.ts'

const loaders: { [name: string]: () => Promise<Command> } = {
  build: async () => (await import('./commands/execution/build-command.ts')).build,
  run: async () => (await import('./commands/execution/run-command.ts')).run,
  shell: async () => (await import('./commands/execution/shell-command.ts')).shell,
  watch: async () => (await import('./commands/execution/watch-command.ts')).watch,
  plan: async () => (await import('./commands/inspection/plan-command.ts')).plan,
  status: async () => (await import('./commands/inspection/status-command.ts')).status,
  explain: async () => (await import('./commands/inspection/explain-command.ts')).explain,
  inspect: async () => (await import('./commands/inspection/inspect-command.ts')).inspect,
  log: async () => (await import('./commands/inspection/log-command.ts')).log,
  history: async () => (await import('./commands/inspection/history-command.ts')).history,
  diff: async () => (await import('./commands/inspection/diff-command.ts')).diff,
  table: async () => (await import('./commands/inspection/table-command.ts')).table,
  plot: async () => (await import('./commands/inspection/plot-command.ts')).plot,
  compdb: async () => (await import('./commands/inspection/compdb-command.ts')).compdb,
  config: async () => (await import('./commands/setup/config-command.ts')).config,
  check: async () => (await import('./commands/fridge/check-command.ts')).check,
  audit: async () => (await import('./commands/fridge/audit-command.ts')).audit,
  gc: async () => (await import('./commands/fridge/gc-command.ts')).gc,
  pin: async () => (await import('./commands/fridge/pin-command.ts')).pin,
  unpin: async () => (await import('./commands/fridge/pin-command.ts')).unpin,
  clean: async () => (await import('./commands/fridge/clean-command.ts')).clean,
  simulate: async () => (await import('./commands/page/simulate-command.ts')).simulate,
  init: async () => (await import('./commands/setup/init-command.ts')).init,
  cook: async () => (await import('./commands/execution/cook-command.ts')).cook,
  receive: async () => (await import('./commands/execution/receive-command.ts')).receive,
  serve: async () => (await import('./commands/page/serve-command.ts')).serve,
  import: async () => (await import('./commands/setup/import/import-command.ts')).importFile,
  'python-path': async () => (await import('./commands/setup/python-path-command.ts')).pythonPath,
  completion: async () => (await import('./commands/setup/completion-command.ts')).completion,
  help: async () => (await import('./commands/setup/help-command.ts')).help,
}

export const commandList: CommandList<Command> = {
  named: (name) => (Object.hasOwn(loaders, name) ? loaders[name]?.() : undefined),
  all: () => Promise.all(Object.values(loaders).map((load) => load())),
}
