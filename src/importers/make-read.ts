// Reads the simple rules of a Makefile: variables, explicit and pattern rules, automatic variables. It lists
// everything else as left out.
import type { Omission } from './import-result.ts'
import { expandMake, type MakeFiles, words } from './make-expand.ts'
import type { NinjaEdge, NinjaFile } from './ninja-read.ts'

interface Rule {
  targets: string[]
  inputs: string[]
  orderOnly: string[]
  recipe: string[]
  line: number
}

const unread = /^(undefine|vpath|load|unexport)\b/
/** The rule that make knows without a Makefile. */
const builtIn: Rule = {
  targets: ['%.o'],
  inputs: ['%.c'],
  orderOnly: [],
  recipe: ['$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<'],
  line: 0,
}

export function readMakefile(text: string, files: MakeFiles): { file: NinjaFile; left: Omission[] } {
  const left: Omission[] = []
  const variables = new Map([
    ['CC', 'cc'],
    ['CXX', 'c++'],
    ['AR', 'ar'],
    ['RM', 'rm -f'],
    ['MAKE', 'make'],
  ])
  const rules: Rule[] = []
  const phony = new Set<string>()
  let open: Rule | undefined
  let unreadBlocks = 0
  for (const { text: line, number } of logicalLines(text)) {
    if (/^\s*(ifeq|ifneq|ifdef|ifndef|define)\b/.test(line) && unreadBlocks++ === 0)
      leave(left, line.trim().slice(0, 50), number, 'what is between it and its end is not read')
    if (unreadBlocks > 0) {
      if (/^\s*(endif|endef)\b/.test(line)) unreadBlocks--
      continue
    }
    if (line.startsWith('\t')) {
      open?.recipe.push(line.slice(1))
      continue
    }
    const plain = line.replace(/(^|[^\\])#.*$/, '$1').trim()
    if (plain === '') continue
    const expand = (value: string): string =>
      expandMake(value, { variables, files, unknown: (what) => leave(left, what, number) })
    const [, name, sign, value] = /^(?:export\s+|override\s+)*([\w.-]+)\s*(::?=|\?=|\+=|=)\s*(.*)$/.exec(plain) ?? []
    if (name !== undefined && sign !== undefined && value !== undefined)
      assign(variables, name, sign, sign.startsWith(':') ? expand(value) : value)
    else if (unread.test(plain)) leave(left, plain.slice(0, 50), number, 'only simple rules are read')
    else if (/^-?s?include\b/.test(plain)) {
      // Included header lists of a compiler come back as depfiles, so they are no omission.
      if (!/\.d\b|DEP/.test(plain)) leave(left, plain.slice(0, 50), number, 'other files are not followed')
    } else {
      open = undefined
      const rule = readRule(plain, number, expand)
      if (rule === undefined) leave(left, plain.slice(0, 50), number, 'only simple rules are read')
      else if (rule.targets[0] === '.PHONY') for (const name of rule.inputs) phony.add(name)
      else if (!/^\.[A-Z]/.test(rule.targets[0] ?? '')) rules.push((open = rule))
    }
  }
  const expand: Expand = (value, automatic, line) =>
    expandMake(value, {
      variables: new Map([...variables, ...automatic]),
      files,
      unknown: (what) => leave(left, what, line),
    })
  const edges = edgesOf({ rules, phony, left }, files, expand)
  const defaults = rules.find(({ targets }) => !targets[0]?.includes('%'))?.targets.slice(0, 1) ?? []
  return { file: { edges, defaults, pools: new Map(), files: [] }, left }
}

function leave(left: Omission[], what: string, line: number, why = 'chef does not read it'): void {
  if (!left.some((one) => one.what === what && one.line === line)) left.push({ what, why, line })
}

function logicalLines(text: string): { text: string; number: number }[] {
  const lines: { text: string; number: number }[] = []
  let open = false
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const last = lines.at(-1)
    if (open && last) last.text = `${last.text.slice(0, -1).trimEnd()} ${raw.trim()}`
    else lines.push({ text: raw, number: at + 1 })
    open = raw.endsWith('\\')
  }
  return lines
}

function assign(variables: Map<string, string>, name: string, sign: string, value: string): void {
  const before = variables.get(name)
  if (sign === '?=' && before !== undefined) return
  variables.set(name, sign === '+=' && before !== undefined ? `${before} ${value}` : value)
}

function readRule(text: string, line: number, expand: (value: string) => string): Rule | undefined {
  const [head = '', ...recipe] = text.split(';')
  const whole = expand(head)
  const colon = whole.indexOf(':')
  const rest = whole.slice(colon + 1)
  // Double colons, static patterns and target-specific variables are not simple rules.
  if (colon < 1 || /[:=]/.test(rest)) return undefined
  const [inputs = '', orderOnly = ''] = rest.split('|')
  return {
    targets: words(whole.slice(0, colon)),
    inputs: words(inputs),
    orderOnly: words(orderOnly),
    recipe: recipe.map((one) => one.trim()),
    line,
  }
}

