/** `kubectl scale`: writes the scale subresource. */
import type { Deployment } from '#cluster/api/types.ts'
import { getRequest, isOk, patchRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText, need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { FlagSpec } from '../flags.ts'
import { valueOf } from '../flags.ts'
import { parseTargets, printedName } from '../resource-arguments.ts'
import { namespaceFor, summary, wholeNumber } from './outcome.ts'

export const scaleFlags: FlagSpec = { values: ['replicas', 'current-replicas', 'filename', 'timeout'] }

export function* scale({ args, flags }: Invocation): Steps {
  const text = valueOf(flags, 'replicas')
  if (text === undefined) throw new CommandError('error: required flag(s) "replicas" not set')
  const replicas = wholeNumber(text, 'replicas')
  const lines: string[] = []
  const errors: string[] = []
  for (const target of yield* parseTargets(args)) {
    if (target.name === undefined) throw new CommandError('error: resource(s) were provided, but no name was specified')
    const namespace = namespaceFor(target, flags)
    const object = { metadata: { name: target.name, ...(namespace && { namespace }) } }
    const expected = valueOf(flags, 'current-replicas')
    if (expected !== undefined) {
      const { body } = yield* need(getRequest(target.resource, namespace, target.name))
      const current = (body as Deployment).spec.replicas ?? 1
      if (Number(expected) !== current) {
        errors.push(`error: Expected replicas to be ${expected}, was ${current}`)
        continue
      }
    }
    const request = patchRequest(target.resource, object, 'merge', { spec: { replicas } }, 'scale')
    const answer = (yield* ask(request)).answers[0]!
    if (isOk(answer)) lines.push(`${printedName(target.resource, target.name)} scaled`)
    else errors.push(failureText(answer))
  }
  return summary(lines, errors)
}
