// Checks that resources, flavours, steps and results never share a name.
import { relative } from 'node:path'
import { type Failure, failure, type Position } from '../base/failures/failure.ts'
import type { Configuration, Output, Step } from '../config/configuration.ts'

interface Named {
  kind: 'resource' | 'flavour' | 'step' | 'result' | 'pour'
  name: string
  at: Position
}

/** The plain pattern comes first because compiling the one for all scripts takes most of a millisecond. */
const fits = (name: string): boolean => /^\w[\w.+@-]*$/.test(name) || /^[\p{L}\p{N}_][\p{L}\p{N}_.+@-]*$/u.test(name)

export function checkNames(configuration: Configuration): Failure[] {
  const steps = [...configuration.steps.values()]
  const named: Named[] = [
    ...[...configuration.resources.values()]
      .filter(({ kind }) => kind !== 'poured')
      .map(({ name, at }): Named => ({ kind: 'resource', name, at })),
    ...[...configuration.flavours.values()].map(({ name, at }): Named => ({ kind: 'flavour', name, at })),
    ...steps.map(({ name, at }): Named => ({ kind: 'step', name, at })),
  ]
  const failures = steps.flatMap((step) => (step.imported ? [] : checkInnerNames(step)))
  const makers = new Map<string, Step>()
  for (const step of steps)
    for (const { name, at } of step.outputs.filter((output) => output.name !== '')) {
      const other = makers.get(name)
      if (other) failures.push(failure('result-twice', { name, step: step.name, other: other.name }, at))
      else {
        makers.set(name, step)
        named.push({ kind: 'result', name, at })
      }
    }
  const pourers = new Map<string, Step>()
  for (const step of steps)
    for (const { name, at } of step.pours) {
      const other = pourers.get(name)
      if (other) failures.push(failure('pour-twice', { name, step: step.name, other: other.name }, at))
      else {
        pourers.set(name, step)
        named.push({ kind: 'pour', name, at })
      }
    }
  const taken = new Map<string, Named>()
  for (const one of named) {
    const { kind, name, at } = one
    if (!fits(name)) failures.push(failure('name-unfit', { name, kind }, at))
    const other = taken.get(name)
    if (other === undefined) taken.set(name, one)
    else {
      const [later, earlier] = inOrder(other, one)
      const where = `${relative(configuration.root, earlier.at.file)}:${earlier.at.line}:${earlier.at.column}`
      failures.push(failure('name-twice', { name, kind: later.kind, other: earlier.kind, where }, later.at))
    }
  }
  return failures
}

/** Blames the name that stands further down in the file. */
function inOrder(one: Named, other: Named): [Named, Named] {
  const below = other.at.file === one.at.file && other.at.line < one.at.line
  return below ? [one, other] : [other, one]
}

/** Checks the names inside a step, which are files of its pan. */
function checkInnerNames(step: Step): Failure[] {
  const inputs = new Set(step.inputs.map((input) => input.inner))
  const outside = (name: string): boolean =>
    name.startsWith('/') ||
    name.includes('\0') ||
    name.split('/').some((part) => part === '' || part === '.' || part === '..')
  const all: Pick<Output, 'inner' | 'at'>[] = [...step.inputs, ...step.outputs]
  return [
    ...all
      .filter(({ inner }) => outside(inner))
      .map(({ inner: name, at }) => failure('inner-outside', { step: step.name, name }, at)),
    ...step.outputs
      .filter(({ inner }) => inputs.has(inner))
      .map(({ inner: name, at }) => failure('inner-twice', { step: step.name, name }, at)),
  ]
}
