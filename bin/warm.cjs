// Writes dist/chef.cache: runs the bundle once on a real command, then keeps what V8 compiled on the way.
'use strict'
const { renameSync, writeFileSync } = require('node:fs')
const { cachePath, loadBundle } = require('./bundle.cjs')

const bundle = loadBundle()
if (bundle?.accepted === false) {
  process.once('exit', () => {
    const aside = `${cachePath}.${process.pid}`
    writeFileSync(aside, Buffer.concat([Buffer.from(bundle.seal, 'latin1'), bundle.compiled()]))
    renameSync(aside, cachePath)
  })
  bundle.run()
}
