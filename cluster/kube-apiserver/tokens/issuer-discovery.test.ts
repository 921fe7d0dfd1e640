/** Tokens that somebody else can check: with nothing but what the server tells everybody. */
import { createHash, createPublicKey, createVerify, generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { DEFAULT_ADMISSION_PLUGINS } from '../admission/admission.ts'
import { Lab, requestOf } from '../lab.ts'
import { keyIdOf, sign } from './rsa.ts'

const ISSUER = 'https://kubernetes.default.svc.cluster.local'
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts'
const PATHS = ['/.well-known/openid-configuration', '/openid/v1/jwks']

function newKey(modulusLength = 2_048) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength })
  const { n, e, p, q, dp, dq, qi } = privateKey.export({ format: 'jwk' })
  const hex = (text = ''): string => Buffer.from(text, 'base64url').toString('hex')
  const half = { modulus: hex(n), exponent: hex(e) }
  const rest = { prime1: hex(p), prime2: hex(q), exponent1: hex(dp), exponent2: hex(dq), coefficient: hex(qi) }
  return { publicKey, key: { ...half, ...rest } }
}

function newLab(options: object): Lab {
  const lab = new Lab(1, { authorizationMode: 'RBAC', admissionPlugins: DEFAULT_ADMISSION_PLUGINS, serviceAccountIssuer: ISSUER, ...options }) // prettier-ignore
  lab.run(1_000_000)
  lab.send('POST', ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } })
  lab.run(100_000)
  return lab
}

const REQUEST = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
const tokenOf = (lab: Lab): string => lab.send('POST', `${ACCOUNTS}/robot/token`, REQUEST).body.status.token

function askAs(lab: Lab, path: string, headers: Record<string, string>) {
  const { user: _, ...bare } = requestOf('GET', path)
  const name = lab.start({ ...bare, headers })
  lab.run(1_000_000)
  return lab.replyTo(name)!
}

describe('a key', () => {
  it.each([1_024, 2_048, 2_056])(
    'of %d bits signs as any other program does, and is known by the same name',
    (bits) => {
      const { publicKey, key } = newKey(bits)
      const signature = sign(key, 'what is said')
      expect(createVerify('RSA-SHA256').update('what is said').verify(publicKey, signature)).toBe(true)
      const der = publicKey.export({ type: 'spki', format: 'der' })
      expect(Buffer.from(keyIdOf(key))).toEqual(createHash('sha256').update(der).digest())
    },
  )
})

describe('a token of a cluster with a key', () => {
  it('is checked by whoever reads the two documents', () => {
    const lab = newLab({ serviceAccountSigningKey: newKey().key })
    const token = tokenOf(lab)
    const bearer = { authorization: `Bearer ${token}` }
    const [configuration, keys] = PATHS.map((path) => askAs(lab, path, bearer).body)
    expect(configuration).toEqual({
      issuer: ISSUER,
      jwks_uri: 'https://192.168.0.10:6443/openid/v1/jwks',
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    })
    const [header, claims, signature] = token.split('.') as [string, string, string]
    const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString())
    const key = keys.keys.find((each: { kid: string }) => each.kid === kid) as JsonWebKey
    expect([alg, key['alg'], key['use']]).toEqual(['RS256', 'RS256', 'sig'])
    const verifier = createVerify('RSA-SHA256').update(`${header}.${claims}`)
    expect(verifier.verify(createPublicKey({ key, format: 'jwk' }), Buffer.from(signature, 'base64url'))).toBe(true)
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString()).iss).toBe(configuration.issuer)
  })

  it('is good for its own cluster alone, as it was signed', () => {
    const { key } = newKey()
    const [lab, other] = [newLab({ serviceAccountSigningKey: key }), newLab({ serviceAccountSigningKey: newKey().key })]
    const token = tokenOf(lab)
    const codeOf = (at: Lab, bearer: string) => askAs(at, PATHS[1]!, { authorization: `Bearer ${bearer}` }).status
    const [header, , signature] = token.split('.')
    const forged = Buffer.from(JSON.stringify({ iss: ISSUER, aud: [ISSUER], exp: 2e9, nbf: 0, sub: 'root' })).toString('base64url') // prettier-ignore
    expect([codeOf(lab, token), codeOf(other, token), codeOf(lab, `${header}.${forged}.${signature}`)]).toEqual([200, 401, 401]) // prettier-ignore
    // Signed by the key, and still nothing that a server has said.
    const text = `${header}.${forged}`
    const signed = Buffer.from(sign(key, text)).toString('base64url')
    expect(codeOf(lab, `${text}.${signed}`)).toBe(401)
  })
})

describe('who issues tokens', () => {
  it('is told to service accounts and those who may do anything, not to everybody', () => {
    const lab = newLab({ serviceAccountSigningKey: newKey().key })
    for (const path of PATHS) {
      expect(askAs(lab, path, {}).status).toBe(403)
      expect(lab.send('GET', path).status).toBe(200)
    }
    expect(lab.send('GET', '/').body.paths).toEqual(expect.arrayContaining(PATHS))
  })

  it('is no secret that there is no key for: without one the paths lead nowhere', () => {
    for (const path of PATHS) expect(newLab({}).send('GET', path).status).toBe(404)
  })
})
