// Loaded into a chef by NODE_OPTIONS: kills it right before its n-th call of one file operation, KILL_AT=renameSync:3.
const fs = require('node:fs')

const [operation, nth] = (process.env.KILL_AT ?? '').split(':')
const real = fs[operation]
let calls = 0
if (real !== undefined)
  fs[operation] = (...args) => {
    calls += 1
    if (calls === Number(nth)) process.kill(process.pid, 'SIGKILL')
    return real(...args)
  }
