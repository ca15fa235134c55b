// Failures of reading the configuration: files, keys and values.
import { didYouMean, knownNames, type Wording } from './wording.ts'

type RangeFault = keyof typeof rangeFaults

/** The faults that config finds in a flavour's range. */
const rangeFaults = {
  'step-zero': 'a step of 0 never reaches the stop',
  'step-sign': 'the step leads away from the stop',
  'count-small': 'a count has to be at least 1',
  'count-whole': 'a count has to be a whole number',
  'log-positive': 'a log range has to start and stop above 0',
  'base-unfit': 'the base of a log range has to be above 0 and not 1',
  'base-lin': 'a lin range has no base; one of type log has',
  'too-many': 'the range has more than ten million values',
  'too-few-bounds': 'a range takes two of stop, step and count',
  'too-many-bounds': 'a range takes two of stop, step and count, not all three',
}

const separatorNames: { [separator: string]: string } = { ';': 'semicolons', '\t': 'tabs', '|': 'bars' }

/** Names what would do for files that hold tables or values in another form. */
function tableHint(file: string): string {
  const ending = /\.[^./]+$/.exec(file)?.[0].toLowerCase() ?? ''
  if (/^\.(xlsx?|ods|numbers)$/.test(ending)) return 'save the sheet as CSV (UTF-8) and name that file'
  if (/^\.(json|ya?ml)$/.test(ending)) return `{ type: file, file: ... } reads values from ${ending} files`
  if (/^\.(parquet|feather|arrow|jsonl|ndjson)$/.test(ending))
    return `write it as CSV, for example with DuckDB: COPY (FROM '...${ending}') TO 'runs.csv'`
  return 'a table of comma-separated cells is called .csv, one of tab-separated cells .tsv'
}

