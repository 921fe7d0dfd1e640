/**
 * Images on the machine, and the registry that they come from.
 *
 * What we model: a pull takes a look at the registry plus time by size; names and tags that do not exist; pulls of the same
 * image at once share nothing, as with `serializeImagePulls: false`.
 * What we leave out: layers, digests of content, credentials, disk space.
 * Where to read upstream: containerd `internal/cri/server/images/image_pull.go`.
 */
import type { StreamId } from '#cluster/kernel/component.ts'
import { abort, finish, reply } from './answers.ts'
import type { Image } from './cri.ts'
import type { ImageRow } from './images.ts'
import { canonicalImage, PAUSE_IMAGE } from './images.ts'
import type { Request, RuntimeState, Task, Work } from './state.ts'
import { newTask, persist, putImage } from './state.ts'

const MEGABYTE = 1_000_000

/** The registry's row for a name. Undefined: no such repository, or no such tag. */
export function rowOf(state: RuntimeState, name: string): Found | undefined {
  const { rows } = state.options
  let named = found.get(rows)
  if (!named) found.set(rows, (named = new Map()))
  if (!named.has(name)) {
    if (named.size >= FOUND_MAX) named.clear()
    named.set(name, findRow(rows, name))
  }
  return named.get(name)
}

interface Found {
  readonly row: ImageRow
  readonly version: string
  readonly reference: string
}

/** Names that have been looked up in a (frozen) list of rows: every start of a container asks. */
const found = new WeakMap<readonly ImageRow[], Map<string, Found | undefined>>()
const FOUND_MAX = 1_000

function findRow(rows: readonly ImageRow[], name: string): Found | undefined {
  const { repository, tag, reference } = canonicalImage(name)
  const row = rows.find((candidate) => candidate.repository === repository && candidate.tags.includes(tag))
  return row && Object.freeze({ row, version: tag, reference })
}

function imageOf(row: ImageRow, reference: string): Image {
  return Object.freeze({
    id: `sha256:${digest(reference)}`,
    repoTags: Object.freeze([reference]),
    // The manifest's, which is another document than the configuration that names the image.
    repoDigests: Object.freeze([`${row.repository}@sha256:${digest(`manifest of ${reference}`)}`]),
    size: row.sizeBytes,
  })
}

/** 64 hexadecimal digits that stand for the content. */
function digest(text: string): string {
  let digits = ''
  for (let lane = 0; lane < 8; lane++) {
    let hash = 0x811c9dc5 ^ Math.imul(lane + 1, 0x9e3779b1)
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
    digits += ((hash ^ (hash >>> 13)) >>> 0).toString(16).padStart(8, '0')
  }
  return digits
}

/** The images that a machine has from the start. */
export function preload(state: RuntimeState): void {
  for (const name of [PAUSE_IMAGE, ...state.options.preloaded]) {
    const found = rowOf(state, name)
    if (!found) throw new Error(`no image "${name}" to preload; name one that is in the registry`)
    state.images.set(found.reference, imageOf(found.row, found.reference))
  }
}

export function pullImage(work: Work, stream: StreamId, { image }: Request<'PullImage'>): void {
  const { manifest, perMegabyte } = work.state.options.pullMicros
  const found = rowOf(work.state, image)
  const reference = canonicalImage(image).reference
  const present = work.state.images.has(reference)
  const size = found && !present ? Math.ceil((found.row.sizeBytes / MEGABYTE) * perMegabyte) : 0
  const task = newTask(work, stream, 'pull', { image })
  work.effects.push({ type: 'wake', key: `task:${task.id}`, after: manifest + size })
}

export function pulled(work: Work, task: Task): void {
  const found = rowOf(work.state, task.image)
  if (!found) {
    const { reference } = canonicalImage(task.image)
    const resolve = `failed to resolve reference "${reference}": ${reference}: not found`
    return abort(work, task, 'NotFound', `failed to pull and unpack image "${reference}": ${resolve}`)
  }
  const image = work.state.images.get(found.reference) ?? imageOf(found.row, found.reference)
  if (!work.state.images.has(found.reference)) {
    putImage(work, found.reference, image)
    persist(work)
  }
  finish(work, task, 'PullImage', { imageRef: image.repoDigests[0]!, sizeBytes: image.size })
}

export function imageStatus(work: Work, stream: StreamId, { image }: Request<'ImageStatus'>): void {
  reply(work, stream, 'ImageStatus', { image: work.state.images.get(canonicalImage(image).reference) })
}

export function listImages(work: Work, stream: StreamId): void {
  reply(work, stream, 'ListImages', { images: [...work.state.images.values()] })
}
