// One kitchen over every stove: whatever cooks it, the results are those of a build on this machine.
import { cpSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Result, Rig } from '../rig.ts'
import { jobs, madeAtHome, startCook, stoveKitchen } from './kitchen.ts'

const chef = fileURLToPath(new URL('../../bin/chef', import.meta.url))

interface Stove {
  settings?: string
  /** Cooks everything. Its last command's result is returned. */
  cook(kitchen: Rig): Promise<Result>
}

const overHttp = `
import { randomUUID } from 'node:crypto'
export const burners = 2
export async function cook(ticket, { pack, unpack, signal }) {
  const { origin, searchParams } = new URL(process.env.COOK)
  const answer = await fetch(origin + '/cook/' + randomUUID(), {
    method: 'POST', body: await pack(), signal, headers: { authorization: 'Bearer ' + searchParams.get('token') },
  })
  if (!answer.ok) throw new Error(await answer.text())
  return unpack(new Uint8Array(await answer.arrayBuffer()))
}
`

const byCommand = `
import { execFile } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
export const burners = 2
export async function cook(ticket) {
  const [file, receipt] = [ticket.pan + '.json', ticket.pan + '.receipt.json']
  await writeFile(file, JSON.stringify(ticket))
  await promisify(execFile)(${JSON.stringify(chef)}, ['cook', file]).catch(() => {})
  const written = JSON.parse(await readFile(receipt, 'utf8'))
  await Promise.all([rm(file), rm(receipt)])
  return written
}
`

function ticketsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => join(folder, name))
}

/** Rounds of an order, until nothing is left to be written. */
async function rounds(kitchen: Rig, flags: string[], cookAll: (folder: string) => Promise<unknown>): Promise<Result> {
  kitchen.letThrough('shell')
  for (;;) {
    const { summary, stderr } = await kitchen.run(['build', '--tickets', 'out', '--json', ...flags])
    if (summary.tickets === undefined) throw new Error(stderr)
    if (summary.tickets === 0) return kitchen.run(['build', '--json'])
    await cookAll(kitchen.path('out'))
    const { exit, stderr: words } = await kitchen.run(['receive', 'out', '--json'])
    if (exit !== 0) throw new Error(words)
  }
}

const stoves: { [name: string]: Stove } = {
  local: {
    cook(kitchen) {
      kitchen.letThrough('shell')
      return kitchen.run(['build', '--json'])
    },
  },
  tickets: {
    cook: (kitchen) => rounds(kitchen, [], (folder) => kitchen.run(['cook', ...ticketsIn(folder)])),
  },
  'portable tickets, cooked while the project and its fridge are gone': {
    cook: (kitchen) =>
      rounds(kitchen, ['--portable'], async (folder) => {
        const elsewhere = join(kitchen.base, 'elsewhere')
        mkdirSync(elsewhere, { recursive: true })
        cpSync(folder, elsewhere, { recursive: true })
        renameSync(kitchen.folder, `${kitchen.folder}.away`)
        await kitchen.run(['cook', ...ticketsIn(elsewhere)], { folder: kitchen.base })
        renameSync(`${kitchen.folder}.away`, kitchen.folder)
        cpSync(elsewhere, folder, { recursive: true })
      }),
  },
  'http, with two cooks of which one is killed': {
    settings: "kitchen: { stove: http, cooks: ['$ONE', '$TWO'] }",
    async cook(kitchen) {
      const [one, two] = await Promise.all([startCook(kitchen, '-j', '1'), startCook(kitchen, '-j', '1')])
      const build = kitchen.start(['build', '--json'], { environment: { ONE: one.url.href, TWO: two.url.href } })
      // Each of them cooks one.
      const held = [await kitchen.held('shell'), await kitchen.held('shell')]
      one.child.kill('SIGKILL')
      await one.result
      kitchen.letThrough('shell')
      for (const { release } of held) release()
      const result = await build.result
      expect(result.stderr).toContain(`the cook at ${one.url.origin} does not answer`)
      return result
    },
  },
  'a module that sends tickets over HTTP': {
    settings: 'kitchen: { stove: ./mine.mjs }',
    async cook(kitchen) {
      kitchen.write('mine.mjs', overHttp)
      kitchen.letThrough('shell')
      const { url } = await startCook(kitchen, '-j', '2')
      return kitchen.run(['build', '--json'], { environment: { COOK: url.href } })
    },
  },
  'a module that runs chef cook': {
    settings: 'kitchen: { stove: ./mine.mjs }',
    cook(kitchen) {
      kitchen.write('mine.mjs', byCommand)
      kitchen.letThrough('shell')
      return kitchen.run(['build', '--json'])
    },
  },
}

const atHome = await madeAtHome()

test.each(Object.entries(stoves))('%s', { timeout: 90_000 }, async (_, { settings, cook }) => {
  await using kitchen = await stoveKitchen(settings)
  const result = await cook(kitchen)
  expect(result.stderr).not.toContain('failed')
  expect(result).toMatchObject({ exit: 0, summary: { jobs, failed: 0, blocked: 0 } })
  expect(kitchen.tree('made')).toEqual(atHome)
  // What was cooked elsewhere is fresh at home, and needs no cook.
  expect((await kitchen.build('-o', 'kitchen.stove=local')).summary).toMatchObject({
    cooked: 0,
    reused: 0,
    fresh: jobs,
  })
})
