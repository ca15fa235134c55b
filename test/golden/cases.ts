// Cheffiles that are wrong, by name: what chef says of each lies beside this file as <name>.txt.
import type { Files } from '../rig.ts'

export interface BadInput {
  cheffile?: string
  files?: Files
  args?: string[]
}

/** A step that is right, so that each case has only its own mistake. */
const fine = `  fine:
    command: echo 1 > {x}
    outputs: { x: dish }
`

const range = (text: string): BadInput => ({
  cheffile: `flavours:
  good: [1, 2]
  bad: ${text}
recipe:
${fine}`,
})

export const badInputs: { [name: string]: BadInput } = {
  'name-of-resource-and-flavour': {
    cheffile: `resources:
  size: in.txt
flavours:
  size: [1, 2]
recipe:
${fine}`,
    files: { 'in.txt': '' },
  },
  'name-of-flavour-and-step': {
    cheffile: `flavours:
  fine: [1, 2]
recipe:
${fine}`,
  },
  'name-of-step-and-result': {
    cheffile: `recipe:
  first:
    command: echo 1 > {x}
    outputs: { x: second }
  second:
    command: echo 2 > {x}
    outputs: { x: third }
`,
  },
  'name-of-resource-and-result': {
    cheffile: `resources:
  dish: in.txt
recipe:
${fine}`,
    files: { 'in.txt': '' },
  },
  'unknown-input': {
    cheffile: `resources:
  photos: photos/*.txt
recipe:
  render:
    command: cat {thumb} > {page}
    inputs:
      thumb: thumbs
    outputs: { page: page }
  shrink:
    command: head -c 3 {photo} > {small}
    inputs: { photo: photos }
    outputs: { small: thumb }
`,
    files: { 'photos/a.txt': '' },
  },
  'unknown-input-like-nothing': {
    cheffile: `recipe:
  render:
    command: cat {data} > {page}
    inputs: { data: somewhere_else_entirely }
    outputs: { page: page }
`,
  },
  'output-made-twice': {
    cheffile: `recipe:
  one:
    command: echo 1 > {x}
    outputs: { x: number }
  two:
    command: echo 2 > {x}
    outputs: { x: number }
`,
  },
  circle: {
    cheffile: `recipe:
${fine}  hen:
    command: cat {egg} > {hen}
    inputs: { egg: eggs }
    outputs: { hen: hens }
  nest:
    command: cat {hen} > {nest}
    inputs: { hen: hens }
    outputs: { nest: nests }
  egg:
    command: cat {nest} > {egg}
    inputs: { nest: nests }
    outputs: { egg: eggs }
`,
  },
  'circle-of-one': {
    cheffile: `recipe:
  snake:
    command: cat {tail} > {head}
    inputs: { tail: ring }
    outputs: { head: ring }
`,
  },
  'step-without-outputs': {
    cheffile: `recipe:
${fine}  silent:
    command: echo nothing
`,
  },
  'step-without-source': {
    cheffile: `recipe:
${fine}  empty:
    outputs: { x: x }
`,
  },
  'source-missing': {
    cheffile: `recipe:
${fine}  script:
    type: shell
    resource: steps/no-such.sh
    outputs: { x: x }
`,
  },
  'unknown-key': {
    cheffile: `recipe:
  make:
    command: echo 1 > {x}
    output: { x: made }
`,
  },
  'unknown-section': {
    cheffile: `recipes:
${fine}flavors:
  n: [1, 2]
`,
  },
  'unknown-option': { cheffile: `recipe:\n${fine}`, args: ['-o', 'kitchen.burnerz=8'] },
  'wrong-type': {
    cheffile: `recipe:
  make:
    command: { run: echo }
    inputs: [a, b]
    outputs: { x: made }
    retries: often
`,
  },
  'wrong-type-of-section': { cheffile: `recipe: [1, 2]\n` },
  'unknown-placeholder': {
    cheffile: `flavours:
  width: [1, 2]
recipe:
  make:
    command: echo {widht} > {x}
    inputs: { width: width }
    outputs: { x: made }
`,
  },
  'range-step-zero': range('{ type: lin, start: 1, stop: 3, step: 0 }'),
  'range-step-of-wrong-sign': range('{ type: lin, start: 1, stop: 3, step: -1 }'),
  'range-count-zero': range('{ type: log, start: 1, stop: 100, count: 0 }'),
  'range-log-of-zero': range('{ type: log, start: 0, stop: 100, count: 3 }'),
  'range-log-of-negative': range('{ type: log, start: -1, stop: 100, count: 3 }'),
  'range-of-unknown-type': range('{ type: lim, start: 1, stop: 3, step: 1 }'),
  'range-without-stop': range('{ type: lin, start: 1, step: 1 }'),
  'several-errors': {
    cheffile: `resources:
  raw: in.txt
flavours:
  n: { type: lin, start: 1, stop: 3, step: 0 }
  raw: [1]
recipe:
  one:
    comand: echo 1 > {x}
    outputs: { x: number }
  two:
    command: cat {y} > {x}
    inputs: { y: nowhere }
    outputs: { x: number }
    retries: often
`,
    files: { 'in.txt': '' },
  },
  'several-errors-of-the-recipe': {
    cheffile: `resources:
  raw: in.txt
flavours:
  raw: [1]
recipe:
  one:
    command: echo 1 > {x}
    outputs: { x: number }
  two:
    command: cat {y} > {x}
    inputs: { y: nowhere }
    outputs: { x: number }
  three:
    type: shell
    resource: gone.sh
    outputs: { x: third }
`,
    files: { 'in.txt': '' },
  },
  'broken-yaml': { cheffile: 'recipe:\n  make: { command: "echo 1\n  other: ]\n' },
  'key-twice': { cheffile: `recipe:\n${fine}${fine}` },
  'no-cheffile': {},
  'linked-file-missing': { cheffile: 'recipe: steps/recipe.yml\n' },
  'mistake-in-a-linked-file': {
    cheffile: 'recipe: steps/recipe.yml\n',
    files: { 'steps/recipe.yml': 'make:\n  command: cat {n} > {x}\n  inputs: { n: number }\n  outputs: { x: x }\n' },
  },
  'link-of-unknown-result': { cheffile: `recipe:\n${fine}links:\n  dsh: out.txt\n` },
  'link-with-unknown-name': {
    cheffile: `flavours: { width: [1, 2] }
recipe:
  make:
    command: echo {w} > {x}
    inputs: { w: width }
    outputs: { x: made }
links:
  made: out/{widht}.txt
`,
  },
  'unknown-target': { cheffile: `recipe:\n${fine}`, args: ['fien'] },
}
