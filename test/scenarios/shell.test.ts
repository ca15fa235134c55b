// What a shell step sees: values that are never code, its environment, its tools, its folder.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const hostile = [
  'a b',
  "it's",
  'say "hi"',
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned',
  '| touch pwned',
  '& touch pwned &',
  'two\nlines',
  '-n',
  '--help',
  '*',
  '~',
  '\\n',
  '$HOME',
  '{out}',
  "'; touch pwned; '",
  '"; touch pwned; "',
  ' ',
  '#x',
]

test('a value in a command string arrives as it is, whatever it holds', async () => {
  await using kitchen = await rig({
    flavours: { value: hostile },
    recipe: {
      say: { command: "printf '%s' {v} > {x}; ls > {y}", inputs: { v: 'value' }, outputs: { x: 'said', y: 'seen' } },
    },
    links: { said: 'out/{hash}' },
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { cooked: hostile.length } })
  expect(Object.values(kitchen.tree('out')).sort()).toEqual([...hostile].sort())
  expect((await kitchen.table('seen')).filter((row) => String(row.value ?? '').includes('pwned'))).toEqual([])
})

test.each([
  ["printf '%s' '{v}' > {x}", 'inside quotes'],
  [`printf '%s' "{v}" > {x}`, 'inside quotes'],
  ['echo $(( {v} )) > {x}', 'in shell arithmetic'],
  ['eval echo {v} > {x}', 'where a program reads code'],
  ["sh -c 'echo {v}' > {x}", 'where a program reads code'],
  ['bash -c {v} > {x}', 'where a program reads code'],
  [['sh', '-c', 'echo {v} > {x}'], 'where a program reads code'],
])('%s runs nothing that a value says', async (command, where) => {
  await using kitchen = await rig({
    flavours: { value: [1, 'a[$(touch /tmp/pwned)] `touch pwned`; touch pwned'] },
    recipe: { say: { command, inputs: { v: 'value' }, outputs: { x: 'said' } } },
  })
  const refused = await kitchen.run(['build', '-k'])
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain(`the command of step "say" has {v} ${where}, where "a[$(touch`)
  expect(refused.stderr).toContain('$CHEF_v')
  const good = await kitchen.run(['build', '-f', 'value=1'])
  // `bash -c 1` finds no program of that name.
  expect(good.exit).toBe(command === 'bash -c {v} > {x}' ? 1 : 0)
})

test('the name of a file is never code either', async () => {
  await using kitchen = await rig(
    {
      resources: { photos: 'photos/*.jpg' },
      recipe: { say: { command: 'echo "{p.label}" > {x}', inputs: { p: 'photos' }, outputs: { x: 'said' } } },
    },
    { 'photos/$(touch pwned).jpg': 'a' },
  )
  const refused = await kitchen.run(['build'])
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain('has {p.label} inside quotes, where "$(touch pwned).jpg" could become code')
})

