// A kitchen with every kind of output, as two machines would have it: the same sources, fridges of their own.
import { type Files, type Rig, rig } from '../rig.ts'
import { password } from './nginx.ts'

export const sources: Files = {
  'words/a.txt': 'apple\n',
  'words/b.txt': 'bread\n',
  'large.txt': 'a line that is repeated\n'.repeat(500),
  'steps/square.py':
    'import factor\n\ndef execute(n):\n    return {"square": {"n": n, "square": n * factor.factor(n)}}\n',
  'steps/factor.py': 'def factor(n):\n    return n\n',
}

export function cheffile(cache: object): object {
  return {
    resources: { words: 'words/*.txt', large: 'large.txt' },
    flavours: { n: [2, 3] },
    recipe: {
      shout: {
        command: 'echo shouting >&2; tr a-z A-Z < {word} > {out.txt}',
        inputs: { word: 'words' },
        outputs: { 'out.txt': 'shouted' },
      },
      double: {
        command: 'cat {large} {large} > {twice}',
        inputs: { large: 'large' },
        outputs: { twice: { name: 'twice', keep: false } },
      },
      measure: { command: 'wc -c < {twice} > {bytes}', inputs: { twice: 'twice' }, outputs: { bytes: 'bytes' } },
      program: {
        command: "printf '#!/bin/sh\\necho from a program\\n' > {tool}; chmod +x {tool}",
        outputs: { tool: 'tool' },
      },
      use: { command: './{tool} > {said}', inputs: { tool: 'tool' }, outputs: { said: 'said' } },
      folder: {
        command: 'mkdir -p {tree}/deep; echo 1 > {tree}/one; echo 2 > {tree}/deep/two; : > {tree}/empty',
        outputs: { tree: 'tree' },
      },
      list: {
        command: 'cd {tree} && find . -type f | sort > ../{names}',
        inputs: { tree: 'tree' },
        outputs: { names: 'names' },
      },
      nothing: { command: ': > {none}', outputs: { none: 'none' } },
      power: { type: 'python', resource: 'steps/square.py', inputs: { n: 'n' }, outputs: { square: 'square' } },
    },
    cache,
  }
}

export function settings(port: number, more: object = {}): object {
  return { url: `http://ci:$CACHE_PASSWORD@127.0.0.1:${port}`, timeout: 60, ...more }
}

export const environment = { CACHE_PASSWORD: password }

export function machine(cache: object, files: Files = sources): Promise<Rig> {
  return rig(cheffile(cache), files)
}
