/** The words that the lesson “Control plane overview” teaches, in alphabetical order of their ids. How a row reads: term-row.ts. */
import type { TermRow } from './term-row.ts'

export const terms: readonly TermRow[] = [
  [
    'control-plane',
    'control plane',
    'plano de control',
    'The parts that decide for the whole cluster: API server, etcd, scheduler and controller managers. When it is away, Pods that run go on running, but nothing is healed, placed or changed.',
    'Las partes que deciden por todo el clúster: servidor de API, etcd, planificador y gestores de controladores. Si falta, los Pods que funcionan siguen funcionando, pero nada se repara, se coloca ni se cambia.',
  ],
  [
    'high-availability',
    'high availability',
    'alta disponibilidad',
    'Running enough copies that the loss of one machine stops nothing. For the control plane: several API servers behind a load balancer, one acting scheduler and controller manager each, and an etcd with a quorum.',
    'Tener copias suficientes para que la pérdida de una máquina no detenga nada. En el plano de control: varios servidores de API tras un balanceador, un planificador y un gestor de controladores en activo, y un etcd con quórum.',
  ],
  [
    'leader-election',
    'leader election',
    'elección del líder',
    'How copies of one program agree which of them acts: whoever holds the Lease does, and the others wait for it to expire.',
    'Cómo varias copias de un programa acuerdan cuál actúa: la que tiene el Lease, mientras las demás esperan a que caduque.',
  ],
]