test('a value in a command list is one argument and no shell runs', async () => {
  await using kitchen = await rig({
    flavours: { value: hostile },
    recipe: {
      say: {
        command: ['awk', 'BEGIN { printf "%s", ENVIRON["CHEF_v"] > ARGV[1] }', 'said.txt'],
        inputs: { v: 'value' },
        outputs: { 'said.txt': 'said' },
      },
      list: {
        command: ['sh', '-c', 'printf "%s" "$1" > out.txt', 'sh', 'v={v}'],
        inputs: { v: 'value' },
        outputs: { 'out.txt': 'listed' },
      },
    },
    links: { said: 'said/{hash}', listed: 'listed/{hash}' },
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect(Object.values(kitchen.tree('said')).sort()).toEqual([...hostile].sort())
  expect(Object.values(kitchen.tree('listed')).sort()).toEqual(hostile.map((value) => `v=${value}`).sort())
})

test('names of files arrive as they are', async () => {
  const names = ['a b.txt', "it's.txt", '$(touch pwned).txt', ';x.txt', '-n.txt', 'ünï.txt', 'x"y.txt', 'noextension']
  await using kitchen = await rig(
    {
      resources: { photos: 'photos/*' },
      recipe: {
        say: {
          command: "printf '%s|%s|%s|' {photo.label} {photo.stem} {photo.ext} > {x}; cat {photo} >> {x}",
          inputs: { photo: 'photos' },
          outputs: { x: 'said' },
        },
      },
      links: { said: 'out/{photos}' },
    },
    Object.fromEntries(names.map((name) => [`photos/${name}`, `content of ${name}`])),
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect(Object.keys(kitchen.tree('out')).sort()).toEqual([...names].sort())
  expect(kitchen.read('out/a b.txt')).toMatch(/^a b\.txt\|a b\|\.?txt\|content of a b\.txt$/)
  expect(kitchen.read('out/noextension')).toBe('noextension|noextension||content of noextension')
})

test('braces that hold no name are left alone, and doubled ones stand for themselves', async () => {
  await using kitchen = await rig({
    flavours: { n: [5] },
    recipe: {
      braces: {
        command: "echo a b | awk '{print $2}' > {x}; echo ${HOME:+home} {{n}} {} {n} >> {x}",
        inputs: { n: 'n' },
        outputs: { x: 'x' },
      },
    },
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect((await kitchen.table('x'))[0]?.value).toBe('b\nhome {n} {} 5\n')
})

test('a declared variable is passed on and hashed, others are not seen', async () => {
  await using kitchen = await rig(`
recipe: { greet: { command: "echo $GREETING$SECRET > {x}", outputs: { x: x }, env: [GREETING] } }
links: { x: out.txt }
`)
  const build = (greeting: string, secret = '') =>
    kitchen.buildWith({ environment: { GREETING: greeting, SECRET: secret } })
  expect(await build('hello', '!')).toMatchObject({ cooked: ['greet'] })
  expect(kitchen.read('out.txt')).toBe('hello\n')
  expect(await build('hello', '?')).toMatchObject({ cooked: [], fresh: 1 })
  expect(await build('moin')).toMatchObject({ cooked: ['greet'], reasons: ['greet: environment changed: GREETING'] })
  expect(kitchen.read('out.txt')).toBe('moin\n')
  expect(await build('hello')).toMatchObject({ cooked: [], reused: ['greet'] })
  expect(kitchen.read('out.txt')).toBe('hello\n')
})

test('a tool that changed cooks again', async () => {
  await using kitchen = await rig(
    `
recipe: { use: { command: "mytool > {x}", outputs: { x: x }, tools: [mytool] } }
links: { x: out.txt }
`,
  )
  const tool = (text: string): void => kitchen.write('bin/mytool', `#!/bin/sh\necho ${text}\n`, 0o755)
  const environment = { PATH: `${kitchen.path('bin')}:${process.env.PATH}` }
  tool('one')
  expect(await kitchen.buildWith({ environment })).toMatchObject({ exit: 0, cooked: ['use'] })
  expect(await kitchen.buildWith({ environment })).toMatchObject({ cooked: [], fresh: 1 })
  tool('two')
  expect(await kitchen.buildWith({ environment })).toMatchObject({
    cooked: ['use'],
    reasons: ['use: tool changed: mytool'],
  })
  expect(kitchen.read('out.txt')).toBe('two\n')
})

test('a tool that is not there is an error that names it', async () => {
  await using kitchen = await rig(`
recipe: { use: { command: "echo > {x}", outputs: { x: x }, tools: [no-such-tool] } }
`)
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).not.toBe(0)
  expect(stderr).toContain('no-such-tool')
})

test('a step runs in a pan of its own, or in the project where it says so', async () => {
  await using kitchen = await rig(
    `
resources: { raw: data/raw.csv }
recipe:
  here: { command: "pwd > {x}; ls >> {x}", inputs: { raw: raw }, outputs: { x: pan } }
  there: { command: "pwd > {x}; cat {raw} neighbour.txt >> {x}", at: project, inputs: { raw: raw }, outputs: { x: project } }
`,
    { 'data/raw.csv': 'raw\n', 'neighbour.txt': 'neighbour\n' },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  const [pan] = await kitchen.table('pan')
  expect(String(pan?.value)).toContain('/.chefcache/pans/')
  expect(String(pan?.value).split('\n')).toEqual(expect.arrayContaining(['raw.csv', 'ticket.json']))
  const [project] = await kitchen.table('project')
  expect(project?.value).toBe(`${kitchen.folder}\nraw\nneighbour\n`)
})

test('in the project a bundle or a folder at its root is the folder .', async () => {
  await using kitchen = await rig(
    `
resources: { all: { bundle: ['src/**', '*.c'] }, root: { dir: . }, part: { dir: src } }
recipe:
  text:
    command: ls {all} > {x}; cat {root}/b.c {part}/a.c >> {x}
    at: project
    inputs: { all: all, root: root, part: part }
    outputs: { x: listed }
  list: { command: [cp, '{all}/b.c', '{x}'], at: project, inputs: { all: all }, outputs: { x: copied } }
`,
    { 'src/a.c': 'a\n', 'b.c': 'b\n' },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect((await kitchen.table('listed'))[0]?.value).toBe('b.c\ncheffile.yml\nsrc\nb\na\n')
  expect((await kitchen.table('copied'))[0]?.value).toBe('b\n')
})

test('the environment of a step names its inputs and outputs', async () => {
  await using kitchen = await rig(
    `
resources: { raw: raw.csv }
flavours: { n: [7] }
recipe:
  show:
    command: echo "$CHEF_raw $CHEF_n $CHEF_x" > {x}
    inputs: { raw: raw, n: n }
    outputs: { x: x }
`,
    { 'raw.csv': '' },
  )
  await kitchen.build()
  expect((await kitchen.table('x'))[0]?.value).toBe('raw.csv 7 x\n')
})
