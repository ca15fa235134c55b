// What steps leave behind: folders, patterns, nothing at all, a gigabyte, and what is only needed on the way.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

test('a folder is an output, with its folders, modes and links within it, and an input of the next step', async () => {
  await using kitchen = await rig({
    flavours: { num: [1, 2] },
    recipe: {
      fill: {
        command:
          'mkdir -p {tree}/deep; echo {n} > {tree}/a.txt; ln -s ../a.txt {tree}/deep/link; printf "#!/bin/sh\\necho ran" > {tree}/run; chmod +x {tree}/run',
        inputs: { n: 'num' },
        outputs: { tree: 'tree' },
      },
      read: {
        command: 'cat {t}/a.txt {t}/deep/link > {out}; {t}/run >> {out}; find {t} -mindepth 1 | sort >> {out}',
        inputs: { t: 'tree' },
        outputs: { out: 'seen' },
      },
    },
    links: { tree: 'out/{num}' },
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { cooked: 4 } })
  const rows = (await kitchen.table('seen')).sort((a, b) => a.num - b.num)
  expect(rows.map((row) => row.value)).toEqual(
    [1, 2].map((n) => `${n}\n${n}\nran\nt/a.txt\nt/deep\nt/deep/link\nt/run\n`),
  )
  expect(kitchen.read('out/2/a.txt')).toBe('2\n')
  expect(statSync(kitchen.path('out/2/run')).mode & 0o111).not.toBe(0)
  expect((await kitchen.build()).lines).toEqual([])
})

test('a link to a folder within an output becomes that folder', async () => {
  await using kitchen = await rig({
    recipe: {
      fill: {
        command: 'mkdir -p {tree}/deep; echo x > {tree}/deep/a.txt; ln -s deep {tree}/alias',
        outputs: { tree: 'tree' },
      },
    },
    links: { tree: 'out' },
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['fill'] })
  expect(kitchen.tree('out')).toEqual({ 'alias/a.txt': 'x\n', 'deep/a.txt': 'x\n' })
})

test('a pattern gathers what it matches into one folder, and nothing else', async () => {
  await using kitchen = await rig({
    recipe: {
      draw: {
        command: 'mkdir -p frames/more; for i in 1 2 3; do echo $i > frames/$i.png; done; echo x > frames/note.txt',
        outputs: { 'frames/*.png': 'frames' },
      },
      count: {
        command: 'ls {f} > {out}; cat {f}/frames/2.png {f}/2.png >> {out} 2>&1 || true',
        inputs: { f: 'frames' },
        outputs: { out: 'listed' },
      },
    },
    links: { frames: 'out' },
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['count', 'draw'] })
  const names = Object.keys(kitchen.tree('out')).map((path) => path.split('/').at(-1))
  expect(names).toEqual(['1.png', '2.png', '3.png'])
})

test('a pattern that matches nothing is a failure that names it', async () => {
  await using kitchen = await rig({
    recipe: { draw: { command: 'mkdir -p frames', outputs: { 'frames/*.png': 'frames' } } },
  })
  const { exit, stderr } = await kitchen.run(['build'])
  expect(exit).toBe(1)
  expect(stderr).toContain('frames/*.png')
})

test('python and node steps give folders and files by returning where they lie', async () => {
  await using kitchen = await rig(
    {
      recipe: {
        python: { resource: 'fill.py', outputs: { tree: 'from_python' } },
        node: { resource: 'fill.mjs', inputs: { before: 'from_python' }, outputs: { tree: 'from_node' } },
      },
      links: { from_python: 'out/python', from_node: 'out/node' },
    },
    {
      'fill.py': `
import pathlib
def execute():
    folder = pathlib.Path('made')
    folder.mkdir()
    (folder / 'a.txt').write_text('python')
    return {'tree': folder}
`,
      'fill.mjs': `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
export function execute({ before }) {
  mkdirSync('made')
  writeFileSync('made/b.txt', readFileSync(before + '/a.txt', 'utf8') + ' node')
  return { tree: pathToFileURL('made') }
}`,
    },
  )
  expect(await kitchen.build()).toMatchObject({ exit: 0 })
  expect(kitchen.tree('out')).toEqual({ 'node/b.txt': 'python node', 'python/a.txt': 'python' })
})

test('empty files and empty folders are results like others', async () => {
  await using kitchen = await rig({
    recipe: {
      nothing: { command: ': > {file}; mkdir {folder}', outputs: { file: 'file', folder: 'folder' } },
      look: {
        command: 'test -f {a} && ! test -s {a} && test -d {b} && ls -A {b} | wc -l > {out}',
        inputs: { a: 'file', b: 'folder' },
        outputs: { out: 'seen' },
      },
    },
    links: { file: 'out/file' },
  })
  expect(await kitchen.build()).toMatchObject({ exit: 0, cooked: ['look', 'nothing'] })
  expect((await kitchen.table('seen'))[0]?.value).toBe(0)
  expect(kitchen.read('out/file')).toBe('')
  expect((await kitchen.build()).lines).toEqual([])
})

