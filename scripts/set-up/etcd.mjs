/** The real etcd and its client, with which the simulated one is compared: those that are there, or Debian's. */
import { ensureByApt, findInPath, namedBy } from './apt.mjs'

const program = (variable, name, debian) => () =>
  ensureByApt({
    find: () => namedBy(variable) ?? findInPath([name]),
    what: `The tests with real clients need ${name}`,
    packages: [debian],
    remedy: `Install it (on Debian: sudo apt-get install ${debian}), or set ${variable} to the path of one.`,
  })

/** @returns {Promise<string>} the path of etcd; `ETCD` in the environment wins */
export const ensureEtcd = program('ETCD', 'etcd', 'etcd-server')

/** @returns {Promise<string>} the path of etcdctl; `ETCDCTL` in the environment wins */
export const ensureEtcdctl = program('ETCDCTL', 'etcdctl', 'etcd-client')
