/** Our own examples for `request-pipeline`: together they catch every wrong solution that examples can catch. */
import type { ExamplePlugin, PipelineExample } from 'clusterwright/pipeline-tests'

type More = Partial<Omit<PipelineExample, 'name' | 'verb' | 'expect'>>
type Expectation = PipelineExample['expect']

const example = (name: string, verb: PipelineExample['verb'], more: More, expect: Expectation): PipelineExample => ({
  ...{ name, verb, expect },
  ...more,
})

const who = ['verify', 'authorize']
const anyone: More = { token: 'none' }
const limits: ExamplePlugin = { name: 'LimitRanger', sets: 'silver' }
const team: ExamplePlugin = { name: 'team', sets: 'gold' }
const quota: ExamplePlugin = { name: 'ResourceQuota', refuses: 403, unless: 'gold' }
const policy: ExamplePlugin = { name: 'policy', sets: 'bronze' }

const tokens: PipelineExample[] = [
  example('without a token', 'get', anyone, { code: 200, calls: ['authorize', 'read'] }),
  example('a good token', 'get', {}, { code: 200, calls: [...who, 'read'] }),
  example('for no Pod', 'get', { token: 'without-pod' }, { code: 200, calls: [...who, 'read'] }),
  example('a certificate', 'get', { token: 'certificate' }, { code: 200, calls: ['authorize', 'read'] }),
  example(
    'a certificate, and a token',
    'get',
    { token: 'certificate-and-forged' },
    { code: 200, calls: ['authorize', 'read'] },
  ),
  example('forged', 'get', { token: 'forged' }, { code: 401, calls: ['verify'] }),
  ...(
    [
      'expired',
      'for-others',
      'for-nobody',
      'pod-deleted',
      'pod-made-anew',
      'account-deleted',
      'account-made-anew',
    ] as const
  ).map((token) => example(token, 'create', { token }, { code: 401, written: null })),
]

const gates: PipelineExample[] = [
  ...(['get', 'list', 'create', 'update', 'delete'] as const).map((verb) =>
    example(
      `may not ${verb}`,
      verb,
      { allowed: false, mutating: [limits], validating: [policy] },
      { code: 403, calls: who },
    ),
  ),
  example(
    'reads are not admitted',
    'get',
    { ...anyone, mutating: [limits] },
    { code: 200, calls: ['authorize', 'read'] },
  ),
  example(
    'lists are not admitted',
    'list',
    { ...anyone, mutating: [limits] },
    { code: 200, calls: ['authorize', 'list'] },
  ),
  example('there is nothing', 'get', { ...anyone, exists: false }, { code: 404 }),
  example(
    'the whole way',
    'create',
    { ...anyone, tier: 'bronze', mutating: [limits, team], validating: [quota, policy], schema: 'gold' },
    {
      code: 201,
      calls: [
        'authorize',
        'admit LimitRanger',
        'admit team',
        'validate',
        'admit ResourceQuota',
        'admit policy',
        'write',
      ],
      written: 'gold',
    },
  ),
  example(
    'an update, in the order of the settings',
    'update',
    { ...anyone, mutating: [team, { name: 'Priority' }], validating: [quota] },
    {
      code: 200,
      calls: ['authorize', 'admit team', 'admit Priority', 'validate', 'admit ResourceQuota', 'write'],
      written: 'gold',
    },
  ),
  example(
    'each sees what the one before left',
    'create',
    { ...anyone, mutating: [team, { name: 'late', refuses: 400, unless: 'gold' }] },
    { code: 201, written: 'gold' },
  ),
  example(
    'the last that changes counts',
    'create',
    { ...anyone, mutating: [team, limits] },
    { code: 201, written: 'silver' },
  ),
  example(
    'one that is in both lists',
    'update',
    { ...anyone, mutating: [team], validating: [{ name: 'team' }] },
    { calls: ['authorize', 'admit team', 'validate', 'admit team', 'write'] },
  ),
  example(
    'a delete',
    'delete',
    { ...anyone, mutating: [limits], validating: [{ name: 'policy' }], schema: 'gold' },
    { code: 200, calls: ['authorize', 'admit LimitRanger', 'admit policy', 'remove'], written: 'removed' },
  ),
]

const refusals: PipelineExample[] = [
  example(
    'a mutating plugin refuses',
    'create',
    { ...anyone, mutating: [{ name: 'team', refuses: 429 }, limits] },
    { code: 429, calls: ['authorize', 'admit team'], written: null },
  ),
  example(
    'a webhook that does not answer refuses as well',
    'create',
    { ...anyone, mutating: [{ name: 'team', refuses: 500 }, limits] },
    { code: 500, calls: ['authorize', 'admit team'], written: null },
  ),
  example(
    'the second is not asked when the first has refused',
    'create',
    { ...anyone, validating: [{ ...quota, refuses: 400 }, policy] },
    { code: 400, calls: ['authorize', 'validate', 'admit ResourceQuota'], written: null },
  ),
  example('not sound', 'create', { ...anyone, schema: 'gold' }, { code: 422, calls: ['authorize', 'validate'] }),
  example(
    'a validating plugin refuses',
    'update',
    { ...anyone, mutating: [limits], validating: [{ ...quota, refuses: 400 }] },
    { code: 400, written: null },
  ),
  example(
    'exists already',
    'create',
    { ...anyone, exists: true },
    { code: 409, calls: ['authorize', 'validate', 'write'] },
  ),
  example('does not exist', 'update', { ...anyone, exists: false }, { code: 404 }),
  example('nothing to delete', 'delete', { ...anyone, exists: false }, { code: 404, calls: ['authorize', 'remove'] }),
  ...(['authorize', 'admit', 'validate', 'write'] as const).map((broken) =>
    example(
      `${broken} is out of order`,
      'create',
      { ...anyone, broken, validating: [policy] },
      { code: 500, written: null },
    ),
  ),
]

const dry: PipelineExample[] = [
  example(
    'a dry run',
    'create',
    { ...anyone, dryRun: true, mutating: [team], validating: [quota] },
    { code: 201, calls: ['authorize', 'admit team', 'validate', 'admit ResourceQuota'], written: null },
  ),
  example(
    'a dry run of an update',
    'update',
    { ...anyone, dryRun: true, mutating: [team], validating: [quota] },
    { code: 200, calls: ['authorize', 'admit team', 'validate', 'admit ResourceQuota'], written: null },
  ),
  example(
    'a dry run of a delete',
    'delete',
    { ...anyone, dryRun: true, validating: [policy] },
    { code: 200, calls: ['authorize', 'admit policy'], written: null },
  ),
]

export default [...tokens, ...gates, ...refusals, ...dry]
