/** Who may come in, and what they may do there. */
import { describe, expect, it } from 'vitest'
import type { HttpRequest, Method, UserInfo } from '#cluster/api/http.ts'
import type { PolicyRule } from '#cluster/api/types.ts'
import { CONFIG_MAPS, configMap, DEPLOYMENTS, Lab, pod, PODS, type Reply, requestOf } from '../lab.ts'
import { requestInfo } from '../chain/route.ts'
import { allows } from './authorizer.ts'

const RBAC = '/apis/rbac.authorization.k8s.io/v1'
const ANA: UserInfo = { name: 'ana', groups: ['developers'] }
const TOKENS = { 'token-of-ana': ANA }

const newLab = (): Lab => {
  const lab = new Lab(1, { authorizationMode: 'RBAC', tokens: TOKENS })
  lab.run(1_000_000)
  return lab
}

type Credentials = { readonly user?: UserInfo; readonly token?: string }

function ask(lab: Lab, { user, token }: Credentials, method: Method, path: string, body?: unknown): Reply {
  const [where, search] = path.split('?')
  const query = search === undefined ? undefined : Object.fromEntries(new URLSearchParams(search))
  const { user: _admin, ...bare } = requestOf(method, where!, body, query)
  const headers = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }
  const name = lab.start({ ...bare, ...(user && { user }), ...headers } as HttpRequest)
  lab.run(1_000_000)
  return lab.replyTo(name)!
}

const bind = (lab: Lab, path: string, roleRef: object, subject: object): Reply => {
  const kind = path.includes('cluster') ? 'ClusterRoleBinding' : 'RoleBinding'
  const metadata = { name: 'given' }
  return lab.send('POST', path, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata,
    subjects: [subject],
    roleRef,
  })
}

describe('authentication', () => {
  it.each([
    ['a token that is known', { token: 'token-of-ana' }, 403, 'User "ana" cannot'],
    ['a client certificate', { user: ANA }, 403, 'User "ana" cannot'],
    ['nothing', {}, 403, 'User "system:anonymous" cannot'],
    ['a token that nobody knows', { token: 'made-up' }, 401, 'Unauthorized'],
    ['a token with the name of something that every object has', { token: '__proto__' }, 401, 'Unauthorized'],
  ])('of %s', (_, credentials, status, message) => {
    const reply = ask(newLab(), credentials, 'GET', PODS)
    expect([reply.status, reply.body.message]).toEqual([status, expect.stringContaining(message)])
  })
})

