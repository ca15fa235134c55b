// The one table of commands: the parser, the help and the completion read it.
import { summaryKinds } from '../tables/arrange.ts'
import type { Command, Flag } from './flags.ts'

const burners: Flag = { name: 'burners', short: 'j', value: 'N', summary: 'cook so many jobs at once' }
const dryRun: Flag = { name: 'dry-run', short: 'n', summary: 'say what would be done and why, do nothing' }
const force: Flag = { name: 'force', summary: 'cook the targets even where they are fresh' }
const logs: Flag = {
  name: 'logs',
  value: 'WHICH',
  choices: ['all', 'failed', 'none'],
  summary: 'print the logs of all jobs, also of reused ones, of failed or of none',
}
const keepGoing: Flag = { name: 'keep-going', short: 'k', summary: 'go on with what does not depend on a failed job' }
const events: Flag = {
  name: 'events',
  value: 'FILE',
  summary: 'all that happens as lines of JSON: written to a file or an open file number; serve reads them from one',
}
const port: Flag = { name: 'port', value: 'N', summary: 'listen on this port instead of any that is free' }
const open: Flag = { name: 'open', summary: 'open the page in a browser' }
const noWait: Flag = { name: 'wait', on: true, summary: 'fail at once when another chef is cooking in this fridge' }

const summaryWords: { [kind in (typeof summaryKinds)[number]]: string } = {
  mean: 'the mean of a column',
  min: 'the least value',
  max: 'the largest value',
  sum: 'the sum',
  median: 'the value in the middle',
  std: 'the standard deviation (of a sample)',
}

/** A flag that takes columns. */
function columns(name: string, summary: string): Flag {
  return { name, value: 'NAME[,NAME]', repeat: true, completes: 'columns', summary }
}

