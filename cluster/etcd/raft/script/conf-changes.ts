/** Changes of a configuration as scripts write them: `v1 l2 r3 u4`. */
import type { ConfChangeSingle, ConfChangeType } from '../messages.ts'

const TYPES: Readonly<Record<string, ConfChangeType>> = {
  v: 'ConfChangeAddNode',
  l: 'ConfChangeAddLearnerNode',
  r: 'ConfChangeRemoveNode',
  u: 'ConfChangeUpdateNode',
}

/** @returns the changes, or what is wrong with the text */
export function parseChanges(text: string): readonly ConfChangeSingle[] | string {
  const changes: ConfChangeSingle[] = []
  for (const token of text.trim().split(/\s+/).filter(Boolean)) {
    if (token.length < 2) return `unknown token ${token}`
    const type = TYPES[token[0]!]
    if (!type) return `unknown input: ${token}`
    const id = token.slice(1)
    if (!/^\d+$/.test(id)) return `strconv.ParseUint: parsing "${id}": invalid syntax`
    changes.push({ type, nodeId: Number(id) })
  }
  return changes
}
