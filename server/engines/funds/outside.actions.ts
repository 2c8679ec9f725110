import { requirePermission } from '../../platform/access.ts'
import { read, type Call, type Ctx, type Deps } from '../../platform/command.ts'

export interface Outside<Loaded, Made> {
  permission: string
  load: (ctx: Ctx) => Promise<Loaded>
  make: (loaded: Loaded) => Promise<Made>
}

/**
 * Work during which no transaction may be held (rendering, parsing, writing files): `load` reads in a short one, `make` runs
 * outside. What goes wrong is thrown by the returned function, which the command calls inside its own transaction, so
 * that the failure is audited like any other.
 */
export async function outsideTransaction<Loaded, Made>(
  deps: Deps,
  call: Call,
  { permission, load, make }: Outside<Loaded, Made>,
): Promise<() => Made> {
  try {
    requirePermission(call.actor, permission)
    const made = await make(await read(deps, call, load))
    return () => made
  } catch (error) {
    return () => {
      throw error
    }
  }
}
