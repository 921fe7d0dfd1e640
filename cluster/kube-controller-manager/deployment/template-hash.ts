/**
 * The hash that tells a Deployment's ReplicaSets apart.
 *
 * Upstream hashes a dump of Go values; here it is the canonical JSON of the template, so the same template gives another
 * name than in a real cluster. Alphabet and length are the real ones.
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/controller_utils.go` (ComputeHash).
 */
import type { PodTemplateSpec } from '#cluster/api/types.ts'

/** Without vowels and look-alikes: no word comes of it. */
const SAFE = 'bcdfghjklmnpqrstvwxz2456789'

const memo = new WeakMap<object, string>()

export function templateHash(template: PodTemplateSpec, collisionCount: number): string {
  if (collisionCount > 0) return encode(fnv(canonical(template) + collisionCount))
  let hash = memo.get(template)
  if (hash === undefined) memo.set(template, (hash = encode(fnv(canonical(template)))))
  return hash
}

function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const record = value as Record<string, unknown>
  const keys = Object.keys(record).filter((key) => record[key] !== undefined)
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(record[key])}`)
    .join(',')}}`
}

/** 32-bit FNV-1a over the UTF-16 units. */
function fnv(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

const encode = (hash: number): string =>
  [...String(hash)].map((digit) => SAFE[digit.charCodeAt(0) % SAFE.length]).join('')
