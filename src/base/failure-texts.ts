// Every failure chef can speak of, worded here and nowhere else. docs/errors.md has a paragraph on each code.

interface Wording {
  message: string
  hint?: string | undefined
}

/** "did you mean" for a name that is close to a known one. */
const meant = (near: string | undefined): string | undefined => (near === undefined ? undefined : `did you mean "${near}"?`)

export const wordings = {
  'input-unknown': (d: { step: string; name: string; near?: string | undefined }): Wording => ({
    message: `step "${d.step}" reads "${d.name}", and nothing makes it`,
    hint: meant(d.near) ?? 'declare it as a resource or a flavour, or name it among the outputs of a step',
  }),
  'shelf-empty': (d: { name: string; kind: string; step?: string | undefined; pattern?: string | undefined }): Wording => ({
    message: d.step
      ? `step "${d.step}" needs ${d.kind} "${d.name}", and its shelf is empty`
      : `${d.kind} "${d.name}" is empty${d.pattern ? `: nothing matches "${d.pattern}"` : ''}`,
    hint: d.step && d.pattern ? `nothing matches "${d.pattern}"` : undefined,
  }),
}

export type FailureCode = keyof typeof wordings
export type FailureData<Code extends FailureCode> = Parameters<(typeof wordings)[Code]>[0]
