/** `kubectl wait`: until a condition holds, a field has a value, or an object is gone. */
import { valuesAt } from '#cluster/api/json-path.ts'
import { conditionOf } from '#cluster/api/meta.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import { getRequest, isOk } from '#cluster/client/api-client.ts'
import type { Ask, Invocation, Round, Steps } from '../command.ts'
import { ask, failureText } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { CHOOSING, type Chosen, chooseObjects } from '../chosen-objects.ts'
import type { FlagSpec } from '../flags.ts'
import { valueOf } from '../flags.ts'
import { relaxedPath, textOf } from '../print/json-path.ts'
import { printedName } from '../resource-arguments.ts'
import { durationMicros, pause } from './waiting.ts'

export const waitFlags: FlagSpec = {
  values: [...CHOOSING.values, 'for', 'timeout'],
  switches: CHOOSING.switches,
}

type Holds = (object: KubernetesObject) => boolean

export function* wait(invocation: Invocation): Steps {
  const { flags } = invocation
  const text = valueOf(flags, 'for') ?? ''
  const micros = durationMicros(valueOf(flags, 'timeout') ?? '30s', 'timeout')
  const holds = text === 'delete' ? undefined : conditionIn(text)
  const awaited = yield* chooseObjects(invocation)
  if (awaited.length === 0) {
    if (text === 'delete') return {}
    return { errors: 'error: no matching resources found\n', exitCode: 1 }
  }
  let output = ''
  let errors = ''
  for (const one of awaited) {
    // What is not there to begin with is nothing to wait for.
    if (!holds && (yield* ask(getRequest(one.resource, one.namespace, one.name))).answers[0]!.status === 404) continue
    const told = `${printedName(one.resource, one.name)} condition met\n`
    const met = yield* until(one, holds, micros, output)
    if (met === true) output += told
    else errors += met
  }
  return { output, errors, exitCode: errors === '' ? 0 : 1 }
}

/** True, or what to say because it did not come. */
function* until(
  { resource, namespace, name }: Chosen,
  holds: Holds | undefined,
  micros: number,
  output: string,
): Generator<Ask, true | string, Round> {
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
