/** What the server counts, and what it says of itself. */
import { describe, expect, it } from 'vitest'
import { FULL_CHAIN } from '../chain/full-chain.ts'
import { configMap, CONFIG_MAPS, ETCD, Lab, pod, PODS, requestOf } from '../lab.ts'
import { countEnded, noTallies } from './tallies.ts'

const NOBODY = { name: 'nobody', groups: ['system:authenticated'] }

function newLab(options: object = {}): Lab {
  const lab = new Lab(1, { metrics: true, ...options })
  lab.run(1_000_000)
  return lab
}

const metricsOf = (lab: Lab): string[] => lab.send('GET', '/metrics').body.split('\n')

/** The values of a family's samples whose labels have all of these. */
function samples(lab: Lab, name: string, ...labels: string[]): number[] {
  return metricsOf(lab)
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
    .map((line) => Number(line.split(' ').at(-1)))
}

describe('requests', () => {
  it('are counted by what they asked and how they ended', () => {
    const lab = newLab()
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    lab.send('POST', CONFIG_MAPS, configMap('b'))
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    lab.send('GET', `${CONFIG_MAPS}/a`)
    lab.send('GET', `${CONFIG_MAPS}/missing`)
    lab.send('GET', CONFIG_MAPS)
    lab.send('GET', '/api/v1/configmaps')
    const total = (...labels: string[]): number[] => samples(lab, 'apiserver_request_total', 'resource="configmaps"', ...labels) // prettier-ignore
    expect(total('verb="POST"', 'code="201"', 'scope="resource"')).toEqual([2])
    expect(total('verb="POST"', 'code="409"')).toEqual([1])
    expect(total('verb="GET"', 'code="200"')).toEqual([1])
    expect(total('verb="GET"', 'code="404"')).toEqual([1])
    expect(total('verb="LIST"', 'scope="namespace"')).toEqual([1])
    expect(total('verb="LIST"', 'scope="cluster"')).toEqual([1])
  })

  it('that only try are told from those that do, and apply from other patches', () => {
    const lab = newLab()
    lab.send('POST', CONFIG_MAPS, configMap('a'), { dryRun: 'All' })
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    lab.patch(`${CONFIG_MAPS}/a`, { data: { k: 'v' } })
    lab.send('PATCH', `${CONFIG_MAPS}/a`, configMap('a'), { fieldManager: 'me' }, 'application/apply-patch+yaml')
    expect(samples(lab, 'apiserver_request_total', 'verb="POST"', 'dry_run="All"')).toEqual([1])
    expect(samples(lab, 'apiserver_request_total', 'verb="PATCH"', 'code="200"')).toEqual([1])
    expect(samples(lab, 'apiserver_request_total', 'verb="APPLY"')).toEqual([1])
  })

  it('of those who may not ask are not counted', () => {
    const lab = newLab({ authorizationMode: 'RBAC' })
    lab.start({ ...requestOf('GET', CONFIG_MAPS), user: NOBODY })
    lab.run(1_000_000)
    expect(samples(lab, 'apiserver_request_total', 'resource="configmaps"')).toEqual([])
    const name = lab.start({ ...requestOf('GET', '/metrics'), user: NOBODY })
    lab.run(1_000_000)
    expect(lab.replyTo(name)).toMatchObject({
      status: 403,
      body: { message: 'forbidden: User "nobody" cannot get path "/metrics"' },
    })
  })

  it('that fail are counted when they have failed, with the time that took', () => {
    const lab = newLab()
    lab.send('GET', CONFIG_MAPS)
    lab.world.command(lab.world.now, { type: 'crash', process: ETCD })
    lab.start(requestOf('POST', CONFIG_MAPS, configMap('a')))
    lab.run(70_000_000)
    expect(samples(lab, 'apiserver_request_total', 'verb="POST"', 'code="500"')).toEqual([1])
    const buckets = samples(lab, 'apiserver_request_duration_seconds_bucket', 'verb="POST"')
    expect([buckets[0], buckets.at(-1)]).toEqual([0, 1])
  })

  it('that watch count while they last as long-running, and when they end', () => {
    const lab = newLab()
    const [first, second] = [lab.watch(PODS), lab.watch(PODS)]
    lab.watch('/api/v1/nodes')
    const watching = (): number[] => samples(lab, 'apiserver_longrunning_requests', 'verb="WATCH"', 'resource="pods"')
    expect(watching()).toEqual([2])
    lab.hangUp(first)
    expect(watching()).toEqual([1])
    lab.hangUp(second)
    expect(watching()).toEqual([])
    expect(samples(lab, 'apiserver_request_total', 'verb="WATCH"', 'resource="pods"')).toEqual([2])
  })
})

