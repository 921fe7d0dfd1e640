/** The plugins in `/opt/cni/bin`, by the name under which configurations know them. */
import type { Component } from '#cluster/kernel/component.ts'
import { bridge } from './plugins/bridge.ts'
import { hostLocal } from './plugins/host-local.ts'
import { loopback } from './plugins/loopback.ts'

export const plugins: Readonly<Record<string, Component>> = {
  bridge,
  'host-local': hostLocal,
  loopback,
}
