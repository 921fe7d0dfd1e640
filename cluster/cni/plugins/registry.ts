/** The plugins in `/opt/cni/bin`, by the name under which configurations know them. */
import type { Component } from '#cluster/kernel/component.ts'
import { bridge } from './bridge.ts'
import { hostLocal } from './host-local.ts'
import { loopback } from './loopback.ts'

export const cniPlugins: Readonly<Record<string, Component>> = {
  bridge,
  'host-local': hostLocal,
  loopback,
}
