/**
 * Impersonation: somebody who may do so asks as somebody else (`kubectl --as`).
 *
 * Each thing that is borrowed (the name, each group, the uid, each extra) is a permission of its own, with the verb `impersonate`.
 * What we leave out: constrained impersonation (`impersonate:user-info`), which is not stable yet.
 * Where to read upstream: apiserver `pkg/endpoints/filters/impersonation/impersonation.go`.
 */
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'
import { resourceNamed, type Resource } from '#cluster/api/resources.ts'
import type { Status } from '#cluster/api/types.ts'
import type { Context } from '#cluster/kernel/component.ts'
import { authorize } from './authorization.ts'
import type { RequestInfo, Verb } from './route.ts'
import type { State } from '../state.ts'

const USER = 'impersonate-user'
const GROUP = 'impersonate-group'
const UID = 'impersonate-uid'
const EXTRA = 'impersonate-extra-'

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/

const core = (resource: string): Resource => ({ ...resourceNamed('pods'), resource, namespaced: false })
const inAuthentication = (resource: string): Resource => ({ ...core(resource), group: 'authentication.k8s.io' })

/** A header that was sent several times comes in one line. */
const valuesOf = (value: string | undefined): string[] => (value === undefined ? [] : value.split(/, ?/))

interface Borrowed {
  readonly user: UserInfo
  /** What has to be allowed, one by one. */
  readonly asked: readonly RequestInfo[]
}

/** What is wrong with it, as a text; undefined: nothing is borrowed. */
function borrowed(headers: Readonly<Record<string, string>>): Borrowed | string | undefined {
  const name = headers[USER] ?? ''
  const groups = valuesOf(headers[GROUP])
  const uid = headers[UID]
  const extra: Record<string, readonly string[]> = {}
  for (const key of Object.keys(headers).toSorted())
    if (key.startsWith(EXTRA)) extra[decodeURIComponent(key.slice(EXTRA.length))] = valuesOf(headers[key])
  const hasRest = groups.length > 0 || uid !== undefined || Object.keys(extra).length > 0
  const ask = (resource: Resource, of: string, namespace = '', subresource = ''): RequestInfo => ({ verb: 'impersonate' as Verb, resource, namespace, name: of, subresource }) // prettier-ignore
  const [, namespace, account] = ACCOUNT.exec(name) ?? []
  const asked = [
    account ? ask({ ...core('serviceaccounts'), namespaced: true }, account, namespace) : ask(core('users'), name),
    ...groups.map((group) => ask(core('groups'), group)),
    ...(uid === undefined ? [] : [ask(inAuthentication('uids'), uid)]),
    ...Object.entries(extra).flatMap(([key, values]) => values.map((value) => ask(inAuthentication('userextras'), value, '', key))), // prettier-ignore
  ]
  // Each thing as Go shows a reference to an object.
  if (name === '') return hasRest ? nobody(asked.slice(1)) : undefined
  const given = account && groups.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : groups // prettier-ignore
  return { asked, user: { name, groups: withEverybody(name, given), ...(uid && { uid }), ...(Object.keys(extra).length > 0 && { extra }) } } // prettier-ignore
}

const GO_KINDS: Readonly<Record<string, string>> = { groups: 'Group', uids: 'UID', userextras: 'UserExtra' }

/** A person must be named with what is borrowed from them. */
function nobody(asked: readonly RequestInfo[]): string {
  const shown = asked.map(({ resource, name, subresource }) => {
    const apiVersion = resource.group && `${resource.group}/v1`
    return `{${[GO_KINDS[resource.resource], '', name, '', apiVersion, '', subresource].join(' ')}}`
  })
  return `requested [${shown.join(' ')}] without impersonating a user`
}

/** Whoever is impersonated counts as recognised, unless they are nobody. */
function withEverybody(name: string, groups: readonly string[]): readonly string[] {
  const own = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'
  const isSaid = groups.includes('system:authenticated') || groups.includes('system:unauthenticated')
  return isSaid ? groups : [...groups, own]
}

const uriOf = (path: string, query: HttpRequest['query'] = {}): string => {
  const pairs = Object.entries(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`
}

/** As whom the request goes on; or the refusal; or, where no sense can be made of the headers, a page that says so. */
export function actingUser(
  state: Pick<State, 'options' | 'caches' | 'grants'>,
  user: UserInfo,
  { headers, path, query }: HttpRequest,
  ctx: Context,
): UserInfo | Status | string {
  if (!headers || !Object.keys(headers).some((key) => key.startsWith('impersonate-'))) return user
  const wanted = borrowed(headers)
  if (wanted === undefined) return user
  if (typeof wanted === 'string') return `Internal Server Error: ${JSON.stringify(uriOf(path, query))}: ${wanted}\n`
  for (const info of wanted.asked) {
    const refused = authorize(state, user, info, ctx)
    if (refused) return refused
  }
  ctx.note('impersonation', { user: user.name, as: wanted.user.name })
  return wanted.user
}
