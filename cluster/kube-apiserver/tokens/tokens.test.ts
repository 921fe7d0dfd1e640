/** Tokens of service accounts, tokens for bootstrapping, and asking as somebody else. */
import { describe, expect, it } from 'vitest'
import type { HttpRequest, Method } from '#cluster/api/http.ts'
import { DEFAULT_ADMISSION_PLUGINS } from '../admission/admission.ts'
import { Lab, pod, PODS, type Reply, requestOf } from '../lab.ts'

const ISSUER = 'https://kubernetes.default.svc.cluster.local'
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts'
const REVIEWS = '/apis/authentication.k8s.io/v1'

function newLab(): Lab {
  const lab = new Lab(1, {
    authorizationMode: 'RBAC',
    admissionPlugins: DEFAULT_ADMISSION_PLUGINS,
    serviceAccountIssuer: ISSUER,
    enableBootstrapTokenAuth: true,
    tokens: { 'token-of-alice': { name: 'alice', groups: [] } },
  })
  lab.run(1_000_000)
  for (const name of ['default', 'robot'])
    lab.send('POST', ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } })
  lab.run(100_000)
  return lab
}

const tokenRequest = (spec: object = {}) => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec })

const tokenOf = (lab: Lab, spec: object = {}): string =>
  lab.send('POST', `${ACCOUNTS}/robot/token`, tokenRequest(spec)).body.status.token

/** Asks with headers, and with a certificate only where none of them is a token. */
function ask(lab: Lab, headers: Record<string, string>, method: Method, path: string, body?: unknown): Reply {
  const { user, ...bare } = requestOf(method, path, body)
  const request = { ...bare, ...(headers['authorization'] ? {} : { user }), headers } as HttpRequest
  const name = lab.start(request)
  lab.run(1_000_000)
  return lab.replyTo(name)!
}

const whoIs = (lab: Lab, token: string) =>
  ask(lab, { authorization: `Bearer ${token}` }, 'POST', `${REVIEWS}/selfsubjectreviews`, {}).body

const review = (lab: Lab, token: string, more: object = {}) => lab.send('POST', `${REVIEWS}/tokenreviews`, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, ...more } }).body.status // prettier-ignore

describe('a token of a service account', () => {
  it('says who its bearer is, and from which credential', () => {
    const lab = newLab()
    const { userInfo } = whoIs(lab, tokenOf(lab)).status
    expect(userInfo).toMatchObject({
      username: 'system:serviceaccount:default:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    })
    expect(userInfo.uid).toBe(lab.send('GET', `${ACCOUNTS}/robot`).body.metadata.uid)
    expect(userInfo.extra['authentication.kubernetes.io/credential-id'][0]).toMatch(/^JTI=/)
  })

  it('has the form of a JSON Web Token, the same for the same seed', () => {
    const [token, again] = [tokenOf(newLab()), tokenOf(newLab())]
    expect(token).toBe(again)
    const claims = JSON.parse(atob(token.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/')))
    expect(claims).toMatchObject({ iss: ISSUER, aud: [ISSUER], sub: 'system:serviceaccount:default:robot' })
    expect(claims.exp - claims.iat).toBe(3_600)
  })

  it('expires when it says', () => {
    const lab = newLab()
    const { status } = lab.send('POST', `${ACCOUNTS}/robot/token`, tokenRequest({ expirationSeconds: 600 })).body
    expect(status.expirationTimestamp).toBe('2026-01-01T09:10:01Z')
    lab.run(590_000_000)
    expect(whoIs(lab, status.token).status).toBeTruthy()
    lab.run(15_000_000)
    expect(whoIs(lab, status.token)).toMatchObject({ code: 401, reason: 'Unauthorized' })
    expect(review(lab, status.token).error).toBe('[invalid bearer token, service account token has expired]')
  })

  it('ends with its account, and with the Pod that it is bound to', () => {
    const lab = newLab()
    lab.send('POST', PODS, pod('worker', {}, { serviceAccountName: 'robot' }))
    lab.run(100_000)
    const bound = tokenOf(lab, { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'worker' } })
    const free = tokenOf(lab)
    expect(whoIs(lab, bound).status.userInfo.extra['authentication.kubernetes.io/pod-name']).toEqual(['worker'])
    lab.send('DELETE', `${PODS}/worker`)
    lab.run(100_000)
    expect([whoIs(lab, bound).code, whoIs(lab, free).code]).toEqual([401, undefined])
    lab.send('DELETE', `${ACCOUNTS}/robot`)
    lab.run(100_000)
    expect(whoIs(lab, free).code).toBe(401)
  })

  it('is for its audiences', () => {
    const lab = newLab()
    const token = tokenOf(lab, { audiences: ['vault'] })
    expect(whoIs(lab, token).code).toBe(401)
    expect(review(lab, token, { audiences: ['vault', 'other'] })).toMatchObject({ authenticated: true, audiences: ['vault'] }) // prettier-ignore
    expect(review(lab, token).error).toBe(
      `[invalid bearer token, token audiences ["vault"] is invalid for the target audiences ["${ISSUER}"]]`,
    )
    expect(review(lab, `${token}x`)).toEqual({ user: {}, error: 'invalid bearer token' })
  })

  it.each([
    ['too short a time', { expirationSeconds: 60 }, 422, 'TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes'],
    ['a Pod that is not there', { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'gone' } }, 404, 'pods "gone" not found'],
    ['another kind', { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'c' } }, 400, 'cannot bind token to object of type /v1, Kind=ConfigMap'],
  ])('is refused for %s', (_, spec, status, message) => {
    const reply = newLab().send('POST', `${ACCOUNTS}/robot/token`, tokenRequest(spec))
    expect([reply.status, reply.body.message]).toEqual([status, message])
  }) // prettier-ignore

  it('is given to a kubelet only for a Pod of its node', () => {
    const lab = newLab()
    const { body } = lab.send('POST', PODS, pod('worker', {}, { serviceAccountName: 'robot', nodeName: 'node-1' }))
    lab.run(100_000)
    const spec = { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'worker', uid: body.metadata.uid } }
    const as = (node: string) => {
      const user = { name: `system:node:${node}`, groups: ['system:nodes', 'system:masters'] }
      const name = lab.start({ ...requestOf('POST', `${ACCOUNTS}/robot/token`, tokenRequest(spec)), user })
      lab.run(1_000_000)
      return lab.replyTo(name)!
    }
    expect(as('node-1').status).toBe(201)
    expect(as('node-2').body.message).toContain('node requested token bound to a pod scheduled on a different node')
  })
})

