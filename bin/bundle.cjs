// Loads dist/chef.cjs as a script of its own, so that V8 can be handed the code it compiled at build time.
'use strict'
const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { dirname, join } = require('node:path')
const { Script } = require('node:vm')

const bundlePath = join(__dirname, '..', 'dist', 'chef.cjs')
const cachePath = join(__dirname, '..', 'dist', 'chef.cache')

// The bundle's first line and the cache's first bytes: V8 itself compares no more than the length of the source.
// The bundle is ASCII.
const seal = /^\/\/ [0-9a-f]{64}\n/
const sealLength = 68

function loadBundle() {
  const source = readIfThere(bundlePath)?.toString('latin1')
  // One that was built before the sources were brought up to date may have another form.
  if (source === undefined || !source.startsWith('(function', sealLength)) return undefined
  const script = new Script(source, { filename: bundlePath, cachedData: cachedCode(source) })
  return {
    seal: source.slice(0, sealLength),
    accepted: script.cachedDataRejected === false,
    compiled: () => script.createCachedData(),
    run() {
      const module = { exports: {} }
      script.runInThisContext()(module.exports, createRequire(bundlePath), module, bundlePath, dirname(bundlePath))
    },
  }
}

function cachedCode(source) {
  const cache = readIfThere(cachePath)
  if (cache === undefined || !seal.test(source)) return undefined
  return cache.toString('latin1', 0, sealLength) === source.slice(0, sealLength)
    ? cache.subarray(sealLength)
    : undefined
}

function readIfThere(path) {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

module.exports = { loadBundle, cachePath }
