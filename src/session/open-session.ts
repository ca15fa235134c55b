// Opens a session: chooses its targets, locks and opens its fridge, and prepares what planning looks at.
import { Refusal } from '../base/failures/failure.ts'
import type { Resource } from '../config/configuration.ts'
import { isDamage, makeFridgeFolders } from '../fridge/database.ts'
import { setFileModes } from '../fridge/file-modes.ts'
import { Fridge } from '../fridge/fridge.ts'
import { takeLock } from '../fridge/lock.ts'
import type { Configuration } from '../config/configuration.ts'
import { FileScanner } from '../sources/file-scanner.ts'
import { FileWorld } from '../sources/file-world.ts'
import { Frames } from '../sources/frames.ts'
import { type Recipe, required } from '../plan/plan.ts'
import { checkTargets, defaultTargets, expandTargets, lackingTargets } from '../recipe/check-recipe.ts'
import { ToolIdentities } from '../sources/tool-identity.ts'
import { endOrphans } from '../processes/process-record.ts'
import { errorMessage } from '../base/thrown-error.ts'
import { OwnPlaces } from './own-places.ts'
import { planSession, type SessionParts } from './plan-session.ts'
import type { Opened, Session, SessionRequest } from './session.ts'

/** Returns what is wrong with the targets or the plan as failures. Throws where the fridge cannot be had. */
export async function openSession(request: SessionRequest): Promise<Opened> {
  try {
    return await enter(request)
  } catch (error) {
    // Damage deep in the database shows only when it is read.
    if (!isDamage(error)) throw error
    return enter(request, errorMessage(error))
  }
}

/** Opens a session, or throws what is wrong as one `Refusal`. */
export async function requireSession(request: SessionRequest): Promise<Session> {
  const opened = await openSession(request)
  if ('failures' in opened) throw new Refusal(opened.failures)
  return opened.session
}

async function enter(request: SessionRequest, damage?: string): Promise<Opened> {
  const { configuration, write } = request
  const wanted = request.targets.length > 0 ? request.targets : configuration.options.targets
  const unknown = wanted.length > 0 ? checkTargets(configuration, wanted) : lackingTargets(configuration)
  if (unknown.length > 0) return { failures: unknown }
  const targets = wanted.length > 0 ? expandTargets(configuration, wanted) : defaultTargets(configuration)
  let unlock = (): void => undefined
  if (write) {
    makeFridgeFolders(configuration.fridge.path)
    unlock = await takeLock({
      folder: configuration.fridge.path,
      who: request.who,
      wait: request.wait,
      onWait: (holder) => request.emit({ type: 'waiting', ...holder }),
      ...(request.signal && { signal: request.signal }),
    })
  }
  let close = unlock
  try {
    if (write) await endOrphans(configuration.fridge.path)
    const { fridge, scanner, tools } = request.warm ?? (await opened(request, damage))
    close = () => {
      if (request.warm) fridge.commit()
      else fridge.close()
      unlock()
    }
    if (write) setFileModes(fridge.folder, passesVariables(configuration))
    for (const warning of fridge.warnings.splice(0)) request.emit({ type: 'warning', failure: warning })
    const needed = required(configuration, targets)
    if (request.everything)
      for (const { name } of [...readable(configuration), ...configuration.flavours.values()]) needed.outside.add(name)
    await tools.prepare(needed.steps)
    const frames = await takeFrames(request, needed, fridge, scanner)
    const { root } = configuration
    const ownPlaces = new OwnPlaces(configuration, fridge)
    const world = new FileWorld({ scanner, root, isOwn: (path) => ownPlaces.has(path) })
    const planned = planSession(request, { fridge, scanner, world, ownPlaces, tools, frames, targets, needed, close })
    if ('failures' in planned) close()
    return planned
  } catch (error) {
    close()
    throw error
  }
}

async function opened(
  { configuration, environment, write }: SessionRequest,
  damage?: string,
): Promise<Pick<SessionParts, 'fridge' | 'scanner' | 'tools'>> {
  const fridge = await Fridge.open(configuration, write, damage)
  const scanner = new FileScanner(fridge, configuration.fridge)
  return { fridge, scanner, tools: new ToolIdentities(scanner, environment.PATH ?? '') }
}

/** What is poured is known by its pourer. */
function readable({ resources }: Configuration): Resource[] {
  return [...resources.values()].filter(({ kind }) => kind !== 'poured')
}

/** Animations are taken apart before the shelves are stocked, where they are not known yet. */
async function takeFrames(
  { configuration, write }: SessionRequest,
  { outside }: Recipe,
  fridge: Fridge,
  scanner: FileScanner,
): Promise<Frames> {
  const frames = new Frames(scanner, fridge.objects, {
    recall: (key) => fridge.looks.one(key),
    keep: (key, note) => write && fridge.looks.set(key, note),
  })
  const needed = [...outside]
    .map((name) => configuration.resources.get(name))
    .filter((resource) => resource?.kind === 'frames')
  if (needed.length === 0) return frames
  fridge.begin()
  await frames.prepare(needed as Resource[])
  fridge.commit()
  return frames
}

/** Tells whether any step gets values of the environment, which its log may show. */
function passesVariables({ steps }: Configuration): boolean {
  return [...steps.values()].some(({ env }) => env.some(({ value }) => value === undefined))
}
