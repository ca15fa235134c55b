// Prints `N passed, N failed, N skipped` from the test runner's JSON report; fails unless all is well.
import { readFileSync } from 'node:fs'

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

const report = read(process.argv[2])
const tests = (report?.testResults ?? []).flatMap((file) => file.assertionResults.map((test) => test.status))
const count = (...statuses) => tests.filter((status) => statuses.includes(status)).length

// A file that does not even load has no failed test in it, and is a failure all the same. So is no report.
const broken = report?.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
)
const passed = count('passed')
const failed = count('failed') + (broken?.length ?? 1)
console.log(`${passed} passed, ${failed} failed, ${tests.length - passed - count('failed')} skipped`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