export const commands: Command[] = [
  {
    name: 'build',
    takes: '[targets..]',
    completes: 'targets',
    summary: 'cook what is not fresh',
    flags: [
      burners,
      dryRun,
      keepGoing,
      force,
      { name: 'explain', summary: 'print the reason of every job before it is cooked' },
      logs,
      { name: 'profile', value: 'FILE', summary: 'write what ran when as a Chrome trace' },
      { name: 'report', value: 'FILE', summary: 'write a page of plan, times, failures and results (HTML)' },
      { name: 'tickets', value: 'DIR', summary: 'cook nothing: write tickets to DIR, to be cooked by anything' },
      events,
      noWait,
    ],
    examples: [
      ['chef build', 'every target of the cheffile'],
      ['chef build thumb -f size.w=320 -j 8', 'some variants of one result, eight at once'],
      ['chef build -k --explain', 'with reasons, past failures'],
      ['chef build --tickets out', 'an order for chef cook and chef receive'],
    ],
  },
  {
    name: 'watch',
    takes: '[targets..]',
    follows: true,
    completes: 'targets',
    summary: 'build, and again whenever something changes',
    flags: [
      burners,
      keepGoing,
      logs,
      noWait,
      { name: 'poll', summary: 'look at the files again and again, where the system tells of no changes' },
      { name: 'serve', summary: 'show the kitchen as a web page at the same time' },
      port,
      open,
      events,
    ],
    examples: [
      ['chef watch', 'keys: r builds again, f shows failures, q quits'],
      ['chef watch thumb -- npm run serve', 'run a command after each good build, anew each time'],
    ],
  },
  {
    name: 'plan',
    takes: '[targets..]',
    completes: 'targets',
    summary: 'show what a build would do, and why',
    flags: [
      burners,
      force,
      {
        name: 'graph',
        value: 'FORM',
        choices: ['dot', 'mermaid', 'svg'],
        summary: 'print how the steps hang together, as dot, mermaid or svg',
      },
      { name: 'simulate', summary: 'forecast how long a build takes, by recorded times; -j 1,2,4 compares burners' },
      { name: 'stove', value: 'NAME', choices: ['local', 'slurm'], summary: 'with --simulate: on this stove' },
      { name: 'keys', summary: 'with --json: what each job means, for chef explain --against on another machine' },
    ],
    examples: [
      ['chef plan', 'by step, what is stale and why'],
      ['chef plan z --json', 'every job as a line of JSON'],
      ['chef plan --simulate --burners 1,2,4,8', 'how long a build would take with so many at once'],
      ['chef plan --json --keys > here.json', 'what another machine can compare its jobs with'],
      ['chef plan --graph svg > plan.svg', 'a picture of the steps'],
    ],
  },
  {
    name: 'status',
    takes: '[names..]',
    completes: 'shelves',
    summary: 'show the shelves and what the fridge holds',
    flags: [
      { name: 'stale', summary: 'only what is not fresh' },
      { name: 'failed', summary: 'only what failed when it was cooked last' },
    ],
    examples: [
      ['chef status', 'all shelves'],
      ['chef status z', 'the items of one shelf with their parameters'],
      ['chef status --failed', 'what failed, and with which parameters'],
    ],
  },
  {
    name: 'explain',
    takes: '<target>',
    completes: 'targets',
    summary: 'say why a result or a step is fresh or not',
    flags: [
      { name: 'against', value: 'FILE', summary: 'say in what its jobs differ from those of another machine instead' },
    ],
    examples: [
      ['chef explain thumb', 'each variant, with the jobs it waits for'],
      ['chef explain thumb -f photos=cat.jpg', 'one variant'],
      ['chef explain thumb --against there.json', 'against what chef plan --json --keys said there'],
    ],
  },
  {
    name: 'inspect',
    takes: '<item>',
    completes: 'items',
    summary: 'show everything that is known of one item',
    flags: [],
    examples: [['chef inspect z/9f86d081', 'a result by the beginning of its hash']],
  },
  {
    name: 'log',
    takes: '<item>',
    completes: 'items',
    summary: 'print what the cook of an item said',
    flags: [],
    examples: [['chef log z/9f86d081', 'standard output and error as they came']],
  },
  {
    name: 'diff',
    takes: '<item> <item>',
    completes: 'items',
    summary: 'show what differs between two items: records, then content',
    flags: [],
    examples: [['chef diff z/9f86d081 z/2c26b46b', 'two variants, or a variant and its former self']],
  },
  {
    name: 'table',
    takes: '<result> [more..]',
    completes: 'results',
    summary: 'show results as a table, a row for every variant',
    flags: [
      { name: 'csv', summary: 'print comma-separated values' },
      { name: 'markdown', summary: 'print a table in Markdown' },
      { name: 'parquet', value: 'FILE', summary: 'write a Parquet file' },
      columns('columns', 'only these columns, in this order'),
      {
        name: 'sort',
        value: 'NAME[,-NAME]',
        completes: 'columns',
        repeat: true,
        minus: true,
        summary: 'sort by columns; with - in front the largest comes first',
      },
      columns('group', 'one row for all that agree in these columns'),
      ...summaryKinds.map((kind) => columns(kind, `of a group: ${summaryWords[kind]}`)),
      { name: 'count', summary: 'of a group: how many rows it has' },
    ],
    examples: [
      ['chef table z', 'parameters and values beside each other'],
      ['chef table error seconds --csv', 'two results, joined on what they share'],
      ['chef table error --group algorithm --mean error', 'one row for each algorithm'],
      ['chef table z --json', 'one variant a line, for a program'],
    ],
  },
  {
    name: 'plot',
    takes: '<result> [more..]',
    completes: 'results',
    summary: 'draw a result over a parameter',
    flags: [
      {
        name: 'across',
        short: 'x',
        value: 'NAME',
        completes: 'columns',
        summary: 'the column along the x axis; default: the first number that varies',
      },
      {
        name: 'up',
        short: 'y',
        value: 'NAME',
        completes: 'columns',
        summary: 'the column along the y axis; default: the first number that came out',
      },
      columns('by', 'a line for each value; default: all else that varies'),
      { name: 'log', value: 'AXES', choices: ['x', 'y', 'xy'], summary: 'a logarithmic axis, or two: x, y or xy' },
      { name: 'out', value: 'FILE', summary: 'write FILE.svg or FILE.png instead of drawing here' },
    ],
    examples: [
      ['chef plot error', 'in the terminal'],
      ['chef plot z -x num_N -y error --by algorithm --log x', 'columns as "chef table z" shows them'],
      ['chef plot z -x num_N -y error --out error.png', 'a picture'],
    ],
  },
  {
    name: 'config',
    takes: '',
    summary: 'show the configuration and where each value comes from',
    flags: [burners, logs, { name: 'schema', summary: 'print the JSON Schema of a cheffile, for editors' }],
    examples: [
      ['chef config --json -o kitchen.burners=8', 'with an option laid over it'],
      ['chef config --schema > cheffile.schema.json', 'what may stand in a cheffile'],
    ],
  },
  {
    name: 'check',
    takes: '',
    summary: 'look through the fridge for damage',
    flags: [
      { name: 'sizes', summary: 'look at the sizes of objects only, not at their bytes' },
      { name: 'repair', summary: 'drop what is damaged, so that it is cooked again, and what is left over' },
      {
        name: 'recook',
        value: 'N%',
        without: '100%',
        summary: 'cook results again, all or so many of them, and name the steps that make other bytes',
      },
      burners,
      noWait,
    ],
    examples: [
      ['chef check', 'everything, and what each damage belongs to'],
      ['chef check --repair', 'then "chef build" cooks what was dropped'],
      ['chef check --recook=10%', 'whether every tenth result comes out the same'],
    ],
  },
  {
    name: 'gc',
    takes: '',
    summary: 'drop from the fridge what is not in use',
    flags: [dryRun, noWait],
    examples: [
      ['chef gc --dry-run', 'what neither the plan nor a pin needs, down to fridge.capacity'],
      ['chef gc -o fridge.capacity=5GB', 'drop only until 5 GB are left, what is worth least first'],
    ],
  },
  {
    name: 'pin',
    takes: '[item]',
    completes: 'items',
    summary: 'never drop a result, whatever the plan',
    flags: [{ name: 'list', summary: 'show what is pinned' }, noWait],
    examples: [
      ['chef pin z/9f86d081', 'a result by the beginning of its hash'],
      ['chef pin --list', 'what is pinned, since when, and how large it is'],
    ],
  },
  {
    name: 'unpin',
    takes: '<item>',
    completes: 'items',
    summary: 'let a pinned result be dropped again',
    flags: [noWait],
    examples: [['chef unpin z/9f86d081', 'by the beginning of its hash']],
  },
  {
    name: 'clean',
    takes: '',
    summary: 'remove the fridge',
    flags: [{ name: 'links', summary: 'remove what was laid out in the work tree as well' }, noWait],
    examples: [['chef clean --links', 'the fridge and everything that came out of it']],
  },
  {
    name: 'simulate',
    takes: '[orders.json]',
    completes: 'files',
    summary: 'send orders through a simulated kitchen, in virtual time',
    flags: [
      { name: 'kitchen', value: 'FILE', summary: 'shelves, decay, couriers and all else from FILE' },
      { name: 'compare', summary: 'the same orders with every strategy' },
      { name: 'strategy', value: 'NAME', summary: 'who goes when all is full: a name, or a module' },
      { name: 'rate', value: 'N', summary: 'orders a second, also where times are recorded' },
      { name: 'count', value: 'N', summary: 'so many orders: made up, or those of the file again and again' },
      { name: 'seed', value: 'N', summary: 'another seed gives another run, the same one the same' },
      { name: 'until', value: 'TIME', summary: 'stop the clock there: 90, 5m' },
      { name: 'serve', summary: 'show it live as a web page, with a button to start' },
      port,
      open,
    ],
    examples: [
      ['chef simulate orders.json --kitchen kitchen.yml', 'what is delivered, and what is wasted'],
      ['chef simulate --count 10000 --rate 12 --compare', 'which strategy wastes least'],
      ['chef simulate orders.json --json', 'every event as a line'],
      ['chef simulate --rate 12 --serve --open', 'to look at, until Ctrl-C'],
    ],
  },
  {
    name: 'init',
    takes: '',
    summary: 'write a small kitchen that builds at once',
    flags: [],
    examples: [['chef init -C study', 'in the folder study, which is made']],
  },
  {
    name: 'cook',
    takes: '<tickets..>',
    completes: 'files',
    summary: 'cook tickets, one after the other, wherever their files can be seen',
    flags: [],
    examples: [
      ['chef cook ticket.json', 'write the outputs and a receipt beside it'],
      ['chef cook out/1.json out/2.json', 'two tickets of an order'],
    ],
  },
  {
    name: 'receive',
    takes: '<folder>',
    completes: 'files',
    summary: 'take in the receipts of an order that was cooked elsewhere',
    flags: [logs, noWait],
    examples: [['chef receive out', 'what chef cook made of the tickets that chef build --tickets wrote']],
  },
  {
    name: 'serve',
    takes: '',
    summary: 'show the kitchen as a web page on this machine',
    flags: [port, open, events],
    examples: [
      ['chef serve --open', 'in the browser, until Ctrl-C'],
      ['chef watch --serve', 'builds on every change, and the page beside it'],
    ],
  },
  {
    name: 'import',
    takes: '<file>',
    completes: 'files',
    summary: "make a cheffile of another tool's build file",
    flags: [],
    examples: [
      ['chef import build/build.ninja', 'what CMake wrote for ninja; then: chef build -C build'],
      ['chef import dvc.yaml', 'stages with foreach, matrix and parameters'],
      ['chef import Makefile', 'simple rules'],
      ['chef import turbo.json', 'tasks of all packages'],
      ['chef import package.json', 'scripts of wireit'],
      ['chef import recipe.json', 'a chefkoch kitchen'],
    ],
  },
  {
    name: 'completion',
    takes: '<shell>',
    follows: true,
    choices: ['bash', 'zsh', 'fish'],
    summary: 'print what makes a shell complete the words of chef',
    flags: [],
    examples: [
      ['eval "$(chef completion bash)"', 'in ~/.bashrc'],
      ['eval "$(chef completion zsh)"', 'in ~/.zshrc, after compinit'],
      ['chef completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
  },
  {
    name: 'help',
    takes: '[command]',
    completes: 'commands',
    summary: 'print what chef or one of its commands does',
    flags: [],
    examples: [['chef help build', 'the same as chef build --help']],
  },
]
