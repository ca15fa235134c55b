// Exports what `import ... from 'chefkoch'` offers. Of the library, only this file reads the process.
import { resolve } from 'node:path'
import type { KitchenDefinition } from './definition.ts'
import { type Kitchen, openWith, type OpenOptions } from './kitchen.ts'

export { Refusal } from '../base/failures/failure.ts'
export { reasonText } from '../report/text/reason-text.ts'
export { defineKitchen } from './define.ts'
export type { Build } from './build-handle.ts'
export type { Kitchen } from './kitchen.ts'
export type {
  BuildOptions,
  Job,
  Narrowing,
  OpenOptions,
  Plan,
  PlanOptions,
  Table,
  TableColumn,
  Variant,
} from './kitchen.ts'
export type { Depends, JobStatus, KitchenEvent, Summary } from '../base/event.ts'
export type { Reason } from '../base/reason.ts'
export type { Failure, Position } from '../base/failures/failure.ts'
export type { Value } from '../base/value.ts'
export type { Data, Flavour, Input, KitchenDefinition, Output, Range, Resource, Step, Target } from './definition.ts'

/**
 * Opens the kitchen whose cheffile is found from a folder upwards. Throws a `Refusal` with everything that is wrong
 * with it. With `openKitchen<typeof definition>()` the compiler knows its targets and parameters.
 */
export function openKitchen<Definition = KitchenDefinition>(options: OpenOptions = {}): Promise<Kitchen<Definition>> {
  const { folder = '', environment = process.env } = options
  const here = resolve(folder)
  const fridge = environment.CHEF_FRIDGE && resolve(environment.CHEF_FRIDGE)
  return openWith<Definition>(options, {
    folder: here,
    environment: fridge ? { ...environment, CHEF_FRIDGE: fridge } : environment,
    pid: process.pid,
  })
}
