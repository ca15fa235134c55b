// `chef check --recook`: shows which outputs came out equal, which did not, and which steps are therefore not
// deterministic.
import type { Recooked } from '../../inspection/reproducibility.ts'
import { many } from '../text/amounts-text.ts'
import type { Style } from '../text/style.ts'
import { type NameFilter, variantText } from '../text/variant-text.ts'
import { printable } from '../text/width.ts'

export class RecookTally {
  readonly counts = { same: 0, different: 0, failed: 0, skipped: 0 }
  /** Steps that made other bytes than before, with the number of their variants that did. */
  readonly steps = new Map<string, number>()

  add({ step, status }: Recooked): void {
    this.counts[status]++
    if (status === 'different' || status === 'failed') this.steps.set(step, (this.steps.get(step) ?? 0) + 1)
  }

  get isBad(): boolean {
    return this.steps.size > 0
  }

  /** Of the steps that made other bytes, or failed. */
  get names(): string[] {
    return [...this.steps.keys()]
  }

  line(): object {
    const { same, different, failed, skipped } = this.counts
    const jobs = same + different + failed
    return { type: 'summary', jobs, same, different, failed, skipped, steps: this.names }
  }
}

export function recookedText(
  { id, status, outputs, failure, why = failure?.message, depends }: Recooked,
  { style, varies, verbose }: { style: Style; varies: NameFilter; verbose: boolean },
): string {
  if (status === 'same' && !verbose) return ''
  const paint = { same: style.green, different: style.red, failed: style.red, skipped: style.dim }[status]
  const what = outputs.length > 0 ? `: other bytes in ${outputs.join(', ')}` : why ? `: ${printable(why)}` : ''
  return `${paint(status)} ${printable(id)} ${variantText(depends, varies)}${what}\n`
}

export function tallyText({ counts, steps }: RecookTally, style: Style): string {
  const { same, different, failed, skipped } = counts
  const jobs = same + different + failed
  if (jobs + skipped === 0) return 'nothing is fresh, so nothing was cooked again\n'
  const parts = [
    `${same} the same`,
    different > 0 && `${different} different`,
    failed > 0 && `${failed} failed`,
    skipped > 0 && `${skipped} skipped`,
  ].filter((part) => part !== false)
  const lines = [`${many(jobs, 'job')} cooked again: ${parts.join(', ')}`]
  for (const [step, variants] of steps)
    lines.push(`${style.red('not deterministic:')} ${printable(step)} (${many(variants, 'variant')})`)
  return `${lines.join('\n')}\n`
}
