// Shows a step its pan, its inputs and the system, and nothing else of the project or of the user's home. `true` enforces that
// with bubblewrap; `check` only reports what else was read, with strace.
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { type Failure, failure, Refusal } from '../base/failures/failure.ts'
import { isExecutable } from '../files/executable.ts'
import { type HostEnvironment, hostNames, logPath, traceFile } from './pan.ts'
import type { Content, Ticket } from '../tickets/ticket.ts'

/** Folders of the system that every step may read. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc', '/opt', '/nix', '/gnu']
const alwaysThere = ['/proc', '/dev', '/sys']
/** Bytes at the end of a log that are searched for paths. */
const logTailBytes = 65536

export interface Isolation {
  argv: string[]
  /** Names the undeclared paths that the step tried, where its log shows them. */
  explain(failed: Failure): Failure
  /** Undeclared reads, once the process has ended. */
  warnings(): string[]
}

function program(name: string, host: HostEnvironment): string | undefined {
  const folders = hostNames(host).PATH.split(delimiter)
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

/** Returns absolute targets of the links below a folder, which a step that sees the folder must see too. */
function linkTargets(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => resolve(entry.parentPath, readlinkSync(join(entry.parentPath, entry.name))))
    .filter((path) => existsSync(path))
}

function contentPaths(content: Content): string[] {
  if (content.kind === 'inline' || content.kind === 'tree') return []
  if (content.kind === 'folder') return [content.path, ...linkTargets(content.path)]
  return [content.path]
}