describe('a histogram', () => {
  it('counts up to each bound, and in all', () => {
    const tallies = noTallies()
    for (const micros of [5_000, 5_001, 61_000_000]) countEnded(tallies, 'x="y"', 200, micros)
    const { counts, sum, codes } = tallies.ended.get('x="y"')!
    expect([counts[0], counts[1], counts.at(-1)]).toEqual([1, 1, 1])
    expect([sum, codes]).toEqual([61_010_001, [[200, 3]]])
    for (const code of [404, 201, 404]) countEnded(tallies, 'x="y"', code, 0)
    expect(tallies.ended.get('x="y"')!.codes).toEqual([[200, 3], [201, 1], [404, 2]]) // prettier-ignore
  })

  it('is written as its buckets, their sum and their count', () => {
    const lab = newLab()
    lab.send('POST', CONFIG_MAPS, configMap('a'))
    const lines = metricsOf(lab).filter((line) => line.includes('duration_seconds') && line.includes('verb="POST"'))
    expect(lines.filter((line) => line.includes('_bucket')).length).toBe(24)
    expect(lines.at(-3)).toContain('le="+Inf"} 1')
    expect(lines.at(-1)).toBe(
      'apiserver_request_duration_seconds_count{component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="POST",version="v1"} 1',
    )
  })
})

describe('the server', () => {
  it('says how much it stores, and what is asked of it now', () => {
    const lab = newLab({ ...FULL_CHAIN, admissionPlugins: [] })
    for (const name of ['a', 'b', 'c']) lab.send('POST', PODS, pod(name))
    expect(samples(lab, 'apiserver_storage_objects', 'resource="pods"')).toEqual([3])
    lab.world.command(lab.world.now, { type: 'crash', process: ETCD })
    lab.start(requestOf('POST', PODS, pod('d')))
    lab.run(20_000)
    expect(samples(lab, 'apiserver_current_inflight_requests', 'request_kind="mutating"')).toEqual([1])
    const flow = ['flow_schema="exempt"', 'priority_level="exempt"']
    expect(samples(lab, 'apiserver_flowcontrol_current_executing_requests', ...flow)).toEqual([1])
    const seats = samples(lab, 'apiserver_flowcontrol_nominal_limit_seats')
    expect(seats.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(600)
  })

  it('names each family once, with what it is', () => {
    const lab = newLab(FULL_CHAIN)
    lab.send('GET', PODS)
    const lines = metricsOf(lab)
    const families = lines.filter((line) => line.startsWith('# TYPE ')).map((line) => line.split(' ')[2]!)
    expect(new Set(families).size).toBe(families.length)
    for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) {
      expect(line).toMatch(/^[a-z_]+(\{([a-z_]+="[^"]*",?)*\})? [0-9.e+-]+$/)
      expect(families.some((family) => line.startsWith(family))).toBe(true)
    }
    expect(families).toContain('kubernetes_build_info')
  })

  it('has no such path where it does not count', () => {
    expect(new Lab(1).send('GET', '/metrics').status).toBe(404)
  })
})
