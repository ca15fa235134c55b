// Random edits of a kitchen's shape: what a user does between two builds.
import fc from 'fast-check'
import { contents, labels, type Shape } from './kitchens.ts'

/** Numbers are taken modulo what there is to choose from. `undo` goes back to an earlier state of the whole kitchen. */
export type Edit =
  | { kind: 'write'; at: number; label: number; content: number }
  | { kind: 'remove'; at: number; label: number }
  | { kind: 'rename'; at: number; label: number; to: number }
  | { kind: 'add value' | 'remove value'; at: number; value: number }
  | { kind: 'version' | 'comment' | 'style' | 'break' | 'mend' | 'extend'; at: number; value: number }
  | { kind: 'undo'; back: number }

const small = fc.nat(20)
const onFile = fc.record({ kind: fc.constant('write' as const), at: small, label: small, content: small })
const onValue = fc.record({
  kind: fc.constantFrom('add value' as const, 'remove value' as const),
  at: small,
  value: small,
})
const onStep = fc.record({
  kind: fc.constantFrom(
    'version' as const,
    'comment' as const,
    'style' as const,
    'break' as const,
    'mend' as const,
    'extend' as const,
  ),
  at: small,
  value: small,
})

export const edits: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: onFile },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), at: small, label: small }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), at: small, label: small, to: small }) },
  { weight: 3, arbitrary: onValue },
  { weight: 4, arbitrary: onStep },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), back: small }) },
)

function changeFiles(shape: Shape, at: number, change: (files: { [label: string]: string }) => void): void {
  const resource = shape.resources[at % Math.max(shape.resources.length, 1)]
  if (resource) change(resource.files)
}

/** A new shape; the one given stays as it is. */
export function edited(shape: Shape, edit: Edit, history: Shape[]): Shape {
  if (edit.kind === 'undo') return structuredClone(history[edit.back % history.length] as Shape)
  const next = structuredClone(shape)
  const label = 'label' in edit ? (labels[edit.label % labels.length] as string) : ''
  switch (edit.kind) {
    case 'write':
      changeFiles(next, edit.at, (files) => {
        files[label] = contents[edit.content % contents.length] as string
      })
      break
    case 'remove':
      changeFiles(next, edit.at, (files) => {
        if (Object.keys(files).length > 1) delete files[label]
      })
      break
    case 'rename':
      changeFiles(next, edit.at, (files) => {
        const content = files[label]
        if (content === undefined) return
        delete files[label]
        files[labels[edit.to % labels.length] as string] = content
      })
      break
    case 'add value':
    case 'remove value': {
      const flavour = next.flavours[edit.at % Math.max(next.flavours.length, 1)]
      if (!flavour) break
      const value = edit.value % 6
      const others = flavour.values.filter((one) => one !== value)
      if (edit.kind === 'add value') flavour.values = [...others, value]
      else if (others.length > 0) flavour.values = others
      break
    }
    default:
      changeStep(next, edit)
  }
  return next
}

function changeStep(shape: Shape, { kind, at, value }: { kind: string; at: number; value: number }): void {
  const step = shape.steps[at % shape.steps.length]
  if (!step) return
  if (kind === 'version') step.version = value % 3
  else if (kind === 'comment') step.comment = value % 2
  else if (kind === 'style') step.style = value % 3
  else if (kind === 'break') step.broken = true
  else if (kind === 'mend') step.broken = false
  else step.inputs = [...step.inputs.slice(0, 3), { pick: value, field: 0, collect: 0 }]
}

export function mended(shape: Shape): Shape {
  return { ...shape, steps: shape.steps.map((step) => ({ ...step, broken: false })) }
}
