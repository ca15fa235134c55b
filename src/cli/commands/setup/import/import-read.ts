// Reads the files of other tools for the importers, which read none themselves.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Refusal } from '../../../../base/failures/failure.ts'
import type { Value } from '../../../../base/value.ts'
import { plain } from '../../../../config/reading/syntax-tree.ts'

/** YAML or JSON; undefined where nothing stands in it. */
export async function readPlain(file: string): Promise<Value | undefined> {
  const { readValue } = await import('../../../../config/reading/config-files.ts')
  const { value, failures } = await readValue(file, 'the file to import')
  if (failures.length > 0) throw new Refusal(failures)
  return value
}

/** JSON with comments and commas at the end, as some tools write their settings: these become spaces, so that places stay what they are. */
export async function readCommentedJson(file: string): Promise<Value> {
  const { default: strip } = await import('strip-json-comments')
  const { parseYaml } = await import('../../../../config/reading/yaml-tree.ts')
  const { tree, failures } = parseYaml(strip(readFileSync(file, 'utf8'), { trailingCommas: true }), {
    language: 'JSON',
    place: (line, column) => ({ origin: { from: 'file', at: { file, line, column } }, base: dirname(file) }),
  })
  if (failures.length > 0) throw new Refusal(failures)
  return tree === undefined ? null : plain(tree)
}
