// Failures of watching files and of serving the page.
import type { Wording } from './wording.ts'

export const watchFailures = {
  'watch-limit': (d: { wanted: number; allowed: number; setting: string }): Wording => ({
    message: `the system allows ${d.allowed} watches of files (${d.setting}), and ${d.wanted} or more are needed`,
    hint: `raise it (sudo sysctl ${d.setting}=${Math.max(524_288, 2 * d.wanted)}), or watch with --poll`,
  }),
  'watch-instances': (d: { allowed: number }): Wording => ({
    message: `no more programs may watch files: the system allows ${d.allowed} at once (fs.inotify.max_user_instances)`,
    hint: 'raise it (sudo sysctl fs.inotify.max_user_instances=512), end one of them, or watch with --poll',
  }),
  'watch-failed': (d: { why: string }): Wording => ({
    message: `files cannot be watched: ${d.why}`,
    hint: 'watch with --poll',
  }),
  'port-unusable': (d: { port: number; why: string }): Wording => ({
    message: `the page cannot be served on port ${d.port}: ${d.why}`,
    hint: 'without --port chef takes one that is free',
  }),
  'follow-up-failed': (d: { command: string; why: string }): Wording => ({ message: `${d.command}: ${d.why}` }),
}
