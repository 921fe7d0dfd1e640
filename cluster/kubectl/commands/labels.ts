/** `kubectl label` and `annotate`. */
import type { KubernetesObject } from '#cluster/api/types.ts'
import { getRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet } from '../flags.ts'
import { parseTargets, printedName } from '../resource-arguments.ts'
import { namespaceFor, summary } from './outcome.ts'

export const labelFlags: FlagSpec = { values: ['selector'], switches: ['overwrite', 'all', 'list'] }

export const label = (invocation: Invocation): Steps => setPairs(invocation, 'labels')
export const annotate = (invocation: Invocation): Steps => setPairs(invocation, 'annotations')

function* setPairs({ args, flags }: Invocation, field: 'labels' | 'annotations'): Steps {
  const [one, done, undone] =
    field === 'labels' ? ['label', 'labeled', 'unlabeled'] : ['annotation', 'annotated', 'annotated']
  const isPair = (arg: string, i: number): boolean => i > 0 && (arg.includes('=') || arg.endsWith('-'))
  const changes = args.filter(isPair)
  const words = args.filter((arg, i) => !isPair(arg, i))
  if (changes.length === 0) throw new CommandError(`error: at least one ${one} update is required`)
  const lines: string[] = []
  const errors: string[] = []
  for (const target of yield* parseTargets(words)) {
    if (target.name === undefined)
      throw new CommandError('error: one or more resources must be specified as <resource> <name> or <resource>/<name>')
    const namespace = namespaceFor(target, flags)
    const { body } = yield* need(getRequest(target.resource, namespace, target.name))
    const current = (body as KubernetesObject).metadata[field] ?? {}
    const patch: Record<string, string | null> = {}
    for (const change of changes) {
      const equals = change.indexOf('=')
      if (equals < 0) patch[change.slice(0, -1)] = null
      else patch[change.slice(0, equals)] = change.slice(equals + 1)
    }
    const clash = Object.keys(patch).find(
      (key) => patch[key] !== null && Object.hasOwn(current, key) && current[key] !== patch[key],
    )
    if (clash !== undefined && !isSet(flags, 'overwrite')) {
      errors.push(`error: '${clash}' already has a value (${current[clash]}), and --overwrite is false`)
      continue
    }
    const changed = Object.keys(patch).some((key) =>
      patch[key] === null ? Object.hasOwn(current, key) : current[key] !== patch[key],
    )
    const printed = printedName(target.resource, target.name)
    if (!changed) {
      lines.push(`${printed} not ${done}`)
      continue
    }
    const object = { metadata: { name: target.name, ...(namespace && { namespace }) } }
    yield* need(patchRequest(target.resource, object, 'merge', { metadata: { [field]: patch } }))
    lines.push(`${printed} ${Object.values(patch).every((value) => value === null) ? undone : done}`)
  }
  return summary(lines, errors)
}
