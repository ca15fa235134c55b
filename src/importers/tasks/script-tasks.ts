// Makes tasks of the plain scripts of a workspace's packages.
import type { ValueMap } from '../../base/value.ts'
import { dependenciesOf, idOf, mapOf, type Task } from './npm-tasks.ts'
import { commandOf } from './turbo-tasks.ts'

/** Scripts that npm itself runs at other times, and around others. */
const isHook = (script: string, scripts: ValueMap): boolean => {
  const [, around] = /^(?:pre|post)(.+)$/.exec(script) ?? []
  return (
    (around !== undefined && around in scripts) || /^(?:(?:pre|post)?(?:install|pack|publish)|prepare)$/.test(script)
  )
}

export function tasksOfScripts(packages: ReadonlyMap<string, ValueMap>): Task[] {
  const folderOf = new Map([...packages].map(([folder, { name }]) => [name, folder]))
  return [...packages].flatMap(([folder, json]) => {
    const scripts = mapOf(json.scripts)
    return Object.keys(scripts)
      .filter((script) => !isHook(script, scripts))
      .flatMap((script): Task[] => {
        const command = commandOf(scripts, script)
        if (command === undefined) return []
        const needs = neededFolders(folder).flatMap((where) => (hasScript(where, script) ? [idOf(where, script)] : []))
        const nothing = { inputs: [], outputs: [], variables: {}, env: [], otherwise: {}, counted: [] }
        return [{ ...nothing, id: idOf(folder, script), folder, script, command, needs, clean: false, isAlways: true }]
      })
  })

  function hasScript(folder: string, script: string): boolean {
    return typeof mapOf(mapOf(packages.get(folder)).scripts)[script] === 'string'
  }

  function neededFolders(folder: string): string[] {
    return dependenciesOf(mapOf(packages.get(folder))).flatMap((name) => {
      const where = folderOf.get(name)
      return where === undefined || where === folder ? [] : [where]
    })
  }
}
