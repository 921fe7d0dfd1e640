/**
 * How the other parts of the control plane are: the API server asks the controller manager and the scheduler of its own machine, one
 * after the other, and says of etcd what its own calls have shown.
 *
 * What we leave out: asking members of etcd anew; ports of the two that were set otherwise.
 * Where to read upstream: kubernetes/kubernetes `pkg/registry/core/componentstatus`, `pkg/registry/core/rest/storage_core.go`.
 */
import type { UserInfo } from '#cluster/api/http.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { authorize } from '../chain/authorization.ts'
import { answer } from '../handlers/responses.ts'
import { shaped, viewOf } from '../handlers/views.ts'
import type { Ended } from '../outgoing.ts'
import { ask } from '../outgoing.ts'
import type { ComponentsAsked, Outgoing, State } from '../state.ts'
import { internal, methodNotAllowed } from '../status.ts'

/** In the order in which they are asked. */
const ASKED = [
  { name: 'controller-manager', program: 'kube-controller-manager', port: 10257 },
  { name: 'scheduler', program: 'kube-scheduler', port: 10259 },
] as const

const TIMEOUT_MICROS = 20_000_000

type Purpose = Extract<Outgoing['purpose'], { readonly type: 'component' }>

type ComponentStatus = KubernetesObject & { readonly conditions: readonly object[] }

const status = (name: string, wrong: string | undefined): ComponentStatus => ({
  apiVersion: 'v1',
  kind: 'ComponentStatus',
  metadata: { name },
  conditions: [{ type: 'Healthy', status: wrong === undefined ? 'True' : 'False', message: wrong ?? 'ok' }],
})

export function startComponents(state: State, user: UserInfo, asked: ComponentsAsked, ctx: Context): Effect[] {
  const { info, stream, warnings } = asked
  const refused = authorize(state, user, info, ctx) ?? (info.resource.verbs.includes(info.verb) ? undefined : methodNotAllowed()) // prettier-ignore
  if (refused) return [answer(stream, refused.code, refused, warnings)]
  return askNext(state, { type: 'component', asked, found: [] }, ctx)
}

/** Whichever of them has not been asked; when all have, the answer. */
function askNext(state: State, purpose: Purpose, ctx: Context): Effect[] {
  const next = ASKED[purpose.found.length]
  if (!next) return answered(state, purpose, ctx)
  const target = { by: 'name', process: `${ctx.machine}/${next.program}`, at: `127.0.0.1:${next.port}` } as const
  return ask(state, target, { type: 'request', method: 'GET', path: '/healthz' }, purpose, TIMEOUT_MICROS, ctx)
}

export function componentSaid(state: State, purpose: Purpose, { response, error }: Ended, ctx: Context): Effect[] {
  const { name, port } = ASKED[purpose.found.length]!
  const failure = `Get "https://127.0.0.1:${port}/healthz": ${error}`
  const wrong = !response ? failure : response.status === 200 ? undefined : String(response.body)
  return askNext(state, { ...purpose, found: [...purpose.found, status(name, wrong)] }, ctx)
}

function answered({ options, membersDown }: State, { asked, found }: Purpose, ctx: Context): Effect[] {
  const { stream, info, request, warnings } = asked
  const members = options.etcd.map((member, i) =>
    status(`etcd-${i}`, membersDown.has(member) ? 'no answer' : undefined),
  )
  const items = [...found, ...members] as readonly ComponentStatus[]
  const list = { apiVersion: 'v1', kind: 'ComponentStatusList', metadata: {}, items }
  const body = info.name === '' ? list : items.find(({ metadata }) => metadata.name === info.name)
  if (!body) return [answer(stream, 500, internal(`Component not found: ${info.name}`), warnings)]
  return [answer(stream, 200, shaped(info.resource, viewOf(request), body, ctx.now), warnings)]
}
