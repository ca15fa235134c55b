// Finds values that would become code in a command, before anything is cooked.
import type { Failure } from '../base/failures/failure.ts'
import type { StockedInput, StepTable } from '../plan/step-table.ts'
import type { StockedItem } from '../plan/shelves.ts'
import { type PlacedPlaceholder, valueFault } from '../recipe/placeholder.ts'
import { isGuarded } from '../recipe/quoting.ts'
import { type Command, parseCommand, placeholderText, stagedItem } from './action.ts'

/** The first value of each placeholder that cannot stand where its command puts it. */
export function codeValues(tables: readonly StepTable[]): Failure[] {
  return tables.flatMap((table) => {
    const command = parseCommand(table.step)
    return command === undefined ? [] : guardedPlaceholders(command).flatMap((one) => faultOf(table, one) ?? [])
  })
}

function guardedPlaceholders(command: Command): PlacedPlaceholder[] {
  const isList = 'list' in command
  return (isList ? command.list : [command.shell])
    .flatMap(({ pieces }) => pieces)
    .filter((piece) => typeof piece === 'object')
    .filter(({ quoting }) => (isList ? quoting === 'code' : isGuarded(quoting)))
}

/** The name of a result in a pan follows from its step, so only values from outside are checked. */
function faultOf(table: StepTable, placeholder: PlacedPlaceholder): Failure | undefined {
  const column = table.inputs.find(({ input }) => input.inner === placeholder.name)
  if (column?.kind !== 'stocked') return undefined
  const seen = new Set<StockedItem>()
  for (let row = 0; row < table.rows; row++) {
    const item = column.item(row)
    if (seen.has(item)) continue
    seen.add(item)
    const fault = valueFault(placeholder, textOf(table, column, item, placeholder), table.step.name)
    if (fault) return { ...fault, at: table.step.at }
  }
  return undefined
}

function textOf({ step }: StepTable, column: StockedInput, item: StockedItem, placeholder: PlacedPlaceholder): string {
  const { inner, field } = column.input
  return placeholderText(new Map([[inner, stagedItem(inner, item, field)]]), placeholder, (file) =>
    step.place === 'project' && item.content ? item.label : file,
  )
}
