/** Tokens in Secrets, as somebody else's controller manager signs them. */
import { createSign, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Lab } from '../lab.ts'
import { isSignedBy } from './rsa.ts'

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2_048 })
type Pair = ReturnType<typeof newKey>
const OURS = newKey()

function half({ publicKey }: Pair) {
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const hex = (text: string): string => Buffer.from(text, 'base64url').toString('hex')
  return { modulus: hex(n), exponent: hex(e) }
}

const signature = (text: string, { privateKey }: Pair, digest = 'RSA-SHA256') => createSign(digest).update(text).sign(privateKey) // prettier-ignore

describe('a signature', () => {
  it('is known by the other half of the key, for that text alone', () => {
    const signed = signature('what is said', OURS)
    expect(isSignedBy(half(OURS), 'what is said', signed)).toBe(true)
    expect(isSignedBy(half(OURS), 'what is sad', signed)).toBe(false)
    expect(isSignedBy(half(newKey()), 'what is said', signed)).toBe(false)
    expect(isSignedBy(half(OURS), 'what is said', signature('what is said', OURS, 'RSA-SHA512'))).toBe(false)
    expect(isSignedBy(half(OURS), 'what is said', signed.subarray(1))).toBe(false)
    // As many bytes, and a greater number than any signature is.
    expect(isSignedBy(half(OURS), 'what is said', Buffer.alloc(256, 255))).toBe(false)
  })
})

const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts'
const SECRETS = '/api/v1/namespaces/default/secrets'

function newLab() {
  const lab = new Lab(1, { authorizationMode: 'RBAC', serviceAccountIssuer: 'https://x', serviceAccountKeys: [half(OURS)] }) // prettier-ignore
  lab.run(1_000_000)
  const { uid } = lab.send('POST', ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } }).body.metadata // prettier-ignore
  return { lab, uid }
}

const CLAIM = 'kubernetes.io/serviceaccount/'
const claimsOf = (uid: string) => ({
  iss: 'kubernetes/serviceaccount',
  ...{ [`${CLAIM}namespace`]: 'default', [`${CLAIM}secret.name`]: 'robot-token' },
  ...{ [`${CLAIM}service-account.name`]: 'robot', [`${CLAIM}service-account.uid`]: uid },
  sub: 'system:serviceaccount:default:robot',
})

function tokenFor(claims: object, key: Pair = OURS, alg = 'RS256'): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg, kid: 'k' })}.${part(claims)}`
  return `${text}.${signature(text, key).toString('base64url')}`
}

function keep(lab: Lab, token: string): void {
  const metadata = { name: 'robot-token', annotations: { 'kubernetes.io/service-account.name': 'robot' } }
  const data = { token: Buffer.from(token).toString('base64') }
  const kept = lab.send('POST', SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/service-account-token', data }) // prettier-ignore
  expect(kept.status).toBe(201)
  lab.run(100_000)
}

const review = (lab: Lab, token: string) => lab.send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } }).body.status // prettier-ignore

describe('a token in a Secret', () => {
  it('is the account’s, until the Secret goes', () => {
    const { lab, uid } = newLab()
    const token = tokenFor(claimsOf(uid))
    keep(lab, token)
    expect(review(lab, token)).toMatchObject({
      authenticated: true,
      user: {
        username: 'system:serviceaccount:default:robot',
        uid,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      },
    })
    lab.send('DELETE', `${SECRETS}/robot-token`)
    lab.run(100_000)
    expect(review(lab, token).error).toBe('[invalid bearer token, service account token has been invalidated]')
  })

  it.each<[string, (uid: string) => string, string]>([
    ['another key has signed', (uid) => tokenFor(claimsOf(uid), newKey()), 'invalid bearer token'],
    ['says that nobody has to sign', (uid) => tokenFor(claimsOf(uid), OURS, 'none'), 'invalid bearer token'],
    ['another issuer gave', (uid) => tokenFor({ ...claimsOf(uid), iss: 'me' }), 'invalid bearer token'],
    ['names no Secret', (uid) => tokenFor({ ...claimsOf(uid), [`${CLAIM}secret.name`]: undefined }), 'secretName claim is missing'],
    ['says that it is somebody else’s', (uid) => tokenFor({ ...claimsOf(uid), sub: 'system:serviceaccount:default:king' }), 'sub claim is invalid'],
    ['is not the one in the Secret', (uid) => tokenFor({ ...claimsOf(uid), extra: 1 }), "token does not match server's copy"],
    ['is of an account of before', () => tokenFor(claimsOf('of-before')), 'does not match claim (of-before)'],
    ['is no token at all', () => 'eyJ.x.y', 'invalid bearer token'],
  ])('is nobody’s where it %s', (what, tokenOf, why) => {
    const { lab, uid } = newLab()
    const token = tokenOf(uid)
    keep(lab, what.startsWith('is not') ? tokenFor(claimsOf(uid)) : token)
    expect(review(lab, token)).toEqual({ authenticated: undefined, error: expect.stringContaining(why), user: expect.anything() })
  }) // prettier-ignore
})
