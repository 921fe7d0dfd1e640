/** What this machine has of what grading needs: one finding per question, each with what it means and what to do about it. */
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { meteredEnginePath } from '../sandbox/build-engine.ts'
import { enginePin } from '../sandbox/engine-pin.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { wallsFor } from '../court/walls.ts'
import type { Course } from './course.ts'
import { builtInCourse, exercisesOf } from './course.ts'

/** `note`: something is missing that not everybody needs. `bad`: grading does not work. */
export interface Finding {
  readonly level: 'good' | 'note' | 'bad'
  readonly what: string
  readonly means: string
  readonly remedy?: string
}

const NODE_MAJOR_MIN = 20
const MEMORY_MIB_PER_WORKER = 300
const MIB = 1024 * 1024

export async function examine(course: () => Course): Promise<Finding[]> {
  return [node(), await engine(), memory(), ...walls(), writable(), chromium(), courseHere(course)]
}

/** Exported for its test: `version` is that of the Node that runs. */
export function node(version = process.versions.node): Finding {
  const what = `Node ${version}`
  if (Number(version.split('.')[0]) >= NODE_MAJOR_MIN) return { level: 'good', what, means: 'new enough' }
  const remedy = `install Node ${NODE_MAJOR_MIN} or newer from https://nodejs.org`
  return { level: 'bad', what, means: 'too old: grading will break down somewhere', remedy }
}

async function engine(): Promise<Finding> {
  const remedy = 'install the package anew (npm ci)'
  try {
    await loadEngineNode()
  } catch (error) {
    return { level: 'bad', what: 'engine', means: `it does not load: ${(error as Error).message}`, remedy }
  }
  const hash = createHash('sha256').update(readFileSync(meteredEnginePath)).digest('hex')
  const what = `engine ${hash.slice(0, 12)}`
  if (hash === enginePin.outputSha256)
    return { level: 'good', what, means: 'the pinned one: verdicts are comparable with everybody’s' }
  return { level: 'bad', what, means: `not the pinned one (${enginePin.outputSha256.slice(0, 12)})`, remedy }
}

/** Exported for its test. */
export function memory(bytes = limitOfMemory(), cores = availableParallelism()): Finding {
  const mib = Math.floor(bytes / MIB)
  const workers = Math.max(1, Math.min(cores, Math.floor(mib / MEMORY_MIB_PER_WORKER)))
  const what = `${mib} MiB of memory, ${cores} ${cores === 1 ? 'core' : 'cores'}`
  if (mib < MEMORY_MIB_PER_WORKER)
    return { level: 'bad', what, means: `a grade takes about ${MEMORY_MIB_PER_WORKER} MiB`, remedy: 'give it more' }
  if (workers === cores) return { level: 'good', what, means: 'room for a worker on every core' }
  const remedy = `give it more, or grade with --workers ${workers}`
  return { level: 'note', what, means: `room for ${workers} workers of ${MEMORY_MIB_PER_WORKER} MiB`, remedy }
}

/** Of the machine, or of the container. */
function limitOfMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}

/** What stands around other people's code, beside the sandbox. */
function walls(): Finding[] {
  const [any] = exercisesOf(builtInCourse())
  const { present, missing } = wallsFor({ folder: any!.path, memoryMiB: 1024 })
  const remedy =
    'on Linux, install util-linux and allow user namespaces; or grade other people’s code on another machine'
  return [
    ...present.map((what): Finding => ({ level: 'good', what: 'second wall', means: what })),
    ...missing.map((what): Finding => ({ level: 'note', what: 'second wall', means: `without ${what}`, remedy })),
  ]
}

function writable(): Finding {
  const folder = dirname(meteredEnginePath)
  const what = 'cache'
  try {
    // The package has its engine from the start, and writes nothing into itself.
    if (import.meta.url.endsWith('.ts')) {
      mkdirSync(folder, { recursive: true })
      accessSync(folder, constants.W_OK)
    }
    return { level: 'good', what, means: existsSync(meteredEnginePath) ? 'the engine is in it' : 'can be written' }
  } catch {
    return { level: 'bad', what, means: `${folder} cannot be written`, remedy: 'make it yours, or remove it' }
  }
}

const CHROMIUMS = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

function chromium(): Finding {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const given = process.env['CHROMIUM']
  const found = [...(given ? [given] : []), ...folders.flatMap((at) => CHROMIUMS.map((name) => join(at, name)))]
  const path = found.find((one) => existsSync(one))
  if (path) return { level: 'good', what: 'Chromium', means: `${path}, for the end-to-end tests` }
  const means = 'none found; only the end-to-end tests of the repository need one'
  return { level: 'note', what: 'Chromium', means, remedy: 'install it, or name it in CHROMIUM' }
}

function courseHere(course: () => Course): Finding {
  try {
    const { name, root } = course()
    const { length } = exercisesOf(course())
    const means = `${root}, ${length} ${length === 1 ? 'exercise' : 'exercises'}`
    return { level: 'good', what: `course “${name}”`, means }
  } catch (error) {
    return { level: 'bad', what: 'course', means: (error as Error).message, remedy: 'mend that file' }
  }
}
