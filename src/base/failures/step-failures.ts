// Failures of cooking: how a ticket ended, and what an execute() did. They stand in receipts, behind the name of the job.
import type { Wording } from './wording.ts'

export const stepFailures = {
  'cook-exit': (d: { code: number }): Wording => ({ message: `exit ${d.code}` }),
  'cook-signal': (d: { signal: string }): Wording => ({
    message: `killed by ${d.signal}`,
    hint: d.signal === 'SIGKILL' ? 'chef did not do it: the machine may have run out of memory' : undefined,
  }),
  'cook-timeout': (d: { seconds: number }): Wording => ({ message: `timed out after ${d.seconds} s` }),
  'input-changed': (d: { path: string }): Wording => ({ message: `${d.path} changed while it was cooked` }),
  'input-deleted': (d: { name: string }): Wording => ({
    message: `an input was deleted from the fridge: ${d.name}`,
  }),
  'input-overwritten': (d: { input: string }): Wording => ({ message: `it wrote into its input "${d.input}"` }),
  'outputs-not-kept': (d: { why: string }): Wording => ({ message: `its outputs could not be kept: ${d.why}` }),
  'cook-failed': (d: { text: string }): Wording => ({ message: d.text }),
  'cook-cancelled': (_: object): Wording => ({ message: 'cancelled' }),
  'cook-start': (d: { program: string; why: string }): Wording => ({
    message: `cannot start "${d.program}": ${d.why}`,
    hint: d.why === 'not found' ? 'install it, or name it with its full path' : undefined,
  }),
  'cook-folder': (d: { folder: string; why: string }): Wording => ({ message: `cannot run in ${d.folder}: ${d.why}` }),
  'cook-nothing': (_: object): Wording => ({ message: 'the step has neither a command nor a source to run' }),
  'pan-name': (d: { name: string }): Wording => ({
    message: `"${d.name}" cannot be a name in the pan`,
    hint: 'inner names are relative paths without "..", and ticket.json, ticket.log, ticket.trace and ticket.outputs are taken',
  }),
  'pan-clash': (d: { name: string }): Wording => ({
    message: `two things would lie at "${d.name}" in the pan`,
    hint: 'give one of them another inner name',
  }),
  'environment-nul': (d: { name: string }): Wording => ({
    message: `the value of ${d.name} holds a NUL character, which no environment variable can`,
  }),
  'environment-differs': (d: { name: string }): Wording => ({
    message: `${d.name} has another value here than where the job was planned`,
    hint: 'tickets hold no values of the environment: set the variable to the same value wherever the step is cooked',
  }),
  'environment-key': (d: { name: string; path: string }): Wording => ({
    message: `cannot tell whether ${d.name} has the value here that the job was planned with: ${d.path} cannot be read`,
    hint: 'it holds the key of the fridge: whoever cooks a step that reads the environment has to see it',
  }),
  'output-missing': (d: { name: string; pattern: boolean }): Wording => ({
    message: d.pattern ? `output "${d.name}" is missing: nothing matches it` : `output "${d.name}" is missing`,
    hint: 'the step succeeded without writing it where it runs',
  }),
  'output-leads-out': (d: { name: string; target: string }): Wording => ({
    message: `output "${d.name}" is a link out of the pan, to ${d.target}`,
    hint: 'copy the file instead of linking to it',
  }),
  'output-dangling': (d: { name: string; target: string }): Wording => ({
    message: `output "${d.name}" is a link to nothing: ${d.target}`,
  }),
  'depfile-missing': (d: { file: string }): Wording => ({
    message: `depfile "${d.file}" was not written`,
    hint: 'have the compiler write it (gcc: -MD -MF), or take depfile out of the step',
  }),
  'depfile-unreadable': (d: { file: string; format: string }): Wording => ({
    message: `depfile "${d.file}" cannot be read as ${d.format}`,
  }),
  'output-odd': (d: { name: string }): Wording => ({ message: `output "${d.name}" is neither a file nor a folder` }),
  'output-circle': (d: { name: string }): Wording => ({
    message: `output "${d.name}" is a link to a folder that it lies in`,
  }),
  'step-execute': (d: { file: string }): Wording => ({
    message: `${d.file} defines no execute()`,
    hint: 'a python step defines execute(**inputs), a node step exports execute(inputs)',
  }),
  'step-argument-unknown': (d: { file: string; name: string; known: string[] }): Wording => ({
    message: `execute() of ${d.file} takes no argument "${d.name}", which the step gives it`,
    hint: d.known.length > 0 ? `it takes ${d.known.join(', ')}` : undefined,
  }),
  'step-argument-missing': (d: { file: string; name: string }): Wording => ({
    message: `execute() of ${d.file} needs an argument "${d.name}", and the step has no such input`,
  }),
  'step-returned': (d: { file: string; type: string }): Wording => ({
    message: `execute() of ${d.file} returned ${d.type}, not a mapping of outputs`,
  }),
  'step-key-missing': (d: { file: string; name: string }): Wording => ({
    message: `execute() of ${d.file} returned nothing for output "${d.name}"`,
  }),
  'step-key-surplus': (d: { file: string; name: string; known: string[] }): Wording => ({
    message: `execute() of ${d.file} returned "${d.name}", which is no output of the step`,
    hint: d.known.length > 0 ? `its outputs are ${d.known.join(', ')}` : undefined,
  }),
  'step-value': (d: { file: string; name: string; why: string }): Wording => ({
    message: `what execute() of ${d.file} returned for "${d.name}" cannot be kept: ${d.why}`,
  }),
  'step-raised': (d: { what: string; place: string }): Wording => ({ message: `${d.what} (${d.place})` }),
  'step-exit': (d: { file: string; status: string }): Wording => ({
    message: `exit ${d.status}: ${d.file} ended its process before execute() returned`,
  }),
  'input-unreadable': (d: { name: string; why: string }): Wording => ({
    message: `input "${d.name}" cannot be read: ${d.why}`,
  }),
  'cook-memory': (d: { used: number; allowed: number }): Wording => ({
    message: `used ${Math.ceil(d.used / 1e6)} MB of memory, and needs.mem allows ${Math.floor(d.allowed / 1e6)} MB`,
    hint: 'raise needs.mem, or let it grow with retries: mem: 2GB * attempt',
  }),
  'cook-server': (d: { program: string; why: string }): Wording => ({
    message: `${d.program} did not start as a cook: ${d.why}`,
  }),
  'step-orphan': (d: { pid: number }): Wording => ({
    message: `process ${d.pid}, a step of a chef that was killed, still runs, and could write beside this one`,
    hint: `end it (kill -9 ${d.pid}, as the user who started it), then build again`,
  }),
  'steps-unwatched': (d: { program: string }): Wording => ({
    message: `no spawner fits this machine, and there is no ${d.program}: steps run on when chef is killed`,
    hint: 'the next build ends them before it does anything else',
  }),
  'cook-warning': (d: { step: string; what: string }): Wording => ({ message: `step "${d.step}": ${d.what}` }),
  'stove-broken': (d: { why: string }): Wording => ({ message: `the stove returned no receipt: ${d.why}` }),
  'cook-unknown': (d: { type: string }): Wording => ({ message: `this stove has no cook for steps of type ${d.type}` }),
  'trace-undeclared': (d: { reads: string[]; writes: string[] }): Wording => ({
    message: [
      ...(d.reads.length > 0 ? [`it read ${some(d.reads)}, which it does not declare`] : []),
      ...(d.writes.length > 0 ? [`it wrote ${some(d.writes)}, which is no output of the step`] : []),
    ].join('; '),
    hint:
      d.reads.length > 0
        ? 'make each file a resource and an input of the step, or set "trace: infer", so that undeclared reads count'
        : 'make each file an output of the step, or set "trace: infer"',
  }),
  'trace-read': (d: { path: string }): Wording => ({ message: `read ${d.path}, which is no input of the step` }),
  'trace-write': (d: { path: string }): Wording => ({ message: `wrote ${d.path}, which is no output of the step` }),
  'trace-unread': (d: { name: string }): Wording => ({ message: `never read its input "${d.name}"` }),
  'trace-refused': (d: { why: string }): Wording => ({
    message: `what a step reads without declaring it does not count here, because steps are not observed: ${d.why}`,
  }),
  'trace-made': (d: { reader: string; maker: string; path: string }): Wording => ({
    message: `step "${d.reader}" reads ${d.path}, which step "${d.maker}" makes, and is cooked after it from now on`,
    hint: `make the result of "${d.maker}" an input of "${d.reader}"`,
  }),
  'trace-circle': (d: { reader: string; maker: string; path: string }): Wording => ({
    message: `step "${d.reader}" reads ${d.path}, which step "${d.maker}" makes out of what "${d.reader}" makes: nothing orders them`,
  }),
  'trace-incomplete': (d: { step: string; why: string }): Wording => ({
    message: `step "${d.step}" was not observed to its end: ${d.why}`,
    hint: 'its results count by its declared inputs only',
  }),
  'isolate-missing': (_: object): Wording => ({
    message: 'isolate needs bubblewrap, and there is no bwrap on PATH',
    hint: 'install the package bubblewrap (Debian: apt install bubblewrap), or take isolate out of the step',
  }),
  'python-threads': (d: { step: string }): Wording => ({
    message: `what step "${d.step}" imports leaves threads running, so each of its jobs imports it anew`,
  }),
  'isolate-no-trace': (_: object): Wording => ({
    message: 'undeclared reads were not checked: isolate: check needs strace (Debian: apt install strace)',
  }),
  'isolate-undeclared': (d: { path: string }): Wording => ({
    message: `read ${d.path}, which is no input of the step`,
  }),
  'isolate-tried': (d: { what: string; paths: string[] }): Wording => ({
    message: `${d.what}; it tried ${d.paths.join(', ')}, which the step does not declare`,
    hint: 'make it an input of the step, or cook without isolate',
  }),
  'python-missing': (_: object): Wording => ({
    message: 'there is no python3 in tools, in .venv or on PATH',
    hint: 'install python3 (Debian: apt install python3)',
  }),
  'python-unusable': (d: { program: string; why: string }): Wording => ({
    message: `${d.program} is no usable Python: ${d.why}`,
  }),
}

function some(paths: string[]): string {
  return paths.slice(0, 5).join(', ') + (paths.length > 5 ? ` and ${paths.length - 5} more` : '')
}