type Expand = (value: string, automatic: Map<string, string>, line: number) => string

interface ReadRules {
  rules: Rule[]
  phony: Set<string>
  left: Omission[]
}

function edgesOf({ rules, phony, left }: ReadRules, files: MakeFiles, expand: Expand): NinjaEdge[] {
  const patterns = [...rules.filter(({ targets }) => targets[0]?.includes('%')), builtIn]
  const explicit = new Map<string, Rule>()
  for (const rule of rules) {
    for (const target of rule.targets) {
      if (target.includes('%')) continue
      const known = explicit.get(target)
      // Several rules of one target add up their prerequisites; one of them has the recipe.
      if (!known)
        explicit.set(target, { ...rule, targets: [target], inputs: [...rule.inputs], recipe: [...rule.recipe] })
      else {
        known.inputs.push(...rule.inputs)
        known.orderOnly.push(...rule.orderOnly)
        if (rule.recipe.length > 0) known.recipe = rule.recipe
      }
    }
  }
  const made = new Map<string, NinjaEdge>()
  const make = (target: string): boolean => {
    if (made.has(target)) return true
    const own = explicit.get(target)
    const pattern =
      own && own.recipe.length > 0
        ? undefined
        : patternFor(target, patterns, (path) => files.exists(path) || explicit.has(path))
    if (!own && !pattern) return files.exists(target)
    const inputs = [...new Set([...(pattern?.inputs ?? []), ...(own?.inputs ?? [])])]
    const recipe = pattern?.recipe ?? own?.recipe ?? []
    // The folders to which a step writes exist anyway.
    const orderOnly = [...(pattern?.orderOnly ?? []), ...(own?.orderOnly ?? [])].filter(
      (path) => !isFolderRule(explicit.get(path)),
    )
    const rule: Rule = { targets: [target], inputs, orderOnly, recipe, line: own?.line ?? pattern?.line ?? 0 }
    const silent = recipe.length === 0
    if (phony.has(target) && !silent) {
      leave(left, target, rule.line, 'it is .PHONY: it makes no file that could be kept')
      return false
    }
    made.set(
      target,
      silent ? edgeOf(rule, 'phony', undefined) : edgeOf(rule, 'make', commandOf(rule, expand, pattern?.stem ?? '')),
    )
    for (const input of [...inputs, ...rule.orderOnly]) make(input)
    return true
  }
  for (const target of explicit.keys()) make(target)
  return [...made.values()]
}

const isFolderRule = (rule: Rule | undefined): boolean => /^\s*@?mkdir\b/.test(rule?.recipe[0] ?? '')

function patternFor(
  target: string,
  patterns: Rule[],
  there: (path: string) => boolean,
): (Rule & { stem: string }) | undefined {
  for (const rule of patterns) {
    const [before = '', after = ''] = (rule.targets[0] ?? '').split('%')
    if (!target.startsWith(before) || !target.endsWith(after) || target.length <= before.length + after.length) continue
    const stem = target.slice(before.length, target.length - after.length)
    const inputs = rule.inputs.map((input) => input.replace('%', stem))
    if (inputs.every(there)) return { ...rule, inputs, stem }
  }
  return undefined
}

/** Runs each line in a shell of its own, as make does. A `-` in front ignores the line's failure. */
function commandOf({ targets, inputs, recipe, line }: Rule, expand: Expand, stem: string): string {
  const [target = ''] = targets
  const folder = (path = ''): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.')
  const [first = ''] = inputs
  const automatic = new Map([
    ['@', target],
    ['<', first],
    ['^', [...new Set(inputs)].join(' ')],
    ['+', inputs.join(' ')],
    ['*', stem],
    ['@D', folder(target)],
    ['<D', folder(first)],
    ['@F', target.slice(target.lastIndexOf('/') + 1)],
    ['<F', first.slice(first.lastIndexOf('/') + 1)],
  ])
  const lines = recipe.flatMap((written) => {
    const [, marks = '', rest = ''] = /^\s*([@+-]*)\s*([\s\S]*)$/.exec(expand(written, automatic, line)) ?? []
    if (rest.trim() === '') return []
    return [marks.includes('-') ? `( ${rest}\n) || :` : `( ${rest}\n)`]
  })
  return lines.length === 0 ? ':' : lines.map((one) => `{ ${one}; }`).join(' &&\n')
}

function edgeOf({ targets, inputs, orderOnly, line }: Rule, rule: string, command: string | undefined): NinjaEdge {
  const written =
    command && /\s-MM?D\b/.test(command)
      ? (/\s-MF\s*(\S+)/.exec(command)?.[1] ?? targets[0]?.replace(/\.\w+$/, '.d'))
      : undefined
  const values: { [name: string]: string | undefined } = { command, depfile: written }
  return { rule, outputs: targets, inputs, implicit: [], orderOnly, value: (name) => values[name], line }
}
