// Loads sharp when the first picture is cooked. It caches nothing between pictures, so that memory stays flat.
import type Sharp from 'sharp'

export type SharpModule = typeof Sharp

let loaded: Promise<SharpModule> | undefined

/** Threads that libvips may use for one picture. Burners times threads stay at the number of cores. */
let threads = 1

export function setThreads(count: number): void {
  threads = count
}

export function sharp(): Promise<SharpModule> {
  loaded ??= import('sharp').then(({ default: module }) => {
    module.cache(false)
    module.concurrency(threads)
    return module
  })
  return loaded
}
