// Which Python steps run with, where what lies under a path becomes another program while chef lives.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findPython } from '../../src/steps/interpreter.ts'

function found(): { says: (line: string) => void; version: () => Promise<string> } {
  const folder = mkdtempSync(join(tmpdir(), 'chef-python-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const program = join(folder, 'python3')
  return {
    says(line) {
      rmSync(program, { force: true })
      writeFileSync(program, `#!/bin/sh\n${line}\n`)
      chmodSync(program, 0o755)
    },
    version: async () => (await findPython(folder, {}, folder)).version,
  }
}

test('an interpreter that could not answer is asked again', async () => {
  const { says, version } = found()
  for (const line of ['exit 1', 'echo hello']) {
    says(line)
    await expect(version()).rejects.toThrow('is no usable Python')
  }
  says(`echo '["", "3.9.1", []]'`)
  expect(await version()).toBe('3.9.1')
})

test('an interpreter that was replaced under its path is another one', async () => {
  const { says, version } = found()
  says(`echo '["", "3.9.1", []]'`)
  expect([await version(), await version()]).toEqual(['3.9.1', '3.9.1'])
  says(`echo '["", "3.12.0", []]'`)
  expect(await version()).toBe('3.12.0')
})
