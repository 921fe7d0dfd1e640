/**
 * What a request shows, as `ask` in a story says it:
 *
 *   TOKEN                                a bearer token, as it stands
 *   @POD                                 the token that the kubelet has put into the container of that Pod
 *   certificate=NAME [groups=A,B]        a client certificate: its common name and organisations
 *   as=USER                              and it asks to be taken for somebody else
 */
import type { RestBody } from '#cluster/kubectl/rest-client.ts'
import type { World } from '#cluster/kernel/world.ts'
import { containerProcess } from './look.ts'

const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token'

export type Credentials = Pick<RestBody, 'token' | 'certificate' | 'headers'>

export function credentialsOf(world: World, words: readonly string[]): Credentials {
  const named = new Map(words.filter((word) => word.includes('=')).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])) // prettier-ignore
  const [bearer] = words.filter((word) => !word.includes('='))
  const name = named.get('certificate')
  const groups = named.get('groups')?.split(',') ?? []
  const as = named.get('as')
  return {
    ...(bearer && { token: bearer.startsWith('@') ? tokenIn(world, bearer.slice(1)) : bearer }),
    ...(name && { certificate: { name, groups } }),
    ...(as && { headers: { 'impersonate-user': as } }),
  }
}

function tokenIn(world: World, pod: string): string {
  const process = containerProcess(world, pod)
  const { files } = world.stateOf<{ files: Readonly<Record<string, string>> }>(process)
  const token = files[TOKEN_FILE]
  if (token === undefined) throw new Error(`${process} has no token; boot with chain=full, which gives Pods theirs`)
  return token
}