function declaredPaths(ticket: Ticket): string[] {
  const paths = ticket.source ? contentPaths(ticket.source.content) : []
  for (const input of ticket.inputs) {
    if (input.kind === 'content') paths.push(...contentPaths(input.content))
    else if (input.kind === 'collected') for (const member of input.members) paths.push(...contentPaths(member.content))
  }
  return [...paths, ...Object.values(ticket.tools).flatMap((tool) => [tool, realPath(tool)])]
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function isVisible(path: string, readable: string[]): boolean {
  return [...systemFolders, ...alwaysThere, ...readable].some((folder) => isBelow(path, folder))
}

/** Returns the arguments of bubblewrap for a ticket that may also read the paths in `readable`. */
function sandbox(ticket: Ticket, host: HostEnvironment, readable: string[]): string[] {
  const { HOME, TMPDIR } = hostNames(host)
  const bound = ['--unshare-all', '--die-with-parent', '--proc', '/proc', '--dev', '/dev']
  for (const folder of systemFolders) {
    const stats = lstatSync(folder, { throwIfNoEntry: false })
    if (stats?.isSymbolicLink()) bound.push('--symlink', readlinkSync(folder), folder)
    else if (stats?.isDirectory()) bound.push('--ro-bind', folder, folder)
  }
  // Scratch space that is gone with the step.
  const scratch = [...new Set(['/tmp', TMPDIR, HOME])].filter((folder) => folder !== '/' && !isVisible(folder, []))
  for (const folder of scratch.sort()) bound.push('--tmpfs', folder)
  if (ticket.project !== undefined) bound.push('--bind', ticket.project, ticket.project)
  const paths = [...new Set(readable)].filter((path) => !isVisible(path, []) && existsSync(path)).sort()
  for (const path of paths) bound.push('--ro-bind', path, path)
  bound.push('--bind', ticket.pan, ticket.pan, '--remount-ro', '/', '--chdir', ticket.project ?? ticket.pan)
  return bound
}

/** Returns paths that the log complains about and that exist outside of the sandbox. */
function triedPaths(ticket: Ticket, readable: string[]): string[] {
  let text: string
  try {
    text = readFileSync(logPath(ticket)).subarray(-logTailBytes).toString()
  } catch {
    return []
  }
  const bases = [ticket.project ?? ticket.pan, ticket.root, ticket.source && dirname(ticket.source.path)]
  const found = new Set<string>()
  for (const line of text.split('\n')) {
    if (!/no such file|not found|cannot (open|access|stat)|can't (open|read)|denied|ENOENT|EACCES/i.test(line)) continue
    for (const [word] of line.matchAll(/[^\s'"`:;,()[\]]+/g)) {
      if (!/[./]/.test(word)) continue
      for (const base of bases) {
        if (base === undefined) continue
        const path = resolve(base, word)
        if (isBelow(path, ticket.pan) || isVisible(path, readable) || !existsSync(path)) continue
        found.add(path)
      }
    }
  }
  return [...found].slice(0, 5)
}

/** Returns files that were opened for reading or run. The trace has to name the file behind each descriptor (strace -y). */
export function tracedReads(trace: string): string[] {
  const found = new Set<string>()
  for (const line of trace.split('\n')) {
    const opened = /\bopen(?:at2?)?\(.*\) = \d+<(\/.*)>$/.exec(line)
    const ran = /\bexecve\("(\/[^"]*)".* = 0$/.exec(line)
    const path = opened?.[1] ?? ran?.[1]
    if (path && !/O_(WRONLY|RDWR)/.test(line)) found.add(path.replace(/<char .*$/, ''))
  }
  return [...found].sort()
}

function undeclared(ticket: Ticket, readable: string[], host: HostEnvironment): string[] {
  let trace: string
  try {
    trace = readFileSync(join(ticket.pan, traceFile), 'utf8')
  } catch {
    return []
  }
  const scratch = hostNames(host).TMPDIR
  const seen = [...readable, ticket.pan, scratch].flatMap((path) => [path, realPath(path)])
  // The temporary folder is scratch space, unless the kitchen itself lies in it.
  const allowed = isBelow(ticket.pan, scratch)
    ? seen.filter((path) => path !== scratch && path !== realPath(scratch))
    : seen
  return tracedReads(trace)
    .filter((path) => !isVisible(path, allowed))
    .map((path) => failure('isolate-undeclared', { path }).message)
}

/** `further` holds paths that the cook itself needs, such as an interpreter. */
export function isolate(ticket: Ticket, argv: string[], host: HostEnvironment, further: string[] = []): Isolation {
  const plain: Isolation = { argv, explain: (failed) => failed, warnings: () => [] }
  if (ticket.isolate === false) return plain
  const readable = [...declaredPaths(ticket), ...further]
  if (ticket.isolate === 'check') {
    const strace = program('strace', host)
    if (!strace) return { ...plain, warnings: () => [failure('isolate-no-trace', {}).message] }
    const options = ['-f', '-qq', '--seccomp-bpf', '-y', '-s', '4096', '-e', 'trace=open,openat,openat2,execve']
    return {
      ...plain,
      argv: [strace, ...options, '-o', join(ticket.pan, traceFile), ...argv],
      warnings: () => undeclared(ticket, readable, host),
    }
  }
  const bwrap = program('bwrap', host)
  if (!bwrap) throw new Refusal([failure('isolate-missing', {})], 1)
  return {
    argv: [bwrap, ...sandbox(ticket, host, readable), '--', ...argv],
    explain: (failed) => {
      const paths = triedPaths(ticket, readable)
      return paths.length === 0 ? failed : failure('isolate-tried', { what: failed.message, paths })
    },
    warnings: () => [],
  }
}

const codeFiles = /\.(py|so|[mc]?[jt]s|tsx|json)$/

/** Returns code that a source may import from beside it. What it does import becomes discovered inputs. */
export function codeBeside(source: string): string[] {
  const folder = dirname(source)
  const paths: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() ? existsSync(join(path, '__init__.py')) : codeFiles.test(entry.name)) paths.push(path)
  }
  for (let at = folder; ; at = dirname(at)) {
    const packages = join(at, 'node_modules')
    if (existsSync(packages)) paths.push(packages)
    if (at === dirname(at)) return paths
  }
}
