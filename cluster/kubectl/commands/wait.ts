/** `kubectl wait`: until a condition holds, a field has a value, or an object is gone. */
import { valuesAt } from '#cluster/api/json-path.ts'
import { conditionOf } from '#cluster/api/meta.ts'
import type { KubernetesObject, List } from '#cluster/api/types.ts'
import { getRequest, isOk, listRequest } from '#cluster/client/api-client.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { isSet, valueOf } from '../flags.ts'
import { relaxedPath, textOf } from '../print/json-path.ts'
import { parseTargets, printedName, type Target } from '../resource-arguments.ts'
import { namespaceFor } from './outcome.ts'
import { durationMicros, pause } from './waiting.ts'

export const waitFlags: FlagSpec = {
  values: ['for', 'timeout', 'selector', 'field-selector'],
  switches: ['all', 'all-namespaces'],
}

interface Awaited {
  readonly target: Target
  readonly namespace: string | undefined
  readonly name: string
}

type Holds = (object: KubernetesObject) => boolean

export function* wait(invocation: Invocation): Steps {
  const { flags } = invocation
  const text = valueOf(flags, 'for') ?? ''
  const micros = durationMicros(valueOf(flags, 'timeout') ?? '30s', 'timeout')
  const holds = text === 'delete' ? undefined : conditionIn(text)
  const awaited = yield* found(invocation)
  if (awaited.length === 0) {
    if (text === 'delete') return {}
    return { errors: 'error: no matching resources found\n', exitCode: 1 }
  }
  let output = ''
  let errors = ''
  for (const one of awaited) {
    // What is not there to begin with is nothing to wait for.
    if (!holds && (yield* ask(getRequest(one.target.resource, one.namespace, one.name))).answers[0]!.status === 404) continue // prettier-ignore
    const told = `${printedName(one.target.resource, one.name)} condition met\n`
    const met = yield* until(one, holds, micros, output)
    if (met === true) output += told
    else errors += met
  }
  return { output, errors, exitCode: errors === '' ? 0 : 1 }
}

/** True, or what to say because it did not come. */
function* until(
  { target, namespace, name }: Awaited,
  holds: Holds | undefined,
  micros: number,
  output: string,
): Generator<Ask, true | string, Round> {
  const { resource } = target
  let deadline: number | undefined
  for (;;) {
    const { answers, now } = yield* ask(getRequest(resource, namespace, name))
    const answer = answers[0]!
    deadline ??= now + micros
    if (answer.status === 404) return holds ? `${failureText(answer)}\n` : true
    if (!isOk(answer)) return `${failureText(answer)}\n`
    if (holds?.(answer.body as KubernetesObject)) return true
    if (now >= deadline) return `error: timed out waiting for the condition on ${resource.resource}/${name}\n`
    yield* pause(output)
  }
}

function conditionIn(text: string): Holds {
  const [kind, ...rest] = text.split('=')
  if (kind === 'condition') {
    const [type = '', status = 'true'] = rest
    return (object) => conditionOf(object as never, type)?.status.toLowerCase() === status.toLowerCase()
  }
  if (kind === 'jsonpath') {
    const [path = '', ...value] = rest
    const wanted = value.join('=')
    return (object) => {
      const values = valuesAt(object, relaxedPath(path)).map(textOf)
      return value.length === 0 ? values.length > 0 : values.length === 1 && values[0] === wanted
    }
  }
  throw new CommandError(`error: unrecognized condition: "${text}"`)
}

function* found({ args, flags }: Invocation): Generator<Ask, Awaited[], Round> {
  const all: Awaited[] = []
  for (const target of yield* parseTargets(args)) {
    const namespace = isSet(flags, 'all-namespaces') ? undefined : namespaceFor(target, flags)
    if (target.name !== undefined) {
      all.push({ target, namespace, name: target.name })
      continue
    }
    const [labelSelector, fieldSelector] = [valueOf(flags, 'selector'), valueOf(flags, 'field-selector')]
    if (!labelSelector && !fieldSelector && !isSet(flags, 'all'))
      throw new CommandError('error: resource(s) were provided, but no name was specified')
    const query = { ...(labelSelector && { labelSelector }), ...(fieldSelector && { fieldSelector }) }
    const { body } = yield* need(listRequest(target.resource, namespace, query))
    for (const { metadata } of (body as List<KubernetesObject>).items)
      all.push({ target, namespace: metadata.namespace, name: metadata.name })
  }
  return all
}
