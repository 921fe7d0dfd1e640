/** Our own examples for `ipam-host-local`: together they catch every wrong solution that examples can catch. */
import type { ExampleAdded, ExampleCall, IpamExample } from 'clusterwright/cni-tests'

const add = (who: string, expect: ExampleAdded): ExampleCall => ({ verb: 'add', who, expect })
const del = (who: string): ExampleCall => ({ verb: 'del', who, expect: 'success' })
const check = (who: string, expect: 'success' | 'error'): ExampleCall => ({ verb: 'check', who, expect })
const gc = (...valid: string[]): ExampleCall => ({ verb: 'gc', valid, expect: 'success' })

const V4 = [{ subnet: '10.244.1.0/24' }]
const V6 = [{ subnet: 'fd00:10:244:1::/64' }]
const SMALL = [{ subnet: '10.244.1.0/29' }]
const TINY = [{ subnet: '10.244.1.0/30' }]

const adding: IpamExample[] = [
  {
    name: 'a result has the version, the address with its prefix, and the gateway',
    ranges: [V4, V6],
    calls: [
      add('web-1', {
        cniVersion: '1.1.0',
        ips: [
          { address: '10.244.1.2/24', gateway: '10.244.1.1' },
          { address: 'fd00:10:244:1::2/64', gateway: 'fd00:10:244:1::1' },
        ],
      }),
      add('web-2', ['10.244.1.3/24', 'fd00:10:244:1::3/64']),
    ],
    store: {
      '10.244.1.2': 'web-1',
      '10.244.1.3': 'web-2',
      'fd00:10:244:1::2': 'web-1',
      'fd00:10:244:1::3': 'web-2',
    },
  },
  {
    name: 'the next address comes after the last, round and round, and a full range is an error of its own',
    ranges: [SMALL],
    calls: [
      add('a', ['10.244.1.2/29']),
      add('b', ['10.244.1.3/29']),
      del('a'),
      add('c', ['10.244.1.4/29']),
      del('c'),
      add('d', ['10.244.1.5/29']),
      add('e', ['10.244.1.6/29']),
      add('f', ['10.244.1.2/29']),
      add('g', ['10.244.1.4/29']),
      add('h', { code: { not: 7 } }),
    ],
  },
  {
    name: 'the end of a range is given out, its gateway and what the subnet keeps is not',
    ranges: [
      [
        { subnet: '10.244.1.0/24', rangeStart: '10.244.1.0', rangeEnd: '10.244.1.3', gateway: '10.244.1.2' },
        { subnet: '10.244.2.0/29', rangeStart: '10.244.2.5', rangeEnd: '10.244.2.7' },
      ],
    ],
    calls: [
      add('a', { ips: [{ address: '10.244.1.1/24', gateway: '10.244.1.2' }] }),
      add('b', ['10.244.1.3/24']),
      add('c', { ips: [{ address: '10.244.2.5/29', gateway: '10.244.2.1' }] }),
      add('d', ['10.244.2.6/29']),
      add('e', 'error'),
      del('b'),
      add('f', ['10.244.1.3/24']),
    ],
  },
  {
    name: 'from the last address of one range it goes on in the next, and then from the start',
    ranges: [[{ subnet: '10.244.1.0/30' }, { subnet: '10.244.2.0/30' }]],
    held: { '10.244.2.2': 'old' },
    last: ['10.244.2.2'],
    calls: [add('a', ['10.244.1.2/30']), add('b', 'error')],
  },
  {
    name: 'from the last range but one it goes on in the last, not in the first',
    ranges: [[{ subnet: '10.244.1.0/30' }, { subnet: '10.244.2.0/30' }, { subnet: '10.244.3.0/30' }]],
    last: ['10.244.2.2'],
    calls: [add('a', ['10.244.3.2/30'])],
  },
  {
    name: 'a last address that is no longer in the range counts for nothing',
    ranges: [[{ subnet: '10.244.1.0/24', rangeStart: '10.244.1.20', rangeEnd: '10.244.1.24' }]],
    last: ['10.244.1.10'],
    calls: [add('a', ['10.244.1.20/24'])],
  },
  {
    name: 'range sets are known by their index, not by their family',
    ranges: [[{ subnet: 'fd00::/64', rangeStart: 'fd00::' }], V4],
    last: ['fd00::3', '10.244.1.6'],
    calls: [add('a', ['fd00::4/64', '10.244.1.7/24'])],
  },
  {
    name: 'the network of IPv6 is not given out, even if the range begins there',
    ranges: [[{ subnet: 'fd00::/64', rangeStart: 'fd00::' }]],
    calls: [add('a', ['fd00::2/64'])],
  },
  {
    name: 'an address of former days is an address all the same',
    ranges: [V4],
    held: { '172.16.0.9': 'a' },
    calls: [add('a', 'error')],
  },
  {
    name: 'an ADD that cannot note what was last has failed',
    ranges: [V4],
    diskRefuses: 4,
    calls: [add('a', 'error')],
    store: {},
  },
  {
    name: 'each range set has a last address of its own, and DEL does not set it back',
    ranges: [V4, V6],
    calls: [
      add('a', ['10.244.1.2/24', 'fd00:10:244:1::2/64']),
      add('b', ['10.244.1.3/24', 'fd00:10:244:1::3/64']),
      del('b'),
      del('a'),
      add('c', ['10.244.1.4/24', 'fd00:10:244:1::4/64']),
    ],
  },
  {
    name: 'addresses are numbers: .10 comes after .9, and IPv6 has 128 bits',
    ranges: [[{ subnet: '10.244.1.0/24', rangeStart: '10.244.1.9', rangeEnd: '10.244.1.11' }], V6],
    last: ['10.244.1.9', 'fd00:10:244:1:ffff:ffff:ffff:fffe'],
    calls: [add('a', ['10.244.1.10/24', 'fd00:10:244:1:ffff:ffff:ffff:ffff/64'])],
  },
  {
    name: 'when one range set is full, nothing of the others stays reserved',
    ranges: [V4, [{ subnet: 'fd00::/126' }]],
    held: { 'fd00::2': 'old', 'fd00::3': 'old/net1' },
    calls: [add('new', 'error')],
    store: { 'fd00::2': 'old', 'fd00::3': 'old/net1' },
  },
  {
    name: 'who holds an address already gets an error and keeps what it has',
    ranges: [V4],
    calls: [add('a', 'success'), add('a', 'error'), add('a/net1', ['10.244.1.3/24']), add('b', ['10.244.1.4/24'])],
    store: { '10.244.1.2': 'a', '10.244.1.3': 'a/net1', '10.244.1.4': 'b' },
  },
  {
    name: 'a subnet without room for a host is refused, and what was reserved before is undone',
    ranges: [V4, [{ subnet: 'fd00:9::/127' }]],
    calls: [add('a', { code: 7 })],
    store: {},
  },
  {
    name: 'a range that begins behind its end is refused',
    ranges: [[{ subnet: '10.244.1.0/24', rangeStart: '10.244.1.9', rangeEnd: '10.244.1.3' }]],
    calls: [add('a', { code: 7 })],
  },
  {
    name: 'a disk that refuses a call leaves nothing half done',
    ranges: [V4, V6],
    diskRefuses: 5,
    calls: [add('a', 'error')],
    store: {},
  },
  {
    name: 'an address that could not be written is not given',
    ranges: [V4],
    diskRefuses: 3,
    calls: [add('a', 'error')],
    store: {},
  },
]