/** The most that chef itself held, in bytes, told by the kernel for the process and not for its children. */
async function peakOfBuild(kitchen: Rig): Promise<{ exit: number | null; peak: number }> {
  const { child, result } = kitchen.start(['build', '--json'])
  const held = await kitchen.held('end')
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  held.release()
  const { exit } = await result
  return { exit, peak: Number(/VmHWM:\s*(\d+)/.exec(status)?.[1]) * 1024 }
}

test('a gigabyte passes through without passing through memory', async () => {
  const cheffile = (size: string) => ({
    recipe: {
      make: { command: `truncate -s ${size} {big.bin}; printf end >> {big.bin}`, outputs: { 'big.bin': 'big' } },
      read: {
        command: 'tail -c 3 {big} > {out}; stat -Lc %s {big} >> {out}',
        inputs: { big: 'big' },
        outputs: { out: 'tail' },
      },
      hold: { command: '%HOLD% end && cat {t} > {out}', inputs: { t: 'tail' }, outputs: { out: 'held' } },
    },
    links: { big: 'out/big.bin' },
  })
  await using small = await rig(cheffile('1K'))
  await using large = await rig(cheffile('1G'))
  const few = await peakOfBuild(small)
  const many = await peakOfBuild(large)
  expect([few.exit, many.exit]).toEqual([0, 0])
  expect((await large.table('tail'))[0]?.value).toBe(`end${2 ** 30 + 3}\n`)
  expect(statSync(large.path('out/big.bin')).size).toBe(2 ** 30 + 3)
  expect(many.peak - few.peak).toBeLessThan(48e6)
  expect((await large.build()).lines).toEqual([])
})

/** Bytes of all files in the fridge's objects/. */
function objectBytes(kitchen: Rig): number {
  const folder = kitchen.path('.chefcache/objects')
  return readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
}

test('what is only needed on the way is dropped, and cooked again only if something new needs it', async () => {
  const steps = {
    make: {
      command: 'head -c 1000000 /dev/zero | tr "\\0" {n} > {big}',
      inputs: { n: 'num' },
      outputs: { big: { name: 'big', keep: false } },
    },
    weigh: { command: 'wc -c < {big} > {out}', inputs: { big: 'big' }, outputs: { out: 'weight' } },
    sum: { command: 'md5sum < {big} > {out}', inputs: { big: 'big' }, outputs: { out: 'digest' } },
  }
  const flavours = { num: [1, 2, 3] }
  await using kitchen = await rig({ flavours, recipe: steps })
  expect(await kitchen.build()).toMatchObject({ exit: 0, summary: { jobs: 9, cooked: 9 } })
  expect(objectBytes(kitchen)).toBeLessThan(1_000_000)
  expect((await kitchen.build()).lines).toEqual([])
  expect((await kitchen.plan()).summary).toMatchObject({ fresh: 9 })

  const more = {
    ...steps,
    head: { command: 'head -c 1 {big} > {out}', inputs: { big: 'big' }, outputs: { out: 'first' } },
  }
  kitchen.cheffile({ flavours, recipe: more })
  const again = await kitchen.build()
  expect(again).toMatchObject({ exit: 0, failed: [] })
  expect(again.cooked).toEqual(['head', 'head', 'head', 'make', 'make', 'make'])
  expect((await kitchen.table('first')).map((row) => row.value).sort()).toEqual([1, 2, 3])
  expect(objectBytes(kitchen)).toBeLessThan(1_000_000)
  expect((await kitchen.build()).lines).toEqual([])
})

test('a result on the way whose input changed is cooked, and its readers only where it matters', async () => {
  await using kitchen = await rig(
    {
      resources: { text: '*.txt' },
      recipe: {
        upper: {
          command: 'tr a-z A-Z < {t} > {up}',
          inputs: { t: 'text' },
          outputs: { up: { name: 'up', keep: false } },
        },
        weigh: { command: 'wc -c < {up} > {out}', inputs: { up: 'up' }, outputs: { out: 'weight' } },
      },
    },
    { 'a.txt': 'a\n', 'b.txt': 'b\n' },
  )
  await kitchen.build()
  kitchen.write('a.txt', 'abc\n')
  const built = await kitchen.build()
  expect(built).toMatchObject({ exit: 0, cooked: ['upper', 'weigh'] })
  kitchen.write('a.txt', 'ABC\n')
  expect((await kitchen.build()).cooked).toEqual(['upper'])
})

test('a result on the way that is a target itself, or linked, is kept', async () => {
  const recipe = {
    make: { command: 'echo x > {y}', outputs: { y: { name: 'way', keep: false } } },
    read: { command: 'cat {y} > {z}', inputs: { y: 'way' }, outputs: { z: 'end' } },
  }
  await using kitchen = await rig({ recipe, links: { way: 'out.txt' } })
  await kitchen.build()
  expect(kitchen.read('out.txt')).toBe('x\n')
  kitchen.remove('out.txt')
  expect((await kitchen.build()).exit).toBe(0)
  expect(kitchen.read('out.txt')).toBe('x\n')
})

test('an output in a folder that the step made a file of is missing', async () => {
  await using kitchen = await rig({
    recipe: { spoil: { command: 'rm -r out; echo 1 > out', outputs: { 'out/x.txt': 'x' } } },
  })
  const { exit, lines } = await kitchen.build()
  expect(exit).toBe(1)
  expect(lines[0]).toMatchObject({ status: 'failed', failure: 'output "out/x.txt" is missing' })
})