export const configFailures = {
  'cheffile-missing': (d: { folder: string; upwards: boolean }): Wording => ({
    message: `there is no cheffile in ${d.folder}${d.upwards ? ' or above it' : ''}`,
    hint: 'chef init writes a small one; -C DIR or --cheffile FILE names another place',
  }),
  'program-broken': (d: { reason: string }): Wording => ({
    message: `the cheffile cannot be evaluated: ${d.reason}`,
  }),
  'program-export': (_: object): Wording => ({
    message: 'the cheffile exports no kitchen',
    hint: 'write `export default defineKitchen({ ... })`',
  }),
  'program-data': (d: { path: string; what: string }): Wording => ({
    message: `a kitchen is plain data, and ${d.path === '' ? 'what the cheffile exports' : d.path} is ${d.what}`,
    hint: 'texts, numbers, true and false, null, lists and objects are',
  }),
  'file-missing': (d: { file: string; as: string }): Wording => ({ message: `${d.as} is missing: ${d.file}` }),
  'file-unreadable': (d: { file: string; as: string; reason: string }): Wording => ({
    message: `${d.as} cannot be read (${d.reason}): ${d.file}`,
  }),
  'file-empty': (d: { as: string }): Wording => ({
    message: `${d.as} is empty`,
    hint: 'write {} where nothing is meant',
  }),
  'file-syntax': (d: { language: string; reason: string; brace?: boolean }): Wording => ({
    message: `this is no ${d.language} that can be read: ${d.reason}`,
    hint: d.brace ? "a text with { or } in it stands in quotes here: 'web/{name}'" : undefined,
  }),
  'file-documents': (_: object): Wording => ({
    message: 'a second document begins here, and a file holds one',
    hint: 'remove the line ---, or put what follows into a file of its own',
  }),
  'file-tag': (d: { tag: string }): Wording => ({
    message: `a value of the type ${d.tag} cannot stand in a configuration`,
  }),
  'file-deep': (_: object): Wording => ({ message: 'the values are nested too deeply to be read' }),
  'file-circle': (d: { circle: string[] }): Wording => ({
    message: `files read each other in a circle: ${d.circle.join(' -> ')}`,
  }),
  'alias-bomb': (d: { name: string }): Wording => ({
    message: `with the alias *${d.name} the file grows to millions of values`,
    hint: 'write out less, or keep the values in a file of their own (type: file)',
  }),
  'alias-unknown': (d: { name: string }): Wording => ({
    message: `nothing above is named &${d.name}, which *${d.name} stands for`,
  }),
  'alias-circle': (d: { name: string }): Wording => ({
    message: `the alias *${d.name} stands inside the value that it refers to`,
  }),
  'merge-no-map': (_: object): Wording => ({ message: '<< has to merge keys with values' }),
  'key-doubled': (_: object): Wording => ({ message: 'this key stands here twice' }),
  'key-no-text': (_: object): Wording => ({ message: 'a key has to be text' }),
  'key-forbidden': (d: { key: string }): Wording => ({ message: `a key cannot be called ${d.key}` }),
  'number-unfit': (d: { text: string }): Wording => ({
    message: `${d.text} cannot be kept as a number without changing it`,
    hint: 'put it in quotes, and it is kept as text',
  }),
  'key-unknown': (d: { where: string; key: string; near?: string | undefined; known: string[] }): Wording => ({
    message: `unknown key "${d.key}"${d.where ? ` in ${d.where}` : ''}`,
    hint: didYouMean(d.near) ?? `known here: ${d.known.join(', ')}`,
  }),
  'key-twice': (d: { where: string; key: string; other: string }): Wording => ({
    message: `"${d.key}" and "${d.other}" mean the same${d.where ? ` in ${d.where}` : ''}`,
    hint: 'keep one of them',
  }),
  'key-missing': (d: { where: string; key: string }): Wording => ({ message: `${d.where} lacks the key "${d.key}"` }),
  'key-choice': (d: { where: string; choices: string[]; given: string[] }): Wording => ({
    message:
      d.given.length > 1 ? `${d.where} has ${d.given.join(' and ')} at once` : `${d.where} does not say what it is`,
    hint: `it takes one of ${d.choices.join(', ')}`,
  }),
  'key-elsewhere': (d: { step: string; key: string; type: string; types: readonly string[] }): Wording => ({
    message: `step "${d.step}" is of type ${d.type}, which knows no "${d.key}"`,
    hint: `"${d.key}" is for steps of type ${d.types.join(' or ')}`,
  }),
  'wrong-type': (d: { where: string; expected: string; found: string }): Wording => ({
    message: `${d.where || 'the file'} has to be ${d.expected}, and it is ${d.found}`,
  }),
  'wrong-choice': (d: { where: string; found: string; choices: string[]; near?: string | undefined }): Wording => ({
    message: `${d.where} cannot be "${d.found}"`,
    hint: didYouMean(d.near) ?? `it is one of ${d.choices.join(', ')}`,
  }),
  'bad-range': (d: { name: string; fault: RangeFault }): Wording => ({
    message: `flavour "${d.name}": ${rangeFaults[d.fault]}`,
  }),
  'flavour-key-missing': (d: {
    name: string
    key: string
    file: string
    near?: string | undefined
    known: string[]
  }): Wording => ({
    message: `flavour "${d.name}" takes the key "${d.key}", and ${d.file} has none`,
    hint: didYouMean(d.near) ?? knownNames(d.known),
  }),
  'values-folded': (d: { file: string; as: string; lines: number }): Wording => ({
    message: `${d.as} holds ${d.lines} lines that are no list, which would be one value: ${d.file}`,
    hint: 'write a list, `- ` before each value; the rows of a table are { type: table, file: ... }',
  }),
  'table-file-kind': (d: { name: string; file: string }): Wording => ({
    message: `flavour "${d.name}" takes a table, and chef reads tables from .csv and .tsv files: ${d.file}`,
    hint: tableHint(d.file),
  }),
  'table-empty': (d: { name: string }): Wording => ({
    message: `the table of flavour "${d.name}" is empty`,
    hint: 'its first line names the columns, and each line below it is a variant',
  }),
  'table-quote': (d: { fault: 'open' | 'after' }): Wording =>
    d.fault === 'open'
      ? { message: 'the quote that opens here is never closed' }
      : {
          message: 'text follows the closing quote of a cell',
          hint: 'a quote inside of quotes is written twice: "5"" pipe"',
        },
  'table-column-unnamed': (d: { number: number }): Wording => ({
    message: `column ${d.number} of the table has no name`,
    hint: 'the first line of a table names its columns',
  }),
  'table-column-doubled': (d: { column: string }): Wording => ({
    message: `two columns of the table are called "${d.column}"`,
  }),
  'table-separator': (d: { found: string; file: string }): Wording => ({
    message: `${d.file} has one column, and its name holds ${separatorNames[d.found] ?? d.found}`,
    hint: 'cells of a .csv file are separated by commas, those of a .tsv file by tabs',
  }),
  'table-ragged': (d: { cells: number; columns: number; more: number; separator: string }): Wording => ({
    message:
      `this row has ${d.cells} ${d.cells === 1 ? 'cell' : 'cells'}, and the header names ${d.columns} ${d.columns === 1 ? 'column' : 'columns'}` +
      (d.more === 0 ? '' : ` (${d.more === 1 ? '1 more row does' : `${d.more} more rows do`} not fit either)`),
    hint:
      d.cells > d.columns && d.separator === ','
        ? 'a cell with a comma in it stands in quotes: "a, b"'
        : 'an empty cell still has its separator',
  }),
  'table-types-unknown': (d: {
    name: string
    column: string
    file: string
    near?: string | undefined
    known: string[]
  }): Wording => ({
    message: `flavour "${d.name}" gives the column "${d.column}" a type, and ${d.file} has no such column`,
    hint: didYouMean(d.near) ?? knownNames(d.known),
  }),
  'table-cell': (d: { column: string; text: string; type: string }): Wording => ({
    message: `"${d.text}" in column "${d.column}" is no ${d.type === 'boolean' ? 'true or false' : d.type}`,
    hint: 'an empty cell is null',
  }),
  'table-number': (d: { column: string; text: string }): Wording => ({
    message: `${d.text} in column "${d.column}" cannot be kept as a number of a flavour without changing it`,
    hint: `types: { ${d.column}: text } keeps the column as text; an empty cell is null`,
  }),
  'needs-unknown': (d: { step: string; name: string; meant: string }): Wording => ({
    message: `step "${d.step}" needs "${d.name}", and the kitchen has no burners of that name: one job at a time has it`,
    hint: `did you mean "${d.meant}"? Else say how many there are: kitchen: { named: { ${d.name}: ... } }`,
  }),
  'flavour-null': (d: { name: string }): Wording => ({
    message: `flavour "${d.name}" has no values`,
    hint: 'write a value, a list, or [] for a list that is still empty',
  }),
  'option-malformed': (d: { text: string }): Wording => ({
    message: `-o ${d.text} sets nothing`,
    hint: 'write -o key=value, for example -o kitchen.burners=8',
  }),
  'option-inside': (d: { path: string; inside: string }): Wording => ({
    message: `"${d.path}" cannot be set: "${d.inside}" is not made of keys with values`,
  }),
  'depfile-unnamed': (d: { step: string }): Wording => ({ message: `the depfile of step "${d.step}" has no "file"` }),
}
