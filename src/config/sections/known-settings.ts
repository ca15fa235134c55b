// Lists the settings that `-o` can reach by a fixed name, for completion.
import { sections } from '../schema/cheffile-schema.ts'
import type { Shape } from '../schema/shape.ts'

export interface KnownSetting {
  /** `kitchen.burners` */
  path: string
  about?: string
  choices?: string[]
}

export function knownSettings(): KnownSetting[] {
  return (['options', 'kitchen', 'fridge', 'cache'] as const).flatMap((section) =>
    Object.entries(fieldsOf(sections[section].shape)).map(([key, field]) => ({
      path: section === 'options' ? key : `${section}.${key}`,
      about: field.describe,
      choices: choicesOf(field),
    })),
  )
}

const fieldsOf = (shape: Shape): { [key: string]: Shape } => (shape.kind === 'fields' ? shape.fields : {})

function choicesOf(shape: Shape): string[] | undefined {
  if (shape.kind === 'flag') return ['true', 'false']
  return shape.kind === 'choice' ? shape.of.map(String) : undefined
}
