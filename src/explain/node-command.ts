/** A change of a node, as one would type it for kubectl. */
import { milli } from '#cluster/api/quantity.ts'
import type { WhatIf } from './protocol.ts'

/** What one would type to change a node so; undefined: it is no node that is changed. */
export function nodeCommand({ kind, target, value }: WhatIf): readonly string[] | undefined {
  switch (kind) {
    case 'label':
      return ['label', 'node', target, value, ...(value.endsWith('-') ? [] : ['--overwrite'])]
    case 'taint':
      return ['taint', 'node', target, value, ...(value.endsWith('-') ? [] : ['--overwrite'])]
    case 'cordon':
    case 'uncordon':
      return [kind, target]
    case 'capacity': {
      const [resource, quantity] = amountIn(value)
      const room = { [resource]: quantity }
      const patch = JSON.stringify({ status: { capacity: room, allocatable: room } })
      return ['patch', 'node', target, '--subresource=status', '--type=merge', '-p', patch]
    }
    default:
      return undefined
  }
}

/** Throws for a text that is no `key=value`. */
export function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at <= 0 || at === text.length - 1) throw new Error(`"${text}" is no key=value pair`)
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}

/** `cpu=2`; throws as well where it is no quantity. */
export function amountIn(text: string): [resource: string, quantity: string] {
  const [resource, quantity] = pair(text)
  milli(quantity)
  return [resource, quantity]
}
