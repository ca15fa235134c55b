// The flags that several commands share.
import { resolve } from 'node:path'
import { flag, type Flag, valueWrong, wholeFrom } from './flag.ts'

export const burnersFlag = flag.number({
  alias: 'j',
  value: 'N',
  wanted: 'a number from 1 on',
  fits: wholeFrom(1, 999_999),
  setting: 'kitchen.burners',
  summary: 'cook so many jobs at once',
})

export const logsFlag = flag.choice({
  value: 'WHICH',
  choices: ['all', 'failed', 'none'],
  setting: 'options.logs',
  summary: 'print the logs of all jobs, also of reused ones, of failed or of none',
})

export const dryRunFlag = flag.switch({ alias: 'n', summary: 'say what would be done and why, do nothing' })

export const forceFlag = flag.switch({ summary: 'cook the targets even where they are fresh' })

export const keepGoingFlag = flag.switch({
  alias: 'k',
  counts: 'failures',
  summary: 'go on with what does not depend on a failed job; -kN: until N have failed',
})

/** 0 stands for any number, as for ninja. */
export const failuresFlag: Flag<number | undefined> = {
  value: 'N',
  summary: 'with --keep-going: stop when so many jobs have failed',
  read: ({ name, texts }) => {
    const text = texts.at(-1)
    if (text === undefined) return { value: undefined }
    if (!/^\d{1,6}$/.test(text)) return { unfit: valueWrong(name, text, 'a number from 0 on') }
    return { value: Number(text) || undefined }
  },
}

export const waitFlag = flag.switchOff({ summary: 'fail at once when another chef is cooking in this fridge' })

/** An absolute path, or the number of an open file as text. */
export const eventsFlag: Flag<string | undefined> = {
  value: 'FILE',
  summary: 'all that happens as lines of JSON: written to a file or an open file number; serve reads them from one',
  read: ({ texts, folder }) => {
    const text = texts.at(-1)
    return { value: text === undefined || /^\d+$/.test(text) ? text : resolve(folder, text) }
  },
}

export const portFlag = flag.number({
  value: 'N',
  wanted: 'a number from 0 to 65535',
  fits: wholeFrom(0, 65_535),
  summary: 'listen on this port instead of any that is free',
})

export const openFlag = flag.switch({ summary: 'open the page in a browser' })
