// Finds the Python that steps run with: in `tools`, `.venv` and PATH, in that order.
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { failure, Refusal } from '../base/failures/failure.ts'
import { parsed } from '../base/value.ts'
import { isExecutable } from '../files/executable.ts'

export interface Python {
  /** The interpreter itself. A version manager's shim starts slowly and chooses again each time. */
  path: string
  /** `3.11.2` */
  version: string
  /** Folders of the interpreter and its library, which isolated steps must see. */
  prefixes: string[]
}

function candidate(folder: string, tools: { [name: string]: string }, path: string): string | undefined {
  const tool =
    tools.python ??
    tools.python3 ??
    Object.entries(tools).find(([name]) => /^(.*\/)?(python|pypy)[^/]*$/.test(name))?.[1]
  if (tool !== undefined) return tool
  const places = [join(folder, '.venv', 'bin', 'python')]
  for (const one of path.split(delimiter)) if (one !== '') places.push(join(one, 'python3'), join(one, 'python'))
  return places.find(isExecutable)
}

const question = `import json, sys, platform
print(json.dumps([sys.executable, platform.python_version(), [sys.prefix, sys.exec_prefix, sys.base_prefix]]))`

async function ask(program: string, folder: string, path: string): Promise<Python> {
  const answer = await new Promise<string>((resolve, reject) => {
    const options = { cwd: folder, env: { PATH: path, HOME: '/', PYENV_ROOT: '' }, timeout: 20_000 }
    execFile(program, ['-I', '-S', '-c', question], options, (error, stdout) => {
      if (error) reject(new Refusal([failure('python-unusable', { program, why: error.message.split('\n')[0] ?? '' })]))
      else resolve(stdout)
    })
  })
  const found = parsed(answer)
  const [executable, version, prefixes] = Array.isArray(found) ? found : []
  if (typeof executable !== 'string' || typeof version !== 'string' || !Array.isArray(prefixes))
    throw new Refusal([failure('python-unusable', { program, why: 'it does not answer as Python does' })])
  return { path: executable || program, version, prefixes: [...new Set(prefixes.map(String))] }
}

const known = new Map<string, Promise<Python>>()

/** Changes when another file takes the program's path, which a watching chef may live to see. */
function marksOf(program: string): string {
  const { ino, size, mtimeMs, ctimeMs } = statSync(program, { throwIfNoEntry: false }) ?? {}
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
}

/** `tools` holds paths by name, as in a ticket; `path` is the variable PATH. */
export function findPython(folder: string, tools: { [name: string]: string }, path: string): Promise<Python> {
  const program = candidate(folder, tools, path)
  if (program === undefined) return Promise.reject(new Refusal([failure('python-missing', {})]))
  const key = [program, marksOf(program), folder, path].join('\0')
  let answer = known.get(key)
  if (!answer) {
    answer = ask(program, folder, path)
    known.set(key, answer)
    // A failure may be temporary.
    answer.catch(() => known.delete(key))
  }
  return answer
}
