// The table at the end: one line a goal.
import type { Row } from './goals.ts'
import type { Results } from './main.ts'

const marks: { [verdict in Row['verdict']]: string } = {
  reached: 'reached',
  missed: 'MISSED',
  'not measured': 'not measured',
}

export function tableText({ form, machine, versions, rows }: Results): string {
  const cells = rows.map(({ what, goal, measured, verdict }) => [
    what,
    goal,
    measured,
    goal === '-' ? '' : marks[verdict],
  ])
  const head = ['what', 'goal', 'measured (medians)', 'verdict']
  const widths = head.map((name, at) => Math.max(...[...cells, head].map((line) => (line[at] ?? name).length)))
  const line = (words: (string | undefined)[]): string =>
    words
      .map((word = '', at) => word.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  const used = Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
  return `
${form} form on ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}, load ${machine.load}
${used}

${[head, widths.map((width) => '-'.repeat(width)), ...cells].map(line).join('\n')}
`
}
