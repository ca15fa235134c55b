// Starts chef in this process. Nothing below reads the process by itself: it is handed what it needs.
import { main } from './main.ts'

const streams = {
  // Opened only by a command that reads keys, because that takes 5 ms.
  stdin: () => process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
}

function currentFolder(): string | undefined {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

// Stays 1 where chef ends in a way that nobody foresaw.
process.exitCode = 1
void main(process.argv.slice(2), streams, { variables: process.env, folder: currentFolder() }).then((exit) => {
  process.exitCode = exit
})
