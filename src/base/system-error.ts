// Words for the errors of the operating system that are not the user's mistake, with hints.

interface Trouble {
  /** Beginnings of the codes of the system and of SQLite. */
  codes: readonly string[]
  words: string
  hint: string
}

export const systemTroubles = {
  full: {
    codes: ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'],
    words: 'no room is left on the disk',
    hint: 'make room and run the same command again: what was cooked before is kept',
  },
  files: {
    codes: ['EMFILE', 'ENFILE'],
    words: 'no more files can be opened',
    hint: 'raise the limit (ulimit -n), or cook fewer at a time (-j)',
  },
  // SQLite does not say why.
  unopened: {
    codes: ['SQLITE_CANTOPEN', 'SQLITE_PROTOCOL'],
    words: 'a file of the fridge could not be opened',
    hint: 'look whether the disk of the fridge can be written, and whether more files can be opened (ulimit -n)',
  },
  broken: {
    codes: ['EIO', 'SQLITE_IOERR'],
    words: 'the disk could not be read or written',
    hint: 'check the disk and run the same command again: what was cooked before is kept',
  },
  'read-only': {
    codes: ['EROFS', 'SQLITE_READONLY'],
    words: 'the file system is read-only',
    hint: 'make it writable, or put the fridge elsewhere with fridge.path or CHEF_FRIDGE',
  },
  permission: {
    codes: ['EACCES', 'EPERM'],
    words: 'a permission is missing',
    hint: 'run chef as the owner of these files, or change their mode',
  },
  'no-folder': {
    codes: ['ENOTDIR'],
    words: 'a file stands where a folder should be',
    hint: 'give the path of a folder, or move that file away',
  },
  gone: {
    codes: ['ENOENT'],
    words: 'a file or a folder vanished',
    hint: 'check whether another program works in the same folder, and run the same command again',
  },
} as const satisfies { [kind: string]: Trouble }

export type SystemTrouble = keyof typeof systemTroubles

export function systemTroubleOf(code: string): SystemTrouble | undefined {
  const kinds = Object.entries(systemTroubles) as [SystemTrouble, Trouble][]
  return kinds.find(([, { codes }]) => codes.some((one) => code.startsWith(one)))?.[0]
}
