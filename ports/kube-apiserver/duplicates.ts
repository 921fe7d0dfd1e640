/**
 * Fields that a JSON text gives twice. JSON.parse keeps the last and tells nobody; the API server tells of each, by its path.
 *
 * Where to read upstream: sigs.k8s.io/json `internal/golang/encoding/json/kubernetes_patch.go` (duplicateStrictErrType).
 */

/** How many are told of. */
const TOLD_MAX = 100

interface Level {
  /** Undefined: a list. */
  readonly keys: Set<string> | undefined
  readonly path: string
  /** Of a list: which item is next. */
  i: number
  /** Of an object: the field whose value comes, undefined where a name comes. */
  key: string | undefined
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/gs

/** Paths such as `spec.containers[0].name`. @param text JSON that can be parsed */
export function duplicatesIn(text: string): string[] {
  const found: string[] = []
  const levels: Level[] = []
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1)
    if (token === '{' || token === '[')
      levels.push({ keys: token === '{' ? new Set() : undefined, path: placeIn(level), i: 0, key: undefined }) // prettier-ignore
    else if (token === '}' || token === ']') levels.pop()
    else if (token === ',') next(level)
    else if (level?.keys && level.key === undefined) name(level, level.keys, token, found)
  }
  return found
}

function placeIn(level: Level | undefined): string {
  if (!level) return ''
  if (!level.keys) return `${level.path}[${level.i}]`
  return level.path === '' ? level.key! : `${level.path}.${level.key!}`
}

function next(level: Level | undefined): void {
  if (!level) return
  level.i++
  level.key = undefined
}

function name(level: Level, keys: Set<string>, token: string, found: string[]): void {
  level.key = JSON.parse(token) as string
  if (!keys.has(level.key)) keys.add(level.key)
  else if (found.length < TOLD_MAX) found.push(placeIn(level))
}