describe('a bootstrap token', () => {
  const secret = (more: Record<string, string> = {}) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: {
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token,admins',
      ...more,
    },
  })
  const SECRETS = '/api/v1/namespaces/kube-system/secrets'

  it('makes its bearer a machine that joins', () => {
    const lab = newLab()
    lab.send('POST', SECRETS, secret())
    lab.run(100_000)
    expect(whoIs(lab, 'abcdef.0123456789abcdef').status.userInfo).toMatchObject({
      username: 'system:bootstrap:abcdef',
      groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token', 'system:authenticated'],
    })
    expect(whoIs(lab, 'abcdef.0000000000000000').code).toBe(401)
  })

  it.each([
    ['has expired', { expiration: '2025-12-31T00:00:00Z' }],
    ['is not for this', { 'usage-bootstrap-authentication': 'false' }],
  ])('counts for nothing if it %s', (_, more) => {
    const lab = newLab()
    lab.send('POST', SECRETS, secret(more))
    lab.run(100_000)
    expect(whoIs(lab, 'abcdef.0123456789abcdef').code).toBe(401)
  })
})

describe('impersonation', () => {
  const whoAs = (lab: Lab, headers: Record<string, string>) =>
    ask(lab, headers, 'POST', `${REVIEWS}/selfsubjectreviews`, {}).body

  it('makes the request somebody else’s', () => {
    const headers = { 'impersonate-user': 'bob', 'impersonate-group': 'developers, testers', 'impersonate-uid': '7', 'impersonate-extra-reason': 'a test' } // prettier-ignore
    expect(whoAs(newLab(), headers).status.userInfo).toEqual({
      username: 'bob',
      uid: '7',
      groups: ['developers', 'testers', 'system:authenticated'],
      extra: { reason: ['a test'] },
    })
  })

  it('gives a service account its groups, and nobody theirs', () => {
    const lab = newLab()
    expect(whoAs(lab, { 'impersonate-user': 'system:serviceaccount:default:robot' }).status.userInfo.groups).toEqual([
      'system:serviceaccounts',
      'system:serviceaccounts:default',
      'system:authenticated',
    ])
    expect(whoAs(lab, { 'impersonate-user': 'system:anonymous' }).message).toContain('system:anonymous')
  })

  it.each([
    ['users', { 'impersonate-user': 'bob' }, 'users "bob" is forbidden: User "alice" cannot impersonate resource "users" in API group "" at the cluster scope'],
    ['service accounts', { 'impersonate-user': 'system:serviceaccount:default:robot' }, 'serviceaccounts "robot" is forbidden: User "alice" cannot impersonate resource "serviceaccounts" in API group "" in the namespace "default"'],
  ])('of %s has to be allowed', (_, headers, message) => {
    const lab = newLab()
    expect(whoAs(lab, { authorization: 'Bearer token-of-alice', ...headers }).message).toBe(message)
  }) // prettier-ignore

  it('of groups alone is none', () => {
    expect(whoAs(newLab(), { 'impersonate-group': 'developers' })).toContain(
      'requested [{Group  developers    }] without impersonating a user',
    )
  })
})
