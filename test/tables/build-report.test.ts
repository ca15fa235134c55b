// chef build --report: one page that needs nothing else, with plan, times, failures and results, and nothing in it that runs.
import { expect, test } from 'vitest'
import { rig } from '../rig.ts'

const study = `
flavours:
  n: [1, 2, 3]
  kind: [bread, '<b>cake</b>']
recipe:
  knead: { command: "echo '{ \\"mass\\": '{n}' }' > {o}; test {n} != 3", inputs: { n: n }, outputs: { o: dough } }
  bake: { command: 'cat {d} > {o}; echo "<script>heat</script>"; test {k} = bread || test {n} != 2', inputs: { d: dough, k: kind, n: n }, outputs: { o: loaf } }
`

test('a build is told on one page', async () => {
  await using kitchen = await rig(study)
  const { exit } = await kitchen.run(['build', '-k', '-q', '--report', 'report.html'])
  expect(exit).toBe(1)
  const page = kitchen.read('report.html')
  const cells = page.replace(/<[^>]+>/g, ' ').replace(/ +/g, ' ')
  expect(cells).toContain('9 jobs 5 cooked 0 reused 0 fresh 2 failed 2 blocked')
  expect(page.match(/<details open><summary class="bad">/g)).toHaveLength(2)
  expect(page).toContain('bake kind=&lt;b&gt;cake&lt;/b&gt; n=2: exit 1')
  expect(page).toContain('<pre>&lt;script&gt;heat&lt;/script&gt;</pre>')
  expect(cells).toContain('bake 6 3 1 2')
  expect(page).toContain('<th class="number">loaf.mass</th>')
  expect(page.match(/<rect [^>]*><title>/g)).toHaveLength(7)
  // No program, no other file, no other host.
  expect(page).not.toMatch(/<script|<b>cake|<link|<img|\bsrc=|url\((?!#)|@import/)
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:/)
  expect(page).toContain("default-src 'none'")
})

test('a build with nothing to do is told as well, and one that cannot be written is a failure', async () => {
  await using kitchen = await rig(study)
  const bread = ['build', '-q', '-f', 'kind=bread', '-f', 'n=1,2']
  expect(await kitchen.run(bread)).toMatchObject({ exit: 0 })
  expect(await kitchen.run([...bread, '--report', 'again.html'])).toMatchObject({ exit: 0, stdout: '', stderr: '' })
  expect(
    kitchen
      .read('again.html')
      .replace(/<[^>]+>/g, ' ')
      .replace(/ +/g, ' '),
  ).toContain('4 jobs 0 cooked 0 reused 4 fresh')
  const lost = await kitchen.run([...bread, '--report', 'no/where.html'])
  expect([lost.exit, lost.stdout]).toEqual([1, ''])
  expect(lost.stderr).toContain('no/where.html cannot be written')
})