describe('RBAC', () => {
  it('lets nobody in without a binding, and leaves the store untouched', () => {
    const lab = newLab()
    const refused = ask(lab, { user: ANA }, 'POST', CONFIG_MAPS, configMap('a'))
    expect(refused.body.message).toBe(
      'configmaps is forbidden: User "ana" cannot create resource "configmaps" in API group "" in the namespace "default"',
    )
    expect(lab.send('GET', `${CONFIG_MAPS}/a`).status).toBe(404)
  })

  it('knows of a user what bindings say now, and of which groups they are now', () => {
    const lab = newLab()
    const path = `${RBAC}/namespaces/default/rolebindings`
    const view = { kind: 'ClusterRole', name: 'view' }
    const bare: UserInfo = { name: 'ana', groups: [] }
    expect(ask(lab, { user: ANA }, 'GET', PODS).status).toBe(403)
    bind(lab, path, view, { kind: 'Group', name: 'developers' })
    expect(ask(lab, { user: ANA }, 'GET', PODS).status).toBe(200)
    expect(ask(lab, { user: bare }, 'GET', PODS).status).toBe(403)
    expect(ask(lab, { user: ANA }, 'GET', PODS).status).toBe(200)
    expect(lab.send('DELETE', `${path}/given`).status).toBe(200)
    expect(ask(lab, { user: ANA }, 'GET', PODS).status).toBe(403)
  })

  it('gives a ClusterRole in one namespace by a RoleBinding, and everywhere by a ClusterRoleBinding', () => {
    const lab = newLab()
    const edit = { kind: 'ClusterRole', name: 'edit' }
    const developers = { kind: 'Group', name: 'developers' }
    expect(bind(lab, `${RBAC}/namespaces/default/rolebindings`, edit, developers).status).toBe(201)
    expect(ask(lab, { user: ANA }, 'POST', PODS, pod('mine')).status).toBe(201)
    expect(ask(lab, { user: ANA }, 'GET', '/api/v1/namespaces/kube-system/pods').status).toBe(403)
    expect(ask(lab, { user: ANA }, 'GET', '/api/v1/pods').status).toBe(403)
    const view = { kind: 'ClusterRole', name: 'view' }
    expect(bind(lab, `${RBAC}/clusterrolebindings`, view, { kind: 'User', name: 'ana' }).status).toBe(201)
    expect(ask(lab, { user: ANA }, 'GET', '/api/v1/pods').status).toBe(200)
    expect(ask(lab, { user: ANA }, 'GET', '/api/v1/nodes').status).toBe(403)
    lab.send('DELETE', `${RBAC}/namespaces/default/rolebindings/given`)
    expect(ask(lab, { user: ANA }, 'POST', PODS, pod('more')).status).toBe(403)
  })

  it('lets system:masters do everything, even without roles', () => {
    const lab = newLab()
    lab.send('DELETE', `${RBAC}/clusterrolebindings`)
    lab.send('DELETE', `${RBAC}/clusterroles`)
    expect(lab.send('GET', DEPLOYMENTS).status).toBe(200)
    expect(ask(lab, { user: { name: 'system:kube-scheduler', groups: [] } }, 'GET', '/api/v1/nodes').status).toBe(403)
  })

  it('takes a list or a watch of the one object of a name for a request for that object', () => {
    const lab = newLab()
    const scheduler = { user: { name: 'system:kube-scheduler', groups: [] } }
    const maps = '/api/v1/namespaces/kube-system/configmaps'
    const list = (fieldSelector: string) => ask(lab, scheduler, 'GET', `${maps}?fieldSelector=${encodeURIComponent(fieldSelector)}`) // prettier-ignore
    // Who signs whom: the one object that a role of the beginning lets them read.
    const own = 'extension-apiserver-authentication'
    expect(list(`metadata.name=${own}`).status).toBe(200)
    expect(list(`metadata.name==${own}`).status).toBe(200)
    expect(ask(lab, scheduler, 'GET', maps).status).toBe(403)
    expect(list(`metadata.name!=${own}`).status).toBe(403)
    const other = list('metadata.name=other')
    expect(other.body.message).toBe(
      'configmaps "other" is forbidden: User "system:kube-scheduler" cannot list resource "configmaps" in API group "" in the namespace "kube-system"',
    )
  })

  it('says which binding it was in the trace', () => {
    const lab = newLab()
    const reasons: unknown[] = []
    lab.world.trace = {
      event: ({ notes }) =>
        void reasons.push(...notes.filter(({ kind }) => kind === 'authorization').map(({ detail }) => detail)),
      command: () => {},
    }
    ask(lab, { user: { name: 'system:kube-scheduler', groups: [] } }, 'GET', '/api/v1/nodes')
    expect(reasons).toEqual([
      {
        user: 'system:kube-scheduler',
        allowed: true,
        reason:
          'RBAC: allowed by ClusterRoleBinding "system:kube-scheduler" of ClusterRole "system:kube-scheduler" to User "system:kube-scheduler"',
      },
    ])
  })

  it('refuses roles and bindings that could mean nothing, and a binding that is turned to another role', () => {
    const lab = newLab()
    const role = (rules: object[]) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'r' },
      rules,
    })
    const roles = `${RBAC}/namespaces/default/roles`
    expect(lab.send('POST', roles, role([{ apiGroups: [''], resources: ['pods'], verbs: [] }])).status).toBe(422)
    expect(lab.send('POST', roles, role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }])).status).toBe(201)
    const bindings = `${RBAC}/namespaces/default/rolebindings`
    expect(bind(lab, bindings, { kind: 'Rule', name: 'r' }, { kind: 'User', name: 'ana' }).status).toBe(422)
    expect(bind(lab, bindings, { kind: 'Role', name: 'r' }, { kind: 'User', name: 'ana' }).status).toBe(201)
    expect(ask(lab, { user: ANA }, 'GET', `${PODS}/x`).status).toBe(404)
    expect(lab.patch(`${bindings}/given`, { roleRef: { name: 'edit' } }).status).toBe(422)
  })

  it('decides nothing where nobody asks it, though its kinds are there', () => {
    const lab = new Lab()
    lab.run(1_000_000)
    expect(lab.send('GET', `${RBAC}/clusterroles`).body.items).toEqual([])
  })
})

describe('a rule', () => {
  const info = (method: Method, path: string) => requestInfo({ type: 'request', method, path })!
  const get = (resources: string[], more: Partial<PolicyRule> = {}): PolicyRule => ({
    verbs: ['get'],
    apiGroups: [''],
    resources,
    ...more,
  })
  it.each([
    ['its resource', get(['pods']), `${PODS}/a`, true],
    ['no subresource with it', get(['pods']), `${PODS}/a/status`, false],
    ['a subresource by its name', get(['pods/status']), `${PODS}/a/status`, true],
    ['a subresource of anything', get(['*/status']), `${PODS}/a/status`, true],
    ['everything with a star', get(['*']), `${PODS}/a/status`, true],
    ['no other verb', get(['pods']), PODS, false],
    ['no other group', get(['deployments']), `${DEPLOYMENTS}/a`, false],
    ['a name that it lists', get(['pods'], { resourceNames: ['a'] }), `${PODS}/a`, true],
    ['no name that it does not list', get(['pods'], { resourceNames: ['a'] }), `${PODS}/b`, false],
    ['no list, where it lists names', get(['pods'], { verbs: ['list'], resourceNames: ['a'] }), PODS, false],
  ])('allows %s', (_, rule, path, allowed) => {
    expect(allows(rule, info('GET', path))).toBe(allowed)
  })
})
