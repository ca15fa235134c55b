// Failures of checking the recipe: names, circles, commands, placeholders.
import { didYouMean, type Wording } from './wording.ts'

export const recipeFailures = {
  'name-unfit': (d: { name: string; kind: string }): Wording => ({
    message: `a ${d.kind} cannot be called "${d.name}"`,
    hint: 'names are made of letters, digits and _ . - + @, and begin with a letter, a digit or _',
  }),
  'name-twice': (d: { name: string; kind: string; other: string; where: string }): Wording => ({
    message: `the ${d.kind} "${d.name}" has the name of a ${d.other} (${d.where})`,
    hint: 'resources, flavours, steps and results never share a name',
  }),
  'result-twice': (d: { name: string; step: string; other: string }): Wording => ({
    message:
      d.step === d.other
        ? `step "${d.step}" makes "${d.name}" twice`
        : `"${d.name}" is made by two steps: "${d.other}" and "${d.step}"`,
    hint: 'give one of the outputs another name',
  }),
  'pour-twice': (d: { name: string; step: string; other: string }): Wording => ({
    message:
      d.step === d.other
        ? `step "${d.step}" pours "${d.name}" twice`
        : `"${d.name}" is poured by two steps: "${d.other}" and "${d.step}"`,
    hint: 'give one of the pours another name',
  }),
  'pour-from-missing': (d: { step: string; name: string; outputs: string[] }): Wording => ({
    message: `step "${d.step}" has several outputs, and "${d.name}" does not say which of them it is poured from`,
    hint: `write ${d.name}: { from: ${d.outputs[0]}, match: '*' }; its outputs are: ${d.outputs.join(', ')}`,
  }),
  'pour-from-unknown': (d: {
    step: string
    name: string
    from: string
    near?: string | undefined
    known: string[]
  }): Wording => ({
    message: `"${d.name}" is poured from "${d.from}", and step "${d.step}" has no such output`,
    hint: didYouMean(d.near) ?? `its outputs are: ${d.known.join(', ')}`,
  }),
  'pour-pattern': (d: { name: string; pattern: string; why: string }): Wording => ({
    message: `the pattern "${d.pattern}" of "${d.name}" cannot be used: ${d.why}`,
    hint: 'a pattern is relative to the folder that the step writes, as in chapter: "*.txt"',
  }),
  'link-poured': (d: { result: string; folder: string; step: string }): Wording => ({
    message: `links lay out "${d.result}", which is poured by step "${d.step}" and is no result`,
    hint: d.folder === '' ? undefined : `lay out "${d.folder}", the folder that it lies in`,
  }),
  'input-is-step': (d: { step: string; name: string; results: string[] }): Wording => ({
    message: `step "${d.step}" reads "${d.name}", which is a step and no result`,
    hint: d.results.length > 0 ? `its results are: ${d.results.join(', ')}` : undefined,
  }),
  'field-unknown': (d: { name: string; field: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `no value of "${d.name}" has a field "${d.field}"`,
    hint:
      didYouMean(d.near) ??
      (d.known.length > 0 ? `its fields are: ${d.known.join(', ')}` : 'its values are not objects'),
  }),
  'field-missing': (d: { name: string; field: string; value: string }): Wording => ({
    message: `the value ${d.value} of "${d.name}" has no field "${d.field}"`,
    hint: `give every value the field; "${d.field}: null" stands for none`,
  }),
  'field-of-no-flavour': (d: { name: string; field: string; kind: string }): Wording => ({
    message: `"${d.name}" is a ${d.kind} and has no field "${d.field}"`,
    hint: 'only flavours with objects as values have fields',
  }),
  'name-not-reaching': (d: {
    step: string
    key: string
    name: string
    known: boolean
    near?: string | undefined
    reaching: string[]
    result: boolean
  }): Wording => ({
    message: d.known
      ? `step "${d.step}" names "${d.name}" in ${d.key}, and none of its inputs depends on it`
      : d.result
        ? `step "${d.step}" names "${d.name}" in ${d.key}, and that is a result: it takes resources and flavours`
        : `step "${d.step}" names "${d.name}" in ${d.key}, and there is nothing of that name`,
    hint: didYouMean(d.near) ?? `its variants differ by ${d.reaching.join(', ')}`,
  }),
  'recipe-circle': (d: { circle: string[] }): Wording => ({
    message: `the recipe runs in a circle: ${d.circle.join(' -> ')}`,
    hint: 'each of these steps waits for the one after it',
  }),
  'step-without-outputs': (d: { step: string }): Wording => ({
    message: `step "${d.step}" has no outputs`,
    hint: 'outputs: { inner_name: name_in_the_fridge }',
  }),
  'step-without-source': (d: { step: string; key: string }): Wording => ({
    message: `step "${d.step}" has no source: nothing says what it does`,
    hint: `give it a ${d.key}`,
  }),
  'step-two-sources': (d: { step: string }): Wording => ({
    message: `step "${d.step}" has a command and a resource`,
    hint: 'a file that a command reads is an input; keep one of the two',
  }),
  'step-no-command': (d: { step: string; type: string }): Wording => ({
    message: `step "${d.step}" is of type ${d.type} and cannot take a command`,
    hint: 'name a source file with resource, or make it type: shell',
  }),
  'source-file-missing': (d: { step: string; file: string }): Wording => ({
    message: `the source of step "${d.step}" is missing: ${d.file}`,
  }),
  'inner-twice': (d: { step: string; name: string }): Wording => ({
    message: `step "${d.step}" has an input and an output called "${d.name}"`,
    hint: 'inside a step every name stands for one thing',
  }),
  'inner-outside': (d: { step: string; name: string }): Wording => ({
    message: `step "${d.step}" cannot call something "${d.name}": it would lie outside its pan`,
  }),
  'placeholder-unknown': (d: { step: string; word: string; near?: string | undefined }): Wording => ({
    message: `the command of step "${d.step}" holds {${d.word}}, which is neither an input nor an output`,
    hint: `${d.near === undefined ? '' : `did you mean {${d.near}}? `}{{${d.word}}} stands for a literal {${d.word}}`,
  }),
  'placeholder-field': (d: { step: string; word: string; field: string; from: string }): Wording => ({
    message: `the command of step "${d.step}" holds {${d.word}}, and a field has to be an input of its own`,
    hint: `write inputs: { ${d.field}: ${d.from} }, and {${d.field}} in the command`,
  }),
  'placeholder-property': (d: { step: string; text: string; kind: string }): Wording => ({
    message: `the command of step "${d.step}" holds {${d.text}}, and that is ${d.kind}`,
    hint: '.stem, .ext and .label are for inputs that are files',
  }),
  'placeholder-unsafe': (d: { step: string; text: string; where: string }): Wording => ({
    message: `the command of step "${d.step}" has {${d.text}} ${d.where}, where a value could become code`,
    hint: 'put it into a shell variable first: v={name}; or use the list form of command',
  }),
  'placeholder-code': (d: { step: string; name: string; text: string; value: string; where: string }): Wording => ({
    message: `the command of step "${d.step}" has {${d.text}} ${d.where}, where ${JSON.stringify(d.value)} could become code`,
    hint: `only letters, digits and _@%+=:,./- can stand there; use $CHEF_${d.name.replaceAll(/[^A-Za-z0-9_]/g, '_')} instead`,
  }),
  'placeholder-nul': (d: { text: string }): Wording => ({
    message: `what {${d.text}} stands for holds a NUL character, which no command can`,
  }),
  'link-result-unknown': (d: { result: string; near?: string | undefined }): Wording => ({
    message: `links lay out "${d.result}", and no step makes it`,
    hint: didYouMean(d.near),
  }),
  'link-no-file-name': (d: { result: string; pattern: string; inner: string }): Wording => ({
    message: `the link of "${d.result}" ends with a slash, and "${d.inner}" is a file`,
    hint: `write ${d.pattern}${d.inner}, or leave the slash out`,
  }),
  'link-name-unknown': (d: { result: string; text: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `the link of "${d.result}" holds {${d.text}}, on which it does not depend`,
    hint: didYouMean(d.near) ?? `it depends on ${d.known.join(', ')}; {hash} is its own hash`,
  }),
  'sub-input-unknown': (d: { step: string; name: string; near?: string | undefined }): Wording => ({
    message: `step "${d.step}" replaces "${d.name}", and its kitchen has no such resource or flavour`,
    hint: didYouMean(d.near),
  }),
  'sub-output-unknown': (d: { step: string; name: string; near?: string | undefined }): Wording => ({
    message: `step "${d.step}" takes the result "${d.name}", and its kitchen makes none of that name`,
    hint: didYouMean(d.near),
  }),
}