const ending: IpamExample[] = [
  {
    name: 'DEL frees all that its attachment holds and no more, and may come again',
    ranges: [TINY, V6],
    held: { '10.244.1.2': 'a', 'fd00:10:244:1::2': 'a', 'fd00:10:244:1::3': 'a/net1', '10.99.0.5': 'a' },
    calls: [del('a'), del('a')],
    store: { 'fd00:10:244:1::3': 'a/net1' },
  },
  {
    name: 'a container is not another whose ID begins alike',
    ranges: [V4],
    held: { '10.244.1.2': 'a1', '10.244.1.3': 'a1f' },
    calls: [del('a1f')],
    store: { '10.244.1.2': 'a1' },
  },
  {
    name: 'CHECK wants an address in each range set, and mends nothing',
    ranges: [V4, V6],
    held: { '10.244.1.2': 'a', 'fd00:10:244:1::2': 'a', '10.244.1.3': 'b', '10.99.0.5': 'b' },
    calls: [check('a', 'success'), check('b', 'error'), check('c', 'error')],
    store: { '10.244.1.2': 'a', 'fd00:10:244:1::2': 'a', '10.244.1.3': 'b', '10.99.0.5': 'b' },
  },
  {
    name: 'GC frees what belongs to none of the valid, by container and interface',
    ranges: [V4],
    held: { '10.244.1.2': 'a', '10.244.1.3': 'a/net1', '10.244.1.4': 'b' },
    last: ['10.244.1.4'],
    calls: [gc('a'), add('c', ['10.244.1.5/24'])],
    store: { '10.244.1.2': 'a', '10.244.1.5': 'c' },
  },
  {
    name: 'with nobody valid GC frees everything',
    ranges: [V4],
    held: { '10.244.1.2': 'a' },
    calls: [gc()],
    store: {},
  },
  {
    name: 'two ADDs at the same time get an address each',
    ranges: [V4],
    calls: [[add('a', 'success'), add('b', 'success'), add('c', 'success')], [add('d', ['10.244.1.5/24'])]],
  },
]

export default [...adding, ...ending]
