/** `kubectl create`: new objects from a manifest, or made up from a few words. */
import { pathOf } from '#cluster/api/resources.ts'
import type { Answer } from '#cluster/client/api-client.ts'
import { isOk, messageOf } from '#cluster/client/api-client.ts'
import type { Invocation, Steps } from '../command.ts'
import { ask, failureText } from '../command.ts'
import { CommandError } from '../command-error.ts'
import type { Flags, FlagSpec } from '../flags.ts'
import { namespaceOf, valueOf } from '../flags.ts'
import { readManifests } from '../manifest.ts'
import { generated, GENERATOR_FLAGS } from './generators.ts'
import { make, MADE } from './made.ts'
import { validation } from '../validation.ts'
import { durationMicros } from './waiting.ts'

export const createFlags: FlagSpec = {
  values: ['filename', 'kustomize', ...GENERATOR_FLAGS, ...MADE],
  switches: ['validate'],
}

export function* create(invocation: Invocation): Steps {
  const { flags, args } = invocation
  if (flags['filename'] === undefined && flags['kustomize'] === undefined) {
    if (args[0] === 'token') return yield* token(invocation)
    const made = generated(invocation)
    return yield* make(made, flags, 'created', (answer) => creationFailure(answer, made.resource.singular))
  }
  if (args.length > 0) throw new CommandError(`error: unexpected arguments: [${args.join(' ')}]`)
  const query = validation(flags)
  const objects = yield* readManifests(invocation)
  let [output, errors] = ['', '']
  for (const { resource, object } of objects) {
    const refusal = (answer: Answer): string => failureText(answer, whenCreating(flags))
    const made = yield* make({ resource, object }, flags, 'created', refusal, query)
    output += made.output ?? ''
    errors += made.errors ?? ''
  }
  return { ...(output && { output }), ...(errors && { errors, exitCode: 1 }) }
}

/** Most generators say what they could not make; a few leave it to the server. */
const creationFailure = (answer: Answer, kind: string): string =>
  ['namespace', 'role', 'clusterrole'].includes(kind) || answer.lost
    ? failureText(answer)
    : `error: failed to create ${kind}: ${messageOf(answer)}`

const whenCreating = (flags: Flags): string => {
  const file = valueOf(flags, 'filename')
  return `error when creating "${file === '-' ? 'STDIN' : file}": `
}

/** `kubectl create token NAME`: what a ServiceAccount shows when it speaks to the server. */
function* token({ args, flags }: Invocation): Steps {
  const [, name, ...more] = args
  if (name === undefined || more.length > 0)
    throw new CommandError(`error: exactly one NAME is required, got ${args.length - 1}\nSee 'kubectl create token -h' for help and examples`) // prettier-ignore
  const duration = valueOf(flags, 'duration')
  const audience = valueOf(flags, 'audience')
  const spec = {
    ...(duration && { expirationSeconds: Math.round(durationMicros(duration, 'duration') / 1e6) }),
    ...(audience && { audiences: audience.split(',') }),
  }
  const path = pathOf('serviceaccounts', namespaceOf(flags), name, 'token')
  const answer = (yield* ask({ method: 'POST', path, body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec } })).answers[0]! // prettier-ignore
  if (!isOk(answer)) return { errors: `error: failed to create token: ${messageOf(answer)}\n`, exitCode: 1 }
  return { output: `${(answer.body as { status: { token: string } }).status.token}\n` }
}
