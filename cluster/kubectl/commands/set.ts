/** `kubectl set image`: a new image in a template, and with it a rollout. */
import type { Deployment } from '#cluster/api/types.ts'
import { getRequest, patchRequest } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { need } from '../command.ts'
import { CommandError } from '../command-error.ts'
import { parseTargets, printedName } from '../resource-arguments.ts'
import { namespaceFor } from './outcome.ts'

export function* set({ args, flags }: Invocation): Steps {
  const [what, ...rest] = args
  if (what !== 'image') throw new CommandError(`error: unknown command "${what ?? ''}" for "kubectl set"`)
  const images = rest.filter((arg) => arg.includes('='))
  const [target] = yield* parseTargets(rest.filter((arg) => !arg.includes('=')))
  if (target?.name === undefined || images.length === 0)
    throw new CommandError('error: at least one image update is required')
  const namespace = namespaceFor(target, flags)
  const { body } = yield* need(getRequest(target.resource, namespace, target.name))
  const existing = (body as Deployment).spec.template.spec.containers
  const containers = images.flatMap((pair) => {
    const [name, image] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    if (name === '*') return existing.map((container) => ({ name: container.name, image }))
    if (!existing.some((container) => container.name === name))
      throw new CommandError(`error: unable to find container named "${name}"`)
    return [{ name, image }]
  })
  if (containers.every(({ name, image }) => existing.some((each) => each.name === name && each.image === image)))
    return {}
  const object = { metadata: { name: target.name, ...(namespace && { namespace }) } }
  yield* need(patchRequest(target.resource, object, 'strategic', { spec: { template: { spec: { containers } } } }))
  return { output: `${printedName(target.resource, target.name)} image updated\n` }
}
