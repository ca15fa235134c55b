// Where the bundle begins: the one place that knows the process. Everything below is told what it needs.
import { main } from './main.ts'

const streams = {
  // Only a command that reads keys opens it: that takes 5 ms.
  stdin: () => process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
}
const environment = { variables: process.env, folder: process.cwd() }

// Until it is said otherwise: an end that nobody foresaw is no success.
process.exitCode = 1
void main(process.argv.slice(2), streams, environment).then((exit) => {
  process.exitCode = exit
})
