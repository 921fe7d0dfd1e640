import { describe, expect, it } from 'vitest'
import { validatePodSpec } from './pod-spec.ts'

function problems(spec: object, container: object = {}): readonly string[] {
  const containers = [{ name: 'c', image: 'a', imagePullPolicy: 'Always', ...container }]
  return validatePodSpec({ containers, restartPolicy: 'Always', ...spec } as never, 'spec').map(({ field, message }) => `${field}: ${message}`) // prettier-ignore
}

const options = (windowsOptions: object) => ({ securityContext: { windowsOptions } })
const at = 'spec.securityContext.windowsOptions'

describe('options for Windows', () => {
  it.each<[string, object, string]>([
    ['no empty specification', { gmsaCredentialSpec: '' }, 'gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string'],
    ['a user', { runAsUserName: '' }, 'runAsUserName: Invalid value: "": runAsUserName cannot be an empty string'],
    ['one backslash', { runAsUserName: 'a\\b\\c' }, 'runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash'],
    ['no control characters', { runAsUserName: 'a\u0007' }, 'runAsUserName: Invalid value: "a\\u0007": runAsUserName cannot contain control characters'],
    ['a user after the domain', { runAsUserName: 'a\\' }, `runAsUserName: Invalid value: "a\\\\": runAsUserName's User cannot be empty`],
    ['a sound domain', { runAsUserName: '.\\u' }, `runAsUserName: Invalid value: ".\\\\u": runAsUserName's Domain doesn't match the NetBios nor the DNS format`],
    ['a name that is more than dots', { runAsUserName: '..' }, `runAsUserName: Invalid value: "..": runAsUserName's User cannot contain only periods or spaces`],
    ['a sound name', { runAsUserName: 'a/b' }, `runAsUserName: Invalid value: "a/b": runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`],
  ])('%s', (_, given, cause) => {
    expect(problems(options(given))).toEqual([`${at}.${cause}`])
    expect(problems({}, options(given))).toEqual([`spec.containers[0].securityContext.windowsOptions.${cause}`])
  }) // prettier-ignore

  it('name a specification as objects are named', () => {
    expect(problems(options({ gmsaCredentialSpecName: 'A' }))).toEqual([expect.stringContaining('must consist of lower case')]) // prettier-ignore
  })

  it('all containers are processes of the host, or none, and they are in its network', () => {
    const inHost = options({ hostProcess: true })
    expect(problems({ hostNetwork: true }, inHost)).toEqual([])
    expect(problems({}, inHost)).toEqual(['spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers']) // prettier-ignore
    expect(problems({ hostNetwork: true, ...inHost }, options({ hostProcess: false }))).toEqual(['spec.containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value must be identical if both are specified, was true']) // prettier-ignore
  })
})

describe('a Pod that says for which system it is', () => {
  it('names one that there is', () => {
    expect(problems({ os: {} })).toEqual(['spec.os.name: Required value: cannot be empty'])
    expect(problems({ os: { name: 'plan9' } })).toEqual(['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"']) // prettier-ignore
  })

  it('says nothing that is for the other', () => {
    expect(problems({ os: { name: 'linux' } }, options({}))).toEqual(['spec.containers[0].securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod']) // prettier-ignore
    const spec = { os: { name: 'windows' }, hostPID: true, securityContext: { runAsUser: 1, runAsNonRoot: true } }
    const forbidden = 'Forbidden: cannot be set for a windows pod'
    expect(problems(spec, { securityContext: { privileged: false } })).toEqual([`spec.hostPID: ${forbidden}`, `spec.securityContext.runAsUser: ${forbidden}`, `spec.containers[0].securityContext.privileged: ${forbidden}`]) // prettier-ignore
  })
})
