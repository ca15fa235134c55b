// Failures of the shared cache. None names a password or a token: urls are printed without them.
import type { Wording } from './wording.ts'

export const remoteCacheFailures = {
  'cache-url': (_: object): Wording => ({
    message: 'the url of the cache is no address',
    hint: 'write http://HOST:PORT/PATH or https://..., with a password as http://NAME:$VARIABLE@HOST',
  }),
  'cache-variable': (d: { name: string }): Wording => ({
    message: `the cache needs the variable ${d.name}, which is not set, so this build goes on without it`,
    hint: `export ${d.name}=... before chef is called`,
  }),
  'cache-key-missing': (d: { steps: string[] }): Wording => ({
    message: `not shared with the cache, because the environment counts and CHEF_CACHE_KEY is not set: ${d.steps.join(', ')}`,
    hint: 'set CHEF_CACHE_KEY to the same secret on every machine: the cache gets only digests made with it',
  }),
  'cache-unreachable': (d: { url: string; why: string }): Wording => ({
    message: `the cache ${d.url} cannot be used, so this build goes on without it: ${d.why}`,
  }),
  'cache-unwritable': (d: { url: string; why: string }): Wording => ({
    message: `the cache ${d.url} is given nothing more: ${d.why}`,
    hint: 'the next build sends the rest; where you may only read, set cache.write to false',
  }),
  'cache-too-large': (d: { url: string; step: string }): Wording => ({
    message: `the cache ${d.url} does not take a result of step "${d.step}": it is too large (413)`,
    hint: 'nginx takes results of any size with client_max_body_size 0',
  }),
  'against-unreadable': (d: { file: string; why: string }): Wording => ({
    message: `${d.file} cannot be used for a comparison: ${d.why}`,
    hint: 'on the other machine: chef plan --json --keys > FILE',
  }),
  'cache-damaged': (d: { url: string; what: string }): Wording => ({
    message: `damaged content in the cache ${d.url} was ignored: ${d.what}`,
    hint: 'the job is cooked here instead',
  }),
}
