// chef import dvc.yaml: stages, those of foreach and matrix, parameters that count one by one, and what is left out.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const dvc = `
vars:
  - greeting: hello
stages:
  prepare:
    desc: to capitals
    cmd: tr a-z A-Z < raw.txt > data/clean.txt
    deps: [raw.txt]
    outs: [data/clean.txt]
  train:
    foreach: \${models}
    do:
      cmd:
        - cat data/clean.txt > models/\${item}.txt
        - echo "\${greeting} \${item} \${train.lr} {kept}" >> models/\${item}.txt
      deps: [data]
      params: [train.lr]
      outs:
        - models/\${item}.txt
  evaluate:
    matrix:
      model: \${models}
      split: [a, b]
    cmd: wc -c < models/\${item.model}.txt > reports/\${item.model}-\${item.split}.txt
    deps:
      - models/\${item.model}.txt
    metrics:
      - reports/\${item.model}-\${item.split}.txt:
          cache: false
  gather:
    wdir: scripts
    cmd: mkdir -p ../listed; ls > ../listed/names.txt
    deps: [.]
    outs: [../listed]
  check:
    cmd: test -s models/small.txt
    deps: [models/small.txt]
    always_changed: true
  old:
    cmd: 'false'
    frozen: true
`

test('a project of DVC is built with its own commands', async () => {
  await using kitchen = await rig('', {
    'dvc.yaml': dvc,
    'params.yaml': 'train: { lr: 0.1, steps: 3 }\nmodels: [small, large]\n',
    'raw.txt': 'raw\n',
    'scripts/one.sh': '',
  })
  kitchen.remove('cheffile.yml')
  const { exit, lines, summary, stderr } = await kitchen.run(['import', 'dvc.yaml', '--json'])
  expect([exit, stderr, summary.steps]).toEqual([0, '', 9])
  expect(lines.map(({ what, why }) => [what, why])).toEqual([
    ['old', 'it is frozen'],
    ['check', 'chef has no "always_changed"'],
  ])
  const first = await kitchen.build()
  expect([first.exit, first.stderr]).toEqual([0, ''])
  expect(first.cooked).toHaveLength(9)
  expect(kitchen.read('models/large.txt')).toBe('RAW\nhello large 0.1 {kept}\n')
  expect(kitchen.read('reports/small-b.txt').trim()).toBe(String('RAW\nhello small 0.1 {kept}\n'.length))
  expect(kitchen.read('listed/names.txt')).toBe('one.sh\n')
  expect((await kitchen.build()).lines).toEqual([])

  kitchen.write('params.yaml', 'train: { lr: 0.1, steps: 4 }\nmodels: [small, large]\n')
  expect((await kitchen.build()).lines).toEqual([])
  kitchen.write('params.yaml', 'train: { lr: 0.25, steps: 4 }\nmodels: [small, large]\n')
  expect((await kitchen.build()).cooked).toEqual([
    'check',
    'evaluate@large-a',
    'evaluate@large-b',
    'evaluate@small-a',
    'evaluate@small-b',
    'train@large',
    'train@small',
  ])
  expect(kitchen.read('models/small.txt')).toBe('RAW\nhello small 0.25 {kept}\n')
  kitchen.write('params.yaml', 'train: { lr: 0.1, steps: 4 }\nmodels: [small, large]\n')
  expect((await kitchen.build()).cooked).toEqual([])
  expect(kitchen.read('models/small.txt')).toBe('RAW\nhello small 0.1 {kept}\n')
})

test('what has no counterpart is listed', async () => {
  await using kitchen = await rig('', {
    'dvc.yaml': `
artifacts: { model: { path: x } }
stages:
  a: { cmd: 'echo > x', deps: ['s3://bucket/data'], outs: [x], params: [missing] }
  b: { cmd: 'echo > y', outs: ['\${nothing}'] }
`,
  })
  kitchen.remove('cheffile.yml')
  const { exit, stdout } = await kitchen.run(['import', 'dvc.yaml'])
  expect(exit).toBe(0)
  expect(stdout).toBe(`wrote cheffile.yml: 2 steps, 0 resources
not carried over:
  artifacts: chef has no such thing
  b: \${nothing} stands for nothing
  a: it reads s3://bucket/data, which lies on another machine
  a: params.yaml has no parameter missing
`)
})
