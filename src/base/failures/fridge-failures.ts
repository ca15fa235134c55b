// Failures of the fridge: unusable, damaged or full, and what cannot be pinned.
import { type SystemTrouble, systemTroubles } from '../system-error.ts'
import { sizeText, type Wording } from './wording.ts'

export const fridgeFailures = {
  'fridge-unusable': (d: { path: string; why: string; kind?: SystemTrouble | undefined }): Wording => ({
    message: `the fridge cannot be opened: ${d.kind ? `${systemTroubles[d.kind].words}: ` : ''}${d.why}`,
    hint:
      d.kind === 'files' || d.kind === 'full' || d.kind === 'unopened'
        ? systemTroubles[d.kind].hint
        : `look at ${d.path}, or put the fridge elsewhere with fridge.path or CHEF_FRIDGE`,
  }),
  'fridge-among-files': (d: { path: string; some: string[] }): Wording => ({
    message: `the fridge would stand among other files: ${d.path} holds ${d.some.join(', ')}`,
    hint: 'give it a folder of its own, such as .chefcache below that one (fridge.path or CHEF_FRIDGE)',
  }),
  'fridge-unreadable': (d: { path: string; why: string }): Wording => ({
    message: `the fridge cannot be read, so nothing counts as cooked: ${d.why}`,
    hint: 'the next build sets it aside and begins a new one',
  }),
  'fridge-set-aside': (d: { path: string; aside: string; why: string }): Wording => ({
    message: `the fridge could not be read (${d.why}): it was set aside, and a new one was started`,
    hint: `the old one is ${d.aside}; remove it once you are sure that you need nothing in it`,
  }),
  'fridge-damaged': (d: { why: string }): Wording => ({
    message: `the fridge is damaged: ${d.why}`,
    hint: '"chef check --repair" drops what is damaged; the next build cooks it again',
  }),
  'fridge-unwritten': (d: { path: string }): Wording => ({
    message: 'the latest results could not be saved: the disk of the fridge is full or broken',
    hint: `check the disk of ${d.path} and run the same command again`,
  }),
  'fridge-over-capacity': (d: { holds: number; capacity: number }): Wording => ({
    message: `the fridge holds ${sizeText(d.holds)}, and fridge.capacity is ${sizeText(d.capacity)}: all of it is in use`,
    hint: 'raise fridge.capacity, unpin results ("chef pin --list"), or mark results that need not be kept (keep: false)',
  }),
  'pin-unfit': (d: { id: string; kind: string }): Wording => ({
    message: `"${d.id}" is a ${d.kind}, and only results can be pinned`,
    hint: 'resources and flavours are your own; chef keeps only what it cooks from them',
  }),
  'pin-unknown': (d: { id: string }): Wording => ({
    message: `"${d.id}" is not pinned`,
    hint: '"chef pin --list" shows what is',
  }),
  'fridge-locked': (d: { pid: number; command: string }): Wording => ({
    message: `another chef is cooking in this fridge: process ${d.pid} (${d.command})`,
    hint: 'without --no-wait this one waits until the other is done',
  }),
}
