import { freePort } from '../../support/ports.ts'

/** Where programs run: each machine has an address of its own, or all have one. */
export type Machines = {
  /** The command that runs a command on a machine. */
  on(machine: number, argv: readonly string[]): readonly string[]
  address(machine: number): string
  /** A port that is free on all of them. */
  port(): Promise<number>
  /** Cuts a machine off from the other machines; clients still reach it. Absent where machines have no network. */
  readonly network?: { cut(machine: number): Promise<void>; join(machine: number): Promise<void> }
  remove(): Promise<void>
}

/** All on this one, by its loopback. */
export const oneMachine: Machines = {
  on: (_, argv) => argv,
  address: () => '127.0.0.1',
  port: freePort,
  remove: async () => {},
}
