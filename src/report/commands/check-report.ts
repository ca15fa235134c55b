// `chef check`: shows every damage with its items, the leftovers, and the repairs.
import type { Checked } from '../../fridge/maintenance/fridge-check.ts'
import type { Leftover } from '../../fridge/maintenance/leftovers.ts'
import { bytes, many } from '../text/amounts-text.ts'
import type { Style } from '../text/style.ts'
import { printable } from '../text/width.ts'

const listedItems = 12

export function* checkLines(checked: Checked | undefined): Iterable<object> {
  const damages = checked?.damages ?? []
  const strays = checked?.leftovers ?? []
  for (const { what, name, why, items } of damages) yield { type: 'damage', what, name, why, items }
  for (const { what, path, bytes: size } of strays) yield { type: 'leftover', what, path, bytes: size }
  yield {
    type: 'summary',
    objects: checked?.objects ?? 0,
    bytes: checked?.bytes ?? 0,
    actions: checked?.actions ?? 0,
    items: checked?.items ?? 0,
    damaged: damages.length,
    leftovers: strays.length,
    repaired: checked?.repaired !== undefined,
  }
}

export function checkText(checked: Checked, style: Style, verbose: boolean): string {
  const { damages, leftovers, repaired } = checked
  const lines: string[] = []
  for (const { what, name, why, items } of damages) {
    lines.push(`${style.red('damaged')} ${what} ${style.bold(printable(name))}: ${printable(why)}`)
    const shown = verbose ? items : items.slice(0, listedItems)
    for (const item of shown) lines.push(`  ${printable(item)}`)
    if (shown.length < items.length)
      lines.push(style.dim(`  … and ${items.length - shown.length} more (--verbose shows all)`))
  }
  if (verbose) for (const { path, bytes: size } of leftovers) lines.push(`left over ${path}, ${bytes(size)}`)
  const held = `${many(checked.objects, 'object')} of ${bytes(checked.bytes)}, ${many(checked.items, 'record')}`
  if (damages.length === 0) lines.push(`${style.green('all is sound')}: ${held}`)
  else {
    lines.push(`${many(damages.length, 'damage')} among ${held}`)
    if (repaired) lines.push('dropped what is damaged: "chef build" cooks it again')
    else
      lines.push(`${style.cyan('hint:')} "chef check --repair" drops what is damaged, and "chef build" cooks it again`)
  }
  if (leftovers.length > 0) lines.push(leftoverText(leftovers, repaired !== undefined))
  return `${lines.join('\n')}\n`
}

function leftoverText(leftovers: Leftover[], swept: boolean): string {
  const size = bytes(leftovers.reduce((sum, one) => sum + one.bytes, 0))
  const what = `${many(leftovers.length, 'file or folder', 'files and folders')} that nothing needs, ${size}`
  return swept ? `swept ${what}` : `left over: ${what} ("chef check --repair" and "chef gc" sweep them)`
}
