// Whatever a step does to its interpreter, a library or its process, no later job can tell that it was not the first.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { type Rig, rig } from '../rig.ts'

function has(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const hasPython = has('python3', '--version')
const hasNumpy = has('python3', '-c', 'import numpy')

/** Each way: how a job sees what an earlier one left, and how it leaves something. */
const python: { [way: string]: [see: string, leave: string] } = {
  'a global of the step': ['len(MARKS)', 'MARKS.append(1)'],
  'a global of a module beside it': ['len(helper.MARKS)', 'helper.MARKS.append(1)'],
  'a function of the standard library replaced': ['json.dumps.__module__', 'json.dumps = repr'],
  'a builtin added': ['hasattr(builtins, "leaked")', 'builtins.leaked = 1'],
  'the environment': ['os.environ.get("LEAKED")', 'os.environ["LEAKED"] = "1"'],
  'the working folder': ['os.path.basename(os.getcwd()) == "/"', 'os.chdir("/")'],
  umask: ['(os.umask(0o22), os.umask(0o22))[0]', 'os.umask(0o77)'],
  locale: ['locale.setlocale(locale.LC_ALL)', 'locale.setlocale(locale.LC_ALL, "C.UTF-8")'],
  "decimal's context": ['str(decimal.Decimal(1) / 3)', 'decimal.getcontext().prec = 5'],
  random: ['random.getstate()[1][:4] == SEEDED', 'random.seed(7)'],
  warnings: ['str(warnings.filters[:1])', 'warnings.simplefilter("error")'],
  'a signal handler': ['str(signal.getsignal(signal.SIGUSR1))', 'signal.signal(signal.SIGUSR1, signal.SIG_IGN)'],
  'a thread': ['threading.active_count()', 'threading.Thread(target=time.sleep, args=(60,), daemon=True).start()'],
  'open files': ['len(os.listdir("/proc/self/fd"))', 'KEPT.append(open("/dev/null"))'],
  'an imported module': ['"colorsys" in sys.modules', 'import colorsys'],
  'sys.path': ['"/leaked" in sys.path', 'sys.path.insert(0, "/leaked")'],
  'standard output': ['type(sys.stdout).__name__', 'sys.stdout = io.StringIO()'],
  'an exception hook': ['sys.excepthook.__name__', 'sys.excepthook = lambda *_: None'],
  'an exit handler': ['atexit._ncallbacks()', 'atexit.register(print)'],
  'thresholds of the collector': ['gc.get_threshold()', 'gc.set_threshold(1, 2, 3)'],
  'the recursion limit': ['sys.getrecursionlimit()', 'sys.setrecursionlimit(5000)'],
  'a timer': ['signal.getitimer(signal.ITIMER_REAL)[0] > 0', 'signal.setitimer(signal.ITIMER_REAL, 1000)'],
  'a limit of resources': [
    'resource.getrlimit(resource.RLIMIT_NOFILE)[0]',
    'resource.setrlimit(resource.RLIMIT_NOFILE, (99, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))',
  ],
  'handlers of logging': ['len(logging.getLogger().handlers)', 'logging.basicConfig()'],
  'the folder for temporary files': ['tempfile.tempdir', 'tempfile.tempdir = "/leaked"'],
  'the default timeout of sockets': ['socket.getdefaulttimeout()', 'socket.setdefaulttimeout(3)'],
  'a context variable': ['VARIABLE.get()', 'VARIABLE.set("leaked")'],
  niceness: ['os.nice(0)', 'os.nice(1)'],
}

const numpy: typeof python = {
  'how numpy handles errors': ['numpy.geterr()["divide"]', 'numpy.seterr(divide="raise")'],
  'how numpy prints': ['numpy.get_printoptions()["precision"]', 'numpy.set_printoptions(precision=2)'],
  "numpy's random state": ['numpy.random.get_state()[1][:3].tolist() == NUMPY_SEEDED', 'numpy.random.seed(7)'],
}

function pythonStep(ways: typeof python, withNumpy: boolean): string {
  const imports =
    'atexit builtins contextvars decimal gc helper io json locale logging os random resource signal socket sys tempfile threading time warnings'
  const lines = Object.entries(ways).map(([way, [see]]) => `    seen[${JSON.stringify(way)}] = ${see}`)
  const leaves = Object.values(ways).map(([, leave]) => `    ${leave}`)
  return `
import ${imports.replaceAll(' ', ', ')}
${withNumpy ? 'import numpy\nNUMPY_SEEDED = numpy.random.RandomState(7).get_state()[1][:3].tolist()' : ''}
MARKS, KEPT = [], []
VARIABLE = contextvars.ContextVar("variable", default="none")
SEEDED = random.Random(7).getstate()[1][:4]

def execute(n):
    seen, dumps = {}, json.dumps
${lines.join('\n')}
${leaves.join('\n')}
    return {"seen": seen}
`
}

const node: typeof python = {
  'a global': ['typeof globalThis.leaked', 'globalThis.leaked = 1'],
  'a global of the step': ['marks.length', 'marks.push(1)'],
  'a global of a module beside it': ['helper.marks.length', 'helper.marks.push(1)'],
  'a prototype': [
    '"leaked" in Array.prototype',
    'Object.defineProperty(Array.prototype, "leaked", { value: 1, configurable: true })',
  ],
  'a method of a prototype': [
    'String.prototype.trim.name',
    'String.prototype.trim = function leaked() { return "leaked" }',
  ],
  JSON: ['JSON.parse.name', 'JSON.parse = function leaked() {}'],
  'Math.random': ['Math.random.name', 'Math.random = function leaked() { return 4 }'],
  'Date.now': ['Date.now.name', 'Date.now = function leaked() { return 0 }'],
  'console.log': ['console.log.name', 'console.log = function leaked() {}'],
  'a function of fs': ['fs.existsSync.name', 'fs.existsSync = function leaked() { return true }'],
  'a function of a promise module': ['fs.promises.access.name', 'fs.promises.access = async function leaked() {}'],
  'a function of path': ['path.join.name', 'path.join = function leaked() { return "" }'],
  'a method of EventEmitter': [
    'events.EventEmitter.prototype.emit.name',
    'events.EventEmitter.prototype.emit = function leaked() {}',
  ],
  'the most listeners': ['events.EventEmitter.defaultMaxListeners', 'events.EventEmitter.defaultMaxListeners = 99'],
  'the environment': ['String(process.env.LEAKED)', 'process.env.LEAKED = "1"'],
  'the working folder': ['process.cwd() === "/"', 'process.chdir("/")'],
  umask: ['process.umask()', 'process.umask(0o77)'],
  'a timer': ['process.getActiveResourcesInfo().includes("Timeout")', 'setTimeout(() => {}, 60_000)'],
  'a listener of the process': ['process.listenerCount("exit")', 'process.on("exit", () => {})'],
  'a handler of rejections': [
    'process.listenerCount("unhandledRejection")',
    'process.on("unhandledRejection", () => {})',
  ],
  'the exit code': ['String(process.exitCode)', 'process.exitCode = 3'],
  'the title': ['process.title === "leaked"', 'process.title = "leaked"'],
  'the limit of stack traces': ['Error.stackTraceLimit', 'Error.stackTraceLimit = 1'],
  'a server': [
    'process.getActiveResourcesInfo().includes("TCPSocketWrap")',
    'net.createServer().listen(0, "127.0.0.1")',
  ],
  'a module of the cache': [
    'String(require.cache["/leaked"])',
    'require.cache["/leaked"] = { exports: 1, loaded: true }',
  ],
  'a package': ['packaged.marks.length', 'packaged.marks.push(1)'],
}

function nodeStep(): string {
  const lines = Object.entries(node).map(([way, [see]]) => `  seen[${JSON.stringify(way)}] = ${see}`)
  // What the step itself needs for its answer is broken last.
  const leaves = Object.values(node).map(([, leave]) => `  ${leave}`)
  return `
import { createRequire } from 'node:module'
import events from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import packaged from 'packaged'
import * as helper from './helper.mjs'
const require = createRequire(import.meta.url)
const marks = []
export function execute({ n }) {
  const seen = {}
${lines.join('\n')}
${leaves.join('\n')}
  return { seen }
}
`
}

async function sightings(kitchen: Rig): Promise<{ [way: string]: unknown }[]> {
  const built = await kitchen.build('-j', '1')
  expect(built.stderr).not.toContain('failed')
  expect(built).toMatchObject({ exit: 0, summary: { cooked: 3 } })
  return (await kitchen.table('seen')).map(({ value }) => value as { [way: string]: unknown })
}

const kitchen = (resource: string): string => `
flavours: { n: [1, 2, 3] }
recipe: { s: { resource: ${resource}, inputs: { n: n }, outputs: { seen: seen } } }
`

function differences([first, ...later]: { [way: string]: unknown }[]): string[] {
  return Object.keys(first ?? {}).filter((way) =>
    later.some((one) => JSON.stringify(one[way]) !== JSON.stringify(first?.[way])),
  )
}

test.runIf(hasPython)('of 28 ways to leave something behind in Python, the next job sees none', async () => {
  await using own = await rig(kitchen('s.py'), { 's.py': pythonStep(python, false), 'helper.py': 'MARKS = []\n' })
  const seen = await sightings(own)
  expect(Object.keys(seen[0] ?? {})).toHaveLength(28)
  expect(differences(seen)).toEqual([])
})

test.runIf(hasNumpy)('nor of those in numpy', async () => {
  await using own = await rig(kitchen('s.py'), { 's.py': pythonStep(numpy, true), 'helper.py': 'MARKS = []\n' })
  expect(differences(await sightings(own))).toEqual([])
})

test('of 26 ways to leave something behind in Node, the next job sees none', async () => {
  await using own = await rig(kitchen('s.mjs'), {
    's.mjs': nodeStep(),
    'helper.mjs': 'export const marks = []\n',
    'node_modules/packaged/package.json': '{ "name": "packaged", "main": "index.js" }',
    'node_modules/packaged/index.js': 'exports.marks = []\n',
  })
  const seen = await sightings(own)
  expect(Object.keys(seen[0] ?? {})).toHaveLength(26)
  expect(differences(seen)).toEqual([])
})

test.each(Object.entries(node))('a job in Node cannot see %s that an earlier one left', async (way, [see, leave]) => {
  await using own = await rig(kitchen('s.mjs'), {
    's.mjs': nodeStep()
      .replace(/ {2}seen\[[^]*(?= {2}return)/, `  seen[${JSON.stringify(way)}] = ${see}\n  ${leave}\n`)
      .replace(leave.includes('packaged') ? '' : "import packaged from 'packaged'\n", ''),
    'helper.mjs': 'export const marks = []\n',
    'node_modules/packaged/package.json': '{ "name": "packaged", "main": "index.js" }',
    'node_modules/packaged/index.js': 'exports.marks = []\n',
  })
  expect(differences(await sightings(own))).toEqual([])
})
